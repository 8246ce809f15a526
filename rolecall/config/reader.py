"""YAML with positions: each file becomes plain data plus the line and column of every part of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from rolecall.model.finding import Finding, Location, Severity

# Ten thousand projects in one file are about 4 MB; what is far beyond is no estate.
MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_NODES = 500_000
MAX_DEPTH = 40

_LEAD = re.compile(r"^[ ?:-]+", re.MULTILINE)

PathInFile = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """Where a value stands and, for scalars, how it was written."""

    line: int
    column: int
    text: str | None = None


@dataclass
class SourceFile:
    """One YAML file: its data, where everything stands, and what is wrong with its text."""

    name: str
    """Relative to the estate's folder."""
    data: Any = None
    places: dict[PathInFile, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    is_partial: bool = False
    """Whether wrong parts were left out: what seems to be missing then stands there, and has been named."""

    def location(self, path: PathInFile) -> Location:
        """The place of a part, or of the nearest part around it that was written."""
        for end in range(len(path), -1, -1):
            if place := self.places.get(path[:end]):
                return Location(self.name, place.line, place.column, dotted(path))
        return Location(self.name, path=dotted(path))

    def written(self, path: PathInFile) -> str | None:
        """A scalar's text as it stands in the file, before YAML read a number into it."""
        place = self.places.get(path)
        return place.text if place else None

    def error(self, rule: str, path: PathInFile, message: str) -> None:
        """Note an error at a place of this file."""
        if self.is_partial and " is missing" in message:
            return
        self.findings.append(Finding(rule, Severity.ERROR, self.location(path), message))


def dotted(path: PathInFile) -> str:
    """`("projects", 0, "secrets")` as `projects[0].secrets`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_yaml(folder: Path, name: str) -> SourceFile:
    """Read one file of the estate; whatever is wrong with it becomes a finding, never an exception."""
    source = SourceFile(name)
    text = _text(folder / name, source)
    if text is not None:
        _parse(text, source)
    return source


def _text(path: Path, source: SourceFile) -> str | None:
    try:
        if not path.is_file():
            source.error("RC001", (), "file cannot be read: it is no regular file; take it away")
            return None
        if path.stat().st_size > MAX_FILE_BYTES:
            source.error("RC001", (), f"file is larger than {MAX_FILE_BYTES} bytes; split the workspace into several")
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        source.error("RC001", (), f"file is not UTF-8 text: byte {error.start}; save it as UTF-8")
    except OSError as error:
        source.error("RC001", (), f"file cannot be read: {error.strerror}; check its permissions")
    return None


def _parse(text: str, source: SourceFile) -> None:
    loader = yaml.CSafeLoader("")
    try:
        _refuse_depth(text)
        loader = yaml.CSafeLoader(text)
        node = loader.get_single_node()
        if node is not None:
            source.data = _Builder(source, loader).build(node, (), 0)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        source.findings.append(
            Finding(
                "RC001",
                Severity.ERROR,
                Location(source.name, line, column),
                f"broken YAML: {error.problem or error.context}",
            )
        )
    except yaml.reader.ReaderError as error:
        where = Location(source.name, text.count("\n", 0, error.position) + 1)
        source.findings.append(Finding("RC001", Severity.ERROR, where, f"broken YAML: {error.reason}"))
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        source.error("RC001", (), f"broken YAML: {str(error).splitlines()[0]}")
    finally:
        loader.dispose()


def _refuse_depth(text: str) -> None:
    """Refuse nesting that the loader, written in C and recursive, would not survive.

    Reading event by event is safe and costs as much as loading, so only text that could nest that deep is read twice:
    each level takes a bracket, or a column before the first word of a line.
    """
    if max(text.count("[") + text.count("{"), _longest_lead(text)) <= MAX_DEPTH:
        return
    depth = 0
    events: Iterator[Any] = yaml.parse(text, yaml.CSafeLoader)
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH + 1:
            raise yaml.MarkedYAMLError(problem=f"more than {MAX_DEPTH} levels", problem_mark=event.start_mark)


def _longest_lead(text: str) -> int:
    return max((len(lead) for lead in _LEAD.findall(text)), default=0)


class _Builder:
    """Turns composed nodes into data and notes where each stands."""

    def __init__(self, source: SourceFile, loader: Any) -> None:
        self._source, self._loader, self._nodes = source, loader, 0

    def build(self, node: Any, path: PathInFile, depth: int, key: Any = None) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise ValueError(f"more than {MAX_NODES} values or {MAX_DEPTH} levels (aliases count each time)")
        mark = (key or node).start_mark  # what has a key is found at its key
        scalar = isinstance(node, yaml.ScalarNode)
        self._source.places[path] = Place(mark.line + 1, mark.column + 1, node.value if scalar else None)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index), depth + 1) for index, child in enumerate(node.value)]
        try:
            return self._loader.construct_object(node)
        except (ValueError, OverflowError) as error:
            raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from None

    def _mapping(self, node: Any, path: PathInFile, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
            mark = key_node.start_mark
            if not key or key == "<<":
                self._source.places[(*path, str(key))] = Place(mark.line + 1, mark.column + 1)
                self._source.error("RC001", (*path, str(key)), "a key must be plain text; merge keys (<<) are not read")
            elif key in found:
                self._report_duplicate(path, key, mark)
            else:
                found[key] = self.build(value_node, (*path, key), depth + 1, key_node)
        return found

    def _report_duplicate(self, path: PathInFile, key: str, mark: Any) -> None:
        first = self._source.places[(*path, key)]
        place = Location(self._source.name, mark.line + 1, mark.column + 1, dotted((*path, key)))
        message = (
            f"key {key!r} stands here a second time, after line {first.line}; YAML keeps only one: remove the other"
        )
        self._source.findings.append(Finding("RC002", Severity.ERROR, place, message))
