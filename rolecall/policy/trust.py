"""Reading a trust policy: which doors it opens, to whom, and what each asks for.

A door is one principal and one answer to the question for the external ID. Statements are judged one by one, because
IAM joins them by OR: one unguarded statement opens the role, whatever the others ask for.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rolecall.policy.condition import Condition, normalised
from rolecall.policy.document import Document, Statement, as_list, statements
from rolecall.policy.guard import EXTERNAL_ID_KEY, guard_of
from rolecall.policy.pattern import matches
from rolecall.policy.principal import Kind, kind_of, principals_of

ASSUME_ROLE = "sts:AssumeRole"
_ASSUMING = (ASSUME_ROLE, "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")


@dataclass(frozen=True)
class Door:
    """One way in: a principal, what it must send as external ID, and any further conditions."""

    principal: str
    external_id: str | None
    """The exact ID; None where no particular one is needed, and then `weakness` says why."""
    weakness: str = ""
    further: Condition = ()
    patterns: tuple[str, ...] = ()
    """One of these the ID has to fit, where StringLike asks for that and nothing else does."""

    def __str__(self) -> str:
        asks = f"external ID {self.external_id}" if self.external_id is not None else self.weakness
        return f"{self.principal} with {asks}"


def doors(trust: Document) -> frozenset[Door]:
    """All ways in that the Allow statements open; Deny statements are left out of account."""
    return frozenset(door for statement in statements(trust) for door in doors_of(statement))


def doors_of(statement: Statement) -> Iterator[Door]:
    """The ways in that one statement opens."""
    if statement.get("Effect") == "Deny" or not reaches_assume_role(statement):
        return
    guard = guard_of(statement)
    further = tuple(part for part in normalised(statement.get("Condition")) if part[1] != EXTERNAL_ID_KEY)
    patterns = tuple(sorted(guard.patterns)) if guard.only_patterns else ()
    asked: Iterable[str | None] = [None] if guard.exact is None else guard.exact
    for principal in principals_of(statement):
        if kind_of(principal) is not Kind.DELETED:
            for external_id in asked:
                weakness = guard.weakness if external_id is None else ""
                yield Door(principal, external_id, weakness, further, patterns)


def reaches_assume_role(statement: Statement) -> bool:
    """Whether the statement's actions include sts:AssumeRole or one of its kin, for SAML and web identities."""
    return any(reaches(statement, action) for action in _ASSUMING)


def reaches(statement: Statement, action: str) -> bool:
    """Whether the statement's actions include this one."""
    if "NotAction" in statement:
        return not _names(statement["NotAction"], action)
    return _names(statement.get("Action"), action)


def opens_nothing(statement: Statement) -> bool:
    """Whether the statement names actions, and none that lets somebody in, such as sts:TagSession alone."""
    named = [str(action) for action in as_list(statement.get("Action"))]
    is_known = bool(named) and not any("«" in action or "{{resolve:" in action for action in named)
    return is_known and not reaches_assume_role(statement)


def allows_assume_role_alone(statement: Statement) -> bool:
    """Whether sts:AssumeRole is all that the statement speaks of; letter case does not count in actions."""
    named = [action.lower() if isinstance(action, str) else "" for action in as_list(statement.get("Action"))]
    return "NotAction" not in statement and set(named) == {ASSUME_ROLE.lower()}


def _names(actions: object, action: str) -> bool:
    return any(matches(str(pattern), action, ignore_case=True) for pattern in as_list(actions))


_SENDABLE = re.compile(r"[A-Za-z0-9_+=,.@:/-]{2,1224}")
_KNOWN_LATER = re.compile(r"\{\{resolve:ssm:[A-Za-z0-9_./-]+:[1-9][0-9]*\}\}|.*«[^»]*».*", re.DOTALL)


def is_sendable(external_id: str) -> bool:
    """Whether a caller can send this external ID as it stands there.

    Source: botocore's model of sts:AssumeRole, externalIdType, read 2026-11-22.
    """
    return _SENDABLE.fullmatch(external_id) is not None


def is_known_later(external_id: str) -> bool:
    """Whether a deployment puts the external ID in the place of this text, which in a live trust is nobody's ID."""
    return _KNOWN_LATER.fullmatch(external_id) is not None
