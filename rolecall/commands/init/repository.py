"""The git repository that holds an estate, as its own files tell it: git is not run."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from rolecall.answer import USAGE, CommandError
from rolecall.commands.written_findings import named
from rolecall.model import pipeline
from rolecall.model.invalid import InvalidValueError

_BRANCH = re.compile(r"ref: refs/heads/(\S+)\s*")
_REMOTE_BRANCH = re.compile(r"ref: refs/remotes/origin/(\S+)\s*")
# Where references are kept in tables, the file HEAD names this branch, which no repository can have.
# https://git-scm.com/docs/reftable, read 2026-11-22.
_NO_BRANCH = ".invalid"
_USUAL = ("main", "master")
_MAX_CHARACTERS = 1024 * 1024

# https://git-scm.com/docs/git-config#_syntax, read 2026-11-22.
_SECTION = re.compile(r'\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"([^"\\]*)")?\s*\]')
_URL = re.compile(r'\s*url\s*=\s*"?([^"#;\s]+)"?\s*(?:[#;].*)?', re.IGNORECASE)
# The forms of https://docs.github.com/en/get-started/git-basics/about-remote-repositories, and ssh over port 443
# (https://docs.github.com/en/authentication/troubleshooting-ssh/using-ssh-over-the-https-port), read 2026-11-22. What
# stands before the @ may be a token, and is not kept.
_GITHUB = re.compile(
    r"(?:https?://(?:[^/@]*@)?(?:www\.)?github\.com/"
    r"|ssh://(?:[^/@]*@)?(?:ssh\.)?github\.com(?::[0-9]+)?/"
    r"|(?:[^/@:]*@)?github\.com:/?)"
    r"([^/]+/[^/]+?)(?:\.git)?/?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Repository:
    """A git repository with an estate in it."""

    root: Path
    """Where its files begin, without links."""
    folder: str
    """The estate's, from the root; "." is the root itself."""
    branch: str
    """What origin calls its branch, or else main or master if there is such a branch, or else what is checked out."""
    is_branch_known: bool
    """Whether origin or a usual name tells the branch; what is checked out may be anybody's."""
    remotes: Mapping[str, str]
    """Repositories on GitHub as OWNER/NAME, by the names of the remotes that lead there, in the order of the file."""


def repository_of(folder: Path) -> Repository:
    """The repository that holds an estate's folder.

    Raises:
        CommandError: there is none.
    """
    here = folder.resolve()
    root = next((place for place in (here, *here.parents) if (place / ".git").exists()), None)
    if root is None:
        sentence = f"{named(here)} is in no git repository: neither it nor a folder above it has a .git"
        raise CommandError(sentence, "git init, in the folder that is the root of what you push to GitHub", USAGE)
    own, shared = _git_folders(root)
    found = remotes(_text(shared / "config"))
    return Repository(root, here.relative_to(root).as_posix(), *_branch(own, shared), found)


def _git_folders(root: Path) -> tuple[Path, Path]:
    """The folder of the worktree's own state, and that of what all worktrees share; mostly they are one."""
    own = root / ".git"
    if own.is_file():  # a worktree, or a submodule
        own = root / _text(own).removeprefix("gitdir:").strip()
    shared = _text(own / "commondir").strip()
    return own, own / shared if shared else own


def _branch(own: Path, shared: Path) -> tuple[str, bool]:
    """The branch, and whether it is known to be the one that is deployed."""
    if origin := _REMOTE_BRANCH.fullmatch(_text(shared / "refs" / "remotes" / "origin" / "HEAD")):
        return origin[1], True
    head = _BRANCH.fullmatch(_text(own / "HEAD"))
    here = head[1] if head and head[1] != _NO_BRANCH else None
    packed = set(_text(shared / "packed-refs").split())
    usual = next((name for name in _USUAL if name == here or _is_branch(shared, packed, name)), None)
    return (usual, True) if usual else (here or _USUAL[0], False)


def _is_branch(shared: Path, packed: Collection[str], name: str) -> bool:
    references = (f"refs/heads/{name}", f"refs/remotes/origin/{name}")
    return any(reference in packed or (shared / reference).is_file() for reference in references)


def remotes(config: str) -> dict[str, str]:
    """The repositories on GitHub that a git configuration names, by the names of their remotes.

    A remote whose URL is of another form, or goes through `insteadOf` or an ssh configuration, is left out.
    """
    urls: dict[str, str] = {}
    remote = None
    for line in config.splitlines():
        if section := _SECTION.match(line):
            remote = section[2] if section[1].lower() == "remote" else None
        elif remote and (url := _URL.fullmatch(line)):
            urls.setdefault(remote, url[1])  # git fetches from the first of several
    found = {name: repository_in(url) for name, url in urls.items()}
    return {name: repository for name, repository in found.items() if repository}


def repository_in(url: str) -> str | None:
    """OWNER/NAME, if a URL is that of a repository on github.com."""
    found = _GITHUB.fullmatch(url)
    try:
        return pipeline.repository(found[1]) if found else None
    except InvalidValueError:
        return None


def _text(path: Path) -> str:
    """What a small file holds; nothing, where there is none that can be read."""
    try:
        return path.read_text("utf-8", errors="replace")[:_MAX_CHARACTERS] if path.is_file() else ""
    except OSError:
        return ""
