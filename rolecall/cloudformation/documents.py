"""A policy document, however a template writes it."""

from typing import Any
from urllib.parse import unquote

from rolecall.cloudformation.evaluation import Evaluation
from rolecall.cloudformation.json_text import read_json
from rolecall.cloudformation.part import UnreadableTextError
from rolecall.cloudformation.unknown import without_guillemets


def as_document(value: Any, *, may_be_encoded: bool = False) -> dict[str, Any]:
    """An object, or the object that a JSON text is; empty for anything else.

    CloudFormation and IAM take policies as JSON text too, and IAM's own answers hold them in URL encoding.
    """
    if isinstance(value, str):
        text = _decoded(value) if may_be_encoded and not value.lstrip().startswith("{") else value
        try:
            value = read_json(text)[0].plain()
        except UnreadableTextError:
            return {}
    return value if isinstance(value, dict) else {}


def _decoded(text: str) -> str:
    return without_guillemets(unquote(text))


def read_document(evaluation: Evaluation, value: Any) -> dict[str, Any]:
    """A document of a template; what JSON text costs is taken from the budget."""
    if isinstance(value, str):
        evaluation.budget.spend(len(value) // 10)
    return as_document(value)


def as_name(value: Any) -> str | None:
    """A text, if it is one and not empty."""
    return value if isinstance(value, str) and value else None


def as_seconds(value: Any) -> int | None:
    """A number of seconds, written as one."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else None
