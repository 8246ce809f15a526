"""Notes of write probes where files fail: the run goes on, nothing half-written stays, and what stays is told."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from rolecall.runtime.write_intents import NotNotedError
from rolecall.verification import locked_file
from rolecall.verification.write_intents import FileIntents
from tests.commands.test_write_intents import NAME, NOTED, REGION, ROLE, descriptors, files

DRAFT = "0123456789abcdef0123456789abcdef.4711"
KILLED = """
import os, signal, sys
from pathlib import Path
from rolecall.verification.write_intents import FileIntents
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
FileIntents(Path(sys.argv[1]), print).begin(*sys.argv[2:])
"""
FULL = """
import resource, sys
from pathlib import Path
from rolecall.runtime.write_intents import NotNotedError
from rolecall.verification.write_intents import FileIntents
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
try:
    FileIntents(Path(sys.argv[1]), print).begin(*sys.argv[2:])
except NotNotedError as error:
    print(error)
"""


def run(script: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", script, str(folder), NAME, REGION, ROLE]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def failing(code: int) -> NoReturn:
    raise OSError(code, os.strerror(code))


def test_a_draft_of_a_run_that_was_killed_while_it_wrote_is_removed_by_the_next_one(tmp_path: Path) -> None:
    assert run(KILLED, tmp_path).returncode == -signal.SIGKILL
    (draft,) = files(tmp_path)
    assert draft.suffix != ".json"
    said: list[str] = []
    FileIntents(tmp_path, said.append)
    assert (files(tmp_path), said) == ([], [])


def test_a_draft_that_is_being_written_and_files_of_others_are_left(tmp_path: Path) -> None:
    folder = tmp_path / ".rolecall" / "write-probes"
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    (folder / DRAFT).write_text("")
    descriptor = os.open(folder / DRAFT, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        FileIntents(tmp_path, print)
        assert [file.name for file in files(tmp_path)] == [DRAFT, "notes.txt"]
    finally:
        os.close(descriptor)
    FileIntents(tmp_path, print)
    assert [file.name for file in files(tmp_path)] == ["notes.txt"]


def test_a_draft_that_is_removed_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, cleared = fcntl.flock, list[int]()

    def cleared_before(descriptor: int, how: int) -> None:
        if how == fcntl.LOCK_EX and not cleared:
            cleared.append(descriptor)
            locked_file.clear_drafts(tmp_path / ".rolecall" / "write-probes")
        sound(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", cleared_before)
    FileIntents(tmp_path, print).begin(NAME, REGION, ROLE)
    assert cleared
    assert [file.suffix for file in files(tmp_path)] == [".json"]


def test_a_disk_that_is_full_is_told_and_holds_no_half_note(tmp_path: Path) -> None:
    """The system takes ten bytes, and then no more."""
    ended = run(FULL, tmp_path)
    assert "cannot be noted in .rolecall/write-probes: File too large" in ended.stdout
    assert (ended.returncode, files(tmp_path)) == (0, [])


def test_a_note_that_the_system_takes_in_pieces_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: sound(descriptor, content[:7]))
    intents = FileIntents(tmp_path, print)
    intents.begin(NAME, REGION, ROLE)
    intents._hold(NAME, None)
    assert FileIntents(tmp_path, print).earlier(ROLE) == NOTED


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("raised", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_neither_draft_nor_descriptor_stays_of_what_could_not_be_written(
    call: str, raised: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> NoReturn:
        raise raised

    intents, before = FileIntents(tmp_path, print), descriptors()
    monkeypatch.setattr(os, call, fails)
    with pytest.raises((NotNotedError, KeyboardInterrupt)):
        intents.begin(NAME, REGION, ROLE)
    assert (files(tmp_path), descriptors()) == ([], before)


def test_a_note_that_cannot_be_dropped_is_told_and_let_go_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    before, intents = descriptors(), FileIntents(tmp_path, said.append)
    intents.begin(NAME, REGION, ROLE)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: failing(errno.EROFS))
        intents.done(NAME)
        intents.done(NAME)
    (file,) = files(tmp_path)
    assert said == [f"{file}: Read-only file system: this note of a write probe is settled; delete the file"]
    assert descriptors() == before
    assert FileIntents(tmp_path, print).earlier(ROLE) == NOTED


@pytest.mark.parametrize("call", ["open", "flock"])
def test_a_note_that_cannot_be_locked_is_told_and_left(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = FileIntents(tmp_path, print)
    first.begin(NAME, REGION, ROLE)
    first._hold(NAME, None)
    said: list[str] = []
    later, before = FileIntents(tmp_path, said.append), descriptors()
    with monkeypatch.context() as patch:
        patch.setattr(os if call == "open" else fcntl, call, lambda *_: failing(errno.EROFS))
        assert (later.earlier(ROLE), later.earlier(ROLE)) == ([], [])
    (file,) = files(tmp_path)
    assert said == [f"{file}: Read-only file system: whether its run has ended cannot be told; make the file writable"]
    assert descriptors() == before
    assert later.earlier(ROLE) == NOTED


def test_a_note_that_its_run_drops_while_it_is_taken_over_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, sound = FileIntents(tmp_path, print), fcntl.flock
    first.begin(NAME, REGION, ROLE)
    second, before = FileIntents(tmp_path, print), descriptors()

    def dropped_before(descriptor: int, how: int) -> None:
        first.done(NAME)
        sound(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", dropped_before)
    assert second.earlier(ROLE) == []
    assert descriptors() == max(before - 1, 0)  # that of the first


def test_a_folder_that_cannot_be_listed_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(Path, "glob", lambda *_: failing(errno.EIO))
    intents = FileIntents(tmp_path, said.append)
    assert (intents.earlier(ROLE), intents.of_others([])) == ([], ())
    assert len(said) == 1
    assert said[0].endswith("Input/output error: notes of earlier write probes cannot be read")
