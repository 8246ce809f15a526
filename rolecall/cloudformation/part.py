"""A file as it was written: values with the place of each, before any function has been carried out."""

from dataclasses import dataclass, field
from typing import Any, Final

Written = dict[str, "Part"] | list["Part"] | str | None
PartPath = tuple[str | int, ...]

# CloudFormation takes at most 1 MB; what is far beyond these is no template. An alias counts with all it stands for.
MAX_PARTS = 500_000
MAX_DEPTH = 100

LOOP = "Fn::ForEach::"


class _NoValue:
    """What `Ref: AWS::NoValue` gives: the property or item is not there."""


NO_VALUE: Final = _NoValue()

_UNSET = object()


class UnreadableTextError(Exception):
    """A text that is no JSON or YAML, or more of it than any template holds."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


@dataclass(slots=True, eq=False)
class Part:
    """One value of a file. What has a key stands where its key stands; lines and columns count from 1.

    Scalars are text as written, whatever YAML or JSON would make of it, because CloudFormation turns them into text.
    """

    value: Written
    line: int
    column: int
    size: int = 1
    """How many values it is, with all that it holds."""
    height: int = 1
    """How many levels."""
    is_constant: bool = True
    """Whether no function stands in it, so that it means what is written."""
    _plain: Any = field(default=_UNSET, repr=False)

    def plain(self) -> Any:
        """The value as it is written, without places; made once, so not to be changed."""
        if self._plain is _UNSET:
            if isinstance(self.value, dict):
                self._plain = {key: part.plain() for key, part in self.value.items()}
            elif isinstance(self.value, list):
                self._plain = [part.plain() for part in self.value]
            else:
                self._plain = self.value
        return self._plain

    def entries(self) -> dict[str, "Part"]:
        """What a mapping holds; anything else holds nothing."""
        return self.value if isinstance(self.value, dict) else {}

    def items(self) -> list["Part"]:
        """What a list holds; anything else holds nothing."""
        return self.value if isinstance(self.value, list) else []

    def text(self) -> str | None:
        """A scalar's text."""
        return self.value if isinstance(self.value, str) else None

    def nearest(self, path: PartPath) -> "Part":
        """The part at a path below this one, or the last one on the way there."""
        part = self
        for step in path:
            below = (
                part.entries().get(step) if isinstance(step, str) else next(iter(part.items()[step : step + 1]), None)
            )
            if below is None:
                break
            part = below
        return part


def scalar(text: str | None, line: int, column: int) -> Part:
    """A text, or nothing."""
    return Part(text, line, column)


def sequence(items: list[Part], line: int, column: int) -> Part:
    """A list.

    Raises:
        UnreadableTextError: it holds more than a template can.
    """
    part = Part(items, line, column, 1 + sum(item.size for item in items))
    part.height = 1 + max((item.height for item in items), default=0)
    part.is_constant = all(item.is_constant for item in items)
    return _bounded(part)


def mapping(entries: dict[str, Part], line: int, column: int) -> Part:
    """A mapping, or a function of CloudFormation in its long form.

    Raises:
        UnreadableTextError: it holds more than a template can.
    """
    part = Part(entries, line, column, 1 + sum(entry.size for entry in entries.values()))
    part.height = 1 + max((entry.height for entry in entries.values()), default=0)
    # A loop may stand beside other entries; any other function stands alone.
    has_function = function_of(part) is not None or any(key.startswith(LOOP) for key in entries)
    part.is_constant = not has_function and all(entry.is_constant for entry in entries.values())
    return _bounded(part)


def function_of(part: Part) -> str | None:
    """The name of the function that a mapping of one key stands for: `Ref`, or one that begins with `Fn::`."""
    if isinstance(part.value, dict) and len(part.value) == 1:
        key = next(iter(part.value))
        if key == "Ref" or key.startswith("Fn::"):
            return key
    return None


def type_of(resource: Part) -> str | None:
    """The type that a resource says it has."""
    return resource.entries()["Type"].text() if "Type" in resource.entries() else None


def printable(text: str) -> str:
    """A text that is safe to show: control characters are written as escapes."""
    return text if text.isprintable() else repr(text)[1:-1]


def dotted(path: PartPath) -> str:
    """`("VendorRole", "Statement", 0)` as `VendorRole.Statement[0]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return printable(text)


def _bounded(part: Part) -> Part:
    if part.size > MAX_PARTS or part.height > MAX_DEPTH + 1:
        message = f"more than {MAX_PARTS} values or {MAX_DEPTH} levels (an alias counts with all it stands for)"
        raise UnreadableTextError(message, part.line, part.column)
    return part
