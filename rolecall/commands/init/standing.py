"""What stands in an estate that something is added to."""

from pathlib import Path

from rolecall.commands.init.situation import Situation
from rolecall.commands.init.talk import Talk
from rolecall.config.files import WrittenEstate
from rolecall.config.schema import Defaults
from rolecall.estate import judged
from rolecall.rules.grants import Use
from rolecall.rules.role import Role


def situation_of(kind: str, written: WrittenEstate, talk: Talk) -> Situation:
    """The situation of a new workspace or project."""
    return Situation(
        kind,
        written.vendors,
        written.estate.defaults if written.estate else Defaults(),
        {within.workspace.workspace: within for within in written.workspaces},
        talk.profiles(),
        talk.region(),
    )


def granted(folder: Path) -> frozenset[str]:
    """What the ARNs of secrets begin with, behind `secret:`, that roles of the estate are granted already."""
    estate = judged(folder).estate
    grants = estate.grants if estate else ()
    return frozenset(
        Use(Role(grant), secret).key
        for grant in grants
        for secret in grant.permissions.secrets
        if secret.kind in ("name", "prefix", "arn")
    )
