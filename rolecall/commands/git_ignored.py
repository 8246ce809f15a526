"""Whether files that hold external IDs would go into git."""

import subprocess
from pathlib import Path

_SECONDS = 10


def kept_in_git(folder: Path) -> str | None:
    """A warning where a folder is in a git work tree that does not ignore it; None where it is in none, or ignored."""
    inside = folder.resolve()
    if not any((parent / ".git").exists() for parent in (inside, *inside.parents)):
        return None
    if _ignores(inside):
        return None
    return (
        f"{folder} is in a git work tree, which does not ignore it: external IDs are whole in the sheets. Add it to "
        ".gitignore, or choose a folder elsewhere"
    )


def _ignores(folder: Path) -> bool:
    """Whether git says so of a sheet; where git cannot be asked, nobody has said it."""
    command = ["git", "-C", str(folder), "check-ignore", "--quiet", "--", "index.html"]
    try:
        ended = subprocess.run(  # noqa: S603 -- no shell; the arguments are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0
