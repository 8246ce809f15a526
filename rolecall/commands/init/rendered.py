"""What came of a starter for YAML: it has to be YAML, and about what was asked for.

An estate's own starters are at fault otherwise, and not the file that their text was to go into.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rolecall.config.edit import NotEditableError, meaning
from rolecall.config.insert import with_item, with_key
from rolecall.starters import BadStarterError, at_fault, render


def rendered(folder: Path, starters: tuple[str, ...], values: Mapping[str, object], asked: Mapping[str, object]) -> str:
    """The text of a whole file.

    Args:
        folder: the estate's.
        starters: the one that is filled in, and those that it includes.
        values: what it may name.
        asked: what the file has to say, by its keys; several of them with dots between them.

    Raises:
        BadStarterError: it says something else, or is no YAML.
    """
    text = render(starters[0], values, folder)
    found = meaning(text)
    if not isinstance(found, dict | None):
        raise _bad(folder, starters, "what came of it is no YAML with keys")
    for key, wanted in asked.items():
        if str(said := _at(found, key)) != wanted:
            shown = "is not there" if said is None else f"is {said!r}"
            raise _bad(folder, starters, f"its `{key}` has to be {wanted!r}, which was asked for, and {shown}")
    return text


def item(folder: Path, starter: str, values: Mapping[str, object], asked: Mapping[str, object]) -> str:
    """The text of one item of a list. Raises as `rendered` does."""
    text = rendered(folder, (starter,), values, asked)
    try:
        with_item("a:\n  - b: 1\n", "a", text)
    except (NotEditableError, ValueError):
        raise _bad(folder, (starter,), "what came of it is no item of a list: one mapping, without `---`") from None
    return text


def keys(folder: Path, starter: str, values: Mapping[str, object], asked: Mapping[str, object]) -> str:
    """The text of some keys of a file, those that were asked for and no other. Raises as `rendered` does."""
    text = rendered(folder, (starter,), values, asked)
    wanted = {key.partition(".")[0] for key in asked}
    if other := next((key for key in meaning(text) if key not in wanted), None):
        only = ", ".join(f"`{key}`" for key in sorted(wanted))
        raise _bad(folder, (starter,), f"it may make {only} and nothing beside it, and makes `{other}`")
    try:
        with_key("a: 1\n", text)
    except (NotEditableError, ValueError):
        raise _bad(folder, (starter,), "what came of it is no part of a file: keys from the first column on") from None
    return text


def _at(found: Any, path: str) -> object:
    """What stands there; a number in the path counts a list's items."""
    for part in path.split("."):
        if isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        elif isinstance(found, dict) and part in found:
            found = found[part]
        else:
            return None
    return found


def _bad(folder: Path, starters: tuple[str, ...], why: str) -> BadStarterError:
    return BadStarterError(f"starter {at_fault(starters, folder)}: {why}")
