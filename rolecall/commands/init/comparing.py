"""What is wished against what stands in an estate: equal wishes are kept, others refused with the place. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rolecall.answer import NO, CommandError
from rolecall.commands.init.wishes import FLAGS, Wishes
from rolecall.config.files import WrittenEstate, WrittenProject, WrittenWorkspace
from rolecall.config.schema import Defaults, Workspace
from rolecall.config.source import PathInFile, SourceFile
from rolecall.config.values import PENDING, WrittenPattern, is_account_number
from rolecall.model.finding import Location

_ADD = "or choose another slug"
_OF_WORKSPACE = ("vendor", "workspace_id", "data_center", "trusted", "external_id", "account", "region")
_OF_PROJECT = ("project_id", "external_id", "account", "region")


def refuse_another_estate(written: WrittenEstate, wishes: Wishes) -> None:
    """Refuse what estate.yaml says otherwise.

    Raises:
        CommandError: names the place.
    """
    if written.estate is None:
        return
    owner = written.estate.defaults.tags.get("owner")
    there = {"name": (written.estate.estate, ("estate",)), "owner": (owner, ("defaults", "tags", "owner"))}
    for name, (value, path) in there.items():
        asked = getattr(wishes, name)
        if asked is not None and asked != value:
            _refuse("the estate", name, written.source.location(path), f"or leave {FLAGS[name]} out")


def refuse_another_workspace(there: WrittenWorkspace, wishes: Wishes, written: WrittenEstate) -> None:
    """Refuse what a workspace, or the one project of it that is meant, says otherwise.

    Raises:
        CommandError: names the place.
    """
    slug = there.workspace.workspace
    project = _meant(there, wishes)
    for name in _OF_WORKSPACE:
        asked = getattr(wishes, name)
        found = [_of_workspace(there, name, written)]
        if project and name in _OF_PROJECT:
            found.insert(0, _of_project(project, there, name, written))
        values = [value for value, _ in found]
        if asked and not (_trusts(there.workspace, asked, written) if name == "trusted" else asked in values):
            _refuse(f"workspace {slug}", name, found[0][1], _ADD)
    if project is None and wishes.project:
        raise CommandError(
            f"workspace {slug} is there already, at {there.source.location(('workspace',))}, "
            f"without a project {wishes.project}",
            f"rolecall init --add project --workspace {slug} --project {wishes.project}",
            NO,
        )
    if project and wishes.project_id:
        refuse_another_project(project, there, replace(Wishes(), project_id=wishes.project_id), written)


def refuse_another_project(
    there: WrittenProject, within: WrittenWorkspace, wishes: Wishes, written: WrittenEstate
) -> None:
    """Refuse what a project says otherwise.

    Raises:
        CommandError: names the place.
    """
    for name in _OF_PROJECT:
        value, place = _of_project(there, within, name, written)
        asked = getattr(wishes, name)
        if asked and asked != value:
            _refuse(f"project {there.slug}", name, place, _ADD)


def _meant(there: WrittenWorkspace, wishes: Wishes) -> WrittenProject | None:
    """The project that wishes for a workspace are about: the one that they name, or the only one."""
    if wishes.project:
        return next((project for project in there.projects if project.slug == wishes.project), None)
    return there.projects[0] if len(there.projects) == 1 else None


_Found = tuple[object, Location]


def _of_project(there: WrittenProject, within: WrittenWorkspace, name: str, written: WrittenEstate) -> _Found:
    """A value of a project, and where it stands: with it, or at a level above."""
    if (value := getattr(there.project, name, None)) is not None:
        return _plain(value), there.source.location((*there.path, name))
    if name in ("account", "region") or (name == "external_id" and within.workspace.external_id):
        return _of_workspace(within, name, written)
    return None, there.source.location(there.path)


def _of_workspace(there: WrittenWorkspace, name: str, written: WrittenEstate) -> _Found:
    value = getattr(there.workspace, name, None)
    if value is None and name in ("account", "region") and written.estate:
        defaults: Defaults = written.estate.defaults
        return getattr(defaults, name), written.source.location(("defaults", name))
    return _plain(value), there.source.location(_path(there.source, name))


def _path(source: SourceFile, name: str) -> PathInFile:
    places = ("trusted_account", "trusted_principals") if name == "trusted" else (name,)
    return next(((place,) for place in places if source.holds((place,))), ("workspace",))


def _trusts(workspace: Workspace, asked: str, written: WrittenEstate) -> bool:
    """Whether the workspace trusts exactly whom somebody asks for; without a word of its own, whom its vendor names."""
    found: Any = [workspace.trusted_account] if workspace.trusted_account else workspace.trusted_principals
    if found is None:
        vendor = written.vendors.get(workspace.vendor)
        published: Any = vendor.principals if vendor else PENDING
        known = published.get(workspace.data_center or "", PENDING) if isinstance(published, Mapping) else published
        found = known
    if asked == PENDING or isinstance(found, str):
        return bool(found == asked)
    return [_account(each) for each in found] == [_account(asked)]


def _account(principal: str) -> str:
    """A whole account in one spelling."""
    number = principal.split(":")[4] if principal.startswith("arn:") and principal.endswith(":root") else principal
    return number if is_account_number(number) else principal


def _plain(value: object) -> object:
    return value.text if isinstance(value, WrittenPattern) else value


def _refuse(what: str, name: str, place: object, instead: str) -> None:
    flag = "trusted account" if name == "trusted" else name
    sentence = f"{what} is there already, at {place}, with another {flag}"
    raise CommandError(sentence, f"change it there by hand, {instead}", NO)
