"""What stands in an estate that something is added to."""

from pathlib import Path

from rolecall.commands.init.situation import Situation
from rolecall.commands.init.talk import Talk
from rolecall.config.files import WrittenEstate
from rolecall.config.schema import Defaults
from rolecall.estate import judged


def situation_of(kind: str, written: WrittenEstate, talk: Talk) -> Situation:
    """The situation of a new workspace or project."""
    return Situation(
        kind,
        written.vendors,
        written.estate.defaults if written.estate else Defaults(),
        {within.workspace.workspace: within for within in written.workspaces},
        talk.profiles(),
    )


def granted(folder: Path) -> frozenset[str]:
    """The names and prefixes of secrets that roles of the estate are granted already, wherever they are."""
    estate = judged(folder).estate
    grants = estate.grants if estate else ()
    return frozenset(
        secret.value for grant in grants for secret in grant.permissions.secrets if secret.kind in ("name", "prefix")
    )
