"""A statement on its way into a policy, with the reason that it is there."""

import hashlib
from dataclasses import dataclass

from rolecall.model.finding import Location
from rolecall.policy.document import Statement


@dataclass(frozen=True)
class Reasoned:
    """A statement and why it is there."""

    statement: Statement
    reason: str
    location: Location | None = None
    """Where an estate asks for it, if it does so in these words."""
    is_the_estates: bool = False
    """Whether it stands in the estate as it is."""
    service: str | None = None
    """The service under `services` that asks for it."""
    source: str | None = None
    """URL of the page that names its actions: the vendor's, or AWS's where it is about a key."""
    account_wide: bool = False
    """Whether it is about the whole account, as a vendor documents, and no resource narrows it."""


@dataclass(frozen=True)
class Home:
    """Where a role lives; resources without a region or account of their own are there too."""

    partition: str
    account: str
    region: str


def short_hash(text: str) -> str:
    """Eight characters for a Sid, which takes letters and digits only."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
