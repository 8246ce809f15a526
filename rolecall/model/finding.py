"""A problem in somebody's files: what `check` reports and what stops a deployment."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is; only an error makes the answer "no"."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, order=True)
class Location:
    """Where in the user's files something stands. Lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1
    path: str = ""
    """The place as the data sees it, such as `projects[0].external_id`."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Finding:
    """One rule that one place breaks."""

    rule: str
    severity: Severity
    location: Location
    message: str
    failure_modes: tuple[str, ...] = ()
    address: str = field(default="", compare=False)
    """The role that it is about, as `workspace/project`; empty where it is about a file. Waivers name it."""

    def as_json(self) -> dict[str, object]:
        """The shape that `check --format json` prints."""
        shape: dict[str, object] = {"rule": self.rule, "severity": self.severity.value}
        if self.failure_modes:
            shape["failure_modes"] = list(self.failure_modes)
        place = self.location
        return shape | {
            "file": place.file,
            "line": place.line,
            "column": place.column,
            "path": place.path,
            "message": self.message,
        }


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of them stops a deployment."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def in_reading_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sorted by file, line and column, each finding once."""
    return sorted(set(findings), key=_place)


def _place(finding: Finding) -> tuple[str, int, int, str, str, str]:
    at = finding.location
    return at.file, at.line, at.column, at.path, finding.rule, finding.message
