"""One item put at the end of a list, or one key at the end of a document, in a file that somebody else keeps.

Every other character of it stays as it is.
"""

import textwrap
from typing import Any

import yaml

from rolecall.config import edit
from rolecall.config.edit import NotEditableError
from rolecall.config.whole_lines import end_of_lines, inserted_line

_BLANKS = " \t"


def with_item(text: str, key: str, block: str) -> str:
    """The text with one more item in the list at a key of the document; the list is made where there is none.

    Args:
        text: YAML, one document that is a mapping.
        key: of the list.
        block: the item, a mapping in block style that begins in the first column; its comments are kept where the list
            is in block style too.

    Raises:
        NotEditableError: the file holds something else there, or would mean something else afterwards.
        ValueError: the block is no mapping.
    """
    if text.startswith(edit.BYTE_ORDER_MARK):
        return edit.BYTE_ORDER_MARK + with_item(text[1:], key, block)
    before, item = edit.meaning(text), edit.meaning(block)
    if not isinstance(item, dict):
        raise ValueError("the block is no mapping")
    if not isinstance(before, dict) or not isinstance(before.get(key) or [], list):
        raise NotEditableError(f"it is no mapping with a list of {key}")
    changed = _changed(text, key, block, item)
    if edit.meaning(changed) != {**before, key: [*(before.get(key) or []), item]}:
        raise _unusual(text, key)
    return changed


def with_key(text: str, block: str) -> str:
    """The text with one more key below all others.

    Args:
        text: YAML, one document that is a mapping.
        block: the key and its value, in block style from the first column; its comments are kept where the document is
            in block style too.

    Raises:
        NotEditableError: the key stands there, or the file would mean something else afterwards.
        ValueError: the block is no mapping.
    """
    if text.startswith(edit.BYTE_ORDER_MARK):
        return edit.BYTE_ORDER_MARK + with_key(text[1:], block)
    before, added = edit.meaning(text), edit.meaning(block)
    if not isinstance(added, dict):
        raise ValueError("the block is no mapping")
    if not isinstance(before, dict):
        raise NotEditableError("it is no mapping")
    if there := next((key for key in added if key in before), None):
        raise NotEditableError(f"`{there}` stands there already")
    document: Any = yaml.compose(text, yaml.CSafeLoader)
    changed = _in_flow(text, document, _flow(added)[1:-1]) if document.flow_style else _below(text, document, block)
    if edit.meaning(changed) != {**before, **added}:
        raise _unusual(text, *list(before)[-1:])
    return changed


def _changed(text: str, key: str, block: str, item: Any) -> str:
    document: Any = yaml.compose(text, yaml.CSafeLoader)
    found = edit.entry(document, key)
    if found is None:
        return _with_list(text, document, key, block, item)
    key_node, value = found
    if isinstance(value, yaml.SequenceNode) and value.value:
        return (
            _with_flow_item(text, value, item) if value.flow_style else _with_block_item(text, key_node, value, block)
        )
    if document.flow_style:
        gap = "" if text[: value.start_mark.index].endswith((" ", "\t")) else " "
        return f"{text[: value.start_mark.index]}{gap}[{_flow(item)}]{text[value.end_mark.index :]}"
    return _with_first_item(text, key_node, value, block)


def _with_block_item(text: str, key_node: Any, items: Any, block: str) -> str:
    dash, first = items.start_mark, items.value[0].start_mark
    # Behind the hyphen of an anchored or aliased item stands something else than its first key.
    gap = first.column - dash.column if first.line == dash.line and 2 <= first.column - dash.column <= 8 else 2
    # What is written further in than the list's own key belongs to the list, comments too.
    own = max(dash.column, key_node.start_mark.column + 1)
    end = end_of_lines(text, dash.index, items.end_mark.index, own)
    return inserted_line(text, end, as_item(block, dash.column, gap))


def _with_first_item(text: str, key_node: Any, value: Any, block: str) -> str:
    """The first item of a list that is written as `[]`, or as nothing at all."""
    start, end = value.start_mark.index, value.end_mark.index
    if text[start:end].strip(f"[]~{_BLANKS}\r\n") not in ("", "null", "Null", "NULL"):
        raise _unusual(text, key_node.value)
    emptied = text[:start].rstrip(_BLANKS) + text[end:]
    line_end = edit.end_of_line(emptied, key_node.end_mark.index)
    return inserted_line(emptied, line_end, as_item(block, key_node.start_mark.column + 2, 2))


def _with_list(text: str, document: Any, key: str, block: str, item: Any) -> str:
    """The list itself, below everything else."""
    if document.flow_style:
        return _in_flow(text, document, f"{key}: [{_flow(item)}]")
    return _below(text, document, f"{key}:\n{as_item(block, 2, 2)}")


def _in_flow(text: str, document: Any, entry: str) -> str:
    """The text with an entry behind all others of a document in flow style, and before the last one's comment."""
    if not document.value:
        start = text.index("{", document.start_mark.index) + 1
        return f"{text[:start]}{entry}{text[start:]}"
    key, value = document.value[-1]
    last = value.end_mark.index
    if last < key.end_mark.index:
        raise NotEditableError("the document ends in an alias")
    return f"{text[:last]}, {entry}{text[last:]}"


def _below(text: str, document: Any, block: str) -> str:
    """The text with the lines of a block below everything that the document says."""
    column = document.start_mark.column
    end = end_of_lines(text, document.start_mark.index, document.end_mark.index, column + 1)
    return inserted_line(text, end, textwrap.indent(block, " " * column))


def _with_flow_item(text: str, items: Any, item: Any) -> str:
    end = items.value[-1].end_mark.index
    if not items.start_mark.index < end < items.end_mark.index:
        raise NotEditableError("the list ends in an alias")
    after = edit.end_of_line(text, end)
    behind, _, _ = text[end:after].partition("#")
    close = items.end_mark.index - 1
    if after > close or behind.strip() not in ("", ",") or text[after:close].strip():
        return f"{text[:end]}, {_flow(item)}{text[end:]}"
    # On a line of its own, so that the last item keeps its comment.
    comma = "" if "," in behind else ","
    lead = " " * items.value[-1].start_mark.column
    with_comma = f"{text[:end]}{comma}{text[end:]}"
    return inserted_line(with_comma, after + len(comma), f"{lead}{_flow(item)}\n")


def _flow(item: Any) -> str:
    return yaml.safe_dump(item, default_flow_style=True, sort_keys=False, allow_unicode=True, width=2**31).rstrip("\n")


def as_item(block: str, column: int, gap: int) -> str:
    """The block as an item of a list whose hyphens stand in a column, its text some columns further on."""
    lead = " " * column
    inner = textwrap.indent(block.rstrip("\n"), " " * (column + gap))
    return f"{lead}-{inner[column + 1 :]}\n"


def _unusual(text: str, *keys: str) -> NotEditableError:
    """The error for a layout that is not understood: where, and what is there, but none of the values."""
    document: Any = yaml.compose(text, yaml.CSafeLoader)
    found = edit.entry(document, keys[0]) if keys else None
    if found is None:
        return NotEditableError("the file is laid out in an unusual way")
    key, value = found
    begins = text[key.end_mark.index : value.end_mark.index].lstrip(f":{_BLANKS}")[:1]
    what = {"&": "an anchor", "!": "a tag", "|": "a block of text", ">": "a block of text"}.get(begins)
    shown = f"{what} behind" if what else "the value of"
    return NotEditableError(
        f"the file is laid out in an unusual way: {shown} `{keys[0]}`, in line {key.start_mark.line + 1}"
    )
