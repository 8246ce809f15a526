"""What permission policies allow, as atoms that can be compared: one action on one resource under one condition."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from rolecall.policy.case_blind import CaseBlind, as_written
from rolecall.policy.condition import Condition, implies, normalised
from rolecall.policy.document import Document, Statement, as_list, statements
from rolecall.policy.never_met import is_never_met
from rolecall.policy.one_by_one import beyond as condition_beyond
from rolecall.policy.one_by_one import is_part_of
from rolecall.policy.pattern import covers, overlaps

# A condition on a key can name the ARN of every secret of a project.
_SHOWN_VALUES = 3
# The ARN of a secret ends in a hyphen and six characters of AWS's choice: IAM compares with that, and be the secret yet
# to be made. What a pattern ends in that may match one, and be it that a star stands for the hyphen. A policy variable
# may stand for anything. https://docs.aws.amazon.com/secretsmanager/latest/userguide/
# permissions_grant-limited-resources.html, read 2026-11-22.
_SECRETS = re.compile(r"arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:([^$]*)")
_AS_ARNS_END = re.compile(r".*([-?][A-Za-z0-9?]{6}|\*[A-Za-z0-9?]{0,6})")

# Met by no call over TLS. BoolIfExists may be, where a request does not say how it came.
_WITHOUT_TLS = ("bool", "aws:securetransport", ("false",))


@dataclass(frozen=True, order=True)
class Atom:
    """One action pattern (lower case) on one resource pattern, allowed or denied, under one condition."""

    effect: str
    action: str
    resource: str
    condition: Condition = ()
    spared_actions: tuple[str, ...] = ()
    """What a Deny by exclusion leaves alone; no Allow has any."""
    spared_resources: tuple[str, ...] = ()

    def covers(self, other: "Atom") -> bool:
        """Whether this one says all that `other` says: same effect, at least as wide, no condition more."""
        return self.covers_but_for_conditions(other) and implies(other.condition, self.condition)

    def covers_but_for_conditions(self, other: "Atom") -> bool:
        """Whether it would say all that `other` says, were it not for conditions."""
        return (
            self.effect == other.effect
            and covers(self.action, other.action)
            and covers(self.resource, other.resource)
            and set(self.spared_actions) <= set(other.spared_actions)
            and set(self.spared_resources) <= set(other.spared_resources)
        )

    def is_part_of(self, other: "Atom") -> bool:
        """Whether it is `other` with some of the values of its condition, as in a policy that was divided."""
        return replace(self, condition=other.condition) == other and is_part_of(self.condition, other.condition)

    def touches(self, other: "Atom") -> bool:
        """Whether some request is meant by both."""
        spared = any(covers(action, other.action) for action in self.spared_actions)
        spared = spared or any(covers(resource, other.resource) for resource in self.spared_resources)
        return not spared and overlaps(self.action, other.action) and overlaps(self.resource, other.resource)

    def within(self, other: "Atom") -> "Atom":
        """The part of this one that `other` is about, or as little more as can be told."""
        action = other.action if covers(self.action, other.action) else self.action
        resource = other.resource if covers(self.resource, other.resource) else self.resource
        return replace(self, action=action, resource=resource)

    @property
    def is_about_nothing(self) -> bool:
        """Whether it names secrets by what can be no secret's ARN, such as a name, or a question mark too few."""
        secrets = _SECRETS.fullmatch(self.resource)
        return secrets is not None and not _AS_ARNS_END.fullmatch(secrets[1])

    @property
    def grants(self) -> bool:
        """Whether it allows something."""
        return self.effect == "Allow" and not self.is_about_nothing

    def __str__(self) -> str:
        action, resource = _but(self.action, self.spared_actions), _but(self.resource, self.spared_resources)
        return f"{self.effect} {action} on {resource}{in_words(self.condition)}"


def _but(pattern: str, spared: tuple[str, ...]) -> str:
    said = as_written(pattern)
    return f"{said} but {_listed(tuple(map(as_written, spared)))}" if spared else said


def in_words(condition: Condition) -> str:
    """A condition as the end of a sentence; nothing where there is none."""
    asks = " and ".join(
        f"{as_written(key) or '?'} {as_written(operator)} {_listed(values)}" for operator, key, values in condition
    )
    return f" if {asks}" if asks else ""


def _listed(values: tuple[str, ...]) -> str:
    """The values of a condition; of many, the first ones."""
    left = len(values) - _SHOWN_VALUES
    return ", ".join(values[:_SHOWN_VALUES]) + (f" and {left} more" if left > 0 else "")


@dataclass(frozen=True)
class Change:
    """What a role gained and lost, in words, sorted; `other` is what differs and does neither."""

    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost or self.other)


def atoms(documents: Iterable[Document]) -> frozenset[Atom]:
    """All atoms of some policies of a role. An Allow by exclusion (NotAction, NotResource) counts as everything."""
    return frozenset(atom for each in documents for statement in statements(each) for atom in _of_statement(statement))


def _of_statement(statement: Statement) -> Iterator[Atom]:
    effect = "Deny" if statement.get("Effect") == "Deny" else "Allow"
    actions = ["*"] if "NotAction" in statement else [CaseBlind(str(a)) for a in as_list(statement.get("Action"))]
    resources = ["*"] if "NotResource" in statement else [str(r) for r in as_list(statement.get("Resource"))]
    condition = normalised(statement.get("Condition"))
    spared: tuple[list[str], list[str]] = ([], [])
    if effect == "Deny":
        spared = [CaseBlind(str(a)) for a in as_list(statement.get("NotAction"))], as_list(statement.get("NotResource"))
    by_exclusion = tuple(sorted(spared[0])), tuple(sorted(map(str, spared[1])))
    return (Atom(effect, action, resource, condition, *by_exclusion) for action in actions for resource in resources)


def permission_change(compiled: Iterable[Document], live: Iterable[Document], now: datetime) -> Change:
    """What the live policies allow beyond the compiled ones, and what they no longer allow.

    A Deny that went is a gain where it stood before something that is allowed now, with no other Deny in its place; a
    Deny that came is a loss where it stands before something that was allowed. One that no call ever meets is neither.

    Args:
        now: what denies sessions that began before it denies nothing.
    """
    ours, theirs = atoms(compiled), atoms(live)
    came, went = beyond(theirs, ours), beyond(ours, theirs)
    gained = frozenset(atom for atom in came if atom.grants) | _before(went, theirs, now)
    # The API is called over TLS: what is denied without is lost to nobody.
    over_tls = frozenset(atom for atom in came if _WITHOUT_TLS not in atom.condition)
    lost = frozenset(atom for atom in went if atom.grants) | _before(over_tls, ours, now)
    nothing = (came | went) - gained - lost
    return Change(_words(gained, came), _words(lost, came), _words(nothing, came))


def beyond(some: frozenset[Atom], others: frozenset[Atom]) -> frozenset[Atom]:
    """What some atoms say that the others, all together, do not: of a condition's values, those alone."""
    alike: dict[tuple[str, str, str], list[Atom]] = {}
    for other in others:
        alike.setdefault((other.effect, other.action, other.resource), []).append(other)

    def left(atom: Atom) -> Iterator[Condition]:
        # Most often it is there as it is, but for its condition: with thousands of atoms it counts where one looks.
        near = alike.get((atom.effect, atom.action, atom.resource), ())
        return iter(_beyond(atom, near) and _beyond(atom, others))

    return frozenset(replace(atom, condition=each) for atom in some - others for each in left(atom))


def _beyond(atom: Atom, others: Iterable[Atom]) -> list[Condition]:
    return condition_beyond(atom.condition, (o.condition for o in others if o.covers_but_for_conditions(atom)))


def _before(some: frozenset[Atom], everything: frozenset[Atom], now: datetime) -> frozenset[Atom]:
    """Of some atoms those that deny what others allow, and that no other atom denies as well."""
    denying = frozenset(atom for atom in some if atom.effect == "Deny" and not atom.is_about_nothing)
    # Under which condition something is allowed plays no part.
    allowed = {replace(atom, condition=()) for atom in everything if atom.grants} if denying else set()
    denied = [atom for atom in everything if atom.effect == "Deny"]

    def matters(atom: Atom, before: Atom) -> bool:
        is_met = not is_never_met(atom.condition, before.resource, now)
        return is_met and atom.touches(before) and bool(_beyond(atom.within(before), denied))

    return frozenset(atom for atom in denying if any(matters(atom, before) for before in allowed))


def _words(some: Iterable[Atom], came: frozenset[Atom]) -> tuple[str, ...]:
    """What was gained or lost is what was allowed; of anything else, it has to be said whether it came or went."""
    return tuple(
        str(atom) if atom.grants else f"{atom} {'was added' if atom in came else 'is gone'}" for atom in sorted(some)
    )
