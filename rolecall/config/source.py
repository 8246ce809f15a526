"""One file of an estate: its data, where every part of it stands, and what is wrong with it."""

import difflib
from dataclasses import dataclass, field
from typing import Any, Protocol

from rolecall.model.finding import Finding, Location, Severity

PathInFile = tuple[str | int, ...]

_MAX_SHOWN_CHARACTERS = 80
# How much a misspelt key is like the one that was meant, as difflib counts.
ALIKE = 0.5


class Mark(Protocol):
    """A position in a text, as the loader notes it; both numbers count from 0."""

    @property
    def line(self) -> int:
        """Of the text."""

    @property
    def column(self) -> int:
        """Of the line."""


Place = tuple[Mark, Any]
"""Where a value stands, and what is inside: a dict or a list of places, or the text of a scalar as it was written.

A tree beside the data and not one mapping from paths: nothing is built for a path until somebody asks for it, and
hardly anybody does. A tuple and not a class: there is one for each value of an estate.
"""


LeftOut = dict[PathInFile, list[int]]
"""Items of lists that were left out, in order, by the list's path: what is behind one stands further on."""


@dataclass(slots=True)
class SourceFile:
    """One YAML file: its data, where everything stands, and what is wrong with its text."""

    name: str
    """Relative to the estate's folder, fit to be printed."""
    data: Any = None
    place: Place | None = None
    """None where the file could not be read or is empty."""
    findings: list[Finding] = field(default_factory=list)
    refused: set[PathInFile] = field(default_factory=set)
    """Parts that are wrong, by their paths in the whole: what seems to be missing there stands, and has been named."""
    unknown: set[PathInFile] = field(default_factory=set)
    """Keys that no shape has; one of them may be meant to be what seems to be missing."""
    left_out: LeftOut = field(default_factory=dict)

    def location(self, path: PathInFile) -> Location:
        """The place of a part, or of the nearest part around it that was written."""
        whole = as_written(path, self.left_out)
        found = self._nearest(whole)[0]
        if found is None:
            return Location(self.name, path=dotted(whole))
        return self.at(found[0], whole)

    def at(self, mark: Mark, path: PathInFile = ()) -> Location:
        """The place that a mark of the loader means."""
        return Location(self.name, mark.line + 1, mark.column + 1, dotted(path))

    def holds(self, path: PathInFile) -> bool:
        """Whether a part was written."""
        return self._nearest(as_written(path, self.left_out))[1]

    def written(self, path: PathInFile) -> str | None:
        """A scalar's text as it stands in the file, before YAML read a number into it."""
        place, is_whole = self._nearest(as_written(path, self.left_out))
        return place[1] if place and is_whole and isinstance(place[1], str) else None

    def was_refused(self, path: PathInFile) -> bool:
        """Whether a part that the data lacks was written and is wrong: itself, what is around it, or its key's name."""
        if not self.refused:
            return False
        whole = as_written(path, self.left_out)
        if any(whole[:depth] in self.refused for depth in range(1, len(whole) + 1)):
            return True
        beside = [str(other[-1]) for other in self.unknown if other[:-1] == whole[:-1]]
        return bool(difflib.get_close_matches(str(whole[-1]), beside, 1, ALIKE))

    def error(self, rule: str, path: PathInFile, message: str, *, missing: str = "") -> None:
        """Note an error at a place of this file.

        Args:
            rule: that is broken.
            path: of the place.
            message: in four parts.
            missing: the key that the place lacks, if that is the error; none where the key was written and refused.
        """
        if not missing or not self.was_refused((*path, missing)):
            self.findings.append(Finding(rule, Severity.ERROR, self.location(path), message))

    def warn(self, rule: str, path: PathInFile, message: str) -> None:
        """Note a warning at a place of this file."""
        self.findings.append(Finding(rule, Severity.WARNING, self.location(path), message))

    def _nearest(self, path: PathInFile) -> tuple[Place | None, bool]:
        """The place of a part or of the nearest part around it, and whether it is that of the part itself."""
        place = self.place
        for part in path:
            inside = place[1] if place else ""
            if isinstance(inside, str):
                return place, False
            try:
                place = inside[part]
            except (KeyError, IndexError, TypeError):
                return place, False
        return place, place is not None


def as_written(path: PathInFile, left_out: LeftOut) -> PathInFile:
    """A path into data that lacks some items of lists, as a path into the whole."""
    found: PathInFile = ()
    for part in path if left_out else ():
        index = part
        for gone in left_out.get(found, ()):
            if isinstance(index, int) and gone <= index:
                index += 1
        found = (*found, index)
    return found if left_out else path


def dotted(path: PathInFile) -> str:
    """`("projects", 0, "secrets")` as `projects[0].secrets`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{shown(part)}" for part in path]
    return "".join(parts).removeprefix(".")


def shown(text: str) -> str:
    """A key or a file's name as a message may hold it: short, on one line, without anything a terminal would obey."""
    if len(text) <= _MAX_SHOWN_CHARACTERS and text.isprintable():
        return text
    whole = repr(text[:_MAX_SHOWN_CHARACTERS])[1:-1]
    return whole if len(text) <= _MAX_SHOWN_CHARACTERS else f"{whole[: _MAX_SHOWN_CHARACTERS - 3]}..."
