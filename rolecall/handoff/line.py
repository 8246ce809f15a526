"""Lines of a sheet: words, and the values in them that somebody copies or compares."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rolecall.config.hand_off import PLACEHOLDER
from rolecall.report.plain import printable

# A placeholder, or words of a screen between backticks.
_PART = re.compile(rf"{PLACEHOLDER}|`(?P<screen>[^`]+)`")


@dataclass(frozen=True)
class Piece:
    """A part of a line.

    Args:
        is_value: whether it stands there letter for letter, to be copied or looked for.
    """

    text: str
    is_value: bool = False


Line = tuple[Piece, ...]


def unmarked(text: str) -> str:
    """A name that is put into a text of a hand-off: its own braces and backticks mean nothing there."""
    return text.replace("{", "(").replace("}", ")").replace("`", "'")


def words(text: str) -> Line:
    """A text as it is: nothing in it is filled in or marked."""
    return (Piece(printable(text)),)


def value(text: str) -> Line:
    """One value, letter for letter."""
    return (Piece(printable(text), is_value=True),)


@dataclass(frozen=True)
class Facts:
    """The values that stand for placeholders.

    Args:
        known: by placeholder; several where a role has several.
        absent: words for each placeholder that has none.
    """

    known: Mapping[str, Sequence[str]]
    absent: Mapping[str, str]

    def filled(self, text: str) -> Line:
        """A text of the catalog with this role's values."""
        return tuple(self._pieces(text))

    def _pieces(self, text: str) -> Iterator[Piece]:
        end = 0
        for match in _PART.finditer(text):
            yield from words(text[end : match.start()]) if match.start() > end else ()
            yield from self._screen(match["screen"]) if match["screen"] else self._of(match["name"])
            end = match.end()
        yield from words(text[end:]) if end < len(text) else ()

    def _screen(self, text: str) -> Iterator[Piece]:
        """Words of a screen; a placeholder among them is filled in, and stands alone where it has no one value."""
        names = [match["name"] for match in re.finditer(PLACEHOLDER, text)]
        if all(len(self.known.get(name, ["as it is"])) == 1 for name in names):
            yield from value(re.sub(PLACEHOLDER, lambda match: self.known.get(match["name"], [match[0]])[0], text))
        else:
            yield from self._pieces(text)

    def _of(self, name: str) -> Iterator[Piece]:
        if name not in self.known:  # no text of a hand-off's: a name that somebody gave a vendor
            yield from words(f"{{{name}}}")
            return
        found = self.known[name]
        for index, each in enumerate(found):
            yield from words(", ") if index else ()
            yield from value(each)
        if not found:
            yield from words(self.absent[name])
