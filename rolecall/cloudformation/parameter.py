"""A parameter of a template: its default, and which other values it can have."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rolecall.cloudformation.part import Part
from rolecall.cloudformation.unknown import is_unknown, plain_name, unknown
from rolecall.model.safe_pattern import fits

# AllowedPattern has to match the whole value:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html (checked 2026-11-22)
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (checked 2026-11-22)
MAX_VALUE_CHARACTERS = 4096

# Numbers that a value is held against; longer ones are no limits but nonsense.
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")


@dataclass(frozen=True)
class Parameter:
    """What a template says about a parameter."""

    name: str
    kind: str
    default: str | None
    """None where the deployment has to say it, or where it is the name of something that is looked up."""
    allowed: tuple[str, ...]
    pattern: str | None
    lengths: tuple[float, float]
    bounds: tuple[float, float]

    @property
    def is_looked_up(self) -> bool:
        """Whether its value is the name of a Systems Manager parameter, whose own value is inserted."""
        return self.kind.startswith("AWS::SSM::Parameter::Value")

    @property
    def is_list(self) -> bool:
        return self.kind == "CommaDelimitedList" or self.kind.startswith("List<")

    def resolved(self, value: str) -> str | list[str]:
        """What a Ref gives: a list's parts, otherwise the value itself."""
        if not self.is_list or is_unknown(value):
            return value
        return [part.strip() for part in value.split(",")]

    def options(self, compared_with: Iterable[str]) -> tuple[str, ...]:
        """The values that can make a difference, the default first and a value that equals no other last."""
        anything = unknown(self.name)
        if self.allowed and not self.is_looked_up:
            first = [self.default] if self.default is not None else []
            return tuple(dict.fromkeys([*first, *self.allowed]))
        default = anything if self.default is None else self.default
        others = [value for value in compared_with if self.permits(value)]
        last = [anything] if self.lengths[1] >= 1 else []
        return tuple(dict.fromkeys([default, *(value for value in others if value != anything), *last]))

    def permits(self, value: str) -> bool:
        """Whether somebody could give it this value; in doubt yes."""
        if self.is_looked_up:
            return True
        if self.kind == "Number":
            return bool(_NUMBER.fullmatch(value)) and self.bounds[0] <= float(value) <= self.bounds[1]
        if not value and re.match("(List<)?AWS::(EC2|Route53|RDS)::", self.kind):
            return False  # the id of something that exists
        if self.is_list:
            return True
        fitting = self.pattern is None or fits(self.pattern, value) is not False
        return fitting and self.lengths[0] <= len(value) <= self.lengths[1]


def read_parameter(name: str, part: Part) -> Parameter:
    """The parameter that a template declares; what makes no sense in it is left out of account."""
    entries = part.entries()
    kind = _text(entries, "Type") or "String"
    default = _text(entries, "Default")
    if default is None and "Default" in entries and entries["Default"].items():
        default = ",".join(item.text() or "" for item in entries["Default"].items())
    if kind.startswith("AWS::SSM::Parameter::Value") or len(default or "") > MAX_VALUE_CHARACTERS:
        default = None
    allowed = entries["AllowedValues"].items() if "AllowedValues" in entries else []
    found = Parameter(
        plain_name(name),
        kind,
        default,
        tuple(item.text() or "" for item in allowed if not isinstance(item.value, dict | list)),
        _text(entries, "AllowedPattern"),
        (_number(entries, "MinLength", 0), _number(entries, "MaxLength", float("inf"))),
        (_number(entries, "MinValue", float("-inf")), _number(entries, "MaxValue", float("inf"))),
    )
    is_usable = default is None or (default in found.allowed if found.allowed else found.permits(default))
    # CloudFormation refuses a default that the parameter's own limits forbid: somebody has to give a value.
    return found if is_usable else replace(found, default=None)


def _text(entries: dict[str, Part], key: str) -> str | None:
    return entries[key].text() if key in entries else None


def _number(entries: dict[str, Part], key: str, otherwise: float) -> float:
    text = _text(entries, key) or ""
    return float(text) if _NUMBER.fullmatch(text) else otherwise
