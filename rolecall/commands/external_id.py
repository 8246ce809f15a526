"""`rolecall external-id new`: an ID of one's own, made at random and written where it belongs."""

import uuid
from collections.abc import Callable
from pathlib import Path

from rolecall.answer import NO, USAGE, Answer, CommandError
from rolecall.config.edit import NotEditableError, with_value, write_whole
from rolecall.config.files import WORKSPACES, WrittenEstate, WrittenWorkspace, read_files
from rolecall.config.reader import read_yaml
from rolecall.config.source import PathInFile, SourceFile
from rolecall.estate import UnknownSelectorError
from rolecall.model.external_ids import external_id as checked
from rolecall.model.external_ids import masked
from rolecall.model.invalid import InvalidValueError
from rolecall.model.near import did_you_mean, some_of

_KEY = "external_id"
# Below which of these keys a new line goes: the last one that is there.
_AFTER = ("project", "workspace", "vendor", "workspace_id", "project_id", "data_center", "external_id_scope")


def new(
    folder: Path,
    selector: str,
    *,
    replace: bool = False,
    show: bool = False,
    make: Callable[[], object] = uuid.uuid4,
) -> Answer:
    """Write a new external ID for a workspace, or for one project of it.

    Args:
        folder: the estate's.
        selector: WORKSPACE or WORKSPACE/PROJECT.
        replace: whether an ID that is there already may go. The vendor is shut out until it has the new one.
        show: whether the answer holds the whole ID.
        make: where it comes from.

    Raises:
        CommandError: the vendor makes its IDs itself, there is one already, or the file cannot be changed.
        UnknownSelectorError: there is no such workspace or project.
    """
    written = read_files(folder)
    within, source, path = _target(written, selector)
    _refuse_makers(written, within)
    if selector == within.workspace.workspace:
        _refuse_whole_workspace(written, within)
    _refuse_present(source, path, replace)
    made = str(make())
    try:
        _write(folder, source, path, made)
    except NotEditableError as error:
        raise CommandError(f"{source.name} was not changed: {error}", "", NO) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CommandError(f"{source.name} was not changed: {reason}", "look whether you may write there", NO) from None
    shown = made if show else masked(made)
    return Answer(f"{selector}: {shown} is the new external ID, in {source.name}")


def _write(folder: Path, source: SourceFile, path: PathInFile, made: str) -> None:
    """Put the ID into the file, if it still is the file that was read."""
    file = folder / source.name
    was = file.read_bytes()
    if read_yaml(folder, source.name).data != source.data:
        raise NotEditableError("somebody else has changed it meanwhile; run the command again")
    write_whole(file, with_value(was.decode(), path, _KEY, made, _AFTER), was)


def _target(written: WrittenEstate, selector: str) -> tuple[WrittenWorkspace, SourceFile, PathInFile]:
    """The workspace that is meant, and the file and mapping that the ID goes into."""
    known = []
    for within in written.workspaces:
        name = within.workspace.workspace
        if selector == name:
            return within, within.source, ()
        for project in within.projects:
            if selector == f"{name}/{project.slug}":
                return within, project.source, project.path
        known += [name, *(f"{name}/{project.slug}" for project in within.projects)]
    _refuse_unread(written, selector)
    tip = did_you_mean(selector, known, f"there is: {some_of(known)}")
    raise UnknownSelectorError(f"selector {selector!r} matches nothing of the estate; {tip}")


def _refuse_unread(written: WrittenEstate, selector: str) -> None:
    """What a selector names may stand in a file that could not be read."""
    meant = {f"{WORKSPACES}/{selector.partition('/')[0]}.yaml", f"{WORKSPACES}/{selector}.yaml"}
    meant -= {within.source.name for within in written.workspaces}
    for source in written.sources:
        if source.findings and source.name in meant:
            first = min(source.findings, key=lambda finding: finding.location)
            raise CommandError(f"{first.location}: {first.rule} {first.message}", "mend it first", USAGE)


def _refuse_makers(written: WrittenEstate, within: WrittenWorkspace) -> None:
    vendor = written.vendors.get(within.workspace.vendor)
    if vendor is None:
        raise CommandError(f"vendor {within.workspace.vendor!r} is not known", "rolecall check", USAGE)
    if vendor.external_id.origin != "customer":
        if vendor.external_id.origin == "derived":
            tip = "leave it out: rolecall list shows the ID that the rule gives"
            raise CommandError(f"{vendor.name} makes its external IDs by a rule", tip, USAGE)
        raise CommandError(f"{vendor.name} makes its external IDs itself", "copy it from the vendor's screen", USAGE)


def _refuse_whole_workspace(written: WrittenEstate, within: WrittenWorkspace) -> None:
    """An ID of the workspace would have no effect where each project has its own."""
    vendor, name = written.vendors[within.workspace.vendor], within.workspace.workspace
    scope = within.workspace.external_id_scope or vendor.external_id.per
    if scope == "project":
        first = within.projects[0].slug if within.projects else "PROJECT"
        sentence = f"with {vendor.name} each project has an external ID of its own"
        raise CommandError(sentence, f"rolecall external-id new {name}/{first}", USAGE)


def _refuse_present(source: SourceFile, path: PathInFile, replace: bool) -> None:
    """An ID that a vendor may be sending goes only on demand; `pending` and placeholders are there to be replaced."""
    present = source.written((*path, _KEY))
    if replace or present is None:
        return
    try:
        checked(present)
    except InvalidValueError:
        return
    place = source.location((*path, _KEY))
    raise CommandError(
        f"there is an external ID already, at {place}; the vendor would be shut out until it has the new one",
        "--replace, if nobody uses it yet",
        NO,
    )
