"""What can be spoilt between a client and the embedded AWS, and for which requests."""

from dataclasses import dataclass, field
from enum import Enum

SESSION = b"NAME-OF-THE-SESSION"
"""Stands in an answer for the name that was asked for."""


class Line(Enum):
    """What can happen to the connection."""

    HANG = "nothing is answered until the test ends"
    CLOSE = "closed at once"
    HALF = "closed after half of the answer"
    DRIP = "the answer comes byte by byte, which takes longer than anybody waits"
    DIE = "the proxy stops listening and closes everything"


class Stale(Enum):
    """AWS's own answer, to an earlier request for the same action; what is asked reaches AWS all the same."""

    FIRST = 0
    """To the first one, again and again."""
    LATE = -2
    """To the one before, as where a connection is out of step."""


@dataclass(frozen=True)
class Answer:
    """What is answered: by AWS, or in its place."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml"})


@dataclass(frozen=True)
class Slow:
    """AWS's own answer, seconds later."""

    seconds: float


Fault = Answer | Line | Slow | Stale


@dataclass(frozen=True)
class Rule:
    """Which requests are spoilt, and how.

    Args:
        fault: what happens to them.
        service: as the signature names it; None for all.
        action: as the query or JSON protocol names it; None for all.
        after: so many that fit are passed on first.
        times: so many are then spoilt; None for all.
    """

    fault: Fault
    service: str | None = None
    action: str | None = None
    after: int = 0
    times: int | None = None

    def fits(self, service: str, action: str) -> bool:
        """Whether it is for such requests."""
        return self.service in (None, service) and self.action in (None, action)
