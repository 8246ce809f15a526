"""`rolecall external-id new`: an ID of one's own, made at random and written where it belongs."""

import uuid
from collections.abc import Callable
from pathlib import Path

from rolecall.commands.answer import NO, USAGE, Answer, CommandError
from rolecall.config.contents import text_of
from rolecall.config.edit import NotEditableError, with_value, write_whole
from rolecall.config.files import WrittenEstate, WrittenWorkspace, read_files
from rolecall.config.source import PathInFile, SourceFile
from rolecall.config.values import PENDING
from rolecall.estate import UnknownSelectorError
from rolecall.model.identifiers import external_id as checked
from rolecall.model.invalid import InvalidValueError

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
        CommandError: the vendor makes its IDs itself, or there is one already.
    """
    written = read_files(folder)
    within, source, path = _target(written, selector)
    _refuse_makers(written, within)
    _refuse_present(source, path, replace)
    made = str(make())
    try:
        # As it was, down to the bytes that end its lines.
        text = text_of(folder / source.name)
        write_whole(folder / source.name, with_value(text, path, _KEY, made, _AFTER))
    except NotEditableError as error:
        raise CommandError(f"{source.name} was not changed: {error}", "", NO) from None
    shown = made if show else f"{made[:4]}…"
    return Answer(f"{selector}: {shown} is the new external ID, in {source.name}")


def _target(written: WrittenEstate, selector: str) -> tuple[WrittenWorkspace, SourceFile, PathInFile]:
    """The workspace that is meant, and the file and mapping that the ID goes into."""
    name, _, slug = selector.partition("/")
    for within in written.workspaces:
        if within.workspace.workspace == name:
            if not slug:
                return within, within.source, ()
            for project in within.projects:
                if project.slug == slug:
                    return within, project.source, project.path
    known = ", ".join(within.workspace.workspace for within in written.workspaces)
    raise UnknownSelectorError(f"selector {selector!r} matches nothing of the estate; there is: {known or 'nothing'}")


def _refuse_makers(written: WrittenEstate, within: WrittenWorkspace) -> None:
    vendor = written.vendors.get(within.workspace.vendor)
    if vendor is None:
        raise CommandError(f"vendor {within.workspace.vendor!r} is not known", "rolecall check", USAGE)
    if vendor.external_id.origin != "customer":
        who = "by a rule" if vendor.external_id.origin == "derived" else "itself"
        raise CommandError(f"{vendor.name} makes its external IDs {who}", "copy it from the vendor's screen", USAGE)


def _refuse_present(source: SourceFile, path: PathInFile, replace: bool) -> None:
    """An ID that a vendor may be sending goes only on demand; `pending` and placeholders are there to be replaced."""
    present = source.written((*path, _KEY))
    if replace or present in (None, "", PENDING):
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
