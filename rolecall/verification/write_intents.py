"""Intents of write probes as files of the estate: what a killed run was about to make is found by the next one.

Each file is locked by the run that wrote it, so that one without a lock tells of a run that is no more.
"""

import hashlib
import json
import os
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecall import state_folder
from rolecall.answer import Say
from rolecall.runtime.write_intents import MARK, Earlier, NotNotedError, is_ours
from rolecall.verification import locked_file

_FOLDER = Path(state_folder.NAME, "write-probes")


@dataclass(frozen=True)
class _Note:
    """What stands in a file."""

    name: str
    region: str
    role_arn: str
    beside: bool = False


class FileIntents:
    """Keeps intents in `.rolecall/write-probes/` of an estate, a file for each secret. Threads may share it."""

    def __init__(self, estate: Path, say: Say) -> None:
        """Take the estate's folder, and clear it of half a note. A file that cannot be read is told and left there."""
        self._folder, self._say = estate / _FOLDER, say
        self._lock = threading.Lock()
        self._held: dict[str, int] = {}
        """Descriptors of the files that this run has locked, by the secret's name."""
        self._told: set[Path] = set()
        locked_file.clear_drafts(self._folder)

    def begin(self, name: str, region: str, role_arn: str, *, beside: bool = False) -> None:
        """Note it, or note it anew. NotNotedError if that fails, and then nothing may be made."""
        noted = {"name": name, "region": region, "role_arn": role_arn, "beside": beside}
        try:
            descriptor = locked_file.create(self._file(name), json.dumps(noted))
        except OSError as error:
            raise NotNotedError(
                f"what a write probe is about to make cannot be noted in {_FOLDER}: {_why(error)}; make the"
                " folder writable, or leave --write-probes out"
            ) from None
        self._hold(name, descriptor)

    def done(self, name: str) -> None:
        """Drop it, whoever noted it; one that cannot be dropped is told."""
        file = self._file(name)
        try:
            file.unlink(missing_ok=True)
        except NotADirectoryError:
            pass  # there is no folder, and no note
        except OSError as error:
            self._tell(file, f"{_why(error)}: this note of a write probe is settled; delete the file")
        self._hold(name, None)

    def earlier(self, role_arn: str) -> list[Earlier]:
        """What runs that have ended noted for this role; from now on it is this run's."""
        mine = [noted for noted in self._all() if noted.role_arn == role_arn and self._taken_over(noted.name)]
        return [Earlier(n.name, n.region, beside=n.beside, note=str(_FOLDER / self._file(n.name).name)) for n in mine]

    def of_others(self, role_arns: Collection[str]) -> tuple[str, ...]:
        """In words, what was noted for roles that are not among these: nobody can delete it with their sessions."""
        others = [noted for noted in self._all() if noted.role_arn not in role_arns]
        return tuple(f"{noted.name} in {noted.region}, made with {noted.role_arn}" for noted in others)

    def _all(self) -> Iterator[_Note]:
        try:
            files = sorted(self._folder.glob("*.json"))
        except OSError as error:
            self._tell(self._folder, f"{_why(error)}: notes of earlier write probes cannot be read")
            return
        for file in files:
            if noted := self._read(file):
                yield noted

    def _file(self, name: str) -> Path:
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"

    def _read(self, file: Path) -> _Note | None:
        try:
            noted = _note(json.loads(file.read_text("utf-8")))
            if self._file(noted.name) == file:
                return noted
        except FileNotFoundError:
            return None  # another run is done with it
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            pass
        self._tell(file, f"no note of a write probe; look for secrets named …{MARK}…, then delete the file")
        return None

    def _taken_over(self, name: str) -> bool:
        """Whether its run has ended; then it is locked by this one."""
        file = self._file(name)
        try:
            descriptor = locked_file.take(file)
        except OSError as error:
            self._tell(file, f"{_why(error)}: whether its run has ended cannot be told; make the file writable")
            return False
        if descriptor is not None:
            self._hold(name, descriptor)
        return descriptor is not None

    def _hold(self, name: str, descriptor: int | None) -> None:
        """Keep this lock on the note of a secret, and let go of the one that was kept before."""
        with self._lock:
            before = self._held.pop(name, None)
            if descriptor is not None:
                self._held[name] = descriptor
        if before is not None:
            os.close(before)

    def _tell(self, file: Path, what: str) -> None:
        """Once for each file."""
        with self._lock:
            is_new = file not in self._told
            self._told.add(file)
        if is_new:
            self._say(f"{file}: {what}")


def _why(error: OSError) -> str:
    return error.strerror or str(error)


def _note(noted: Any) -> _Note:
    """KeyError, TypeError or ValueError for what is none."""
    note = _Note(noted["name"], noted["region"], noted["role_arn"], noted.get("beside", False))
    texts = (note.name, note.region, note.role_arn)
    if not (all(isinstance(text, str) for text in texts) and isinstance(note.beside, bool) and is_ours(note.name)):
        raise ValueError("no note")
    return note
