"""What is known about each rule, beyond what it finds: reference.yaml, typed. Loaded only by who shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from rolecall.model.finding import Severity


@dataclass(frozen=True)
class Rule:
    """A rule of `check`, described.

    Args:
        id: such as RC101.
        title: what is wrong, in a few words.
        severities: the usual one first.
        failure_modes: of trust policies, FM1 to FM14.
        waivable: whether an estate may let a finding stand.
        reason: why it matters.
        example: what breaks it: text by file name; `words` where files would be too long.
        fix: the same mended.
        sources: addresses of pages that were read.
    """

    id: str
    title: str
    severities: tuple[Severity, ...]
    failure_modes: tuple[str, ...]
    waivable: bool
    reason: str
    example: Mapping[str, str]
    fix: Mapping[str, str]
    sources: tuple[str, ...]


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its id, in the order of the ids."""
    text = (files("rolecall.rules") / "reference.yaml").read_text("utf-8")
    written = yaml.load(text, yaml.CSafeLoader)
    return {
        rule_id: Rule(
            id=rule_id,
            title=entry["title"],
            severities=tuple(map(Severity, entry["severity"])),
            failure_modes=tuple(entry.get("failure_modes", ())),
            waivable=entry["waivable"],
            reason=entry["reason"],
            example=entry["example"],
            fix=entry["fix"],
            sources=tuple(entry.get("sources", ())),
        )
        for rule_id, entry in sorted(written.items())
    }
