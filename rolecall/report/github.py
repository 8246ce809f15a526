"""Findings as GitHub's workflow commands: annotations beside the lines of a pull request.

The format: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

import posixpath
from collections.abc import Sequence

from rolecall.model.finding import Finding, Severity
from rolecall.report.findings import Waived, summary

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def as_github(findings: Sequence[Finding], roles: int, folder: str, waived: Sequence[Waived] = ()) -> str:
    """A command for each finding, and a closing line for the log, which is none.

    Args:
        findings: in reading order.
        roles: how many the estate has.
        folder: the estate's, as seen from the repository's root, with slashes; empty where it is the root.
        waived: only counted: what is waived is no annotation.
    """
    return "\n".join([*(_command(finding, folder) for finding in findings), summary(findings, roles, waived)])


def _command(finding: Finding, folder: str) -> str:
    place = finding.location
    properties = {
        "file": posixpath.normpath(posixpath.join(folder, place.file)),
        "line": str(place.line),
        "col": str(place.column),
        "title": finding.rule,
    }
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {written}::{_data(finding.message)}"


def _data(text: str) -> str:
    """Text after the second `::`: the runner undoes exactly these three."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A property's value, which a comma or a colon would end."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
