"""Tips for a name that nobody knows: the one that was meant, or some of those that there are."""

import difflib
from collections.abc import Iterable, Sequence

_NAMED = 5
"""As many names as a tip tells; an estate may have thousands."""


def did_you_mean(value: str, known: Iterable[str], otherwise: str) -> str:
    """The name that was probably meant, as a question, or what to do where none is near.

    Args:
        value: what was written.
        known: the names that there are.
        otherwise: the tip where none of them is near.
    """
    near = difflib.get_close_matches(value, list(known), 1)
    return f"did you mean {near[0]!r}?" if near else otherwise


def some_of(known: Sequence[str]) -> str:
    """The first of the names, and how many more there are."""
    more = len(known) - _NAMED
    return ", ".join(known[:_NAMED]) + (f" and {more} more" if more > 0 else "") or "nothing"
