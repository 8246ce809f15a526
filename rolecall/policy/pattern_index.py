"""Many patterns at once: which of them can meet a text or a pattern, without asking each of them."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Generic, TypeVar

_T = TypeVar("_T")

_WILDCARD = re.compile(r"[*?]")
# Sorts behind every character that a name or an ARN holds.
_BEHIND_ALL = "\U0010ffff"


def literal_head(pattern: str) -> str:
    """The text before a pattern's first wildcard: two patterns can only meet if one's head begins with the other's."""
    return _WILDCARD.split(pattern, maxsplit=1)[0]


class PatternIndex(Generic[_T]):
    """Entries by text, found by what they begin with and by what begins with them.

    To build it takes the time of sorting; a question takes the time of its answer and of a binary search.
    """

    def __init__(self, entries: dict[str, _T]) -> None:
        self._entries = entries
        self._sorted = sorted(entries)
        self._lengths = sorted({len(text) for text in entries})

    def beginning_with(self, head: str) -> Iterator[tuple[str, _T]]:
        """The entries whose text begins with this one, itself included, in order of text."""
        for index in range(bisect_left(self._sorted, head), bisect_left(self._sorted, head + _BEHIND_ALL)):
            text = self._sorted[index]
            yield text, self._entries[text]

    def beginnings_of(self, text: str) -> Iterator[tuple[str, _T]]:
        """The entries with which this text begins, shorter than itself, the shortest first."""
        for length in self._lengths[: bisect_left(self._lengths, len(text))]:
            head = text[:length]
            if head in self._entries:
                yield head, self._entries[head]
