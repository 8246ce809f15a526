"""Files that come into being whole, private and locked by whoever wrote them.

The kernel lets go of a lock however a process ends, so that a file without one tells of a process that is no more.
"""

import fcntl
import os
import re
from contextlib import suppress
from pathlib import Path

_DRAFT = re.compile(r"[0-9a-f]+\.[0-9]+")
"""A file that is not whole yet: the process id stands where the kind of file will."""


def create(path: Path, text: str) -> int:
    """Write a file in one step, readable by its owner alone, and locked before it can be seen under its name.

    Args:
        path: its name is made of hexadecimal digits, before the dot. What stands there is replaced.

    Returns:
        The descriptor that holds the lock.

    Raises:
        OSError: it cannot be written, and nothing of it stays.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = _locked_draft(draft)
    try:
        _write(descriptor, text.encode())
        os.fsync(descriptor)
        draft.replace(path)
    except BaseException:
        _drop(draft, descriptor)
        raise
    return descriptor


def take(path: Path) -> int | None:
    """The descriptor with the lock of a file whose process has ended; None where it lives, or the file is gone.

    Raises:
        OSError: neither can be told.
    """
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_there(descriptor):
            return descriptor
    except BlockingIOError:
        pass
    except OSError:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def clear_drafts(folder: Path) -> None:
    """Remove what processes left that were killed while they wrote. What cannot be removed stays, and harms nobody.

    A draft is made and then locked: one that is removed in between is made again by its process.
    """
    with suppress(OSError):
        for draft in [path for path in folder.iterdir() if _DRAFT.fullmatch(path.name)]:
            with suppress(OSError):
                if (descriptor := take(draft)) is not None:
                    _drop(draft, descriptor)


def _locked_draft(draft: Path) -> int:
    while True:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _is_there(descriptor):
                return descriptor
        except BaseException:
            _drop(draft, descriptor)
            raise
        os.close(descriptor)


def _is_there(descriptor: int) -> bool:
    """Whether the open file still has a name."""
    return os.fstat(descriptor).st_nlink > 0


def _write(descriptor: int, content: bytes) -> None:
    """All of it: the system may take less at a time, as a disk does that is nearly full."""
    while content:
        content = content[os.write(descriptor, content) :]


def _drop(draft: Path, descriptor: int) -> None:
    with suppress(OSError):
        draft.unlink(missing_ok=True)
    with suppress(OSError):
        os.close(descriptor)
