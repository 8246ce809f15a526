"""What permission policies allow, as atoms that can be compared: one action on one resource under one condition."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rolecall.policy.condition import Condition, implies, normalised
from rolecall.policy.document import Document, Statement, as_list, statements
from rolecall.policy.pattern import covers, overlaps


@dataclass(frozen=True, order=True)
class Atom:
    """One action pattern (lower case) on one resource pattern, allowed or denied, under one condition."""

    effect: str
    action: str
    resource: str
    condition: Condition = ()

    def covers(self, other: "Atom") -> bool:
        """Whether this one says all that `other` says: same effect, at least as wide, no condition more."""
        return (
            self.effect == other.effect
            and implies(other.condition, self.condition)
            and covers(self.action, other.action)
            and covers(self.resource, other.resource)
        )

    def touches(self, other: "Atom") -> bool:
        """Whether some request is meant by both."""
        return overlaps(self.action, other.action) and overlaps(self.resource, other.resource)

    def __str__(self) -> str:
        under = " under a condition" if self.condition else ""
        return f"{self.effect} {self.action} on {self.resource}{under}"


@dataclass(frozen=True)
class Change:
    """What a role gained and lost, in words, sorted; `other` is what differs and does neither."""

    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost or self.other)


def atoms(documents: Iterable[Document]) -> frozenset[Atom]:
    """All atoms of some policies of a role. What is said by exclusion (NotAction, NotResource) counts as everything."""
    return frozenset(atom for each in documents for statement in statements(each) for atom in _of_statement(statement))


def _of_statement(statement: Statement) -> Iterator[Atom]:
    effect = "Deny" if statement.get("Effect") == "Deny" else "Allow"
    actions = ["*"] if "NotAction" in statement else [str(a).lower() for a in as_list(statement.get("Action"))]
    resources = ["*"] if "NotResource" in statement else [str(r) for r in as_list(statement.get("Resource"))]
    condition = normalised(statement.get("Condition"))
    return (Atom(effect, action, resource, condition) for action in actions for resource in resources)


def permission_change(compiled: Iterable[Document], live: Iterable[Document]) -> Change:
    """What the live policies allow beyond the compiled ones, and what they no longer allow.

    A Deny that went is a gain where it stood before something allowed; a Deny that came is a loss likewise.
    """
    ours, theirs = atoms(compiled), atoms(live)
    allowed = [atom for atom in ours if atom.effect == "Allow"]
    came, went = _not_covered(theirs, ours), _not_covered(ours, theirs)
    matters = {atom for atom in came | went if atom.effect == "Allow" or any(atom.touches(a) for a in allowed)}
    gained = {a for a in came if a.effect == "Allow"} | {a for a in went & matters if a.effect == "Deny"}
    lost = {a for a in went if a.effect == "Allow"} | {a for a in came & matters if a.effect == "Deny"}
    return Change(_words(gained), _words(lost), _words((came | went) - gained - lost))


def _not_covered(some: frozenset[Atom], by: frozenset[Atom]) -> set[Atom]:
    return {atom for atom in some - by if not any(other.covers(atom) for other in by)}


def _words(some: Iterable[Atom]) -> tuple[str, ...]:
    return tuple(str(atom) for atom in sorted(some))
