"""Writing out `Fn::ForEach`, before anything else is read.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
(checked 2026-11-22)
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rolecall.cloudformation.budget import Budget
from rolecall.cloudformation.part import LOOP, Part, function_of, mapping, sequence


def has_loop(part: Part) -> bool:
    """Whether a loop stands anywhere in a part."""
    if part.is_constant:
        return False
    entries = part.entries()
    return any(key.startswith(LOOP) for key in entries) or any(map(has_loop, (*entries.values(), *part.items())))


@dataclass(frozen=True)
class Loops:
    """Writes out loops, with what their collections mean."""

    collection: Callable[[Part], list[str]]
    budget: Budget

    def written_out(self, entries: dict[str, Part]) -> dict[str, Part]:
        """The entries of a mapping with each loop replaced by what it makes, on every level."""
        found: dict[str, Part] = {}
        for key, part in entries.items():
            if key.startswith(LOOP):
                for made in self._made(part):
                    found |= self.written_out(made)
            else:
                found[key] = self._inside(part)
        return found

    def _inside(self, part: Part) -> Part:
        self.budget.spend()
        if part.is_constant:
            return part
        if isinstance(part.value, dict):
            return mapping(self.written_out(part.value), part.line, part.column)
        return sequence([self._inside(item) for item in part.items()], part.line, part.column)

    def _made(self, loop: Part) -> Iterator[dict[str, Part]]:
        """What a loop makes, round by round; nothing where it is not written as one."""
        arguments = loop.items()
        name = arguments[0].text() if len(arguments) == 3 else None
        if name:
            for value in self.collection(arguments[1]):
                yield _Round(name, value, self.budget).part(arguments[2]).entries()


class _Round:
    """One round of a loop: its identifier stands for one value."""

    def __init__(self, name: str, value: str, budget: Budget) -> None:
        self._name, self._value, self._budget = name, value, budget
        self._variable = re.compile(r"([$&])\{" + re.escape(name) + r"\}")

    def part(self, part: Part) -> Part:
        self._budget.spend()
        if isinstance(part.value, dict):
            if function_of(part) == "Ref" and part.value["Ref"].text() == self._name:
                return Part(self._value, part.line, part.column)
            entries = {self._text(key): self.part(entry) for key, entry in part.value.items()}
            return mapping(entries, part.line, part.column)
        if isinstance(part.value, list):
            return sequence([self.part(item) for item in part.value], part.line, part.column)
        return Part(None if part.value is None else self._text(part.value), part.line, part.column)

    def _text(self, text: str) -> str:
        if "{" not in text:
            return text
        self._budget.spend(len(text) // 100)
        return self._variable.sub(self._replaced, text)

    def _replaced(self, match: re.Match[str]) -> str:
        """`&{…}` leaves out what no logical id may hold."""
        return self._value if match[1] == "$" else re.sub("[^A-Za-z0-9]", "", self._value)
