"""The files of a pipeline that are there already, those that an older estate lacks, and what comes after them."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rolecall.answer import NO, CommandError
from rolecall.commands.written_findings import named
from rolecall.config.edit import meaning
from rolecall.model.pipeline import GitHub
from rolecall.pipelines import Layout
from rolecall.starters import CDK_FILES, render


def cdk_files(folder: Path, values: Mapping[str, object]) -> dict[str, str]:
    """What the workflows' cdk and npm need in the estate's folder."""
    return {name: render(starter, values, folder) for name, starter in CDK_FILES.items()}


def refuse_another_estate(root: Path, kept: Sequence[str], layout: Layout) -> None:
    """Refuse to take the workflows of another estate of the repository for this one's.

    Raises:
        CommandError: a workflow that is there works in another folder.
    """
    for name in kept:
        other = _works_in(_text(root / name)) if name.startswith(".github/") else None
        if other is not None and other != layout.folder:
            sentence = (
                f"{name} is there already, and deploys the estate in {named(Path(other))}, not in {layout.folder}"
            )
            tip = "give each estate a repository of its own; or, if this one was moved, remove its old workflows"
            raise CommandError(sentence, tip, NO)


def _works_in(text: str) -> str | None:
    """The folder that a workflow's steps run in, where it names one."""
    found: Any = meaning(text)
    for key in ("defaults", "run", "working-directory"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


def notes(root: Path, kept: Sequence[str], wanted: Mapping[str, str], layout: Layout) -> Iterator[str]:
    """What is to be known of files that were kept."""
    lines = {
        layout.path("requirements.txt"): layout.requirement,
        layout.path("requirements-local.txt"): layout.local_requirement,
    }
    for name in kept:
        text = _text(root / name)
        if name in lines:
            if "rolecall" not in text.lower():
                yield f"{name} was there and does not name rolecall, which the workflows install from it: add this line"
                yield f"  {lines[name]}"
        elif name.startswith(".github/") and text != wanted[name]:
            yield f"{name} was there and says something else than a new one would: an edit, another branch or version"


def next_steps(folder: Path, layout: Layout, github: GitHub) -> Iterator[str]:
    """What a person has to do, in this order."""
    estate = shlex.quote(named(folder))
    yield f"next: rolecall check --estate {estate}"
    files = f"{layout.path('requirements.txt')} and -local.txt"
    yield f"then look at {files}: pip takes rolecall from PyPI, whoever has that name there"
    yield "  if yours is a wheel file or from another index, say so in them first: docs/deployer.md, What they install"
    settings = f"https://github.com/{github.repository}/settings/environments"
    yield f"then, on {settings}: make environment {github.environment}"
    yield f"  with branch {layout.branch} alone and a reviewer; a workflow that comes first makes it without either"
    yield f"then, as an administrator of each account: rolecall deploy --pipeline --estate {estate}"
    yield "  and `cdk bootstrap`, as that command prints it for each account and region"
    yield "then push, and make the jobs `check` and `prove` required; docs/deployer.md has the reasons"


def _text(path: Path) -> str:
    """What a file holds; nothing, where it cannot be read."""
    try:
        return path.read_text("utf-8", errors="replace") if path.is_file() else ""
    except OSError:
        return ""
