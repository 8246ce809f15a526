"""A whole new estate: its own files, the schemas for editors, and a first workspace with a first project."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rolecall.answer import NO, Answer, CommandError
from rolecall.commands import schema
from rolecall.commands.init import new_workspace
from rolecall.commands.init.comparing import refuse_another_estate, refuse_another_workspace
from rolecall.commands.init.completing import EXAMPLES, completed
from rolecall.commands.init.kept_files import about_kept
from rolecall.commands.init.new_files import create, present, remove_leftovers
from rolecall.commands.init.npm_files import fitting
from rolecall.commands.init.rendered import rendered
from rolecall.commands.init.situation import Situation
from rolecall.commands.init.starter_values import Made, makes_id, starter_values
from rolecall.commands.init.starting import (
    ESTATE_STARTERS,
    ESTATE_VALUES,
    WORKSPACE_STARTERS,
    add_command,
    estate_of,
    estate_values,
    next_step,
    pending_lines,
    told,
    workspace_file,
)
from rolecall.commands.init.talk import Talk
from rolecall.commands.init.trial import read_with, refuse_errors
from rolecall.commands.init.wishes import FLAGS, Wishes
from rolecall.commands.written_findings import named
from rolecall.config import schema as shapes
from rolecall.config.files import ESTATE_FILE, WORKSPACES, WrittenEstate, WrittenWorkspace
from rolecall.config.json_schema import FILES
from rolecall.estate import Judged
from rolecall.starters import CDK_FILES, render
from rolecall.vendors import catalog

_EXAMPLES_TO_REPLACE = ("account", "workspace_id", "project_id")


def make(folder: Path, wishes: Wishes, talk: Talk) -> Answer:
    """Write the files of a new estate; those that are there stay as they are."""
    own = folder / ESTATE_FILE
    if own.is_symlink() and not own.exists():
        sentence = f"{named(own)} is a link that leads nowhere"
        raise CommandError(sentence, "take it away, or make what it leads to", NO)
    if own.exists():
        return _completed_estate(folder, wishes, talk)
    vendors = {name: shapes.Vendor.model_validate(entry) for name, entry in catalog.entries().items()}
    situation = Situation(
        "estate",
        vendors,
        profiles=talk.profiles(),
        region_in_force=talk.region(),
        folder=folder.resolve().name,
    )
    whole = completed(situation, wishes, talk.ask, talk.say)
    is_new_id = makes_id(situation, whole)
    made = Made(whole.name or "", whole.owner or "", str(talk.make_id()) if is_new_id else "")
    values = starter_values(situation, whole, made)
    first = workspace_file(whole.workspace or "")
    files = {**_of_estate(folder, values), first: new_workspace.workspace_text(folder, values)}
    _refuse_others(folder, files, whole if talk.ask else wishes, whole)
    answer, written, after = _written(folder, files, [], talk)
    vendor = situation.vendor(whole)
    for line in [*pending_lines(after, whole.workspace or "", whole.project or "", vendor), next_step(folder)]:
        talk.say(line)
    if talk.ask is None:
        _tell_assumed(wishes, whole if first in written else _of_estate_alone(whole), talk)
    if is_new_id and first in written:
        talk.show_id(made.external_id, first, vendor)
    return answer


def _refuse_others(folder: Path, files: Mapping[str, str], said: Wishes, whole: Wishes) -> None:
    """Refuse a workspace that is there before its estate is, and says something else than somebody wishes."""
    if (folder / WORKSPACES).is_dir():
        written = read_with(folder, {ESTATE_FILE: files[ESTATE_FILE]})
        if there := new_workspace.of_slug(written, whole.workspace or ""):
            refuse_another_workspace(there, said, written)


def _completed_estate(folder: Path, wishes: Wishes, talk: Talk) -> Answer:
    """An estate that is there gets the files that it lacks; a workspace only if it has none and one is wished."""
    written = estate_of(folder)
    refuse_another_estate(written, wishes)
    if not written.workspaces and (talk.ask or wishes.workspace or wishes.vendor):
        first = new_workspace.make(folder, replace(wishes, name=None, owner=None), talk)
        files = _lacking_files(folder, written, [], talk)
        return Answer(f"{first.text}\n{files.text}")
    for there in _meant(folder, written, wishes):
        refuse_another_workspace(there, wishes, written)
    answer = _lacking_files(folder, written, [there.source.name for there in written.workspaces], talk)
    talk.say(next_step(folder) if written.workspaces else f"next: {add_command(folder, 'workspace')}")
    return answer


def _lacking_files(folder: Path, written: WrittenEstate, known: list[str], talk: Talk) -> Answer:
    values = estate_values(written.estate) if written.estate else {}
    return _written(folder, _of_estate(folder, values), known, talk)[0]


def _meant(folder: Path, written: WrittenEstate, wishes: Wishes) -> list[WrittenWorkspace]:
    """The workspace that flags are about: the one that they name, or the only one."""
    by_slug = {there.workspace.workspace: there for there in written.workspaces}
    if wishes.workspace is not None and wishes.workspace not in by_slug:
        sentence = f"{named(folder)} is an estate already, and has no workspace {wishes.workspace!r}"
        raise CommandError(sentence, f"{add_command(folder, 'workspace')} --workspace {wishes.workspace}", NO)
    if wishes.workspace is not None:
        return [by_slug[wishes.workspace]]
    said = [FLAGS[name] for name in wishes.given() if name not in ("name", "owner")]
    if said and len(by_slug) != 1:
        sentence = f"{named(folder)} is an estate already, with {len(by_slug)} workspaces: {said[0]} is about one"
        raise CommandError(sentence, f"name it with --workspace, or {add_command(folder, 'workspace')}", NO)
    return list(by_slug.values()) if said else []


def _of_estate(folder: Path, values: Mapping[str, object]) -> dict[str, str]:
    """The files that belong to no workspace; those that are there need no starter any more."""
    own = {name: values[name] for name in ESTATE_VALUES}
    kept = present(folder, ESTATE_STARTERS)
    starters = ESTATE_STARTERS.items()
    # One that is there needs no starter any more, unless it has to be known whether it is ours.
    wanted = [(name, starter) for name, starter in starters if name in CDK_FILES or name not in kept]
    texts = {name: render(starter, own, folder) for name, starter in wanted if name != ESTATE_FILE}
    if ESTATE_FILE not in kept:
        asked = {"estate": own["estate"]}
        texts = {ESTATE_FILE: rendered(folder, (ESTATE_STARTERS[ESTATE_FILE],), own, asked), **texts}
    return dict.fromkeys(kept, "") | texts


def _written(folder: Path, wanted: dict[str, str], known: list[str], talk: Talk) -> tuple[Answer, list[str], Judged]:
    """Write what is missing, and say what was written and what was there."""
    wanted, about_npm = fitting(folder, wanted)
    # Beside the estate and not from the web: editors find them offline, and in the version that checks the files.
    wanted |= {f".schema/{kind}.json": schema.as_text(kind) + "\n" for kind in FILES}
    kept = present(folder, wanted)
    files = {name: text for name, text in wanted.items() if name not in kept}
    read = {name: text for name, text in files.items() if name.endswith(".yaml")}
    starters = {name: WORKSPACE_STARTERS if name != ESTATE_FILE else (ESTATE_STARTERS[name],) for name in read}
    after = refuse_errors(folder, read, starters)
    remove_leftovers(folder, kept, talk.say)
    create(folder, files, talk.say)
    for line in filter(None, (about_npm, *about_kept(folder, kept))):
        talk.say(line)
    return Answer(told(folder, files, [*kept, *known])), list(files), after


def _tell_assumed(said: Wishes, whole: Wishes, talk: Talk) -> None:
    """Everything that stands in the files and that nobody has said: as flags that would say it, and what is no good."""
    assumed = {name: value for name, value in whole.given().items() if value and name not in said.given()}
    examples = [name for name in _EXAMPLES_TO_REPLACE if assumed.get(name) == EXAMPLES[name]]
    flags = [f"{FLAGS[name]} {shlex.quote(value)}" for name, value in assumed.items() if name not in examples]
    if flags:
        talk.say(f"assumed, as no flag says otherwise: {' '.join(flags)}")
    if examples:
        talk.say(f"examples, which you have to replace: {', '.join(f'{name} {assumed[name]}' for name in examples)}")


def _of_estate_alone(whole: Wishes) -> Wishes:
    """What estate.yaml says, where the workspace was there."""
    return Wishes(whole.name, whole.account, whole.region, whole.owner)
