"""The sections of a template, read for looking things up."""

import re
from collections.abc import Iterator
from functools import cached_property

from rolecall.cloudformation.budget import Budget
from rolecall.cloudformation.parameter import Parameter, read_parameter
from rolecall.cloudformation.part import Part, function_of, type_of
from rolecall.cloudformation.serverless import FUNCTION, makes_role
from rolecall.cloudformation.unknown import unknown
from rolecall.cloudformation.world import MAX_WORLDS, Options

# More than these are never all tried.
_MAX_OPTIONS = MAX_WORLDS + 1
_STEPS_EACH = 100

# Principals, and what roles and rules find by its reference.
_OWN = {
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::IAM::Group",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::SecretsManager::Secret",
}

_Source = str | tuple[str, int]
"""A text that a parameter is compared with, or a mapping from whose keys (first or second level) it picks one."""

_VARIABLE = re.compile(r"\$\{\s*([A-Za-z0-9:]+)\s*\}")


class Template:
    """What functions refer to: parameters, conditions, mappings; and the resources."""

    def __init__(self, root: Part) -> None:
        self.parameters = {name: read_parameter(name, part) for name, part in section(root, "Parameters").items()}
        self.conditions = section(root, "Conditions")
        self.mappings = section(root, "Mappings")
        self.resources = section(root, "Resources")

        self._options: dict[str, Options] = {}

    def attribute(self, name: str) -> str:
        """What `Resource.Attribute` gives: the plain form is for what the template itself makes and nobody fills in.

        A custom resource, a nested stack or another template may give anybody's ARN.
        """
        logical_id = name.partition(".")[0]
        return unknown(name if self._kind(logical_id) in _OWN else f"Fn::GetAtt {name}")

    def _kind(self, logical_id: str) -> str | None:
        function = self.resources.get(logical_id.removesuffix("Role"))
        if logical_id not in self.resources and function and type_of(function) == FUNCTION and makes_role(function):
            return "AWS::IAM::Role"  # the transform will make it
        return type_of(self.resources[logical_id]) if logical_id in self.resources else None

    def options(self, name: str, budget: Budget) -> Options:
        """The values of a parameter, or of AWS's own such as AWS::Region, that can make a difference."""
        if name not in self._options:
            sources = self._comparisons.get(name, {})
            compared = list(dict.fromkeys(text for source in sources for text in self._texts_of(source)))[:_MAX_OPTIONS]
            budget.spend(_STEPS_EACH * len(compared))
            parameter = self.parameters.get(name)
            found = parameter.options(compared) if parameter else tuple(dict.fromkeys([unknown(name), *compared]))
            self._options[name] = found if len(found) <= _MAX_OPTIONS else (*found[:_MAX_OPTIONS], found[-1])
        return self._options[name]

    def _texts_of(self, source: _Source) -> Iterator[str]:
        if isinstance(source, str):
            yield source
            return
        map_name, level = source
        for found in [self.mappings[map_name]] if map_name in self.mappings else self.mappings.values():
            for row in [found] if level == 1 else found.entries().values():
                yield from row.entries()

    @cached_property
    def _comparisons(self) -> dict[str, dict[_Source, None]]:
        """By parameter, what it is compared with and from which mappings it picks a key."""
        found: dict[str, dict[_Source, None]] = {}
        for part in (*self.conditions.values(), *self.resources.values()):
            for names, sources in self._compared(part):
                for name in names:
                    found.setdefault(name, {}).update(dict.fromkeys(sources))
        return found

    def _compared(self, part: Part) -> Iterator[tuple[set[str], list[_Source]]]:
        if part.is_constant:
            return
        function = function_of(part)
        if function == "Fn::Equals" and len(sides := part.entries()[function].items()) == 2:
            one, other = sides
            yield self._names(one), self._texts(other)
            yield self._names(other), self._texts(one)
        if function == "Fn::FindInMap" and len(steps := part.entries()[function].items()) >= 3:
            yield from self._keys(*steps[:3])
        for below in (*part.entries().values(), *part.items()):
            yield from self._compared(below)

    def _keys(self, map_name: Part, first: Part, second: Part) -> Iterator[tuple[set[str], list[_Source]]]:
        if names := self._names(map_name):
            yield names, list(self.mappings)
        yield self._names(first), [(map_name.text() or "", 1)]
        yield self._names(second), [(map_name.text() or "", 2)]

    def _names(self, part: Part) -> set[str]:
        """The parameters whose value goes into the part's value; not those that only choose among others."""
        function = function_of(part)
        if part.is_constant or function == "Fn::FindInMap":
            return set()
        if function == "Ref":
            return {part.entries()[function].text() or ""}
        found = set().union(*(self._names(below) for below in (*part.entries().values(), *part.items())))
        if function == "Fn::Sub":
            argument = part.entries()[function]
            text = argument.text() or (argument.items()[0].text() if argument.items() else "") or ""
            found.update(_VARIABLE.findall(text))
        return found

    def _texts(self, part: Part) -> list[_Source]:
        """What the other side of a comparison can be."""
        if not isinstance(part.value, dict | list):
            return [part.value or ""]
        name = part.entries()["Ref"].text() or "" if function_of(part) == "Ref" else ""
        parameter = self.parameters.get(name) or Parameter("", "", None, (), None, (0, 0), (0, 0))
        return [*parameter.allowed, *([] if parameter.default is None else [parameter.default])]


def section(root: Part, name: str) -> dict[str, Part]:
    """A section of a template; empty where there is none or where it is no mapping."""
    return root.entries()[name].entries() if name in root.entries() else {}
