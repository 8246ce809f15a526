"""An estate's folder: which files there are, and each of them parsed into its shape."""

import copy
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from rolecall.config import problems, schema
from rolecall.config.reader import PathInFile, SourceFile, read_yaml
from rolecall.model.finding import Finding
from rolecall.model.invalid import four_parts
from rolecall.vendors import catalog

ESTATE_FILE = "estate.yaml"
WORKSPACES = "workspaces"

# Part of role names.
_VENDOR = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")

_M = TypeVar("_M", bound=BaseModel)


class UnreadableEstateError(Exception):
    """There is no estate where one was looked for; the message says what to do."""


@dataclass(frozen=True)
class WrittenProject:
    """A project as its owner wrote it, and where."""

    slug: str
    project: schema.Project | schema.ProjectFile
    source: SourceFile
    path: PathInFile


@dataclass(frozen=True)
class WrittenWorkspace:
    """A workspace with its projects, from its own file and from a folder of project files."""

    workspace: schema.Workspace
    source: SourceFile
    projects: tuple[WrittenProject, ...]


@dataclass
class WrittenEstate:
    """All files of an estate that could be read, and what is wrong with those that could not."""

    estate: schema.EstateFile | None = None
    source: SourceFile = field(default_factory=lambda: SourceFile(ESTATE_FILE))
    vendors: dict[str, schema.Vendor] = field(default_factory=dict)
    workspaces: list[WrittenWorkspace] = field(default_factory=list)
    sources: list[SourceFile] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """Everything that was noted about any file."""
        return [finding for source in self.sources for finding in source.findings]


def read_files(folder: Path) -> WrittenEstate:
    """Read a whole estate. Each file's errors are noted with the file; the others are read all the same.

    Raises:
        UnreadableEstateError: the folder has no estate.yaml.
    """
    if not (folder / ESTATE_FILE).is_file():
        raise UnreadableEstateError(
            f"no {ESTATE_FILE} in {folder}; go to the estate's folder, name it with --estate DIR, "
            "or make a new one with `rolecall init DIR`"
        )
    written = WrittenEstate()
    written.source = _read(folder, ESTATE_FILE, written)
    written.estate = _parsed(written.source, schema.EstateFile)
    written.vendors = _vendors(written.source)
    names = _listed(folder / WORKSPACES, written, folder)
    for name in names:
        _read_workspace(folder, name, written)
    _report_orphans(folder, {name.removesuffix(".yaml") for name in names}, written)
    return written


def _report_orphans(folder: Path, known: set[str], written: WrittenEstate) -> None:
    """Project files below a workspace that has no file of its own: nobody would read them."""
    for found in sorted((folder / WORKSPACES).glob("*/*.y*ml")):
        name = found.relative_to(folder).as_posix()
        workspace = name.rpartition("/")[0]
        if workspace not in known:
            source = SourceFile(name)
            message = four_parts("project file without its workspace's", name, f"{workspace}.yaml", "add that file")
            source.error("RC003", (), message)
            written.sources.append(source)


def _read(folder: Path, name: str, written: WrittenEstate) -> SourceFile:
    source = read_yaml(folder, name)
    written.sources.append(source)
    return source


def _listed(folder: Path, written: WrittenEstate, root: Path) -> list[str]:
    """The YAML files of a folder, relative to the estate; a `.yml` would be overlooked, so it is named."""
    names = sorted(path.relative_to(root).as_posix() for path in folder.glob("*.y*ml")) if folder.is_dir() else []
    for name in names:
        if name.endswith(".yml"):
            source = SourceFile(name)
            source.error("RC003", (), four_parts("file name", name, "names that end in .yaml", "rename the file"))
            written.sources.append(source)
    return [name for name in names if name.endswith(".yaml")]


def _parsed(source: SourceFile, model: type[_M], data: Any = None, base: PathInFile = ()) -> _M | None:
    value = source.data if data is None else data
    if source.findings and value is None:
        return None
    try:
        return model.model_validate({} if value is None else value)
    except ValidationError as error:
        problems.report(error, model, source, base)
        return _rest(source, model, value, error)


def _rest(source: SourceFile, model: type[_M], value: Any, error: ValidationError) -> _M | None:
    """What is left without the wrong parts, so that errors of meaning are shown beside those of form.

    None where a key is missing or the rest is wrong as well. Nothing is built from it: the errors are noted already.
    """
    rest = copy.deepcopy(value)
    if any(detail["type"] == "missing" for detail in error.errors(include_url=False)):
        return None
    for detail in sorted(error.errors(include_url=False), key=lambda detail: str(detail["loc"]), reverse=True):
        problems.take_out(rest, detail["loc"])
    try:
        found = model.model_validate(rest)
    except ValidationError:
        return None
    source.is_partial = True
    return found


def _vendors(source: SourceFile) -> dict[str, schema.Vendor]:
    """The catalog, with the estate's own vendors added and its changes laid over the entries."""
    known = catalog.entries()
    written = source.data.get("vendors") if isinstance(source.data, dict) else None
    own = {k: v for k, v in written.items() if isinstance(v, dict)} if isinstance(written, dict) else {}
    found = {name: schema.Vendor.model_validate(entry) for name, entry in known.items() if name not in own}
    for name, changes in own.items():
        if not _VENDOR.fullmatch(name):
            message = four_parts("id of a vendor", name, "lower-case letters, digits and hyphens", "rename it")
            source.error("RC003", ("vendors", name), message)
            continue
        vendor = _parsed(source, schema.Vendor, known.get(name, {}) | changes, ("vendors", name))
        if vendor is not None:
            found[name] = vendor
    return found


def _read_workspace(folder: Path, name: str, written: WrittenEstate) -> None:
    source = _read(folder, name, written)
    workspace = _parsed(source, schema.Workspace)
    # Read even where the workspace is wrong: its owner and theirs are to see their errors at once.
    own_files = _project_files(folder, name, written)
    if workspace is not None:
        inside = [
            WrittenProject(project.project, project, source, ("projects", index))
            for index, project in enumerate(workspace.projects)
        ]
        written.workspaces.append(WrittenWorkspace(workspace, source, (*inside, *own_files)))


def _project_files(folder: Path, name: str, written: WrittenEstate) -> list[WrittenProject]:
    """The projects that have a file of their own; the file's name is the project's."""
    found = []
    for project_name in _listed(folder / name.removesuffix(".yaml"), written, folder):
        source = _read(folder, project_name, written)
        project = _parsed(source, schema.ProjectFile)
        if project is not None:
            slug = project_name.rsplit("/", 1)[1].removesuffix(".yaml")
            found.append(WrittenProject(slug, project, source, ()))
    return found
