"""IAM's patterns, in which `*` stands for any text and `?` for one character: cover and overlap, beside matching.

Patterns may come from anybody's template, so nothing here takes more than the product of two lengths, and the tables
are for patterns of sensible lengths only.
"""

import re
from functools import lru_cache

from rolecall.model.wildcards import has_wildcard, matches

__all__ = ["covers", "has_wildcard", "matches", "overlaps"]

# IAM's own limits leave no room for longer ones: an ARN has 2,048 characters at most.
_MAX_LENGTH = 2048
_STARS = re.compile(r"\*{2,}")
_WILDCARD = re.compile(r"[*?]")


@lru_cache(maxsize=65536)
def covers(wide: str, narrow: str) -> bool:
    """Whether every text that `narrow` matches is matched by `wide` too.

    Exact for all patterns whose runs of wildcards are of one kind; where it cannot tell it says no, which makes a
    comparison report a difference rather than overlook one.
    """
    if wide in (narrow, "*"):
        return True
    if not has_wildcard(wide):
        return False
    head, tail = _ends(wide)
    if not narrow.startswith(head) or not narrow.endswith(tail):
        return False
    if wide == f"{head}*":
        return True
    return (
        matches(wide, narrow) if not has_wildcard(narrow) else _covers(_STARS.sub("*", wide), _STARS.sub("*", narrow))
    )


def _covers(wide: str, narrow: str) -> bool:
    if max(len(wide), len(narrow)) > _MAX_LENGTH:
        return False
    # reach[j]: narrow[i:] is covered by wide[j:], computed from the back.
    below = [all(c == "*" for c in wide[j:]) for j in range(len(wide) + 1)]
    for i in range(len(narrow) - 1, -1, -1):
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
    """Whether some text matches both patterns; of two that are longer than IAM takes, whether they could."""
    if one == other:
        return True
    if not has_wildcard(one) or not has_wildcard(other):
        return matches(one, other) if has_wildcard(one) else matches(other, one)
    (head, tail), (other_head, other_tail) = _ends(one), _ends(other)
    if not (head.startswith(other_head) or other_head.startswith(head)):
        return False
    if not (tail.endswith(other_tail) or other_tail.endswith(tail)):
        return False
    # Beside the ends, which fit, each is one star alone.
    if one == f"{head}*{tail}" and other == f"{other_head}*{other_tail}":
        return True
    return _overlaps(_STARS.sub("*", one), _STARS.sub("*", other))


def _overlaps(one: str, other: str) -> bool:
    if max(len(one), len(other)) > _MAX_LENGTH:
        return True
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


def _ends(pattern: str) -> tuple[str, str]:
    """The literal texts before the first wildcard and after the last one."""
    pieces = _WILDCARD.split(pattern)
    return pieces[0], pieces[-1]
