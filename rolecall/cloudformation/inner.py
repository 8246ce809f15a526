"""Templates within files: the bodies of stack sets and of nested stacks, and what `aws cloudformation` prints."""

from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.cloudformation.budget import Budget, WorkLimitError
from rolecall.cloudformation.functions import evaluation_of
from rolecall.cloudformation.part import Part, UnreadableTextError, mapping, scalar, sequence, type_of
from rolecall.cloudformation.source import parsed
from rolecall.cloudformation.template import Template
from rolecall.cloudformation.world import World

_STACKS = ("AWS::CloudFormation::StackSet", "AWS::CloudFormation::Stack")
_BODY_STEPS = 200_000


@dataclass(frozen=True)
class InnerTemplate:
    """The body of a resource that deploys a template of its own."""

    logical_id: str
    resource: Part
    root: Part | None
    """None where it cannot be read."""


def inner_templates(template: Template) -> Iterator[InnerTemplate]:
    """The templates that a template's resources hold as text, with the defaults of its parameters."""
    budget = Budget(_BODY_STEPS)
    for logical_id, part in template.resources.items():
        body = part.nearest(("Properties", "TemplateBody"))
        if type_of(part) in _STACKS and "TemplateBody" in part.nearest(("Properties",)).entries():
            try:
                text = evaluation_of(template, World({}, is_lenient=True), budget).value(body)
                budget.spend(len(text) // 10 if isinstance(text, str) else 0)
                root = body_of(scalar(text, body.line, body.column)) if isinstance(text, str) else None
            except (WorkLimitError, RecursionError):
                root = None
            yield InnerTemplate(logical_id, part, root)


def body_of(part: Part) -> Part | None:
    """The template that is written as an object or as text; of text, everything stands where the text begins."""
    text = part.text()
    try:
        root = part if text is None else _moved(parsed(text)[0], part.line, part.column)
    except UnreadableTextError:
        return None
    return root if root.nearest(("Resources",)).entries() and "Resources" in root.entries() else None


def _moved(part: Part, line: int, column: int) -> Part:
    if isinstance(part.value, dict):
        return mapping({key: _moved(entry, line, column) for key, entry in part.value.items()}, line, column)
    if isinstance(part.value, list):
        return sequence([_moved(item, line, column) for item in part.value], line, column)
    return scalar(part.value, line, column)
