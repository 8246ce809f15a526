"""What pydantic found, said in the four parts that a user can act on."""

import copy
import difflib
import types
import typing
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic.json_schema import SkipJsonSchema

from rolecall.config.source import ALIKE, LeftOut, PathInFile, SourceFile, as_written, dotted, shown
from rolecall.model.invalid import InvalidValueError, four_parts

_WORDS = {bool: "true or false", int: "a number", str: "text", list: "a list", dict: "a mapping", type(None): "nothing"}
_FORMS = {
    "bool_type": "true or false, without quotes",
    "model_type": "a mapping",
    "dict_type": "a mapping",
    "list_type": "a list",
    "too_short": "a list with at least one entry",
}
# As many as a workspace of ten thousand projects has that are all wrong in the same way. To name more takes a minute
# and a gigabyte, and nobody reads them.
MAX_PROBLEMS = 10_000
_MAX_KEY_CHARACTERS = 40
_MISSING = "missing"


def report(error: ValidationError, model: type[BaseModel], source: SourceFile, base: PathInFile = ()) -> None:
    """Add a finding for each thing that pydantic refused; a value that several shapes refuse is named once."""
    if error.error_count() > MAX_PROBLEMS:
        allowed = f"up to {MAX_PROBLEMS}, which are all named"
        change = "look whether it is an estate's file at all, and mend a few lines first"
        message = four_parts("file has too many problems of form", str(error.error_count()), allowed, change)
        source.error("RC005", base, message)
        return
    seen: set[PathInFile] = set()
    errors = error.errors(include_url=False)
    details = [(_existing(base + tuple(each["loc"]), source, each["type"]), each) for each in errors]
    # Of several shapes the one was meant that something inside is wrong for; the others say only that they are not.
    whole = {
        path[:depth] for path, each in details for depth in range(len(base), len(path)) if each["type"] != _MISSING
    }
    for path, detail in details:
        if path not in seen and path not in whole:
            seen.add(path)
            if detail["type"] == "extra_forbidden":
                source.unknown.add(path)
            source.error(*_explained(detail, path, model, source, len(base)))


def without(data: Any, wrong: Iterable[PathInFile]) -> tuple[Any, LeftOut]:
    """A copy of the data without some parts of it, and the items of lists that it lacks."""
    rest = copy.deepcopy(data)
    left_out: LeftOut = defaultdict(list)
    # From the back, so that an item that goes moves none that is still to go.
    for path in sorted(set(wrong), key=_order, reverse=True):
        holder = rest
        for part in path[:-1]:
            holder = holder[part]
        if path:
            del holder[path[-1]]
        if path and isinstance(path[-1], int):
            left_out[path[:-1]].insert(0, path[-1])
    return rest, left_out


def wrong_parts(error: ValidationError, data: Any, left_out: LeftOut) -> set[PathInFile]:
    """What to take out of the data, so that this error is gone: the part itself, or what lacks a key.

    Args:
        error: about the data without what was left out.
        data: as a whole.
        left_out: which items of lists the error does not know of.
    """
    found = set()
    for detail in error.errors(include_url=False):
        path = as_written(tuple(detail["loc"]), left_out)
        found.add(_reached(data, path[:-1] if detail["type"] == _MISSING else path))
    return found


def _reached(data: Any, path: PathInFile) -> PathInFile:
    """As much of a path as exists in the data: pydantic adds the names of union members, which stand in no file."""
    for depth, part in enumerate(path):
        inside = part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        if not inside:
            return path[:depth]
        data = data[part]
    return path


def _order(path: PathInFile) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in path]


def _existing(path: PathInFile, source: SourceFile, kind: str) -> PathInFile:
    """The path without the names of pydantic's union members, which stand in no file."""
    if kind == _MISSING:
        return _existing(path[:-1], source, "") + path[-1:]
    found: PathInFile = ()
    for part in path:
        if source.holds((*found, part)):
            found = (*found, part)
    return found


def _explained(
    detail: Any, path: PathInFile, model: type[BaseModel], source: SourceFile, skip: int
) -> tuple[str, PathInFile, str]:
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, InvalidValueError):
        received = cause.value if isinstance(cause.value, str) else _received(cause.value, source.written(path))
        return cause.rule, path, four_parts(cause.what, received, cause.allowed, cause.change)
    key = str(path[-1]) if path else source.name
    if detail["type"] == "extra_forbidden":
        return _unknown_key(key, path, _fields_at(model, path[skip:-1]))
    if detail["type"] == _MISSING:
        return "RC005", path, four_parts(f"key {key!r} is missing", "nothing", "a value", f"add `{key}:`")
    return "RC005", path, _wrong_type(detail, dotted(path[-2:]) if key.isdigit() else shown(key), source.written(path))


def _unknown_key(key: str, path: PathInFile, known: list[str]) -> tuple[str, PathInFile, str]:
    # Comparing takes its time, and what is longer than any key was never meant to be one.
    near = difflib.get_close_matches(key, known, 1, ALIKE) if len(key) <= _MAX_KEY_CHARACTERS else []
    change = f"did you mean {near[0]!r}?" if near else "take it out"
    return "RC004", path, four_parts("unknown key", key, ", ".join(sorted(known)) or "no keys", change)


def _wrong_type(detail: Any, key: str, written: str | None) -> str:
    value = detail["input"]
    received = _received(value, written) if written is not None else _WORDS.get(type(value), type(value).__name__)
    if detail["type"] == "string_type" and written is not None:
        return four_parts(f"{key} is not text", received, "text", f'put it in quotes: "{shown(written)}"')
    allowed = _FORMS.get(detail["type"]) or str(detail["msg"]).removeprefix("Input should be ").removeprefix("a valid ")
    return four_parts(f"{key} has the wrong form", received, allowed, "correct it")


def _received(value: object, written: str | None) -> object:
    """A value as it was written, if it was; YAML reads `key:` with nothing behind it, `~` and `null` as nothing."""
    return "nothing" if value is None else written or value


def _fields_at(model: type[BaseModel], path: PathInFile) -> list[str]:
    """The keys that are known at a place, found by walking the models along the path."""
    found: Any = model
    for part in (part for part in path if isinstance(part, str)):
        if isinstance(found, type) and issubclass(found, BaseModel):
            field = next((f for n, f in found.model_fields.items() if part in (n, f.alias)), None)
            found = _item_of(field.annotation) if field else None
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        return []
    return [field.alias or name for name, field in found.model_fields.items() if _is_the_users(field)]


def _is_the_users(field: FieldInfo) -> bool:
    """Whether a user may write a key; what no schema shows stands in Rolecall's own catalog alone."""
    # To a type checker the mark is an annotation; when it runs it is a class.
    return not any(isinstance(each, SkipJsonSchema) for each in field.metadata)  # type: ignore[misc]


def _item_of(annotation: Any) -> Any:
    """The model inside an optional, a list or a mapping."""
    while typing.get_origin(annotation) is not None:
        arguments = [a for a in typing.get_args(annotation) if a is not types.NoneType]
        annotation = arguments[-1] if arguments else None
    return annotation
