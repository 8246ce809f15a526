"""The README's commands, run as they stand there."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.world import ROOT, run

_BLOCK = re.compile(r"<!-- run: (\w+) -->\n```bash\n(.*?)```", re.DOTALL)
BLOCKS = dict(_BLOCK.findall((ROOT / "README.md").read_text("utf-8")))


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A copy of the checkout, so that whatever runs in this one is left alone; it is already installed."""
    copy = tmp_path / "checkout"
    ignored = shutil.ignore_patterns(".git", ".venv", "node_modules", ".rolecall", "cdk.out", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, copy, ignore=ignored)
    for installed in (".venv", "node_modules"):
        (copy / installed).symlink_to(ROOT / installed)
    yield copy
    for estate in (copy / "examples" / "acme", copy / "my-estate"):
        run("rolecall", "local", "down", "--estate", str(estate), folder=tmp_path)


@pytest.mark.parametrize("name", ["tour", "cdk", "check"])
def test_the_commands_of_the_readme_work_one_after_the_other(checkout: Path, name: str) -> None:
    script = f"set -euo pipefail\n{BLOCKS['path']}\n{BLOCKS[name]}"
    ended = run("bash", "-c", script, folder=checkout)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert {"tour": "1 verified", "cdk": "stopped", "check": "6 roles; 0 errors, 0 warnings, 0 info"}[
        name
    ] in ended.stdout
    assert name == "check" or "stopped" in ended.stdout


def test_the_first_screen_of_the_readme_shows_both_make_commands() -> None:
    first = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:20])
    assert "make demo" in first
    assert "make test" in first
