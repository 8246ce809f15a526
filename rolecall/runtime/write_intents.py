"""What a write probe is about to make, noted before: a killed run leaves a secret, and the next one finds it."""

import re
import secrets as randomness
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from rolecall.runtime.deadline import DEADLINE_SECONDS
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import observe
from rolecall.runtime.paging import pages

MARK = "rolecall-probe-"
"""Every secret that verification makes is called so, and nothing else is ever deleted."""
_OURS = re.compile(rf"(.*[^A-Za-z0-9])?{MARK}[0-9a-f]{{16}}", re.DOTALL)
# A secret that is listed and younger may belong to a run that is still going on elsewhere. From its creation to the end
# of its last deletion lie half a dozen calls; as many again are for a clock here that is ahead of AWS's.
_LONGEST_RUN = timedelta(seconds=12 * DEADLINE_SECONDS)


def new_name(stem: str) -> str:
    """A name that nobody has: the stem, the mark and 16 random digits."""
    return f"{stem}{MARK}{randomness.token_hex(8)}"


def is_ours(name: str) -> bool:
    """Whether only a write probe can have made a secret of this name."""
    return _OURS.fullmatch(name) is not None


@dataclass(frozen=True)
class Earlier:
    """A secret of an earlier write probe that may still be there.

    Args:
        may_be_in_use: whether a run that is still going on may have made it.
        beside: whether it was asked for beside what the role is granted, where AWS should have refused to make it.
        note: what a person deletes to have it forgotten; empty where nothing is kept.
    """

    name: str
    region: str
    may_be_in_use: bool = False
    beside: bool = False
    note: str = ""


class NotNotedError(Exception):
    """What is about to be made could not be noted: a sentence with the reason, and what to do."""


class Intents(Protocol):
    """Keeps what is about to be made until it is gone. Called from many threads."""

    def begin(self, name: str, region: str, role_arn: str, *, beside: bool = False) -> None:
        """A secret of this name is about to be made with this role; or was, though it is beside what is granted.

        Args:
            name: one of `new_name`.
            region: where.
            role_arn: with whose session.
            beside: whether AWS should refuse it. Whoever began with this and sees it made begins again without.

        Raises:
            NotNotedError: then nothing is made.
        """

    def done(self, name: str) -> None:
        """It was never made, or its deletion is settled. Raises nothing."""

    def earlier(self, role_arn: str) -> Sequence[Earlier]:
        """What runs that have ended began with this role and did not end."""


def listed(client: Any, role: RoleExpectation, region: str, now: datetime) -> tuple[Earlier, ...]:
    """What is left of the role's write probes in a region, for whoever may list the secrets of its account.

    Args:
        client: Secrets Manager in that region; one that may not list shows nothing.
        now: with its time zone.
    """
    places = [place for place in role.writable if place.region == region]
    stems = {stem for place in places for stem in (place.prefix, place.beside) if stem is not None}
    return tuple(found for stem in sorted(stems) for found in _below(client, f"{stem}{MARK}", region, now))


def _below(client: Any, beginning: str, region: str, now: datetime) -> Sequence[Earlier]:
    """Nothing where the listing is refused, breaks off or has no end: half of it would prove no more."""
    filters = [{"Key": "name", "Values": [beginning]}]
    _, found = observe(
        lambda: [
            Earlier(secret["Name"], region, may_be_in_use=now - secret["CreatedDate"] < _LONGEST_RUN)
            for page in pages(client, "list_secrets", Filters=filters)
            for secret in page["SecretList"]
            if secret["Name"].startswith(beginning) and is_ours(secret["Name"])
        ]
    )
    return found or ()
