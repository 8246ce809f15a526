"""An estate's folder: which files there are, and each of them parsed into its shape."""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from rolecall.config import problems, schema
from rolecall.config.folders import EstateFolder, is_link, names_in
from rolecall.config.known_vendors import KnownVendors
from rolecall.config.own_vendors import report_principals, without_patterns
from rolecall.config.reader import read_yaml
from rolecall.config.source import LeftOut, PathInFile, SourceFile, shown
from rolecall.config.vendor_services import beside_the_catalogs
from rolecall.model.finding import Finding
from rolecall.model.invalid import four_parts
from rolecall.vendors import catalog

ESTATE_FILE = "estate.yaml"
WORKSPACES = "workspaces"

# Part of role names.
_VENDOR = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")

# What lacks a required key, because that was wrong, goes as a whole; what lacks that goes next.
_ROUNDS = 4
# What a whole workspace means depends on these: with a default in their place, other things would seem to be wrong.
_DECIDING: tuple[PathInFile, ...] = (("external_id_scope",), ("secrets_scope",), ("parent",))

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
    vendors: Mapping[str, schema.Vendor] = field(default_factory=dict)
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
    written, own = _begun(folder)
    names = own.yaml_files(WORKSPACES)
    for name in names:
        _read_workspace(own, name, written)
    _report_overlooked(own, {name.removesuffix(".yaml") for name in names})
    written.sources.extend(own.refused)
    return written


def read_vendors(folder: Path) -> WrittenEstate:
    """Read estate.yaml alone, for the vendors that the estate knows.

    Raises:
        UnreadableEstateError: the folder has no estate.yaml.
    """
    written, own = _begun(folder)
    written.sources.extend(own.refused)
    return written


def _begun(folder: Path) -> tuple[WrittenEstate, EstateFolder]:
    require_estate(folder)
    written, own = WrittenEstate(), EstateFolder(folder)
    if own.is_inside(ESTATE_FILE):
        written.source = _read(folder, ESTATE_FILE, written)
        written.estate = _parsed(written.source, schema.EstateFile)
    written.vendors = _vendors(written.source)
    return written, own


def require_estate(folder: Path) -> None:
    """Stop where no estate is. One that cannot be read as YAML is named like every other file.

    Raises:
        UnreadableEstateError: the folder has no estate.yaml.
    """
    path = folder / ESTATE_FILE
    try:
        mode = path.stat().st_mode
    except OSError as error:
        what = f"{ESTATE_FILE} in {shown(str(folder))} cannot be read: {error.strerror}"
        if isinstance(error, FileNotFoundError) and not is_link(path):
            near = [name for name in names_in(folder) if re.fullmatch(r"estate\.ya?ml", name, re.IGNORECASE)]
            what = f"no {ESTATE_FILE} in {shown(str(folder))}{f', but {near[0]}: rename it' if near else ''}"
    else:
        if stat.S_ISREG(mode):
            return
        what = f"{ESTATE_FILE} in {shown(str(folder))} is no file"
    raise UnreadableEstateError(
        f"{what}; go to the estate's folder, name it with --estate DIR, or make a new one with `rolecall init DIR`"
    )


def _report_overlooked(own: EstateFolder, known: set[str]) -> None:
    """What nobody would read: projects below a workspace without a file of its own, and a folder's misspelled name."""
    for folder in own.subfolders(WORKSPACES):
        if folder not in known:
            for name in own.yaml_files(folder):
                what = "project file without its workspace's"
                own.refuse(name, "RC003", what, name, f"{shown(folder)}.yaml", "add that file")
    for name in names_in(own.root):
        if name != WORKSPACES and name.lower() == WORKSPACES:
            own.refuse(name, "RC003", "name of a folder", name, WORKSPACES, "rename it")


def _read(folder: Path, name: str, written: WrittenEstate) -> SourceFile:
    source = read_yaml(folder, name)
    written.sources.append(source)
    return source


def _parsed(source: SourceFile, model: type[_M], data: Any = None, base: PathInFile = ()) -> _M | None:
    value = source.data if data is None else data
    if source.findings and value is None:
        return None
    try:
        return model.model_validate({} if value is None else value)
    except ValidationError as error:
        problems.report(error, model, source, base)
        return _rest(source, model, value, error, base)


def _rest(source: SourceFile, model: type[_M], value: Any, error: ValidationError, base: PathInFile) -> _M | None:
    """What is left without the wrong parts, so that errors of meaning are shown beside those of form.

    None where too much is wrong. Nothing is built from it: the errors are noted already.
    """
    wrong: set[PathInFile] = set()
    left_out: LeftOut = {}
    for _ in range(_ROUNDS):
        if error.error_count() > problems.MAX_PROBLEMS:
            return None
        wrong |= problems.wrong_parts(error, value, left_out)
        if () in wrong or any(path in wrong for path in _DECIDING):
            return None
        rest, left_out = problems.without(value, wrong)
        try:
            found = model.model_validate(rest)
            break
        except ValidationError as again:
            error = again
    else:
        return None
    source.refused |= {base + path for path in wrong}
    if value is source.data:
        source.left_out = left_out
    return found


def _vendors(source: SourceFile) -> KnownVendors:
    """The catalog, with the estate's own vendors added and its changes laid over the entries."""
    written = source.data.get("vendors") if isinstance(source.data, dict) else None
    own = {k: _changed(k, v) for k, v in written.items() if isinstance(v, dict)} if isinstance(written, dict) else {}
    found = {}
    for name, changes in own.items():
        if not _VENDOR.fullmatch(name):
            message = four_parts("id of a vendor", name, "lower-case letters, digits and hyphens", "rename it")
            source.error("RC003", ("vendors", name), message)
            continue
        published = catalog.entry(name) if name in catalog.ids() else {}
        is_told = not published or "principals" in changes
        if is_told or "other_partitions" in changes:
            # What the catalog read, and when, was about other principals.
            published = {key: value for key, value in published.items() if key not in ("source", "checked")}
        allowed = without_patterns(changes, source, ("vendors", name))
        vendor = _parsed(source, schema.Vendor, published | allowed, ("vendors", name))
        if vendor is not None and allowed is changes:
            vendor = vendor.told_by_the_estate() if is_told else vendor
            # Nobody is told of a wrong principal a second time, by each workspace that uses it.
            is_right = report_principals(vendor, source, ("vendors", name))
            nobody: dict[str, Any] = {"principals": [], "other_partitions": {}}
            found[name] = vendor if is_right else vendor.model_copy(update=nobody)
    return KnownVendors(found, hidden=frozenset(own))


def _changed(name: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Changes of a catalog entry take the place of the services that they speak of, and leave it the others."""
    is_of_services = "services" in changes and name in catalog.ids()
    return beside_the_catalogs(changes, catalog.entry(name)) if is_of_services else changes


def _read_workspace(own: EstateFolder, name: str, written: WrittenEstate) -> None:
    source = _read(own.root, name, written)
    workspace = _parsed(source, schema.Workspace)
    # Read even where the workspace is wrong: its owner and theirs are to see their errors at once.
    own_files = _project_files(own, name, written)
    if workspace is not None:
        inside = [
            WrittenProject(project.project, project, source, ("projects", index))
            for index, project in enumerate(workspace.projects)
        ]
        written.workspaces.append(WrittenWorkspace(workspace, source, (*inside, *own_files)))


def _project_files(own: EstateFolder, name: str, written: WrittenEstate) -> list[WrittenProject]:
    """The projects that have a file of their own; the file's name is the project's."""
    found = []
    for project_name in own.yaml_files(name.removesuffix(".yaml")):
        source = _read(own.root, project_name, written)
        project = _parsed(source, schema.ProjectFile)
        if project is not None:
            slug = project_name.rsplit("/", 1)[1].removesuffix(".yaml")
            found.append(WrittenProject(slug, project, source, ()))
    return found
