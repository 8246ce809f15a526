"""The one judgement about trust policies, wherever they come from: an estate, a template, a live account.

It says, statement by statement, whom a trust lets in and under which condition, and names what is wrong with it by the
rule and the failure mode (FM1 to FM7, FM12, FM13). What concerns several roles, such as one ID for all of them (FM8),
is for those who see several: `rolecall.rules`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rolecall.model.finding import Severity
from rolecall.model.invalid import four_parts
from rolecall.policy.condition import normalised
from rolecall.policy.document import Document, Statement, as_list, statements
from rolecall.policy.exchange import exchanged_ids, exchanged_principal, is_cause
from rolecall.policy.external_id import Said, problems_of_ids
from rolecall.policy.guard import Guard, guard_of
from rolecall.policy.itself import problems_of_itself
from rolecall.policy.principal import Kind, is_no_aws_principal, kind_of, principals_of
from rolecall.policy.reading import OURS, Reading
from rolecall.policy.trust import ASSUME_ROLE, Door, allows_assume_role_alone, doors_of, opens_nothing
from rolecall.policy.trusted import ONE, exchanged, problems_of_principals


@dataclass(frozen=True)
class Problem:
    """Why a statement of a trust policy is not what a vendor's trust should be, or what is to be known about it."""

    rule: str
    failure_mode: str
    statement: int
    """Counts from 0."""
    message: str
    part: str = ""
    """The element of the statement: Principal, Action or Condition."""
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class Judgement:
    """One statement: whom it lets in, and what is wrong with it."""

    statement: int
    doors: frozenset[Door]
    problems: tuple[Problem, ...]


def analyse(trust: Document, reading: Reading = OURS) -> tuple[Judgement, ...]:
    """Judge each statement of a trust policy."""
    return tuple(
        Judgement(index, frozenset(doors_of(statement)), tuple(_problems(statement, index, reading)))
        for index, statement in enumerate(statements(trust))
    )


def problems(trust: Document, reading: Reading = OURS) -> list[Problem]:
    """Everything that is wrong with a trust policy; what is merely to be known (severity info) is left out."""
    found = (
        problem for index, statement in enumerate(statements(trust)) for problem in _problems(statement, index, reading)
    )
    return [problem for problem in found if problem.severity is not Severity.INFO]


def _problems(statement: Statement, index: int, reading: Reading) -> Iterator[Problem]:
    if statement.get("Effect") == "Deny":
        return
    for rule, mode, part, message, severity in _all_said(statement, reading):
        yield Problem(rule, mode, index, message, part, severity)


def _all_said(statement: Statement, reading: Reading) -> Iterator[Said]:
    principals = principals_of(statement)
    yield from problems_of_itself(statement, principals, reading)
    if reading.foreign and principals and not opens_to_others(statement, reading):
        return
    if reading.foreign and (not principals or opens_nothing(statement)):
        # Nobody comes in by it, so that neither an ID nor whom it names matters.
        yield from _of_shape(statement, principals)
        return
    guard = guard_of(statement)
    yield from _of_guard(guard, principals, statement, reading)
    yield from _of_shape(statement, principals)
    yield from _of_both_sides(guard, principals, statement, reading)


def _of_both_sides(guard: Guard, principals: list[str], statement: Statement, reading: Reading) -> Iterator[Said]:
    """Who is trusted and under which ID; where these are exchanged, that is said once, and of each nothing more."""
    principal, wrong_ids = exchanged_principal(principals, reading), exchanged_ids(guard, principals, reading)
    if principal is not None:
        yield exchanged(principal, "Principal")
    elif wrong_ids:
        yield exchanged(min(wrong_ids), "Condition")
    if not wrong_ids or (guard.exact or frozenset()) > wrong_ids:
        others = None if guard.exact is None else guard.exact - wrong_ids
        yield from problems_of_ids(replace(guard, exact=others), principals, reading)
    wrong_way = principal is not None or bool(wrong_ids)
    sound = [each for each in principals if not (wrong_way and is_cause(each, reading))]
    yield from problems_of_principals(statement, sound, reading)


def opens_to_others(statement: Statement, reading: Reading) -> bool:
    """Whether an Allow statement names somebody who is neither a service nor of the role's own account."""
    named = principals_of(statement)
    foreign = statement.get("Effect") != "Deny" and any(_is_foreign(principal, reading) for principal in named)
    return foreign and not _own_account_only(statement, reading)


def _is_foreign(principal: str, reading: Reading) -> bool:
    return not is_no_aws_principal(principal) and kind_of(principal, reading.own_accounts) is not Kind.OWN


def _of_guard(guard: Guard, principals: list[str], statement: Statement, reading: Reading) -> Iterator[Said]:
    if not guard.rule:
        return
    if why := _why_pattern(guard, principals, reading):
        message = f"statement opens with {guard.weakness}, as this vendor needs it: {why}"
        yield guard.rule, guard.failure_mode, "Condition", message, Severity.WARNING
        return
    asked = (
        json.dumps(statement["Condition"], default=str, ensure_ascii=False)
        if statement.get("Condition")
        else "no Condition"
    )
    allowed = "StringEquals on sts:ExternalId with the vendor's ID"
    message = four_parts(
        f"statement opens with {guard.weakness}", asked, allowed, "write StringEquals on sts:ExternalId"
    )
    yield guard.rule, guard.failure_mode, "Condition", message, Severity.ERROR


def _why_pattern(guard: Guard, principals: list[str], reading: Reading) -> str | None:
    """The reason that the catalog gives for patterns of this form, if all principals are of one such vendor.

    A role of ours was given its patterns together with the reason, and these alone are in order.
    """
    if guard.only_patterns and guard.patterns <= reading.patterns.keys():
        return "; ".join(dict.fromkeys(reading.patterns[pattern] for pattern in sorted(guard.patterns)))
    facts = [reading.fact_of(principal) for principal in principals]
    asked = {(fact.like_form, fact.like_reason) if fact else (None, "") for fact in facts}
    form, reason = next(iter(asked)) if len(asked) == 1 else (None, "")
    # What the deployment fills in, such as the account in «Account»@*, counts as the text that it should be.
    patterns = [re.sub("«[^»]*»", "x", pattern) for pattern in guard.patterns]
    fits = form is not None and patterns and all(re.fullmatch(form, pattern) for pattern in patterns)
    # What stands before the first sign is one customer's, and somebody else's is not there for the same reason.
    customers = {re.split(r"[^A-Za-z0-9-]", pattern, maxsplit=1)[0] for pattern in patterns}
    return reason if fits and len(customers) == 1 else None


def _own_account_only(statement: Statement, reading: Reading) -> bool:
    """Whether a condition keeps everybody out who is not of the role's own account."""
    own = {"«AWS::AccountId»", *reading.own_accounts}
    return any(
        operator == "stringequals" and key == "aws:principalaccount" and values and set(values) <= own
        for operator, key, values in normalised(statement.get("Condition"))
    )


def _of_shape(statement: Statement, principals: list[str]) -> Iterator[Said]:
    if not allows_assume_role_alone(statement):
        named = ", ".join(map(str, as_list(statement.get("Action")))) or "other actions"
        message = four_parts("statement allows more or other than it should", named, ASSUME_ROLE, "name it alone")
        yield "RC106", "FM6", "Action", message, Severity.ERROR
    if not principals:
        message = four_parts("statement names no principal", "none", ONE, "name the vendor's")
        yield "RC106", "FM6", "Principal", message, Severity.ERROR
