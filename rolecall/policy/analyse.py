"""The one judgement about trust policies, wherever they come from: an estate, a template, a live account.

It says, statement by statement, whom a trust lets in and under which condition, and names what is wrong with it by the
rule and the failure mode (FM1 to FM7, FM12, FM13). What concerns several roles, such as one ID for all of them (FM8),
is for those who see several: `rolecall.rules`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.model.finding import Severity
from rolecall.model.invalid import four_parts
from rolecall.policy.condition import normalised
from rolecall.policy.document import Document, Statement, as_list, statements
from rolecall.policy.external_id import Said, problems_of_ids
from rolecall.policy.guard import Guard, guard_of
from rolecall.policy.principal import EVERYBODY, Kind, account_of, is_no_aws_principal, kind_of, principals_of
from rolecall.policy.reading import OURS, Reading
from rolecall.policy.trust import ASSUME_ROLE, Door, allows_assume_role_alone, doors_of

_ONE = "the ARN of one account's root, of one user or of one role"
_NARROWING = ("aws:principalarn", "aws:userid")


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
    principals = principals_of(statement)
    if reading.foreign and not opens_to_others(statement, reading):
        return
    guard = guard_of(statement)
    for rule, mode, part, message, severity in (
        *_of_guard(guard, principals, statement, reading),
        *problems_of_ids(guard, principals, reading),
        *_of_shape(statement, principals, reading),
        *_of_principals(statement, principals, reading),
    ):
        yield Problem(rule, mode, index, message, part, severity)


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
    """The reason that the catalog gives for patterns of this form, if all principals are of one such vendor."""
    facts = [reading.fact_of(principal) for principal in principals]
    asked = {(fact.like_form, fact.like_reason) if fact else (None, "") for fact in facts}
    form, reason = next(iter(asked)) if len(asked) == 1 else (None, "")
    # What the deployment fills in, such as the account in «Account»@*, counts as the text that it should be.
    patterns = [re.sub("«[^»]*»", "x", pattern) for pattern in guard.patterns]
    fits = form is not None and patterns and all(re.fullmatch(form, pattern) for pattern in patterns)
    return reason if fits else None


def _own_account_only(statement: Statement, reading: Reading) -> bool:
    """Whether a condition keeps everybody out who is not of the role's own account."""
    own = {"«AWS::AccountId»", *reading.own_accounts}
    return any(
        operator == "stringequals" and key == "aws:principalaccount" and set(values) <= own
        for operator, key, values in normalised(statement.get("Condition"))
    )


def _of_shape(statement: Statement, principals: list[str], reading: Reading) -> Iterator[Said]:
    if not allows_assume_role_alone(statement):
        named = ", ".join(map(str, as_list(statement.get("Action")))) or "other actions"
        message = four_parts("statement allows more or other than it should", named, ASSUME_ROLE, "name it alone")
        yield "RC106", "FM6", "Action", message, Severity.ERROR
    if not principals:
        message = four_parts("statement names no principal", "none", _ONE, "name the vendor's")
        yield "RC106", "FM6", "Principal", message, Severity.ERROR


def _of_principals(statement: Statement, principals: list[str], reading: Reading) -> Iterator[Said]:
    part = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    for principal in principals:
        kind = kind_of(principal, reading.own_accounts)
        if kind is Kind.DELETED:
            what = "statement trusts the bare id of a user or role that was deleted"
            message = four_parts(what, principal, _ONE, "name the ARN again, and save the policy anew")
            yield "RC110", "FM13", part, message, Severity.ERROR
        elif kind is Kind.BAD_ACCOUNT or _is_an_id(principal, reading):
            yield _bad_account(principal, part, reading)
        elif kind is Kind.OTHER or (kind in (Kind.OWN, Kind.UNKNOWN) and not reading.foreign):
            who = "everybody" if principal == EVERYBODY else "what is no account, user or role of a vendor"
            message = four_parts(f"statement trusts {who}", principal, _ONE, "name the vendor's")
            yield "RC106", "FM6", part, message, Severity.ERROR
        elif kind is Kind.ACCOUNT and not _is_narrowed(statement):
            message = (
                f"statement trusts the whole account of {principal}: every principal there can try the external ID"
            )
            yield "RC109", "FM12", part, message, Severity.INFO


def _is_narrowed(statement: Statement) -> bool:
    return any(key in _NARROWING for _, key, _ in normalised(statement.get("Condition")))


def _bad_account(principal: str, part: str, reading: Reading) -> Said:
    """An account that is none; where it looks like an external ID, the two were pasted the wrong way round."""
    account = account_of(principal) or principal
    if _is_an_id(account, reading):
        what = "statement trusts an external ID in place of an account: the two are the wrong way round"
        message = four_parts(what, principal, _ONE, "exchange them")
        return "RC112", "", part, message, Severity.ERROR
    message = four_parts(
        "statement trusts an account that is not 12 digits", principal, _ONE, "copy it from the vendor"
    )
    return "RC111", "", part, message, Severity.ERROR


def _is_an_id(text: str, reading: Reading) -> bool:
    """Whether a text has the form of the external IDs that some vendor makes."""
    return any(re.fullmatch(form, text) for fact in reading.vendors.values() for form in fact.id_forms)
