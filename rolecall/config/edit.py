"""One value written into a file that somebody else keeps: every other character of it stays as it is.

A YAML library that keeps comments would still write the whole file anew, in its own layout.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import yaml

from rolecall.config.source import PathInFile


class NotEditableError(Exception):
    """The file cannot be edited safely; the message says why and what to do."""


def with_value(text: str, path: PathInFile, key: str, value: str, after: tuple[str, ...]) -> str:
    """The text with `key: value` in the mapping at a path.

    Args:
        text: YAML, one document.
        path: of the mapping; empty for the whole document.
        key: what the value belongs to; it may be there already, with a scalar.
        value: plain text that YAML reads as text without quotes.
        after: keys of the mapping, the last of which that is there gets the new line below it.

    Raises:
        NotEditableError: the file holds something else there, or would mean something else afterwards.
    """
    mapping = _mapping(yaml.compose(text, yaml.SafeLoader), path)
    found = {key_node.value: (key_node, value_node) for key_node, value_node in mapping.value}
    if key in found:
        changed = _replaced(text, found[key][1], value)
    else:
        anchor = next((found[name] for name in reversed(after) if name in found), None)
        if anchor is None:
            raise NotEditableError(f"none of {', '.join(after)} stands there; add `{key}: {value}` by hand")
        changed = _inserted(text, mapping, anchor, f"{key}: {value}")
    if _meaning(changed) != _expected(_meaning(text), path, key, value):
        raise NotEditableError(f"the file is laid out in an unusual way; write `{key}: {value}` by hand")
    return changed


def write_whole(path: Path, text: str) -> None:
    """Put a new text in the place of a file at once: whoever reads meanwhile sees the old one or the new one."""
    real = path.resolve()
    descriptor, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).chmod(real.stat().st_mode & 0o7777)
        Path(name).replace(real)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mapping(node: Any, path: PathInFile) -> Any:
    for part in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
    if not isinstance(node, yaml.MappingNode):
        raise NotEditableError("there is no mapping where the value belongs; write it by hand")
    return node


def _replaced(text: str, node: Any, value: str) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise NotEditableError("the value is no plain text, so it is left alone; change it by hand")
    gap = "" if text[: node.start_mark.index].endswith((" ", "\t")) else " "
    return text[: node.start_mark.index] + gap + value + text[node.end_mark.index :]


def _inserted(text: str, mapping: Any, anchor: tuple[Any, Any], entry: str) -> str:
    end = anchor[1].end_mark.index
    if mapping.flow_style:
        return f"{text[:end]}, {entry}{text[end:]}"
    line_end = text.find("\n", end)
    line_break = "\r\n" if "\r\n" in text else "\n"
    indent = " " * anchor[0].start_mark.column
    if line_end < 0:
        return f"{text}{line_break}{indent}{entry}{line_break}"
    return f"{text[: line_end + 1]}{indent}{entry}{line_break}{text[line_end + 1 :]}"


def _meaning(text: str) -> Any:
    try:
        return yaml.load(text, yaml.CSafeLoader)
    except yaml.YAMLError:
        return NotImplemented


def _expected(data: Any, path: PathInFile, key: str, value: str) -> Any:
    if not path:
        return {**data, key: value}
    if isinstance(data, list) and isinstance(path[0], int):
        return [_expected(item, path[1:], key, value) if i == path[0] else item for i, item in enumerate(data)]
    return {**data, path[0]: _expected(data[path[0]], path[1:], key, value)}
