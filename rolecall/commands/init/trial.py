"""What `check` will say of an estate once something is written, asked beforehand of a copy."""

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from rolecall.answer import NO, CommandError
from rolecall.config.files import ESTATE_FILE, WORKSPACES, WrittenEstate, read_files
from rolecall.config.folders import EstateFolder
from rolecall.estate import Judged, judged
from rolecall.model.finding import Finding, Severity
from rolecall.starters import own_of


def refuse_errors(
    folder: Path, changes: Mapping[str, str], starters: Mapping[str, tuple[str, ...]] | None = None
) -> Judged:
    """Refuse changes that make an error finding. Those that are there already are no reason to do nothing.

    Args:
        folder: the estate's; it need not be there yet.
        changes: texts of files, by their names in the estate.
        starters: what made each of these files, or a part of it; the estate's own are named with what is wrong there.

    Returns:
        The estate as it will be.

    Raises:
        CommandError: lists the new findings.
    """
    with tempfile.TemporaryDirectory(prefix="rolecall-init-") as name:
        copy = Path(name)
        _copy(folder, copy)
        before = Counter(map(_same, _errors(_judged(copy))))
        _write(copy, changes)
        after = _judged(copy)
        new = [finding for finding in _errors(after) if not before[_same(finding)]]
    if new:
        lines = "\n".join(f"{found.location}: {found.rule} {found.message}" for found in new)
        if own := own_of(_starters_of(new, starters or {}), folder):
            lines += f"\nmade by {own}"
        # What a finding proposes may be a command that changes an estate.
        is_there = (folder / ESTATE_FILE).exists()
        tip = "mend what it names" if is_there else "other flags or answers: there is no estate yet to be changed"
        raise CommandError(f"nothing was written, as `check` would refuse it:\n{lines}", tip, NO)
    return after


def _starters_of(found: Iterable[Finding], starters: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What made the files that findings are in, each once."""
    files = dict.fromkeys(each.location.file for each in found)
    return list(dict.fromkeys(name for file in files for name in starters.get(file, ())))


def read_with(folder: Path, changes: Mapping[str, str]) -> WrittenEstate:
    """The files of an estate as they will be once something is written; the arguments are those of `refuse_errors`."""
    with tempfile.TemporaryDirectory(prefix="rolecall-init-") as name:
        copy = Path(name)
        _copy(folder, copy)
        _write(copy, changes)
        return read_files(copy)


def _write(copy: Path, changes: Mapping[str, str]) -> None:
    for file, text in changes.items():
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        (copy / file).write_text(text, "utf-8", newline="")


def _judged(copy: Path) -> Judged:
    return judged(copy) if (copy / ESTATE_FILE).exists() else Judged(None, ())


def _errors(found: Judged) -> list[Finding]:
    return [finding for finding in found.findings if finding.severity is Severity.ERROR]


def _same(finding: Finding) -> tuple[str, str, str]:
    """A finding without the lines that it names, which a change above them moves."""
    return finding.rule, finding.location.file, re.sub(r":[0-9]+:[0-9]+", "", finding.message)


def _copy(folder: Path, copy: Path) -> None:
    """The files of an estate that `check` reads; what it could not read either is left out."""
    own = EstateFolder(folder)
    subfolders = own.subfolders(WORKSPACES)
    names = [ESTATE_FILE, *own.yaml_files(WORKSPACES), *(name for sub in subfolders for name in own.yaml_files(sub))]
    for name in names:
        if (folder / name).is_file() and own.is_inside(name):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((folder / name).read_bytes())
