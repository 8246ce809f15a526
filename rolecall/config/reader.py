"""YAML with positions: each file becomes plain data plus the line and column of every part of it."""

import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from rolecall.config.contents import NotReadableError, text_of
from rolecall.config.source import Mark, PathInFile, Place, SourceFile, shown
from rolecall.model.finding import Finding, Severity
from rolecall.model.invalid import four_parts

__all__ = ["PathInFile", "SourceFile", "read_yaml"]

MAX_VALUES = 500_000
MAX_LEVELS = 40
# What YAML makes of text that is no text is a number or a date. A longer one is a mistake, and PyYAML would work for
# hours on 1:1:1:… as a number of base 60.
MAX_NUMBER_CHARACTERS = 100

_RESOLVER: Any = yaml.resolver.Resolver()
_LEAD = re.compile(r"^[ ?:-]+", re.MULTILINE)
_STR, _MAP, _SEQ = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("null", "bool", "int", "float", "timestamp")}
# A key that YAML takes for a number or for true is the text that stands there.
_KEY_TAGS = {_STR, *_PLAIN_TAGS}


def read_yaml(folder: Path, name: str) -> SourceFile:
    """Read one file of the estate; whatever is wrong with it becomes a finding, never an exception."""
    source = SourceFile(name)
    try:
        _parse(text_of(folder / name), source)
    except NotReadableError as error:
        source.error("RC001", (), four_parts(*error.parts))
    return source


def _parse(text: str, source: SourceFile) -> None:
    loader = _Loader("")
    try:
        _refuse_size(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is not None:
            if "*" in text:
                _refuse_bombs(node, {})
            source.data, source.place = _Builder(source, loader).build(node, node.start_mark, ())
    except yaml.MarkedYAMLError as error:
        _report(error.problem or error.context or "", error.problem_mark or error.context_mark, source, text)
    except yaml.reader.ReaderError as error:
        # The position counts bytes of UTF-8, whatever the text was given as.
        line = text.encode()[: error.position].count(b"\n")
        _report(error.reason, _Line(line), source, text)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        _report(str(error).partition("\n")[0], None, source, text)
    finally:
        loader.dispose()


def _report(problem: str, mark: Mark | None, source: SourceFile, text: str) -> None:
    place = source.at(mark) if mark else source.location(())
    line = next(itertools.islice(io.StringIO(text), place.line - 1, None), "").strip()
    message = four_parts(
        f"broken YAML: {problem}", shown(line), "one YAML document", "correct this line or the one above"
    )
    source.findings.append(Finding("RC001", Severity.ERROR, place, message))


@dataclass(frozen=True)
class _Line:
    """The mark of a line, where the loader says no more."""

    line: int
    column: int = 0


def _refuse_size(text: str) -> None:
    """Refuse nesting that the loader, written in C and recursive, would not survive, and more values than fit.

    Reading event by event is safe and costs as much as loading, so only text that could nest that deep or hold that
    many is read twice: each level takes a bracket, or a column before the first word of a line; each value a mark.
    """
    brackets = text.count("[") + text.count("{")
    marks = brackets + sum(text.count(mark) for mark in "\n\r,:-?")
    if max(brackets, _longest_lead(text)) <= MAX_LEVELS and marks <= MAX_VALUES:
        return
    depth = values = 0
    events: Iterator[Any] = yaml.parse(text, yaml.CSafeLoader)
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        values += isinstance(event, yaml.NodeEvent)
        if depth > MAX_LEVELS + 1:
            raise yaml.MarkedYAMLError(problem=f"more than {MAX_LEVELS} levels", problem_mark=event.start_mark)
        if values > 2 * MAX_VALUES:  # keys are counted too here
            raise yaml.MarkedYAMLError(problem=f"more than {MAX_VALUES} values", problem_mark=event.start_mark)


def _longest_lead(text: str) -> int:
    return max((len(lead) for lead in _LEAD.findall(text)), default=0)


def _refuse_bombs(node: Any, sizes: dict[int, int]) -> int:
    """How many values a node unfolds to, each alias counted as what it stands for; known before any is unfolded."""
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) not in sizes:
        sizes[id(node)] = MAX_VALUES + 1  # found again while it is counted, it stands in itself and has no end
        pairs = isinstance(node, yaml.MappingNode)
        sizes[id(node)] = 1 + sum(_refuse_bombs(child[1] if pairs else child, sizes) for child in node.value)
    if sizes[id(node)] > MAX_VALUES:
        problem = f"more than {MAX_VALUES} values (aliases count each time; one inside its own anchor has no end)"
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
    return sizes[id(node)]


class _Loader(yaml.CSafeLoader):
    """The safe loader, which asks for the kind of a plain scalar once for each text: files repeat their keys."""

    def resolve(self, kind: type[Any], value: Any, implicit: Any) -> Any:
        """What PyYAML's own says, which also looks for rules about paths, of which there are none."""
        if kind is not yaml.ScalarNode:
            return _MAP if kind is yaml.MappingNode else _SEQ
        return _plain_tag(value) if implicit[0] else _STR


@lru_cache(maxsize=65536)
def _plain_tag(value: str) -> str:
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, value, (True, False))
    return tag


class _Builder:
    """Turns composed nodes into data, and beside it the place of everything."""

    def __init__(self, source: SourceFile, loader: Any) -> None:
        self._source, self._loader = source, loader

    def build(self, node: Any, mark: Mark, path: PathInFile) -> tuple[Any, Place]:
        """A node's data and place. What has a key is found at its key, so that the mark is given."""
        if isinstance(node, yaml.ScalarNode):
            # Most values are plain text, and need no constructor.
            return node.value if node.tag == _STR else self._scalar(node), (mark, node.value)
        if len(path) >= MAX_LEVELS and node.value:
            raise yaml.MarkedYAMLError(problem=f"more than {MAX_LEVELS} levels", problem_mark=node.start_mark)
        if node.tag == _MAP and isinstance(node, yaml.MappingNode):
            return self._mapping(node, mark, path)
        if node.tag == _SEQ and isinstance(node, yaml.SequenceNode):
            return self._sequence(node, mark, path)
        raise _refused_tag(node)

    def _scalar(self, node: Any) -> Any:
        """A number, a date, true, false or nothing."""
        if len(node.value) > MAX_NUMBER_CHARACTERS:
            problem = f"a number or date of more than {MAX_NUMBER_CHARACTERS} characters; put text in quotes"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        if node.tag not in _PLAIN_TAGS:
            raise _refused_tag(node)
        try:
            return self._loader.construct_object(node)
        except (ValueError, OverflowError, KeyError, IndexError) as error:
            raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from None

    def _sequence(self, node: Any, mark: Mark, path: PathInFile) -> tuple[list[Any], Place]:
        items = [self.build(item, item.start_mark, (*path, index)) for index, item in enumerate(node.value)]
        return [data for data, _ in items], (mark, [place for _, place in items])

    def _mapping(self, node: Any, mark: Mark, path: PathInFile) -> tuple[dict[str, Any], Place]:
        found: dict[str, Any] = {}
        places: dict[str, Place] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str) or key in ("", "<<") or key_node.tag not in _KEY_TAGS:
                self._report_key(key_node, path)
            elif key in found:
                self._report_duplicate((*path, key), key_node.start_mark, places[key][0])
            else:
                found[key], places[key] = self.build(value_node, key_node.start_mark, (*path, key))
        return found, (mark, places)

    def _report_key(self, node: Any, path: PathInFile) -> None:
        received = node.value if isinstance(node, yaml.ScalarNode) else "a mapping or a list, as {{ }} is too"
        allowed = "plain text; merge keys (<<) and tags (!) are not read"
        message = four_parts("a key must be plain text", received, allowed, "write it out")
        self._source.findings.append(Finding("RC001", Severity.ERROR, self._source.at(node.start_mark, path), message))

    def _report_duplicate(self, path: PathInFile, again: Mark, first: Mark) -> None:
        message = (
            f"key {shown(str(path[-1]))!r} stands here a second time, after line {first.line + 1}; "
            "YAML keeps only one: remove the other"
        )
        self._source.findings.append(Finding("RC002", Severity.ERROR, self._source.at(again, path), message))


def _refused_tag(node: Any) -> yaml.MarkedYAMLError:
    tag = shown(node.tag.replace("tag:yaml.org,2002:", "!!"))
    problem = f"could not determine a constructor for the tag {tag!r}; tags are not read"
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
