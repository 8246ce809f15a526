"""A finding that somebody lets stand, for a reason and for a time."""

from dataclasses import dataclass, field
from datetime import date

from rolecall.model.finding import Location


@dataclass(frozen=True)
class Waiver:
    """An entry under `waivers`.

    Args:
        rule: the rule that may be broken, such as RC203.
        at: `workspace/project`, or `workspace` for all its roles.
        reason: why.
        owner: who answers for it.
        until: the last day on which it holds.
        location: where it is written.
    """

    rule: str
    at: str
    reason: str
    owner: str
    until: date
    location: Location = field(default=Location(""), compare=False)

    @property
    def justification(self) -> str:
        """Who lets it stand, until when and why."""
        return f"waived by {self.owner} until {self.until}: {self.reason}"
