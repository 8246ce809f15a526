"""A new project in a workspace that is there: in the workspace's file, or in a file of its own."""

from collections.abc import Mapping
from pathlib import Path

from rolecall.answer import NO, Answer, CommandError, Say
from rolecall.commands.init.comparing import refuse_another_project
from rolecall.commands.init.completing import completed
from rolecall.commands.init.new_files import create
from rolecall.commands.init.rendered import item, rendered
from rolecall.commands.init.standing import granted, situation_of
from rolecall.commands.init.starter_values import Made, makes_id, starter_values
from rolecall.commands.init.starting import (
    PROJECT_FILE_STARTER,
    PROJECT_STARTER,
    estate_of,
    next_step,
    pending_lines,
    refuse_broken,
    told,
    workspace_file,
)
from rolecall.commands.init.talk import Talk
from rolecall.commands.init.trial import refuse_errors
from rolecall.commands.init.wishes import Wishes
from rolecall.config.edit import NotEditableError, write_whole
from rolecall.config.files import WrittenEstate, WrittenWorkspace
from rolecall.config.insert import as_item, with_item
from rolecall.config.schema import Vendor
from rolecall.estate import Judged

_LIST = "projects"


def make(folder: Path, wishes: Wishes, talk: Talk) -> Answer:
    """Write a project where the workspace's projects are; one that is there stays as it is."""
    written = estate_of(folder)
    situation = situation_of("project", written, talk)
    if wishes.workspace and wishes.workspace not in situation.workspaces:
        refuse_broken(written, workspace_file(wishes.workspace))
    if not situation.workspaces:
        raise CommandError("the estate has no workspace", "rolecall init --add workspace", NO)
    named = completed(situation, wishes, talk.ask, talk.say, only=("workspace", "project"))
    within = situation.workspaces[named.workspace or ""]
    if there := next((project for project in within.projects if project.slug == named.project), None):
        refuse_another_project(there, within, wishes, written)
        return Answer(told(folder, [], [there.source.name]))
    whole = completed(situation, named, talk.ask, talk.say)
    _tell_second(within, situation.vendor(whole), talk)
    is_new_id = makes_id(situation, whole)
    goes_alone = wishes.own_file or _live_alone(within)
    made = _made(folder, written, str(talk.make_id()) if is_new_id else "", goes_alone)
    name, after = _write(folder, within, starter_values(situation, whole, made), goes_alone, talk.say)
    vendor = situation.vendor(whole)
    for line in [*pending_lines(after, whole.workspace or "", whole.project or "", vendor), next_step(folder)]:
        talk.say(line)
    if is_new_id:
        talk.show_id(made.external_id, name, vendor)
    return Answer(told(folder, [name], []))


def _tell_second(within: WrittenWorkspace, vendor: Vendor | None, talk: Talk) -> None:
    """Say that one external ID will open several roles: vendors that have no projects call a single one."""
    scope = within.workspace.external_id_scope or (vendor.external_id.per if vendor else "")
    if vendor and within.projects and scope == "workspace":
        what = f"workspace {within.workspace.workspace} gets another role with the external ID that it has"
        talk.say(f"{what}: right if {vendor.name} can be given several roles in one workspace")


def _made(folder: Path, written: WrittenEstate, external_id: str, own_file: bool) -> Made:
    estate, tags = (written.estate.estate, written.estate.defaults.tags) if written.estate else ("", {})
    return Made(estate, tags.get("owner", ""), external_id, granted(folder), own_file)


def _live_alone(within: WrittenWorkspace) -> bool:
    """Whether the workspace's projects have files of their own, all of them."""
    return bool(within.projects) and all(not project.path for project in within.projects)


def _write(
    folder: Path, within: WrittenWorkspace, values: Mapping[str, object], alone: bool, say: Say
) -> tuple[str, Judged]:
    """Write the project, and say into which file, and what the estate is with it."""
    if alone:
        file = within.source.name.removesuffix(".yaml")
        name = f"{file}/{values['project']}.yaml"
        starters = (PROJECT_FILE_STARTER, PROJECT_STARTER)
        files = {name: rendered(folder, starters, values, _asked(values, own=True))}
        after = refuse_errors(folder, files, {name: starters})
        create(folder, files, say)
        return name, after
    name = within.source.name
    block = item(folder, PROJECT_STARTER, values, _asked(values, own=False))
    try:
        return name, _write_in_place(folder, name, block)
    except NotEditableError as error:
        tip = f"write it by hand, below `{_LIST}`:\n{as_item(block, 2, 2)}"
        raise CommandError(f"{name} was not changed: {error}", tip, NO) from None


def _asked(values: Mapping[str, object], *, own: bool) -> dict[str, object]:
    """What the project has to say, whatever its starter is."""
    said = {name: values[name] for name in ("project_id",) if values[name]}
    return said if own else {"project": values["project"], **said}


def _write_in_place(folder: Path, name: str, block: str) -> Judged:
    was = (folder / name).read_bytes()
    changed = with_item(was.decode(), _LIST, block)
    after = refuse_errors(folder, {name: changed}, {name: (PROJECT_STARTER,)})
    write_whole(folder / name, changed, was)
    return after
