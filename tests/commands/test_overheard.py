"""A program whose output people watch while its end is kept."""

import os
import pty
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
import os, sys
from rolecall.commands.overheard import run_overheard
ended = run_overheard([sys.executable, "-c", sys.argv[1]], dict(os.environ), None)
print(ended.returncode, len(ended.stdout), repr(ended.stdout[-60:]))
"""


def overheard(program: str, stderr: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, program],
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=environment,
        text=True,
        check=False,
        timeout=60,
    )


def test_both_outputs_are_seen_in_order_and_kept() -> None:
    program = "import sys; print('a', flush=True); print('b', file=sys.stderr, flush=True); sys.exit(3)"
    ended = overheard(program)
    assert ended.stderr == "a\nb\n"
    assert ended.stdout.startswith("3 4 'a\\nb\\n'")


def test_of_much_output_all_is_seen_and_the_end_is_kept() -> None:
    ended = overheard("print('x' * 2_000_000); print('last')")
    assert len(ended.stderr) == 2_000_006
    assert ended.stdout.startswith("0 400000 ")
    assert "last" in ended.stdout


def test_on_a_terminal_the_program_has_one_too() -> None:
    ours, theirs = pty.openpty()
    try:
        ended = overheard("import sys; print(sys.stdout.isatty(), sys.stderr.isatty())", stderr=theirs)
        assert "True True" in ended.stdout
        assert b"True True" in os.read(ours, 1000)
    finally:
        os.close(ours)
        os.close(theirs)


def test_elsewhere_it_has_none() -> None:
    assert "False False" in overheard("import sys; print(sys.stdout.isatty(), sys.stderr.isatty())").stdout


def test_the_program_goes_on_when_nobody_watches_any_more() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = overheard("print('a', flush=True); print('b')", stderr=writing)
    finally:
        os.close(writing)
    assert ended.stdout.startswith("0 4 ")
