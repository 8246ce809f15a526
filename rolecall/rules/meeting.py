"""What is said where the grants of two roles meet: both were granted one thing, or one reaches into the other's."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.invalid import four_parts
from rolecall.rules.role import Role

# More neighbours than anybody reads; the finding says that there are more.
_MOST_NAMED = 3


class Used(Protocol):
    """Anything that one role was granted."""

    @property
    def role(self) -> Role:
        """Whose it is."""

    @property
    def location(self) -> Location:
        """Where it is written."""

    @property
    def spoken(self) -> str:
        """The role and the place, as a message names them."""


class Shareable(Used, Protocol):
    """What several roles may be granted on purpose."""

    @property
    def shared(self) -> bool:
        """Whether its entry says so."""

    @property
    def value(self) -> str:
        """What it is, as it was written."""


_Shareable = TypeVar("_Shareable", bound=Shareable)


def granted_twice(users: Sequence[_Shareable], kind: str) -> Iterator[Finding]:
    """RC203: all of these are granted one thing, and not every entry says `shared: true`.

    Args:
        users: every entry that grants it.
        kind: what it is: `secret`, `resource`.
    """
    unshared = [use for use in users if not use.shared]
    # Where nobody says `shared`, the first entry is the one that the others are compared with.
    named = unshared if len(unshared) < len(users) else [use for use in users if use.role is not users[0].role]
    for use in named:
        other = next((other for other in users if other.role is not use.role), None)
        if other is not None:
            message = four_parts(
                f"{use.role.grant.address} is granted what {other.spoken} is granted too",
                use.value,
                f"one project for each {kind}, or `shared: true` on every entry",
                "say `shared: true`, or take one out",
            )
            yield use.role.finding("RC203", Severity.WARNING, message, at=use.location)


def others_reached(role: Role, uses: Iterable[Used]) -> list[str]:
    """Whose grants a role reaches into, each role once, and at most one more than anybody reads."""
    found: dict[str, str] = {}
    for use in uses:
        if use.role is not role:
            found.setdefault(use.role.grant.address, use.spoken)
            if len(found) > _MOST_NAMED:
                break
    return list(found.values())


def reach_message(
    role: Role, what: str, others: list[str], change: str = "narrow it, or move the others out of its reach"
) -> str:
    """Who reaches with what into whose grants, and what to do about it."""
    more = " and more" if len(others) > _MOST_NAMED else ""
    return four_parts(
        f"{role.grant.address} reaches into what was granted to {', '.join(others[:_MOST_NAMED])}{more}",
        what,
        "what belongs to this project alone",
        change,
    )
