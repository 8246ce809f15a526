"""What goes to a terminal, a pipe or a log, and what comes from one: results, progress, questions."""

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn, TextIO

WORKER = "rolecall-worker"
"""What threads are called that Python would wait for at its end."""


def prepare() -> None:
    """Let every text be written, whatever it is and wherever it goes.

    A character that the stream's encoding lacks is shown as its number. A stream that was closed before the program
    began (`2>&-`) leads nowhere from now on: Typer would write to the other one, and a file that is opened later would
    get its number, and with it what cdk has to say.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 -- as long as the program
        elif mode == "w" and isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def ask(what: str, default: str) -> str:
    """Ask at the terminal. The question is no result, so it goes where progress goes.

    Args:
        what: is asked for.
        default: what holds where nothing is typed; empty where nothing does.

    Raises:
        EOFError: there is nobody to ask.
    """
    print(f"{what} [{default}]: " if default else f"{what}: ", end="", file=sys.stderr, flush=True)
    _wait_for_typing()
    return input() or default


def _wait_for_typing() -> None:
    """Wait until somebody has typed a line, or has interrupted.

    Python only notes a signal and acts on it later: one that comes in the moment before `input` waits would be
    forgotten until a line is typed. What a signal writes into a pipe is there whenever it came.
    """
    import select
    import signal

    if not sys.stdin.isatty():
        return
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    before = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    try:
        select.select([sys.stdin, awake], [], [])
    finally:
        signal.set_wakeup_fd(before)
        os.close(awake)
        os.close(wake)


def say(line: str) -> None:
    """For people who watch; standard output is for the result alone."""
    write(line, sys.stderr)


def write(text: str, stream: TextIO | None) -> None:
    """Print now, so that what cannot be written is an error here and no complaint when Python ends.

    A reader that has gone, such as `head` behind a pipe, has what it wanted: the work and its exit code stay the same.
    """
    if stream is None:  # closed before the program began; print would take the other one
        return
    try:
        print(text, file=stream, flush=True)
    except OSError as error:
        # What the stream still holds is tried once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if stream is sys.stdout and not isinstance(error, BrokenPipeError):
            raise OSError(error.errno, error.strerror, "standard output") from error


def leave(exit_code: int) -> NoReturn:
    """End, without waiting for calls that nobody wants to hear the answer of any more."""
    import threading

    if not any(thread.name.startswith(WORKER) for thread in threading.enumerate()):
        sys.exit(exit_code)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):  # its reader has gone, or it was closed
            continue
    os._exit(exit_code)


def width() -> int | None:
    """Columns of the terminal that shows the result; None where it goes elsewhere."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout and sys.stdout.isatty() else None


def track(results: Any, total: int, doing: str = "verifying") -> Any:
    """A progress bar while results come in, where somebody watches a terminal."""
    if not (sys.stderr and sys.stderr.isatty()) or os.environ.get("NO_COLOR"):
        return results
    from rich.console import Console
    from rich.progress import track as bar

    return bar(results, description=doing, total=total, console=Console(stderr=True), transient=True)
