"""A pipeline for an estate that is there: `pipeline` in estate.yaml, and the workflows of its repository."""

import os
from dataclasses import dataclass
from pathlib import Path

from rolecall.answer import NO, USAGE, Answer, CommandError
from rolecall.commands.init.completing import completed
from rolecall.commands.init.needs import needs
from rolecall.commands.init.new_files import create, present
from rolecall.commands.init.npm_files import fitting
from rolecall.commands.init.rendered import keys
from rolecall.commands.init.repository import Repository, repository_of
from rolecall.commands.init.situation import Situation
from rolecall.commands.init.starting import (
    PIPELINE_STARTER,
    estate_of,
    estate_values,
    refuse_broken,
    refuse_other,
    told,
)
from rolecall.commands.init.talk import Talk
from rolecall.commands.init.trial import refuse_errors
from rolecall.commands.init.wishes import FLAGS, Wishes
from rolecall.commands.init.workflow_files import cdk_files, next_steps, notes, refuse_another_estate
from rolecall.config.edit import NotEditableError, write_whole
from rolecall.config.files import ESTATE_FILE, WrittenEstate
from rolecall.config.insert import with_key
from rolecall.config.pipeline import region_of
from rolecall.estate import judged
from rolecall.model.invalid import InvalidValueError
from rolecall.pipelines import Layout, github_workflows

_ASKED = ("repository", "repository_id", "owner_id", "environment")
PIPELINE_VALUES = (*_ASKED, "branch", "region")
"""What the starter of `pipeline` gets."""
# Whom it names does not matter: what `check` says against it, it says against every pipeline of the estate.
_ANYBODY = """\
pipeline:
  github: {repository: any/body, repository_id: "1", owner_id: "1", environment: production}
"""


@dataclass(frozen=True)
class _Change:
    """What becomes of estate.yaml."""

    file: Path
    was: bytes
    text: str | None
    """None where it stays as it is."""

    def make(self) -> None:
        """Write it, if somebody else has not done so meanwhile."""
        if self.text is not None:
            write_whole(self.file, self.text, self.was)


def make(folder: Path, wishes: Wishes, talk: Talk) -> Answer:
    """Write what is missing; what is there stays as it is."""
    written = estate_of(folder)
    repository = repository_of(folder)
    named = wishes.branch or _branch_of(written)
    layout = _layout(repository, named or repository.branch)
    was = (folder / ESTATE_FILE).read_bytes()
    whole = None if _has_pipeline(written, wishes) else _whole(folder, was.decode(), repository, wishes, talk)
    if named is None and not repository.is_branch_known:
        layout = _layout(repository, _branch(repository, talk))
    text = _with_pipeline(folder, was.decode(), whole, layout.branch) if whole else None
    estate = refuse_errors(folder, {ESTATE_FILE: text} if text else {}, {ESTATE_FILE: (PIPELINE_STARTER,)}).estate
    if estate is None or estate.pipeline is None:
        refuse_broken(written, written.source.name)
        raise CommandError(f"`pipeline` of {ESTATE_FILE} cannot be made sense of", "`rolecall check` says why", USAGE)
    of_cdk, about_npm = fitting(folder, cdk_files(folder, estate_values(written.estate) if written.estate else {}))
    own = {layout.path(name): text for name, text in of_cdk.items()}
    wanted = {**github_workflows(estate, layout, folder), **own}
    answer = _written(repository.root, wanted, layout, _Change(folder / ESTATE_FILE, was, text), talk)
    for line in filter(None, (about_npm, *next_steps(folder, layout, estate.pipeline.github))):
        talk.say(line)
    return answer


def _branch_of(written: WrittenEstate) -> str | None:
    """The only branch that the pipeline lets in, where there is one and it names a branch."""
    entry = written.estate.pipeline if written.estate else None
    return entry.github.branch if entry else None


def _branch(repository: Repository, talk: Talk) -> str:
    """What is deployed, where nobody and nothing says so: a person does, or what was guessed is told."""
    if talk.ask:
        talk.say("Branch that is deployed when it changes (git knows no origin/HEAD, main or master here)")
        return talk.ask("branch", repository.branch)
    talk.say(f"branch: {repository.branch}, as git names no other here; --branch says which one is deployed")
    return repository.branch


def _layout(repository: Repository, branch: str) -> Layout:
    try:
        layout = Layout(folder=repository.folder)
    except InvalidValueError as error:
        raise CommandError(str(error), "rename the estate's folder, or one above it", USAGE) from None
    try:
        return Layout(layout.folder, branch)
    except InvalidValueError as error:
        raise CommandError(str(error), "--branch BRANCH, the one that is deployed", USAGE) from None


def _has_pipeline(written: WrittenEstate, wishes: Wishes) -> bool:
    """Whether estate.yaml names a pipeline, which then has to be the one that was asked for."""
    entry = written.estate.pipeline if written.estate else None
    if entry is None:
        return False
    asked = {name: getattr(wishes, name) for name in _ASKED}
    if entry.github.branch is not None:
        asked["branch"] = wishes.branch
    names = [name for name, value in asked.items() if value is not None and getattr(entry.github, name) != value]
    refuse_other("`pipeline`", written.source.location(("pipeline", "github", *names[:1])), names, "or leave it out")
    return True


def _whole(folder: Path, text: str, repository: Repository, wishes: Wishes, talk: Talk) -> Wishes:
    """All that the pipeline's block needs, if there can be one."""
    _refuse_hopeless(folder, text)
    situation = Situation("pipeline", {}, remotes=repository.remotes)
    if talk.ask is None:
        _refuse_missing(situation, wishes)
    return completed(situation, wishes, talk.ask, talk.say)


def _with_pipeline(folder: Path, text: str, whole: Wishes, branch: str) -> str:
    """The text of estate.yaml with the pipeline in it."""
    asked = {name: getattr(whole, name) for name in _ASKED}
    values = dict(zip(PIPELINE_VALUES, (*asked.values(), branch, _region(folder)), strict=True))
    block = keys(folder, PIPELINE_STARTER, values, {f"pipeline.github.{name}": value for name, value in asked.items()})
    try:
        return with_key(text, block)
    except NotEditableError as error:
        raise _not_editable(error, block) from None


def _region(folder: Path) -> str | None:
    """Where the pipeline's stacks will stand. It is written down, as they stay there when the roles' regions change."""
    estate = judged(folder).estate
    return region_of(None, estate.default_region, estate.grants) if estate else None


def _refuse_hopeless(folder: Path, text: str) -> None:
    """Refuse what no answer can mend, before anything is asked."""
    try:
        changed = with_key(text, _ANYBODY)
    except NotEditableError:  # told with the lines to write, once they are known
        return
    refuse_errors(folder, {ESTATE_FILE: changed})


def _refuse_missing(situation: Situation, wishes: Wishes) -> None:
    """Name everything at once that nobody but the user can know."""
    missing = [need for need in needs(situation, wishes) if need.default is None and need.name not in wishes.given()]
    if not missing:
        return
    flags = [FLAGS[need.name] for need in missing]
    seen = ", ".join(f"{choice.value} ({choice.what})" for choice in missing[0].choices)
    where = f"; there is {seen}" if seen else ""
    verb = "is" if len(flags) == 1 else "are"
    asked = wishes.repository or next(iter(situation.remotes.values()), "OWNER/NAME")
    tip = f"{' '.join(f'{flag} VALUE' for flag in flags)}; the numbers: gh api repos/{asked} --jq .id,.owner.id"
    raise CommandError(f"{', '.join(flags)} {verb} missing{where}", tip, USAGE)


def _written(root: Path, wanted: dict[str, str], layout: Layout, change: _Change, talk: Talk) -> Answer:
    """Write the new files and the change, all or nothing."""
    kept = present(root, wanted)
    refuse_another_estate(root, kept, layout)
    files = {name: text for name, text in wanted.items() if name not in kept}
    try:
        create(root, files, talk.say, change.make)
    except NotEditableError as error:
        raise CommandError(f"nothing was written: {change.file}: {error}", "then run this again", NO) from None
    for line in notes(root, kept, wanted, layout):
        talk.say(line)
    own = [layout.path(ESTATE_FILE)]
    wrote, stayed = ([], own) if change.text is None else (own, [])
    # As the user named the folder: from where he is, or from the top.
    shown = root if change.file.is_absolute() else Path(os.path.relpath(root))
    return Answer(told(shown, [*wrote, *files], [*stayed, *kept]))


def _not_editable(error: NotEditableError, block: str) -> CommandError:
    return CommandError(
        f"{ESTATE_FILE} was not changed: {error}", f"write it by hand, and run this again:\n{block}", NO
    )
