"""Condition blocks, brought to one form: operators and keys without regard to case, values as sorted text."""

from collections.abc import Mapping
from typing import Any

# (operator, key, values), sorted: two conditions mean the same if these are equal.
Condition = tuple[tuple[str, str, tuple[str, ...]], ...]

NEVER: Condition = (("unreadable", "", ()),)


def normalised(block: object) -> Condition:
    """A condition block in its one form; a block that is no object equals nothing but another such."""
    if block is None:
        return ()
    if not isinstance(block, Mapping):
        return NEVER
    found = [
        (str(operator).lower(), str(key).lower(), _values(values))
        for operator, keys in block.items()
        for key, values in (keys.items() if isinstance(keys, Mapping) else [("", keys)])
    ]
    return tuple(sorted(found))


def _values(values: Any) -> tuple[str, ...]:
    listed = values if isinstance(values, list | tuple) else [] if values is None else [values]
    return tuple(sorted({str(value).lower() if isinstance(value, bool) else str(value) for value in listed}))
