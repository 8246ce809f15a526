"""Intents of write probes as files of the estate: what a killed run was about to make is found by the next one.

Each file is locked by the run that wrote it. The kernel lets go of a lock however its run ends, so that a file without
one tells of a run that is no more.
"""

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from rolecall.answer import CANNOT_TELL, CommandError, Say
from rolecall.runtime.write_intents import MARK, Earlier, is_ours

_FOLDER = Path(".rolecall", "write-probes")


class FileIntents:
    """Keeps intents in `.rolecall/write-probes/` of an estate, a file for each secret. Threads may share it."""

    def __init__(self, estate: Path, say: Say) -> None:
        """Take the estate's folder. A file that cannot be read is told and left where it is."""
        self._folder, self._say = estate / _FOLDER, say
        self._lock = threading.Lock()
        self._held: dict[str, int] = {}
        """Descriptors of the files that this run has locked, by the secret's name."""
        self._told: set[Path] = set()

    def begin(self, name: str, region: str, role_arn: str) -> None:
        """Note it. CommandError if that fails, and then nothing may be made."""
        noted = json.dumps({"name": name, "region": region, "role_arn": role_arn})
        try:
            descriptor = self._written(self._file(name), noted)
        except OSError as error:
            raise CommandError(
                f"{self._folder}: {error.strerror}: what a write probe is about to make cannot be noted there",
                "make the folder writable, or leave --write-probes out",
                CANNOT_TELL,
            ) from None
        with self._lock:
            self._held[name] = descriptor

    def done(self, name: str) -> None:
        """Drop it, whoever noted it."""
        self._file(name).unlink(missing_ok=True)
        with self._lock:
            descriptor = self._held.pop(name, None)
        if descriptor is not None:
            os.close(descriptor)

    def earlier(self, role_arn: str) -> list[Earlier]:
        """What runs that have ended noted for this role; from now on it is this run's."""
        mine = [noted for noted in self._all() if noted["role_arn"] == role_arn]
        return [Earlier(noted["name"], noted["region"]) for noted in mine if self._taken_over(noted["name"])]

    def of_others(self, role_arns: Collection[str]) -> tuple[str, ...]:
        """In words, what was noted for roles that are not among these: nobody can delete it with their sessions."""
        others = [noted for noted in self._all() if noted["role_arn"] not in role_arns]
        return tuple(f"{noted['name']} in {noted['region']}, made with {noted['role_arn']}" for noted in others)

    def _all(self) -> Iterator[dict[str, str]]:
        for file in sorted(self._folder.glob("*.json")):
            if noted := self._read(file):
                yield noted

    def _file(self, name: str) -> Path:
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"

    def _written(self, file: Path, text: str) -> int:
        """Write the file in one step, readable by its owner alone, and locked before it can be seen."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
        draft.replace(file)
        return descriptor

    def _read(self, file: Path) -> dict[str, str] | None:
        try:
            noted: Any = json.loads(file.read_text("utf-8"))
            is_whole = is_ours(noted["name"]) and all(isinstance(noted[key], str) for key in ("region", "role_arn"))
            if is_whole and self._file(noted["name"]) == file:
                return dict(noted)
        except FileNotFoundError:
            return None  # another run is done with it
        except (OSError, ValueError, KeyError, TypeError):
            pass
        with self._lock:
            is_new = file not in self._told
            self._told.add(file)
        if is_new:
            self._say(f"{file}: no note of a write probe; look for secrets named …{MARK}…, then delete the file")
        return None

    def _taken_over(self, name: str) -> bool:
        """Whether its run has ended; then it is locked by this one."""
        try:
            descriptor = os.open(self._file(name), os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        with self._lock:
            self._held[name] = descriptor
        return True
