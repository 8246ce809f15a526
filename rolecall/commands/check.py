"""`rolecall check`: everything that can be said about an estate, or about a template, without AWS and without CDK."""

import stat
from collections.abc import Sequence
from pathlib import Path

from rolecall import __version__
from rolecall.cloudformation import read_template
from rolecall.commands.answer import NO, USAGE, YES, Answer, CommandError
from rolecall.estate import judged, sound
from rolecall.model.finding import Finding, has_errors, in_reading_order
from rolecall.model.reference import references_in
from rolecall.report import findings as report
from rolecall.report.findings import Waived
from rolecall.report.github import as_github
from rolecall.report.sarif import as_sarif
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
        text += "".join(f"\n{line}" for line in report.room_left(found.headroom))
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
            raise _unreadable(path, reason, "name a template file") from None
        roles += len(template.roles)
        found += judge_template(template, facts.by_account())
    ordered = in_reading_order(found)
    return Answer(_written(ordered, roles, Path(), output, ()), NO if has_errors(ordered) else YES)


def check_references(folder: Path, file: Path, output: str) -> Answer:
    """Every finding about the secret references in a text, such as an export of the vendor's connections.

    Raises:
        CommandError: the file cannot be read, or the estate cannot be made sense of.
    """
    text = _text_of(file)
    estate = sound(folder)
    found = in_reading_order(judge_references(_named(file), text, estate))
    written = _written(found, len(estate.grants), Path(), output, ())
    if output == "text":
        count = sum(1 for _ in references_in(text))
        written += f"\n{count} reference{'' if count == 1 else 's'} in {_named(file)}"
    return Answer(written, NO if has_errors(found) else YES)


def _text_of(file: Path) -> str:
    """The whole text of a file. A part of it, or bytes that are no text, would hide references: that is no "yes"."""
    try:
        # Asked for first: opening a FIFO would wait for somebody to write.
        if not stat.S_ISREG(file.stat().st_mode):
            raise _unreadable(file, "it is no regular file")
        with file.open("rb") as opened:
            content = opened.read(_MAX_TEXT_BYTES + 1)
    except OSError as error:
        raise _unreadable(file, error.strerror or type(error).__name__) from None
    if len(content) > _MAX_TEXT_BYTES:
        raise _unreadable(file, f"it is larger than {_MAX_TEXT_BYTES} bytes", "split it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(file, f"byte {error.start} is not UTF-8", "save it as UTF-8, unpacked") from None
    if "\0" in text:
        raise _unreadable(file, "it holds NUL bytes", "save it as UTF-8, unpacked")
    return text


def _unreadable(file: Path, reason: str, tip: str = "name a text file") -> CommandError:
    return CommandError(f"{_named(file)} cannot be read: {reason}", tip, USAGE)


def _named(file: Path) -> str:
    """A file's name as it can be printed: names may be no text, or hold a line break."""
    name = str(file)
    return name if name.isprintable() else repr(name)[1:-1]


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
