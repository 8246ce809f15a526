"""What a write probe is about to make, noted before: a killed run leaves a secret, and the next one finds it."""

import re
import secrets as randomness
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import Observed, observe

MARK = "rolecall-probe-"
"""Every secret that verification makes is called so, and nothing else is ever deleted."""
_OURS = re.compile(rf"(.*[^A-Za-z0-9])?{MARK}[0-9a-f]{{16}}", re.DOTALL)
# A secret that is listed and younger may belong to a run that is still going on elsewhere. A role's write probes are a
# dozen calls, of which each takes three quarters of a minute at the longest.
_LONGEST_RUN = timedelta(minutes=15)


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
    """

    name: str
    region: str
    may_be_in_use: bool = False


class Intents(Protocol):
    """Keeps what is about to be made until it is gone. Called from many threads."""

    def begin(self, name: str, region: str, role_arn: str) -> None:
        """A secret of this name is about to be made with this role."""

    def done(self, name: str) -> None:
        """It was never made, or its deletion is settled."""

    def earlier(self, role_arn: str) -> Sequence[Earlier]:
        """What runs that have ended began with this role and did not end."""


class Forgetful:
    """Intents of somebody who keeps nothing: after a kill, only a list of the account's secrets shows what is left."""

    def begin(self, name: str, region: str, role_arn: str) -> None:
        """Keep nothing."""

    def done(self, name: str) -> None:
        """Forget nothing."""

    def earlier(self, role_arn: str) -> Sequence[Earlier]:
        """Know nothing."""
        return ()


def listed(client: Any, role: RoleExpectation, region: str, now: datetime) -> tuple[Earlier, ...]:
    """What is left of the role's write probes in a region, for whoever may list the secrets of its account.

    Args:
        client: Secrets Manager in that region; one that may not list shows nothing.
        now: with its time zone.
    """
    places = [place for place in role.writable if place.region == region]
    stems = {stem for place in places for stem in (place.prefix, place.beside) if stem is not None}
    return tuple(found for stem in sorted(stems) for found in _below(client, f"{stem}{MARK}", region, now))


def _below(client: Any, beginning: str, region: str, now: datetime) -> Iterator[Earlier]:
    pages = client.get_paginator("list_secrets")
    filters = [{"Key": "name", "Values": [beginning]}]
    seen, found = observe(lambda: [s for page in pages.paginate(Filters=filters) for s in page["SecretList"]])
    for secret in found if seen.observed is Observed.ALLOWED else ():
        name = secret["Name"]
        if name.startswith(beginning) and is_ours(name):
            yield Earlier(name, region, may_be_in_use=now - secret["CreatedDate"] < _LONGEST_RUN)
