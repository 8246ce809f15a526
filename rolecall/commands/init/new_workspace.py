"""A new workspace in an estate that is there: a file of its own, with a first project."""

from collections.abc import Mapping
from pathlib import Path

from rolecall.answer import Answer
from rolecall.commands.init.comparing import refuse_another_workspace
from rolecall.commands.init.completing import completed
from rolecall.commands.init.new_files import create
from rolecall.commands.init.rendered import rendered
from rolecall.commands.init.standing import granted, situation_of
from rolecall.commands.init.starter_values import Made, makes_id, starter_values
from rolecall.commands.init.starting import (
    WORKSPACE_STARTERS,
    estate_of,
    next_step,
    pending_lines,
    refuse_broken,
    refuse_other,
    told,
    workspace_file,
)
from rolecall.commands.init.talk import Talk
from rolecall.commands.init.trial import refuse_errors
from rolecall.commands.init.wishes import Wishes
from rolecall.config.files import WrittenEstate, WrittenWorkspace


def make(folder: Path, wishes: Wishes, talk: Talk) -> Answer:
    """Write workspaces/NAME.yaml; one that is there stays as it is."""
    written = estate_of(folder)
    situation = situation_of("workspace", written, talk)
    named = completed(situation, wishes, talk.ask, talk.say, only=("vendor", "workspace"))
    name = workspace_file(named.workspace or "")
    if there := of_slug(written, named.workspace or ""):
        refuse_another_workspace(there, wishes, written)
        return Answer(told(folder, [], [there.source.name]))
    whole = completed(situation, named, talk.ask, talk.say)
    is_new_id = makes_id(situation, whole)
    estate, tags = (written.estate.estate, written.estate.defaults.tags) if written.estate else ("", {})
    made = Made(estate, tags.get("owner", ""), str(talk.make_id()) if is_new_id else "", granted(folder))
    files = {name: workspace_text(folder, starter_values(situation, whole, made))}
    after = refuse_errors(folder, files, dict.fromkeys(files, WORKSPACE_STARTERS))
    create(folder, files, talk.say)
    vendor = situation.vendor(whole)
    for line in [*pending_lines(after, whole.workspace or "", whole.project or "", vendor), next_step(folder)]:
        talk.say(line)
    if is_new_id:
        talk.show_id(made.external_id, name, vendor)
    return Answer(told(folder, files, []))


def workspace_text(folder: Path, values: Mapping[str, object]) -> str:
    """The file of a workspace with its first project.

    Raises:
        BadStarterError: a starter of the estate's own makes something else.
    """
    names = ("workspace", "vendor", "workspace_id", "data_center")
    asked = {name: values[name] for name in names if values[name]}
    return rendered(folder, WORKSPACE_STARTERS, values, asked | {"projects.0.project": values["project"]})


def of_slug(written: WrittenEstate, slug: str) -> WrittenWorkspace | None:
    """The workspace of that slug, whatever its file is called.

    Raises:
        CommandError: the file that is called so has errors, or holds another.
    """
    if there := next((within for within in written.workspaces if within.workspace.workspace == slug), None):
        return there
    name = workspace_file(slug)
    refuse_broken(written, name)
    found = next((within for within in written.workspaces if within.source.name == name), None)
    if found is not None:
        refuse_other(name, found.source.location(("workspace",)), ["workspace"])
    return found
