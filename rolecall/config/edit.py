"""One value written into a file that somebody else keeps: every other character of it stays as it is.

A YAML library that keeps comments would still write the whole file anew, in its own layout.
"""

import contextlib
import os
import re
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from rolecall.config.source import PathInFile

BYTE_ORDER_MARK = "\ufeff"
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class NotEditableError(Exception):
    """The file cannot be edited safely; the message says why and what to do."""


def with_value(text: str, path: PathInFile, key: str, value: str, after: tuple[str, ...]) -> str:
    """The text with `key: value` in the mapping at a path.

    Args:
        text: YAML, one document.
        path: of the mapping; empty for the whole document.
        key: what the value belongs to; it may be there already, with a scalar.
        value: plain text that YAML reads as text without quotes.
        after: keys of the mapping, the last of which that is there gets the new line below it. Where none is there, the
            new line is the mapping's first.

    Raises:
        NotEditableError: the file holds something else there, or would mean something else afterwards.
    """
    if text.startswith(BYTE_ORDER_MARK):
        return BYTE_ORDER_MARK + with_value(text[1:], path, key, value, after)
    before = meaning(text)
    if before is NotImplemented:
        raise NotEditableError("it is no YAML document that can be read; mend it first")
    changed = _changed(text, path, key, value, after)
    if meaning(changed) != _expected(before, path, key, value):
        raise NotEditableError(f"the file is laid out in an unusual way; write `{key}: {value}` by hand")
    return changed


def write_whole(path: Path, text: str, was: bytes) -> None:
    """Put a new text in the place of a file at once: whoever reads meanwhile sees the old one or the new one.

    Raises:
        NotEditableError: the file does not hold what it was, or is protected against writing.
        OSError: nothing was written.
    """
    real = path.resolve()
    state = real.stat()
    # To replace a file takes the right to its folder alone.
    if not state.st_mode & 0o222 or not os.access(real, os.W_OK):
        raise NotEditableError("it is protected against writing; take the protection off first")
    descriptor, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name[:100]}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
        with contextlib.suppress(OSError):  # only root gives files away
            os.chown(name, state.st_uid, state.st_gid)
        Path(name).chmod(state.st_mode & 0o7777)
        if real.read_bytes() != was:
            raise NotEditableError("somebody else has changed it meanwhile; run the command again")
        Path(name).replace(real)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _changed(text: str, path: PathInFile, key: str, value: str, after: tuple[str, ...]) -> str:
    # The loader that reads estates: the other one takes ten times as long, and refuses some files that this one reads.
    document = yaml.compose(text, yaml.CSafeLoader)
    if document is None and not path:
        gap = "" if not text or text.endswith(("\n", "\r")) else "\n"
        return f"{text}{gap}{key}: {value}\n"
    mapping = _mapping(document, path)
    found = entry(mapping, key)
    if found:
        return _replaced(text, found[1], value)
    below = next(filter(None, (entry(mapping, name) for name in reversed(after))), None)
    return _inserted(text, mapping, below, f"{key}: {value}")


def entry(mapping: Any, key: object) -> tuple[Any, Any] | None:
    """The nodes of a key and of its value."""
    found = [(key_node, value_node) for key_node, value_node in mapping.value if key_node.value == key]
    if len(found) > 1:
        raise NotEditableError(f"`{key}` stands there twice; remove one of them")
    return found[0] if found else None


def _mapping(node: Any, path: PathInFile) -> Any:
    for part in path:
        if isinstance(node, yaml.MappingNode):
            found = entry(node, part)
            node = found[1] if found else None
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
    if not isinstance(node, yaml.MappingNode):
        raise NotEditableError("there is no mapping where the value belongs; write it by hand")
    return node


def _replaced(text: str, node: Any, value: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    if not isinstance(node, yaml.ScalarNode):
        raise NotEditableError("the value is no plain text, so it is left alone; change it by hand")
    if node.style in ("|", ">"):
        # A block's end mark lies behind the line breaks, and its first line may hold a comment.
        end = start + len(text[start:end].rstrip())
        if "#" in text[start:end]:
            raise NotEditableError("the value is a block that may hold a comment; change it by hand")
    gap = "" if text[:start].endswith((" ", "\t")) else " "
    return text[:start] + gap + value + text[end:]


def _inserted(text: str, mapping: Any, below: tuple[Any, Any] | None, entry: str) -> str:
    if below is None:
        return _inserted_first(text, mapping, entry)
    key, value = below
    # What an alias stands for lies elsewhere; a block's end mark lies behind its line breaks.
    end = max(key.end_mark.index, len(text[: value.end_mark.index].rstrip()))
    if mapping.flow_style:
        return f"{text[:end]}, {entry}{text[end:]}"
    indent = " " * key.start_mark.column
    line_break = _LINE_BREAK.search(text, end)
    if line_break is None:
        return f"{text}{line_break_of(text)}{indent}{entry}"
    return f"{text[: line_break.end()]}{indent}{entry}{line_break[0]}{text[line_break.end() :]}"


def _inserted_first(text: str, mapping: Any, entry: str) -> str:
    start = mapping.start_mark.index
    if mapping.flow_style:
        start = text.index("{", start) + 1
        return f"{text[:start]}{entry}{', ' if mapping.value else ''}{text[start:]}"
    indent = " " * mapping.start_mark.column
    return f"{text[:start]}{entry}{line_break_of(text)}{indent}{text[start:]}"


def line_break_of(text: str) -> str:
    """The line break that a text has; that of Unix, where it has none."""
    found = _LINE_BREAK.search(text)
    return found[0] if found else "\n"


def end_of_line(text: str, index: int) -> int:
    """Where the line ends that an index lies in, behind its line break."""
    found = _LINE_BREAK.search(text, index)
    return found.end() if found else len(text)


def lines(text: str) -> list[str]:
    """The lines of a text, each with its line break; nothing but YAML's line breaks ends one."""
    ends = [found.end() for found in _LINE_BREAK.finditer(text)]
    return [text[start:end] for start, end in pairwise([0, *ends, len(text)])]


def meaning(text: str) -> Any:
    """What YAML makes of a text; NotImplemented where it makes nothing of it."""
    try:
        return yaml.load(text, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return NotImplemented


def _expected(data: Any, path: PathInFile, key: str, value: str) -> Any:
    if not path:
        return {**(data or {}), key: value}
    if isinstance(data, list) and isinstance(path[0], int):
        return [_expected(item, path[1:], key, value) if i == path[0] else item for i, item in enumerate(data)]
    return {**data, path[0]: _expected(data[path[0]], path[1:], key, value)}
