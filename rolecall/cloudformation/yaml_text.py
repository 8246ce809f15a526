"""YAML with the place of every value, and with CloudFormation's short tags in their long form.

Read event by event: the loader that builds whole documents is written in C and recursive, and does not survive every
depth. CloudFormation itself takes no aliases and no merge keys (<<), but `aws cloudformation package` and `sam` write
them out before they hand a template over, so templates have them.
Source: https://github.com/aws/aws-cli/pull/3827 (checked 2026-11-22)
"""

from dataclasses import replace
from typing import Any

import yaml

from rolecall.cloudformation.json_text import Duplicate
from rolecall.cloudformation.part import MAX_DEPTH, MAX_PARTS, Part, UnreadableTextError, mapping, scalar, sequence
from rolecall.cloudformation.unknown import without_guillemets

_NOTHING = ("", "~", "null", "Null", "NULL")
_STANDARD = "tag:yaml.org,2002:"


def read_yaml(text: str) -> tuple[Part, list[Duplicate]]:
    """The value of a YAML text, and the keys that stand twice in one mapping; of these the last one counts.

    Raises:
        UnreadableTextError: it is no YAML, several documents, or an alias stands within what it names.
    """
    loader: Any = yaml.CSafeLoader("")
    try:
        loader = yaml.CSafeLoader(text)
        reader = _Reader(loader)
        return reader.document(), reader.duplicates
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise UnreadableTextError(str(error.problem or error.context), *place) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UnreadableTextError(str(error.reason), line) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise UnreadableTextError((str(error).splitlines() or [""])[0]) from None
    finally:
        loader.dispose()


class _Reader:
    def __init__(self, loader: Any) -> None:
        self._loader, self.duplicates = loader, list[Duplicate]()
        self._anchors: dict[str, Part] = {}
        self._parts = 0

    def document(self) -> Part:
        self._event()  # the stream's start
        event = self._event()
        if isinstance(event, yaml.StreamEndEvent):
            return scalar(None, 1, 1)
        part = self._part(self._event(), 0)
        self._event()  # the document's end
        event = self._event()
        if not isinstance(event, yaml.StreamEndEvent):
            raise UnreadableTextError("a second document begins here", *_place(event))
        return part

    def _event(self) -> Any:
        return self._loader.get_event()

    def _part(self, event: Any, depth: int, key: tuple[int, int] | None = None) -> Part:
        place = key or _place(event)
        self._parts += 1
        if depth > MAX_DEPTH or self._parts > MAX_PARTS:
            raise UnreadableTextError(f"more than {MAX_DEPTH} levels or {MAX_PARTS} values", *_place(event))
        if isinstance(event, yaml.AliasEvent):
            return self._named(event, place)
        if isinstance(event, yaml.MappingStartEvent):
            part = self._mapping(depth, place)
        elif isinstance(event, yaml.SequenceStartEvent):
            part = self._sequence(depth, place)
        else:
            is_nothing = event.implicit[0] and event.value in _NOTHING
            part = scalar(None if is_nothing else without_guillemets(event.value), *place)
        part = _without_tag(event.tag, part)
        if event.anchor:
            self._anchors[event.anchor] = part
        return part

    def _named(self, event: Any, place: tuple[int, int]) -> Part:
        if event.anchor not in self._anchors:
            message = f"alias *{event.anchor} stands before or within what it names"
            raise UnreadableTextError(message, *_place(event))
        return replace(self._anchors[event.anchor], line=place[0], column=place[1])

    def _sequence(self, depth: int, place: tuple[int, int]) -> Part:
        items: list[Part] = []
        while not isinstance(event := self._event(), yaml.SequenceEndEvent):
            items.append(self._part(event, depth + 1))
        return sequence(items, *place)

    def _mapping(self, depth: int, place: tuple[int, int]) -> Part:
        entries: dict[str, Part] = {}
        merged: list[Part] = []
        while not isinstance(event := self._event(), yaml.MappingEndEvent):
            key_place = _place(event)
            key, is_plain = self._key(event)
            part = self._part(self._event(), depth + 1, key_place)
            if key == "<<" and is_plain:
                merged += part.items() or [part]
                continue
            if key in entries:
                self.duplicates.append((key, *key_place, entries[key].line))
            entries[key] = part
        if sum(part.size for part in merged) > MAX_PARTS:
            raise UnreadableTextError("more merge keys (<<) than any template has", *place)
        for part in merged:
            entries |= {key: entry for key, entry in part.entries().items() if key not in entries}
        return mapping(entries, *place)

    def _key(self, event: Any) -> tuple[str, bool]:
        """A key's text, and whether it stands there without quotes."""
        if isinstance(event, yaml.ScalarEvent):
            return without_guillemets(str(event.value)), event.implicit[0]
        if isinstance(event, yaml.AliasEvent) and (text := self._named(event, _place(event)).text()) is not None:
            return text, False
        raise UnreadableTextError("a key must be text", *_place(event))


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _without_tag(tag: str | None, part: Part) -> Part:
    """`!Sub x` as `{Fn::Sub: x}`; YAML's own tags (!!str) say nothing, because scalars stay text anyway."""
    if not tag or tag == "!" or tag.startswith(_STANDARD):
        return part
    name = tag.removeprefix("!")
    long_name = name if name in ("Ref", "Condition") or name.startswith("Fn::") else f"Fn::{name}"
    return mapping({long_name: part}, part.line, part.column)
