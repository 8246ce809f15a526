"""What a shell offers after TAB: the words of an option, the selectors of the estate, the vendors of the catalog.

Everything comes from an option's metavar, so that the help and the completion say the same. Files are read as text
and YAML and not judged: a shell waits for this, and an estate with errors has selectors too. But shells evaluate what
they are offered, and escape too little of it: whatever is no name of Rolecall's own is never offered.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import typer
from typer.models import ParameterInfo

_SELECTORS = {"SELECTOR", "SELECTOR...", "WORKSPACE/PROJECT"}
_WORD = re.compile(r"[a-z][a-z-]*")


def teach(app: typer.Typer) -> None:
    """Give every parameter of the app's commands that has no completion of its own the one that its metavar means."""
    for group in app.registered_groups:
        if group.typer_instance is not None:
            teach(group.typer_instance)
    for callback in filter(None, (command.callback for command in app.registered_commands)):
        for parameter in inspect.signature(callback).parameters.values():
            for info in get_args(parameter.annotation):
                if isinstance(info, ParameterInfo) and info.autocompletion is None:
                    info.autocompletion = _completion(parameter.name, info.metavar or "")


def _completion(name: str, metavar: str) -> Callable[..., list[str]] | None:
    if metavar in _SELECTORS:
        return _selectors
    if name in {"vendor", "vendor_id"}:
        return _vendors
    words = [word for word in metavar.split("|") if _WORD.fullmatch(word)]
    return _one_of(words) if words else None


def _one_of(words: list[str]) -> Callable[[str], list[str]]:
    def offer(incomplete: str) -> list[str]:
        return _starting(words, incomplete)

    return offer


def _vendors(incomplete: str) -> list[str]:
    with suppress(Exception):  # nobody reads an error between two words of a command
        from rolecall.vendors import catalog

        return _starting(catalog.ids(), incomplete)
    return []


def _selectors(ctx: typer.Context, incomplete: str) -> list[str]:
    with suppress(Exception):  # as above
        return _starting(_written(Path(ctx.params.get("estate") or "."), incomplete), incomplete)
    return []


def _written(estate: Path, incomplete: str) -> Iterator[str]:
    """Workspaces by their files' names, and the projects of those that what was typed can still become."""
    from rolecall.config.files import WORKSPACES

    for path in sorted((estate / WORKSPACES).glob("*.yaml")):
        name = path.stem
        yield name
        if name.startswith(incomplete) or incomplete.startswith(f"{name}/"):
            yield from (f"{name}/{project}" for project in _projects(path))


def _projects(path: Path) -> Iterator[str]:
    import yaml

    yield from sorted(file.stem for file in path.with_suffix("").glob("*.yaml"))
    with suppress(Exception):  # a file that is being written; its neighbours' selectors are still there
        workspace: Any = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
        if workspace.get("workspace_role"):
            yield "workspace"
        yield from (project["project"] for project in workspace.get("projects") or [])


def _starting(words: Iterable[str], incomplete: str) -> list[str]:
    """All that any shell is given comes through here."""
    return [word for word in words if word.startswith(incomplete) and _is_harmless(word)]


def _is_harmless(word: str) -> bool:
    """Whether a word is made of slugs alone: no shell has another meaning for one of their signs."""
    from rolecall.model.identifiers import slug
    from rolecall.model.invalid import InvalidValueError

    try:
        return all(slug(part, "word") for part in word.split("/"))
    except InvalidValueError:
        return False
