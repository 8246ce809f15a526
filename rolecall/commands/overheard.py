"""Running a program whose output people watch, and keeping the end of what it said."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_STANDARD_ERROR = 2
# Of a deployment's events, more than one failure and its roll-back.
_KEPT_BYTES = 400_000
_CHUNK_BYTES = 65_536


def run_overheard(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path | None
) -> subprocess.CompletedProcess[str]:
    """Run a program, with its output on standard error as it comes, and its end in the result.

    Where standard error is a terminal, the program is given one too: cdk asks for approval on a terminal only.
    """
    ours, theirs = _line()
    try:
        process = subprocess.Popen(  # noqa: S603 -- no shell; the arguments are ours
            arguments, cwd=folder, env=dict(environment), stdout=theirs, stderr=theirs
        )
    finally:
        os.close(theirs)
    try:
        said = _passed_on(ours)
        return subprocess.CompletedProcess(arguments, process.wait(), said.decode(errors="replace"))
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        os.close(ours)


def _line() -> tuple[int, int]:
    """The end that we read, and the one that the program writes to."""
    if not os.isatty(_STANDARD_ERROR):
        return os.pipe()
    import fcntl  # noqa: PLC0415 -- not on every platform, as a terminal's other end
    import pty  # noqa: PLC0415
    import termios  # noqa: PLC0415

    ours, theirs = pty.openpty()
    with suppress(OSError):
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, fcntl.ioctl(_STANDARD_ERROR, termios.TIOCGWINSZ, b"\0" * 8))
    settings = termios.tcgetattr(theirs)
    settings[1] &= ~termios.OPOST  # the real terminal ends the lines
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    return ours, theirs


def _passed_on(ours: int) -> bytes:
    """Hand everything on as it comes; what was said last is returned."""
    kept = b""
    while chunk := _next(ours):
        with suppress(OSError):  # whoever watched has gone; the program shall go on
            _write_whole(chunk)
        kept = (kept + chunk)[-_KEPT_BYTES:]
    return kept


def _write_whole(chunk: bytes) -> None:
    while chunk:
        chunk = chunk[os.write(_STANDARD_ERROR, chunk) :]


def _next(ours: int) -> bytes:
    try:
        return os.read(ours, _CHUNK_BYTES)
    except OSError:  # how Linux says that nobody writes to a terminal any more
        return b""
