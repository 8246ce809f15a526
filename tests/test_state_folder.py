"""What `.rolecall` holds is nobody else's, and no commit's."""

import shutil
import subprocess
from pathlib import Path

from rolecall.local.state import StateDir
from rolecall.state_folder import hide_from_git

GIT = shutil.which("git") or "git"


def test_git_sees_nothing_of_it_though_the_estate_has_a_gitignore_of_its_own(tmp_path: Path) -> None:
    subprocess.run([GIT, "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("build/\n")
    state = StateDir(tmp_path / ".rolecall" / "local")
    state.prepare()
    state.log.write_text("who called what")
    seen = subprocess.run([GIT, "status", "--porcelain"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert seen.stdout == "?? .gitignore\n"


def test_one_that_is_there_is_left_alone_and_other_folders_get_none(tmp_path: Path) -> None:
    own = tmp_path / ".rolecall" / ".gitignore"
    own.parent.mkdir()
    own.write_text("*.log\n")
    hide_from_git(own.parent / "proofs")
    hide_from_git(tmp_path)
    assert own.read_text() == "*.log\n"
    assert list(tmp_path.iterdir()) == [own.parent]
