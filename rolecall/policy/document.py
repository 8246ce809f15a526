"""Reading a policy document wherever it came from: IAM allows a scalar for a list almost everywhere."""

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]
Statement = Mapping[str, Any]

VERSION = "2012-10-17"


def document(*statements: Mapping[str, Any]) -> Document:
    """A policy document of these statements."""
    return {"Version": VERSION, "Statement": [dict(statement) for statement in statements]}


def statements(of: Document) -> list[Statement]:
    """The statements of a document; what is no object is kept as an empty one, so that it never counts as harmless."""
    found = as_list(of.get("Statement"))
    return [statement if isinstance(statement, Mapping) else {} for statement in found]


def as_list(value: object) -> list[Any]:
    """A value that IAM lets stand alone, as a list; nothing is the empty list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def one_or_list(values: tuple[str, ...]) -> str | list[str]:
    """The shortest form: a single value alone, several as a list."""
    return values[0] if len(values) == 1 else list(values)
