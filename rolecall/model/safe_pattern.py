"""Whether a text fits somebody else's regular expression as a whole, in time that no pattern can blow up.

Templates have an AllowedPattern, and estates say what a vendor's external IDs look like; `re` may take for ever on
either. Here each piece of a pattern maps the set of places where it may begin to the set of places where it may end, so
that no place is looked at twice.
"""

import re
from collections.abc import Callable

_ATOM = re.compile(r"\[\^?\]?(?:\\.|\[:[a-z]+:\]|[^\]\\])*\]|\\[dDwWsS]|\\[^A-Za-z0-9]|\.|[^\\.\[\](){}*+?|^$]")
_COUNT = re.compile(r"\{([0-9]{1,5})(?:(,)([0-9]{1,5})?)?\}|[*+?]")
_COUNTS = {"*": (0, None), "+": (1, None), "?": (0, 1)}
# Of one class of characters, repeated in at most one place, `re` makes short work.
_PLAIN = re.compile(r"(?:\[[^\[\]\\]+\]|[\w:@/=,-]|\{[0-9]{1,5}\})*(?:[*+?]|\{[0-9]{1,5},[0-9]{0,5}\})?(?:[\w:@/=,-])*")
_MAX_LENGTH = 1300
_MAX_NESTING = 20
_MAX_STEPS = 10_000

Places = frozenset[int]
_Piece = Callable[[str, Places], Places]


class _UnreadablePatternError(Exception):
    """Something that is not read here (a reference back, a look behind), or too much work."""


def fits(pattern: str, text: str) -> bool | None:
    """Whether the whole text fits; None where this pattern cannot be judged."""
    if max(len(pattern), len(text)) > _MAX_LENGTH:
        return None
    try:
        if _PLAIN.fullmatch(pattern):
            return re.fullmatch(pattern, text) is not None
        parser = _Parser(pattern)
        return len(text) in parser.whole()(text, frozenset([0]))
    except (_UnreadablePatternError, re.error):
        return None


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._pattern, self._at, self._nesting, self._steps = pattern, 0, 0, 0

    def whole(self) -> _Piece:
        piece = self._alternatives()
        if self._at < len(self._pattern):
            raise _UnreadablePatternError
        return piece

    def _take(self, *signs: str) -> str:
        for sign in signs:
            if self._pattern.startswith(sign, self._at):
                self._at += len(sign)
                return sign
        return ""

    def _alternatives(self) -> _Piece:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        return lambda text, at: frozenset().union(*(branch(text, at) for branch in branches))

    def _sequence(self) -> _Piece:
        pieces: list[_Piece] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            pieces.append(self._counted(self._single()))

        def run(text: str, at: Places) -> Places:
            for piece in pieces:
                at = piece(text, at)
            return at

        return run

    def _single(self) -> _Piece:
        if self._take("^"):
            return lambda text, at: at & {0}
        if self._take("$"):
            return lambda text, at: at & {len(text)}
        if kind := self._take("(?:", "(?=", "(?!", "("):
            return self._group(kind)
        match = _ATOM.match(self._pattern, self._at)
        if not match or (match[0].startswith("[") and "[" in match[0][1:]):
            raise _UnreadablePatternError
        self._at = match.end()
        sign = re.compile(match[0], re.ASCII)

        def run(text: str, at: Places) -> Places:
            self._count(1 + len(at))
            return frozenset(i + 1 for i in at if sign.match(text, i))

        return run

    def _group(self, kind: str) -> _Piece:
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise _UnreadablePatternError
        inner = self._alternatives()
        self._nesting -= 1
        if not self._take(")"):
            raise _UnreadablePatternError
        if kind in ("(?=", "(?!"):
            return lambda text, at: frozenset(i for i in at if bool(inner(text, frozenset([i]))) == (kind == "(?="))
        return inner

    def _counted(self, piece: _Piece) -> _Piece:
        match = _COUNT.match(self._pattern, self._at)
        if not match:
            return piece
        self._at = match.end()
        if self._take("+"):
            raise _UnreadablePatternError
        self._take("?")  # as few as possible: the same texts fit
        least, most = _COUNTS.get(match[0]) or (int(match[1]), int(match[3] or 0) if match[3] else None)
        if match[1] and not match[2]:
            most = least
        return lambda text, at: self._repeated(piece, least, most, text, at)

    def _repeated(self, piece: _Piece, least: int, most: int | None, text: str, at: Places) -> Places:
        """Round by round until nothing changes any more: a text has only so many places."""
        for _ in range(least):
            self._count()
            before, at = at, piece(text, at)
            if at == before:
                break
        found, rounds = at, least
        while at and (most is None or rounds < most):
            self._count()
            at, rounds = piece(text, at) - found, rounds + 1
            found |= at
        return found

    def _count(self, steps: int = 1) -> None:
        self._steps += steps
        if self._steps > _MAX_STEPS:
            raise _UnreadablePatternError
