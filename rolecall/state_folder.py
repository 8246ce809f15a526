"""The folder `.rolecall` of an estate: what this machine keeps of it, and git does not."""

import contextlib
from pathlib import Path

NAME = ".rolecall"


def hide_from_git(inside: Path) -> None:
    """Lay a .gitignore into the `.rolecall` that a folder lies in: the estate's own one may be older than Rolecall.

    Raises:
        OSError: it cannot be written.
    """
    folder = next((path for path in (inside, *inside.parents) if path.name == NAME), None)
    if folder is not None:
        with contextlib.suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="utf-8") as file:
            file.write("*\n")
