"""New files in a folder: all of them or none, and never in the place of one that is there."""

import contextlib
import errno
import os
import re
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rolecall.answer import CANNOT_TELL, NO, CommandError, Say
from rolecall.commands.written_findings import named

_AT_WORK_SECONDS = 60
"""After which no run works on a draft any more: all of them take less than one."""


@dataclass
class _Run:
    """What one run has made, newest last, so that it can be taken away again."""

    folders: list[Path] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def undo(self) -> None:
        """Take away what was made. What somebody else has put into a new folder stays, and so does the folder."""
        for path in reversed(self.files):
            _quietly(path.unlink)
        for path in reversed(self.folders):
            _quietly(path.rmdir)


def present(folder: Path, names: Iterable[str]) -> list[str]:
    """Those of the names that stand in the folder, links that lead nowhere too.

    Raises:
        CommandError: a folder is called so.
    """
    for name in names:
        if (folder / name).is_dir():
            raise CommandError(f"{folder / name} is a folder, and a file belongs there", "move or rename it", NO)
    return [name for name in names if os.path.lexists(folder / name)]


def create(folder: Path, files: Mapping[str, str], say: Say, last: Callable[[], None] = lambda: None) -> None:
    """Write files that are not there.

    Each is written under another name first, and gets its own when all of them are whole. Whatever goes wrong, an
    interrupt too, the folder is as it was.

    Args:
        folder: made where it is missing.
        files: texts by their names in the folder, with slashes.
        say: tells which drafts of a killed run were removed.
        last: what is done when all of them stand; if it fails, they are taken away again.

    Raises:
        CommandError: a file cannot be written, or somebody else has written it meanwhile.
    """
    run = _Run()
    try:
        remove_leftovers(folder, files, say)
        drafts = {name: _draft(folder, name, text, run) for name, text in files.items()}
        for name, draft in drafts.items():
            _give_name(draft, folder / name, run)
        last()
    except BaseException as error:
        run.undo()
        if isinstance(error, OSError):
            raise _sentence(error, folder) from None
        raise


def remove_leftovers(folder: Path, names: Iterable[str], say: Say) -> None:
    """Take away the drafts of files that a killed run has left in a folder, and name each.

    Those of a run at work now are younger.
    """
    for path in (folder / name for name in names):
        if path.parent.is_dir() and _is_within(path.parent, folder):
            form = re.compile(re.escape(_begin_of_draft(path)) + "[0-9a-f]{32}")
            drafts = [found for found in path.parent.iterdir() if form.fullmatch(found.name)]
            for draft in filter(_is_old, drafts):
                with contextlib.suppress(OSError):
                    draft.unlink()
                    say(f"removed {named(draft)}, a draft that a killed run had left")


def _begin_of_draft(path: Path) -> str:
    """Nobody calls a copy of his own so: a date behind a name is eight digits too."""
    return f".{path.name[:100]}.rolecall-"


def _is_old(draft: Path) -> bool:
    try:
        return not draft.is_dir() and time.time() - draft.lstat().st_mtime > _AT_WORK_SECONDS
    except OSError:  # the run that was at work has given it its name
        return False


def _is_within(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _draft(folder: Path, name: str, text: str, run: _Run) -> Path:
    path = folder / name
    _make_folder(path.parent, run)
    if not _is_within(path.parent, folder):
        raise CommandError(f"{path.parent} leads elsewhere, out of {folder}", "make it a folder of its own", NO)
    draft = path.with_name(f"{_begin_of_draft(path)}{uuid.uuid4().hex}")
    try:
        with draft.open("x", encoding="utf-8", newline="") as file:
            run.files.append(draft)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:  # what is wrong with an open file comes without a name, and nobody knows the draft's
        raise OSError(error.errno, error.strerror, str(path)) from None
    return draft


def _make_folder(path: Path, run: _Run) -> None:
    if path.is_dir():
        return
    _make_folder(path.parent, run)
    path.mkdir()
    run.folders.append(path)


def _give_name(draft: Path, path: Path, run: _Run) -> None:
    try:
        os.link(draft, path)  # refuses what is there, which a renaming would replace
    except OSError as error:  # a file system without links
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
        draft.rename(path)
        run.files[run.files.index(draft)] = path
        return
    run.files.append(path)
    draft.unlink()
    run.files.remove(draft)


def _sentence(error: OSError, folder: Path) -> CommandError:
    reason = error.strerror or type(error).__name__
    code = CANNOT_TELL if error.errno in (errno.EIO, errno.ENOSPC, errno.EDQUOT) else NO
    tip = "nothing was written; look whether you may write there, and whether there is room"
    if error.errno == errno.EEXIST and error.filename and folder.is_relative_to(error.filename):
        tip = "it is no folder: name another one, or move what is there"
    return CommandError(f"{error.filename2 or error.filename or 'a file'} cannot be written: {reason}", tip, code)


def _quietly(act: Callable[[], None]) -> None:
    with contextlib.suppress(OSError):
        act()
