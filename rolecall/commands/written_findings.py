"""Findings as the user wants them: text, json, sarif or github."""

from collections.abc import Sequence
from pathlib import Path

from rolecall import __version__
from rolecall.answer import USAGE, CommandError
from rolecall.model.finding import Finding
from rolecall.report import findings as report
from rolecall.report.findings import Waived
from rolecall.report.github import as_github
from rolecall.report.sarif import as_sarif
from rolecall.rules.reference import rules


def written(findings: Sequence[Finding], roles: int, folder: Path, output: str, waived: Sequence[Waived]) -> str:
    """The findings as text, json, sarif or github."""
    if output == "json":
        return report.as_json(findings, waived)
    if output == "sarif":
        return as_sarif(findings, __version__, rules(), _seen_from_root(folder), waived)
    if output == "github":
        return as_github(findings, roles, _seen_from_root(folder), waived)
    return report.as_text(findings, roles, waived)


def _seen_from_root(folder: Path) -> str:
    """The estate's folder from the root of the repository that holds it, or else from the current folder.

    Code scanning and annotations know files by that path, wherever in the repository the command runs.
    """
    here = folder.resolve()
    root = next((place for place in (here, *here.parents) if (place / ".git").exists()), Path.cwd())
    seen = here.relative_to(root) if here.is_relative_to(root) else here
    return "" if seen == Path() else seen.as_posix()


def unreadable(file: Path, reason: str, tip: str = "name a text file") -> CommandError:
    """The error for a file that a command was given and cannot read."""
    return CommandError(f"{named(file)} cannot be read: {reason}", tip, USAGE)


def named(file: Path) -> str:
    """A file's name as it can be printed: names may be no text, or hold a line break."""
    name = str(file)
    return name if name.isprintable() else repr(name)[1:-1]
