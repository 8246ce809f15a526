"""Packages are named and hashed; where they come from is the user's choice, so that no file names a registry."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Put together, as this file is one of them.
HOSTS = re.compile("|".join(("npm" + r"js\.(com|org)", "py" + r"pi\.org", "python" + r"hosted\.org")))


def test_no_file_names_the_host_of_a_package_registry() -> None:
    listed = subprocess.run(  # the git of whoever made the clone
        ["git", "ls-files", "-z"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    assert ROOT / "requirements.lock" in files
    assert [path.name for path in files if path.is_file() and HOSTS.search(path.read_text("utf-8", "replace"))] == []
