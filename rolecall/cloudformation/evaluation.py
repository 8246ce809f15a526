"""Carrying out CloudFormation's functions in one world, and noting where each value of the result was written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rolecall.cloudformation.budget import Budget
from rolecall.cloudformation.part import NO_VALUE, Part, PartPath, function_of
from rolecall.cloudformation.template import Template
from rolecall.cloudformation.unknown import plain_name, unknown
from rolecall.cloudformation.world import World

MAX_TEXT_CHARACTERS = 1_000_000


Moves = dict[PartPath, PartPath]
"""Where values were written that do not stand at the same place in the result: theirs, and all below them."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Where the evaluation is: in the result, and in what was written."""

    moves: Moves
    here: PartPath = ()
    written: PartPath = ()

    def step(self, here: str | int, written: str | int) -> "Trail":
        """To an entry, or to an item whose index may be another one."""
        trail = Trail(self.moves, (*self.here, here), (*self.written, written))
        if here != written:
            self.moves[trail.here] = trail.written
        return trail

    def into(self, *written: str | int) -> "Trail":
        """Into an argument of a function that gives just this argument."""
        trail = Trail(self.moves, self.here, (*self.written, *written))
        self.moves[trail.here] = trail.written
        return trail


Apply = Callable[["Evaluation", str, Part, Trail], Any]
"""What carries out a function, given its name and argument."""


class Evaluation:
    """One reading of parts of a template. Values are text, None, lists and dictionaries, or `NO_VALUE`."""

    def __init__(self, template: Template, world: World, budget: Budget, apply: Apply) -> None:
        self.template, self.world, self.budget, self._apply = template, world, budget, apply
        self.known_conditions: dict[str, bool] = {}
        self.open_conditions: list[str] = []
        """Those that are being evaluated, each because the one before it refers to it."""
        self.is_trust = False
        """Whether a trust is read, in which each value that a parameter may have makes a difference."""
        self._deciding = 0

    def value(self, part: Part, trail: Trail | None = None) -> Any:
        """What a part means here."""
        self.budget.spend(1 + part.size // 4 if part.is_constant else 1)
        if part.is_constant:
            return part.plain()
        trail = trail or Trail({})
        if isinstance(part.value, list):
            return self._list(part.value, trail)
        function = function_of(part)
        if function is None:
            return self._mapping(part.entries(), trail)
        return self._apply(self, function, part.entries()[function], trail)

    def decided(self, part: Part) -> Any:
        """What a part means where something depends on it: every value that can make a difference is tried."""
        self._deciding += 1
        try:
            return self.value(part)
        finally:
            self._deciding -= 1

    def text(self, part: Part) -> str:
        """A part as text to be put into another one."""
        return self.limited(as_text(self.value(part)))

    def limited(self, text: str) -> str:
        """The text, unless texts have been put into texts until it is no real one."""
        return self.joined("", [text])

    def joined(self, delimiter: str, pieces: Sequence[str]) -> str:
        """One text of several, told to be too long before it is made."""
        length = sum(map(len, pieces)) + len(delimiter) * len(pieces)
        self.budget.spend((length if length <= MAX_TEXT_CHARACTERS else len(pieces)) // 100)
        return delimiter.join(pieces) if length <= MAX_TEXT_CHARACTERS else unknown("too long")

    def reference(self, name: str) -> Any:
        """What `Ref` gives."""
        if name == "AWS::NoValue":
            return NO_VALUE
        parameter = self.template.parameters.get(name)
        if parameter is None and not name.startswith("AWS::"):
            return unknown(plain_name(name))
        if self._deciding:
            value: str | None = self.world.choose(name, self.template.options(name, self.budget))
        else:
            value = self._inserted(name)
        if parameter is None:
            return value or unknown(name)
        if value is None:
            value = parameter.default or None if self.is_trust else parameter.default
        return unknown(parameter.name) if value is None else parameter.resolved(value)

    def _inserted(self, name: str) -> str | None:
        parameter = self.template.parameters.get(name)
        if not (self.is_trust and parameter and any(parameter.allowed)) or parameter.is_looked_up:
            return self.world.inserted(name)
        # Nothing that is empty can be trusted or sent: it is meant only where a condition has found it to be so.
        return self.world.choose(name, tuple(filter(None, self.template.options(name, self.budget))))

    def _list(self, items: list[Part], trail: Trail) -> list[Any]:
        found: list[Any] = []
        for index, item in enumerate(items):
            value = self.value(item, trail.step(len(found), index))
            if value is not NO_VALUE:
                found.append(value)
        return found

    def _mapping(self, entries: dict[str, Part], trail: Trail) -> dict[str, Any]:
        found = {key: self.value(part, trail.step(key, key)) for key, part in entries.items()}
        return {key: value for key, value in found.items() if value is not NO_VALUE}


def as_text(value: Any) -> str:
    """A value as it looks within another text."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(as_text(item) for item in value)
    return "" if value is None or value is NO_VALUE else unknown("an object")
