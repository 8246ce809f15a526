"""IAM's patterns, in which `*` stands for any text and `?` for one character: match, cover and overlap."""

import re
from functools import lru_cache


@lru_cache(maxsize=65536)
def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether the pattern matches the whole text."""
    expression = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(expression, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def has_wildcard(text: str) -> bool:
    """Whether the text means more than itself."""
    return "*" in text or "?" in text


@lru_cache(maxsize=65536)
def covers(wide: str, narrow: str) -> bool:
    """Whether every text that `narrow` matches is matched by `wide` too.

    Exact for all patterns whose runs of wildcards are of one kind; where it cannot tell it says no, which makes a
    comparison report a difference rather than overlook one.
    """
    rows = len(narrow)
    # reach[j]: narrow[i:] is covered by wide[j:], computed from the back.
    below = [all(c == "*" for c in wide[j:]) for j in range(len(wide) + 1)]
    for i in range(rows - 1, -1, -1):
        row = [False] * (len(wide) + 1)
        for j in range(len(wide) - 1, -1, -1):
            row[j] = _covers_step(wide[j], narrow[i], row[j + 1], below[j], below[j + 1])
        below = row
    return below[0]


def _covers_step(wide: str, narrow: str, skip_wide: bool, eat_narrow: bool, eat_both: bool) -> bool:
    if wide == "*":
        return skip_wide or eat_narrow
    if narrow == "*":
        return False
    return eat_both and (wide in ("?", narrow))


@lru_cache(maxsize=65536)
def overlaps(one: str, other: str) -> bool:
    """Whether some text matches both patterns."""
    below = [all(c == "*" for c in other[j:]) for j in range(len(other) + 1)]
    for i in range(len(one) - 1, -1, -1):
        row = [False] * (len(other) + 1)
        row[len(other)] = all(c == "*" for c in one[i:])
        for j in range(len(other) - 1, -1, -1):
            row[j] = _overlaps_step(one[i], other[j], row[j + 1], below[j], below[j + 1])
        below = row
    return below[0]


def _overlaps_step(one: str, other: str, skip_other: bool, skip_one: bool, both: bool) -> bool:
    if one == "*" or other == "*":
        return skip_other or skip_one or both
    return both and (one == other or "?" in (one, other))
