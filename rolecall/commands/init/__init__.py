"""`rolecall init`: a new estate; or a workspace, a project or a pipeline for one that is there, from starters."""

from collections.abc import Callable
from pathlib import Path

from rolecall.answer import Answer
from rolecall.commands.init import new_estate, new_pipeline, new_project, new_workspace
from rolecall.commands.init.completing import Ask, refuse_misplaced, refuse_wrong
from rolecall.commands.init.talk import Talk
from rolecall.commands.init.wishes import Wishes

__all__ = ["KINDS", "Ask", "Talk", "Wishes", "init"]

Make = Callable[[Path, Wishes, Talk], Answer]

KINDS: dict[str, Make] = {
    "workspace": new_workspace.make,
    "project": new_project.make,
    "pipeline": new_pipeline.make,
}
"""What can be added to an estate, by the word behind --add."""


def init(folder: Path, wishes: Wishes, talk: Talk, add: str | None = None) -> Answer:
    """Make a new estate, or add to one.

    Args:
        folder: the estate's.
        wishes: what flags say.
        talk: how the user is asked and told.
        add: one of KINDS. Default: a whole estate

    Raises:
        CommandError: what is wished cannot be, or cannot be written; nothing was written then.
        EOFError: nobody answers.
    """
    refuse_wrong(wishes)
    refuse_misplaced(wishes, is_pipeline=add == "pipeline")
    make = KINDS[add] if add else new_estate.make
    return make(folder, wishes, talk)
