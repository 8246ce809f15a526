"""Reading a trust policy: which doors it opens, to whom, and what each asks for.

A door is one principal and one answer to the question for the external ID. Statements are judged one by one, because
IAM joins them by OR: one unguarded statement opens the role, whatever the others ask for.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rolecall.policy.condition import NEVER, Condition, normalised
from rolecall.policy.document import Document, Statement, as_list, statements
from rolecall.policy.pattern import has_wildcard, matches

ASSUME_ROLE = "sts:AssumeRole"
_ASSUMING = (ASSUME_ROLE, "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
EXTERNAL_ID_KEY = "sts:externalid"
EVERYBODY = "*"
_DELETED = re.compile(r"A(IDA|ROA)[A-Z0-9]{12,}")
_ACCOUNT_ROOT = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):root")

# Operators on the external ID, other than StringEquals, by the rule that names them.
_NEGATED = re.compile(r"(string|arn|numeric|date)not.*|notipaddress")


@dataclass(frozen=True)
class Guard:
    """What a statement asks of the external ID.

    `exact` are the IDs that open it; where it is None, `weakness` says in words what opens it instead.
    """

    exact: frozenset[str] | None
    rule: str = ""
    failure_mode: str = ""
    weakness: str = ""


@dataclass(frozen=True)
class Door:
    """One way in: a principal, what it must send as external ID, and any further conditions."""

    principal: str
    external_id: str | None
    """The exact ID; None where no particular one is needed, and then `weakness` says why."""
    weakness: str = ""
    further: Condition = ()

    def __str__(self) -> str:
        asks = f"external ID {self.external_id}" if self.external_id is not None else self.weakness
        return f"{self.principal} with {asks}"


@dataclass(frozen=True)
class Problem:
    """Why a statement of a trust policy is not what a vendor's trust should be."""

    rule: str
    failure_mode: str
    statement: int
    """Counts from 0."""
    message: str


def doors(trust: Document) -> frozenset[Door]:
    """All ways in that the Allow statements open; Deny statements are left out of account."""
    return frozenset(door for statement in _allowing(trust) for door in _doors_of(statement))


def problems(trust: Document) -> list[Problem]:
    """Everything in a trust policy that a vendor's trust must not have: FM1 to FM6 and FM13."""
    return [
        Problem(rule, mode, index, message)
        for index, statement in enumerate(statements(trust))
        if statement.get("Effect") != "Deny"
        for rule, mode, message in _problems_of(statement)
    ]


def guard_of(statement: Statement) -> Guard:
    """What the statement asks of the external ID.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    if normalised(statement.get("Condition")) == NEVER:
        return Guard(None, "RC101", "FM1", "a condition that is no object")
    found = [(op, values) for op, key, values in normalised(statement.get("Condition")) if key == EXTERNAL_ID_KEY]
    # IAM puts the caller's own value in the place of a policy variable: what holds one is no exact value.
    exact = [frozenset(v) for op, v in found if op == "stringequals" and not any("${" in value for value in v)]
    if exact:
        return Guard(frozenset.intersection(*exact))
    literal = [frozenset(v) for op, v in found if op == "stringlike" and not any(map(_is_open_ended, v))]
    if literal:
        # Means the same as StringEquals today; an edit away from a wildcard, so it is named but opens no new door.
        return Guard(frozenset.intersection(*literal), "RC104", "FM4", "StringLike")
    return _weakest(found)


def _weakest(found: list[tuple[str, tuple[str, ...]]]) -> Guard:
    """The guard of a statement that has no plain StringEquals, by the first rule that one of its operators breaks."""
    operators = [operator for operator, _ in found]
    if operators == ["foranyvalue:stringequals"]:
        return Guard(frozenset(found[0][1]), "RC103", "FM3", "a set operator (ForAnyValue)")
    broken = [
        (not operators, "RC101", "FM1", "no external ID at all"),
        (any(o.endswith("ifexists") for o in operators), "RC102", "FM2", "no external ID (…IfExists)"),
        (any(o.startswith("forallvalues:") for o in operators), "RC103", "FM3", "no external ID (ForAllValues)"),
        (any(o.startswith("foranyvalue:") for o in operators), "RC103", "FM3", "a set operator (ForAnyValue)"),
        (operators == ["null"], "RC105", "FM5", "any external ID (Null)"),
        (any(map(_NEGATED.fullmatch, operators)), "RC104", "FM4", "any other external ID or none (negated operator)"),
        (True, "RC104", "FM4", f"an external ID that fits a pattern ({', '.join(operators)})"),
    ]
    return next(Guard(None, rule, mode, weakness) for holds, rule, mode, weakness in broken if holds)


def _is_open_ended(value: str) -> bool:
    return has_wildcard(value) or "${" in value


def principals_of(statement: Statement) -> list[str]:
    """The AWS principals of a statement, account ids as their root ARN; anything that is no AWS principal as `*`."""
    principal = statement.get("Principal")
    if "NotPrincipal" in statement or not isinstance(principal, dict):
        return [EVERYBODY]
    named = [_normal_principal(value) for value in as_list(principal.get("AWS"))]
    return named + [f"{kind}:{value}" for kind in principal if kind != "AWS" for value in as_list(principal[kind])]


def _normal_principal(value: Any) -> str:
    text = str(value)
    return f"arn:aws:iam::{text}:root" if re.fullmatch(r"[0-9]{12}", text) else text


def covers_principal(wide: str, narrow: str) -> bool:
    """Whether trusting `wide` includes `narrow`: everybody, the same, or an account's root and one of its own."""
    if wide in (EVERYBODY, narrow):
        return True
    root = _ACCOUNT_ROOT.fullmatch(wide)
    own = rf"arn:aws[a-z-]*:(iam|sts)::{root[1]}:(user|role|assumed-role)/.+" if root else ""
    return root is not None and re.fullmatch(own, narrow) is not None


def reaches_assume_role(statement: Statement) -> bool:
    """Whether the statement's actions include sts:AssumeRole or one of its kin, for SAML and web identities."""
    if "NotAction" in statement:
        return not all(_names(statement["NotAction"], action) for action in _ASSUMING)
    return any(_names(statement.get("Action"), action) for action in _ASSUMING)


def _names(actions: object, action: str) -> bool:
    return any(matches(str(pattern), action, ignore_case=True) for pattern in as_list(actions))


def _allowing(trust: Document) -> Iterator[Statement]:
    return (s for s in statements(trust) if s.get("Effect") != "Deny" and reaches_assume_role(s))


def _doors_of(statement: Statement) -> Iterator[Door]:
    guard = guard_of(statement)
    further = tuple(part for part in normalised(statement.get("Condition")) if part[1] != EXTERNAL_ID_KEY)
    asked: Iterable[str | None] = [None] if guard.exact is None else guard.exact
    for principal in principals_of(statement):
        if not _DELETED.fullmatch(principal):
            for external_id in asked:
                yield Door(principal, external_id, guard.weakness if external_id is None else "", further)


def _problems_of(statement: Statement) -> Iterator[tuple[str, str, str]]:
    guard = guard_of(statement)
    if guard.rule:
        yield guard.rule, guard.failure_mode, f"opens with {guard.weakness}; write StringEquals on sts:ExternalId"
    yield from (("RC111", "", message) for message in _unfit_ids(guard))
    actions = [str(action) for action in as_list(statement.get("Action"))]
    if actions != [ASSUME_ROLE]:
        yield "RC106", "FM6", f"allows {', '.join(actions) or 'other actions'}; allow {ASSUME_ROLE} alone"
    principals = principals_of(statement)
    if not principals:
        yield "RC106", "FM6", "names no principal; name one account, user or role"
    for principal in principals:
        if _DELETED.fullmatch(principal):
            yield "RC110", "FM13", f"trusts {principal}, the id of a deleted user or role; name the ARN again"
        elif not re.fullmatch(r"arn:aws[a-z-]*:iam::[0-9]{12}:(root|(user|role)/[^*?$\s]+)", principal):
            yield "RC106", "FM6", f"trusts {principal}; name one account, user or role"


def _unfit_ids(guard: Guard) -> Iterator[str]:
    for value in sorted(guard.exact or ()):
        if not re.fullmatch(r"[A-Za-z0-9_+=,.@:/-]{2,1224}|\{\{resolve:ssm:[A-Za-z0-9_./-]+:[1-9][0-9]*\}\}", value):
            yield f"asks for {value!r}, which no caller can send as an external ID"
    if guard.exact is not None and not guard.exact:
        yield "asks for no external ID that exists, so that nobody gets in"
