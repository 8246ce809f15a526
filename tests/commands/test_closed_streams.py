"""Streams that were closed before the program began (`2>&-`): nothing is written to another one in their place."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rolecall import terminal

ROOT = Path(__file__).parents[2]
ACME = ROOT / "examples" / "acme"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
STDIN, STDOUT, STDERR = range(3)


def run(*arguments: str, closed: tuple[int, ...], folder: Path = ACME) -> subprocess.CompletedProcess[str]:
    """The program, begun without these streams."""
    command = [sys.executable, "-m", "rolecall.cli", *arguments]
    script = f"import os; [os.close(each) for each in {closed}]; os.execv({sys.executable!r}, {command!r})"
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=ENVIRONMENT,
        input="",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("closed", [(STDERR,), (STDIN, STDERR)])
@pytest.mark.parametrize("arguments", [["no-such-command"], ["list", "--format"], ["list", "nope"], ["check", "--x"]])
def test_what_is_said_of_misuse_goes_nowhere_without_a_standard_error(
    closed: tuple[int, ...], arguments: list[str]
) -> None:
    ended = run(*arguments, closed=closed)
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", "")


@pytest.mark.parametrize("closed", [(STDERR,), (STDIN,), (STDIN, STDERR)])
def test_the_result_is_the_same_without_the_other_streams(closed: tuple[int, ...]) -> None:
    whole, ended = run("list", closed=()), run("list", closed=closed)
    assert (ended.returncode, ended.stdout) == (0, whole.stdout)
    assert whole.stdout


def test_without_a_standard_output_the_exit_code_stays() -> None:
    ended = run("list", "--help", closed=(STDOUT,))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.parametrize("closed", [(STDIN,), (STDERR,), (STDIN, STDERR), (STDIN, STDOUT, STDERR)])
def test_there_is_nobody_to_ask_where_a_stream_is_closed(tmp_path: Path, closed: tuple[int, ...]) -> None:
    ended = run("init", "e", closed=closed, folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ("there is nobody to ask" in ended.stderr) == (STDERR not in closed)
    assert list(tmp_path.iterdir()) == []


def test_progress_is_shown_to_nobody_without_a_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert list(terminal.track(iter([1, 2]), 2)) == [1, 2]
