"""How the program ends: exit codes, readers that go away, Ctrl-C, and nobody to ask."""

import io
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rolecall import cli
from rolecall.answer import Answer

ROOT = Path(__file__).parents[2]
ACME = ROOT / "examples" / "acme"
PROGRAM = [sys.executable, "-m", "rolecall.cli"]
# Buffered, as users run it: unbuffered output hides what is tried once more when Python ends.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PYTHONUNBUFFERED": ""}


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """An estate about which there is more to say than a pipe holds."""
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text("schema: 1\nestate: e\n")
    lines = "".join(f"unknown-{number}: 1\n" for number in range(2000))
    (tmp_path / "workspaces" / "w.yaml").write_text(f"workspace: w\nvendor: workato\n{lines}")
    return tmp_path


def ended(*arguments: str, **how: Any) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    how = {"capture_output": True, "env": ENVIRONMENT} | how
    return subprocess.run([*PROGRAM, *arguments], text=True, check=False, timeout=60, **how)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "--estate", "/nowhere"], "no estate.yaml in /nowhere"),
        (["check", "--template", "/nowhere.yaml"], "/nowhere.yaml cannot be read: No such file or directory"),
        (["check", "--references", "/nowhere.txt", "--estate", str(ACME)], "/nowhere.txt cannot be read: No such file"),
        (["check", "--references", os.devnull, "--estate", str(ACME)], "/dev/null cannot be read: it is no regular"),
        (
            ["check", "--template", "t", "--references", "r"],
            "--template and --references are two questions\n  try: ask",
        ),
        (["check", "--format", "junit"], "--format 'junit' is not known\n  try: one of text, json, sarif, github"),
        (["references", "nope", "--estate", str(ACME)], "selector 'nope' matches no role of the estate"),
        (["external-id", "new"], "Missing argument 'SELECTOR'"),
        (["external-id", "new", "nope", "--estate", str(ACME)], "selector 'nope' matches nothing of the estate"),
    ],
)
def test_misuse_and_files_that_are_not_there_are_exit_code_2(arguments: list[str], said: str) -> None:
    run = ended(*arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert said in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("arguments", "code"), [(["check"], 1), (["check", "--format", "sarif"], 1), (["list", "--estate", str(ACME)], 0)]
)
def test_a_reader_that_goes_away_hears_no_complaint_and_changes_no_answer(
    large: Path, arguments: list[str], code: int
) -> None:
    read, write = os.pipe()
    os.close(read)
    run = ended(*arguments, cwd=large, capture_output=False, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (run.returncode, run.stderr) == (code, "")


def test_a_reader_that_takes_one_line_gets_it(large: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "check"], cwd=large, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout is not None and run.stderr is not None
        assert run.stdout.readline().startswith(b"workspaces/w.yaml:3:1: error RC004")
        run.stdout.close()
        assert (run.stderr.read(), run.wait(60)) == (b"", 1)


def test_a_watcher_that_goes_away_stops_no_work() -> None:
    read, write = os.pipe()
    os.close(read)
    run = ended("list", "nope", "--estate", str(ACME), capture_output=False, stdout=subprocess.PIPE, stderr=write)
    os.close(write)
    assert (run.returncode, run.stdout) == (2, "")


def test_what_cannot_be_written_is_an_error_and_not_silence() -> None:
    with Path("/dev/full").open("w") as full:
        run = ended("list", "--estate", str(ACME), capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert (run.returncode, run.stderr) == (3, "error: No space left on device: standard output\n")


def test_what_cannot_be_said_changes_no_answer() -> None:
    with Path("/dev/full").open("w") as full:
        run = ended("list", "nope", "--estate", str(ACME), capture_output=False, stdout=subprocess.PIPE, stderr=full)
    assert (run.returncode, run.stdout) == (2, "")


@pytest.mark.parametrize("closed", [1, 2])
def test_a_stream_that_is_closed_gets_nothing_and_neither_does_the_other(closed: int) -> None:
    script = f"import os; os.close({closed}); os.execv({sys.executable!r}, {[*PROGRAM, 'list', 'nope']!r})"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ACME, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert run.stdout == ""
    assert ("selector 'nope'" in run.stderr) == (closed == 1)


def test_what_a_terminal_cannot_show_is_written_out() -> None:
    run = ended("list", "unified-prod", "--estate", str(ACME), env=ENVIRONMENT | {"PYTHONIOENCODING": "ascii:strict"})
    assert run.returncode == 0
    assert run.stdout.rstrip().endswith("3d3b\\u2026")


def test_nobody_to_ask_is_misuse_and_says_what_to_do(tmp_path: Path) -> None:
    run = ended("init", "e", cwd=tmp_path, stdin=subprocess.DEVNULL)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.endswith("error: there is nobody to ask\n  try: --no-input, with flags for what you choose\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [([b"\x03"], 130, b""), ([b"mine\r", b"\x03"], 130, b"Vendor"), ([b"\x04"], 2, b"there is nobody to ask")],
)
def test_at_a_prompt_an_interrupt_is_130_and_the_end_of_typing_is_2(
    tmp_path: Path, typed: list[bytes], code: int, said: bytes
) -> None:
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover -- another process
        os.chdir(tmp_path)
        os.execve(sys.executable, [*PROGRAM, "init", "e"], ENVIRONMENT)  # noqa: S606
    shown = b""
    for keys in typed:
        shown += _read_until(terminal, b": ", at_end=True)
        os.write(terminal, keys)
    shown += _read_until(terminal, None)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == code
    assert said in shown
    assert b"Traceback" not in shown and b"Abort" not in shown
    assert list(tmp_path.iterdir()) == []


def _read_until(terminal: int, mark: bytes | None, *, at_end: bool = False) -> bytes:
    shown = b""
    while mark is None or not (shown.endswith(mark) if at_end else mark in shown):
        assert select.select([terminal], [], [], 60)[0], f"a minute of silence after {shown!r}"
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    return shown


def test_an_interrupt_at_work_is_130_without_a_word(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    script = f"""
import pathlib, time
from rolecall import cli
from rolecall.commands import list_roles
def work(*_, **__):
    pathlib.Path({str(ready)!r}).touch()
    time.sleep(60)
list_roles.list_roles = work
import sys
sys.argv = ["rolecall", "list"]
cli.main()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        while not ready.exists() and run.poll() is None:
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        assert run.communicate(timeout=60) == (b"", b"")
    assert run.returncode == 130


def _main(monkeypatch: pytest.MonkeyPatch, work: Callable[[], Answer]) -> Any:
    monkeypatch.setattr("sys.argv", ["rolecall", "list"])
    monkeypatch.setattr("rolecall.commands.list_roles.list_roles", lambda *_, **__: work())
    with pytest.raises(SystemExit) as refused:
        cli.main()
    return refused.value.code


def test_an_interrupt_while_an_error_is_explained_is_130_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Answer:
        raise ValueError

    def interrupt(_: Exception) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rolecall.refusals.refusal", interrupt)
    assert _main(monkeypatch, fail) == 130


def test_a_stream_that_is_no_file_is_written_to_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert _main(monkeypatch, lambda: Answer("…", 3)) == 3
    assert sys.stdout.getvalue() == "…\n"  # type: ignore[attr-defined]


def test_the_program_itself_imports_no_module_of_a_command() -> None:
    script = "import sys, rolecall.cli; print(*sorted(name for name in sys.modules if name.startswith('rolecall')))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    own = [name for name in run.stdout.split() if not name.startswith("rolecall.cli")]
    assert own == ["rolecall", "rolecall.terminal"]
