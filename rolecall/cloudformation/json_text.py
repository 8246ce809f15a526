"""JSON with the place of every value; numbers and booleans stay the text that they are written with."""

import json
import re

from rolecall.cloudformation.part import MAX_DEPTH, MAX_PARTS, Part, UnreadableTextError, mapping, scalar, sequence

_BLANKS = re.compile(r"[ \t\r\n]*")
# Tabs and line ends within strings are let through: other readers of templates do so.
_SCALARS = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)
_GUILLEMET = re.compile(r"\\u00(?:ab|bb)", re.IGNORECASE)
_HARMLESS = {"\\u00ab": "\\u2039", "\\u00bb": "\\u203a"}
_WORDS = {True: "true", False: "false"}

Duplicate = tuple[str, int, int, int]
"""A key, its line and column, and the line in which it stood before."""


def read_json(text: str) -> tuple[Part, list[Duplicate]]:
    """The value that a JSON text is, and the keys that stand twice in one object; of these the last one counts.

    Raises:
        UnreadableTextError: it is no JSON.
    """
    # An escape is always somebody's own: what the resolver inserts stands there in plain signs.
    text = _GUILLEMET.sub(lambda match: _HARMLESS[match[0].lower()], text)
    reader = _Reader(text)
    part, end = reader.value(reader.skip(0), 0)
    if reader.skip(end) != len(text):
        raise reader.error("something follows the value", reader.skip(end))
    return part, reader.duplicates


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self.duplicates, self._parts = text, list[Duplicate](), 0
        self._line, self._line_start, self._told = 1, 0, 0

    def skip(self, at: int) -> int:
        """Where the next thing begins that is no blank."""
        match = _BLANKS.match(self._text, at)
        return match.end() if match else at

    def error(self, message: str, at: int) -> UnreadableTextError:
        return UnreadableTextError(message, *self._place(at))

    def value(self, at: int, depth: int, key: tuple[int, int] | None = None) -> tuple[Part, int]:
        """The value that begins here, and where it ends."""
        place = key or self._place(at)
        opening = self._text[at : at + 1]
        self._parts += 1
        if depth > MAX_DEPTH or self._parts > MAX_PARTS:
            raise self.error(f"more than {MAX_DEPTH} levels or {MAX_PARTS} values", at)
        if opening == "{":
            return self._object(at + 1, depth, place)
        if opening == "[":
            return self._array(at + 1, depth, place)
        found, end = self._scalar(at)
        return scalar(_WORDS[found] if isinstance(found, bool) else found, *place), end

    def _object(self, at: int, depth: int, place: tuple[int, int]) -> tuple[Part, int]:
        entries: dict[str, Part] = {}
        at = self.skip(at)
        while self._text[at : at + 1] != "}":
            if self._text[at : at + 1] != '"':
                raise self.error("a key in double quotes is expected", at)
            key_place = self._place(at)
            key, end = self._scalar(at)
            at = self._expect(":", end)
            if key in entries:
                self.duplicates.append((str(key), *key_place, entries[str(key)].line))
            entries[str(key)], end = self.value(at, depth + 1, key_place)
            at = self._next("}", end)
        return mapping(entries, *place), at + 1

    def _array(self, at: int, depth: int, place: tuple[int, int]) -> tuple[Part, int]:
        items: list[Part] = []
        at = self.skip(at)
        while self._text[at : at + 1] != "]":
            item, end = self.value(at, depth + 1)
            items.append(item)
            at = self._next("]", end)
        return sequence(items, *place), at + 1

    def _scalar(self, at: int) -> tuple[str | bool | None, int]:
        try:
            return _SCALARS.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            raise self.error(error.msg, error.pos) from None

    def _expect(self, sign: str, at: int) -> int:
        at = self.skip(at)
        if self._text[at : at + 1] != sign:
            raise self.error(f"{sign!r} is expected", at)
        return self.skip(at + 1)

    def _next(self, closing: str, at: int) -> int:
        """After a comma the next entry; otherwise the closing bracket."""
        at = self.skip(at)
        if self._text[at : at + 1] == closing:
            return at
        at = self._expect(",", at)
        if self._text[at : at + 1] == closing:
            raise self.error(f"a comma before {closing!r} has nothing to part", at)
        return at

    def _place(self, at: int) -> tuple[int, int]:
        """Line and column, counted on from the place that was told before; the text is read from front to back."""
        self._line += self._text.count("\n", self._told, at)
        self._line_start = max(self._line_start, self._text.rfind("\n", self._told, at) + 1)
        self._told = max(self._told, at)
        return self._line, at - self._line_start + 1
