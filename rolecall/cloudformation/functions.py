"""CloudFormation's functions. What one cannot know, or an argument that makes no sense, gives an unknown text.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
(checked 2026-11-22)
"""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from rolecall.cloudformation.budget import Budget
from rolecall.cloudformation.conditions import holds
from rolecall.cloudformation.evaluation import Evaluation, Trail, as_text
from rolecall.cloudformation.part import NO_VALUE, Part
from rolecall.cloudformation.template import Template
from rolecall.cloudformation.unknown import holds_unknown, is_unknown, name_of, split, unknown
from rolecall.cloudformation.world import ImpossibleWorldError, World

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
# IAM's own variables (${aws:PrincipalTag/team}) are none of CloudFormation's.
_NAME = re.compile(r"[A-Za-z0-9]+(\.[A-Za-z0-9._-]+)?|AWS::[A-Za-z]+")
_INDEX = re.compile(r"[0-9]{1,6}")


def evaluation_of(template: Template, world: World, budget: Budget) -> Evaluation:
    """An evaluation that carries out the functions of this module."""
    return Evaluation(template, world, budget, _apply)


def _apply(evaluation: Evaluation, function: str, argument: Part, trail: Trail) -> Any:
    """What a function gives for this argument."""
    known = _FUNCTIONS.get(function)
    found = known(evaluation, argument, trail) if known else None
    return unknown(function) if found is None else found


def _ref(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
    name = argument.text()
    return None if name is None else evaluation.reference(name)


def _get_att(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
    texts = [evaluation.text(item) for item in argument.items()] or [argument.text() or "Fn::GetAtt"]
    return evaluation.template.attribute(".".join(texts)) if texts != ["Fn::GetAtt"] else None


def _sub(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
    template, values = argument, dict[str, Part]()
    if len(argument.items()) == 2:
        template, values = argument.items()[0], argument.items()[1].entries()
    text = template.text()
    if text is None:
        return None

    def replaced(variable: str) -> str:
        name = variable.strip()
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        if name in values:
            return evaluation.text(values[name])
        if "." in name and _NAME.fullmatch(name):
            return evaluation.template.attribute(name)
        return as_text(evaluation.reference(name)) if _NAME.fullmatch(name) else "${" + variable + "}"

    # Every second piece is what stood between the braces.
    pieces = _VARIABLE.split(text)
    return evaluation.joined("", [replaced(piece) if at % 2 else piece for at, piece in enumerate(pieces)])


def _join(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
    if len(argument.items()) != 2:
        return None
    delimiter, parts = (evaluation.value(item) for item in argument.items())
    if not isinstance(parts, list):
        return parts if isinstance(parts, str) else None
    return evaluation.joined(as_text(delimiter), [as_text(part) for part in parts if part is not NO_VALUE])


def _split(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
    if len(argument.items()) != 2:
        return None
    delimiter, text = (evaluation.text(item) for item in argument.items())
    return split(text, delimiter) if delimiter else None


def _select(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
    if len(argument.items()) != 2:
        return None
    index = as_text(evaluation.decided(argument.items()[0]))
    choices = argument.items()[1]
    if isinstance(choices.value, list) and _INDEX.fullmatch(index) and int(index) < len(choices.value):
        return evaluation.value(choices.value[int(index)], trail.into("Fn::Select", 1, int(index)))
    values = evaluation.value(choices)
    if isinstance(values, str) and is_unknown(values):
        return unknown(f"{name_of(values)}[{index}]")
    if isinstance(values, list) and _INDEX.fullmatch(index) and int(index) < len(values):
        return values[int(index)]
    return None


def _if(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
    if len(argument.items()) != 3:
        return None
    branch = 1 if holds(evaluation, argument.items()[0]) else 2
    return evaluation.value(argument.items()[branch], trail.into("Fn::If", branch))


def _boolean(function: str) -> Callable[[Evaluation, Part, Trail], Any]:
    def answer(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
        written = Part({function: argument}, argument.line, argument.column)
        return "true" if holds(evaluation, written) else "false"

    return answer


def _find_in_map(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
    steps = argument.items()
    if len(steps) < 3:
        return None
    asked_before = evaluation.world.questions
    names = [as_text(evaluation.decided(step)) for step in steps[:3]]
    found: Part | None = Part(evaluation.template.mappings, 1, 1)
    for name in names:
        found = found.entries().get(name) if found else None
    if found is not None:
        return evaluation.value(found)
    if len(steps) == 4 and "DefaultValue" in steps[3].entries():
        default = steps[3].entries()["DefaultValue"]
        return evaluation.value(default, trail.into("Fn::FindInMap", 3, "DefaultValue"))
    if evaluation.world.questions > asked_before and not evaluation.world.is_lenient:
        raise ImpossibleWorldError
    return unknown(f"Fn::FindInMap {'.'.join(names)}")


def _import_value(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
    return unknown(f"Fn::ImportValue {evaluation.text(argument)}")


def _base64(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
    text = evaluation.text(argument)
    return None if holds_unknown(text) else base64.b64encode(text.encode()).decode()


def _length(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
    value = evaluation.value(argument)
    return str(len(value)) if isinstance(value, list) else None


def _to_json_string(evaluation: Evaluation, argument: Part, trail: Trail) -> Any:
    value = evaluation.value(argument)
    if value is NO_VALUE:
        return None
    return evaluation.limited(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


_FUNCTIONS: dict[str, Callable[[Evaluation, Part, Trail], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::ImportValue": _import_value,
    "Fn::Base64": _base64,
    "Fn::Length": _length,
    "Fn::ToJsonString": _to_json_string,
    **{name: _boolean(name) for name in ("Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not")},
}
