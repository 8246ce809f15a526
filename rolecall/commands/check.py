"""`rolecall check`: everything that can be said about an estate, or about a template, without AWS and without CDK."""

from collections.abc import Sequence
from pathlib import Path

from rolecall import __version__
from rolecall.cloudformation import read_template
from rolecall.commands.answer import NO, USAGE, YES, Answer, CommandError
from rolecall.estate import judged, sound
from rolecall.model.finding import Finding, has_errors, in_reading_order
from rolecall.report import findings as report
from rolecall.report.findings import Waived
from rolecall.report.github import as_github
from rolecall.report.sarif import as_sarif
from rolecall.rules.quotas import headroom
from rolecall.rules.reference import rules
from rolecall.rules.references import judge_references
from rolecall.rules.template import judge_template
from rolecall.vendors import facts

_MAX_TEXT_BYTES = 64 * 1024 * 1024


def check(folder: Path, output: str) -> Answer:
    """Every finding about the estate; the answer is no if one of them is an error."""
    found = judged(folder)
    roles = len(found.estate.grants) if found.estate else 0
    text = _written(found.findings, roles, folder, output, found.waived)
    if output == "text" and found.estate:
        text += "".join(f"\n{line}" for line in report.room_left(headroom(found.estate)))
    return Answer(text, NO if has_errors(found.findings) else YES)


def check_templates(files: Sequence[Path], output: str) -> Answer:
    """Every finding about the roles of some CloudFormation templates.

    Raises:
        CommandError: one of the files cannot be opened.
    """
    found: list[Finding] = []
    roles = 0
    for path in files:
        try:
            template = read_template(path)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise CommandError(f"{path} cannot be read: {reason}", "name a template file", USAGE) from None
        roles += len(template.roles)
        found += judge_template(template, facts.by_account())
    ordered = in_reading_order(found)
    return Answer(_written(ordered, roles, Path(), output, ()), NO if has_errors(ordered) else YES)


def check_references(folder: Path, file: Path, output: str) -> Answer:
    """Every finding about the secret references in a text, such as an export of the vendor's connections.

    Raises:
        CommandError: the file cannot be read, or the estate cannot be made sense of.
    """
    try:
        with file.open("rb") as opened:
            text = opened.read(_MAX_TEXT_BYTES).decode("utf-8", "replace")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CommandError(f"{file} cannot be read: {reason}", "name a text file", USAGE) from None
    estate = sound(folder)
    found = in_reading_order(judge_references(str(file), text, estate))
    return Answer(_written(found, len(estate.grants), Path(), output, ()), NO if has_errors(found) else YES)


def _written(findings: Sequence[Finding], roles: int, folder: Path, output: str, waived: Sequence[Waived]) -> str:
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
