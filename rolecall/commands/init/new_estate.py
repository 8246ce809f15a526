"""A whole new estate: its own files, the schemas for editors, and a first workspace with a first project."""

from collections.abc import Mapping
from pathlib import Path

from rolecall.answer import NO, Answer, CommandError
from rolecall.commands import schema
from rolecall.commands.init.completing import EXAMPLES, completed
from rolecall.commands.init.new_files import create, present
from rolecall.commands.init.situation import Situation
from rolecall.commands.init.starter_values import Made, makes_id, starter_values
from rolecall.commands.init.starting import (
    ESTATE_STARTERS,
    ESTATE_VALUES,
    WORKSPACE_STARTER,
    estate_of,
    estate_values,
    next_step,
    told,
    workspace_file,
)
from rolecall.commands.init.talk import Talk
from rolecall.commands.init.trial import refuse_errors
from rolecall.commands.init.wishes import Wishes
from rolecall.config import schema as shapes
from rolecall.config.files import ESTATE_FILE, WORKSPACES
from rolecall.config.json_schema import FILES
from rolecall.starters import render
from rolecall.vendors import catalog

_EXAMPLES_TO_REPLACE = ("account", "workspace_id", "project_id")


def make(folder: Path, wishes: Wishes, talk: Talk) -> Answer:
    """Write the files of a new estate; those that are there stay as they are."""
    slugs = [path.stem for path in sorted((folder / WORKSPACES).glob("*.yaml"))]
    if (folder / ESTATE_FILE).exists() and slugs:
        return _completed_estate(folder, wishes, slugs, talk)
    vendors = {name: shapes.Vendor.model_validate(entry) for name, entry in catalog.entries().items()}
    situation = Situation("estate", vendors, profiles=talk.profiles(), folder=folder.resolve().name)
    whole = completed(situation, wishes, talk.ask, talk.say)
    is_new_id = makes_id(situation, whole)
    made = Made(whole.name or "", whole.owner or "", str(talk.make_id()) if is_new_id else "")
    values = starter_values(situation, whole, made)
    first = workspace_file(whole.workspace or "")
    workspace = {first: render(WORKSPACE_STARTER, values, folder)}
    answer, written = _written(folder, {**_of_estate(folder, values), **workspace}, [], talk)
    if is_new_id and first in written:
        talk.show_id(made.external_id, first, situation.vendor(whole))
    if talk.ask is None:
        _tell_examples(wishes, whole, talk)
    return answer


def _completed_estate(folder: Path, wishes: Wishes, slugs: list[str], talk: Talk) -> Answer:
    """An estate that is there gets the files that it lacks, and no other workspace."""
    if wishes.workspace is not None and wishes.workspace not in slugs:
        sentence = f"{folder} is an estate already, and has no workspace {wishes.workspace!r}"
        raise CommandError(sentence, f"rolecall init {folder} --add workspace --workspace {wishes.workspace}", NO)
    written = estate_of(folder).estate or shapes.EstateFile.model_validate({"schema": 1, "estate": "estate"})
    return _written(folder, _of_estate(folder, estate_values(written)), [*map(workspace_file, slugs)], talk)[0]


def _of_estate(folder: Path, values: Mapping[str, object]) -> dict[str, str]:
    """The files that belong to no workspace; those that are there need no starter any more."""
    own = {name: values[name] for name in ESTATE_VALUES}
    kept = present(folder, ESTATE_STARTERS)
    starters = ESTATE_STARTERS.items()
    return {name: "" if name in kept else render(starter, own, folder) for name, starter in starters}


def _written(folder: Path, wanted: dict[str, str], known: list[str], talk: Talk) -> tuple[Answer, list[str]]:
    """Write what is missing, and say what was written and what was there."""
    # Beside the estate and not from the web: editors find them offline, and in the version that checks the files.
    wanted |= {f".schema/{kind}.json": schema.as_text(kind) + "\n" for kind in FILES}
    kept = present(folder, wanted)
    files = {name: text for name, text in wanted.items() if name not in kept}
    refuse_errors(folder, {name: text for name, text in files.items() if name.endswith(".yaml")})
    create(folder, files)
    talk.say(next_step(folder))
    return Answer(told(folder, files, [*kept, *known])), list(files)


def _tell_examples(said: Wishes, whole: Wishes, talk: Talk) -> None:
    names = [name for name in _EXAMPLES_TO_REPLACE if getattr(said, name) is None and getattr(whole, name)]
    taken = [f"{name} {EXAMPLES[name]}" for name in names if getattr(whole, name) == EXAMPLES[name]]
    if taken:
        talk.say(f"examples, which you have to replace: {', '.join(taken)}")
