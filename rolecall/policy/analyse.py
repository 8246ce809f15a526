"""The one judgement about trust policies, wherever they come from: an estate, a template, a live account.

It says, statement by statement, whom a trust lets in and under which condition, and names what is wrong with it by the
rule and the failure mode (FM1 to FM7, FM12, FM13). What concerns several roles, such as one ID for all of them (FM8),
is for those who see several: `rolecall.rules`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rolecall.model import identifiers
from rolecall.model.finding import Severity
from rolecall.model.invalid import InvalidValueError
from rolecall.policy.condition import normalised
from rolecall.policy.document import Document, Statement, as_list, statements
from rolecall.policy.guard import Guard, guard_of
from rolecall.policy.guessable import MIN_BITS, why_guessable
from rolecall.policy.principal import EVERYBODY, Kind, account_of, is_no_aws_principal, kind_of, principals_of
from rolecall.policy.trust import ASSUME_ROLE, Door, allows_assume_role_alone, doors_of, is_sendable

# Of IDs whose maker is not known: a number of a vendor's own is none of the customer's, a word alone still is.
_BITS_OF_A_WORD = 16
_NARROWING = ("aws:principalarn", "aws:userid")


@dataclass(frozen=True)
class VendorFact:
    """What is known of a vendor by its AWS account."""

    name: str
    makes_ids: bool
    """Whether the vendor makes the external IDs, by a rule or by chance; else the customer does."""
    id_forms: tuple[str, ...] = ()
    """Regular expressions of the IDs that the vendor makes, whole strings."""
    like_form: str | None = None
    """Regular expression of the patterns that this vendor asks for under StringLike; None: none."""
    like_reason: str = ""
    """Why it asks for a pattern."""


@dataclass(frozen=True)
class Reading:
    """From what point of view a trust is read.

    By default it is one that Rolecall makes: nothing but one vendor's statement belongs into it. A foreign one may
    trust services and its own account as well; only what it opens to others is judged.
    """

    foreign: bool = False
    own_accounts: frozenset[str] = frozenset()
    vendors: Mapping[str, VendorFact] = field(default_factory=dict)
    """By account id."""
    names: frozenset[str] = frozenset()
    """Words that an external ID must not be made of."""


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


OURS = Reading()


def analyse(trust: Document, reading: Reading = OURS) -> tuple[Judgement, ...]:
    """Judge each statement of a trust policy."""
    return tuple(
        Judgement(index, frozenset(doors_of(statement)), tuple(_problems(statement, index, reading)))
        for index, statement in enumerate(statements(trust))
    )


def problems(trust: Document, reading: Reading = OURS) -> list[Problem]:
    """Everything that is wrong with a trust policy; what is merely to be known (severity info) is left out."""
    found = (problem for judgement in analyse(trust, reading) for problem in judgement.problems)
    return [problem for problem in found if problem.severity is not Severity.INFO]


def _problems(statement: Statement, index: int, reading: Reading) -> Iterator[Problem]:
    if statement.get("Effect") == "Deny":
        return
    principals = principals_of(statement)
    if reading.foreign and not any(_is_foreign(principal, reading) for principal in principals):
        return
    guard = guard_of(statement)
    for rule, mode, part, message, severity in (
        *_of_guard(guard, principals, statement, reading),
        *_of_ids(guard, principals, reading),
        *_of_shape(statement, principals, reading),
        *_of_principals(statement, principals, reading),
    ):
        yield Problem(rule, mode, index, message, part, severity)


_Said = tuple[str, str, str, str, Severity]


def _is_foreign(principal: str, reading: Reading) -> bool:
    return not is_no_aws_principal(principal) and kind_of(principal, reading.own_accounts) is not Kind.OWN


def _of_guard(guard: Guard, principals: list[str], statement: Statement, reading: Reading) -> Iterator[_Said]:
    if not guard.rule or (reading.foreign and _own_account_only(statement, reading)):
        return
    if why := _why_pattern(guard, principals, reading):
        message = f"opens with {guard.weakness}, as this vendor needs it: {why}"
        yield guard.rule, guard.failure_mode, "Condition", message, Severity.WARNING
        return
    message = f"opens with {guard.weakness}; write StringEquals on sts:ExternalId"
    yield guard.rule, guard.failure_mode, "Condition", message, Severity.ERROR


def _why_pattern(guard: Guard, principals: list[str], reading: Reading) -> str | None:
    """The reason that the catalog gives for patterns of this form, if all principals are of one such vendor."""
    facts = [reading.vendors.get(account_of(principal) or "") for principal in principals]
    asked = {(fact.like_form, fact.like_reason) if fact else (None, "") for fact in facts}
    form, reason = asked.pop() if len(asked) == 1 else (None, "")
    fits = form is not None and guard.patterns and all(re.fullmatch(form, pattern) for pattern in guard.patterns)
    return reason if fits else None


def _own_account_only(statement: Statement, reading: Reading) -> bool:
    """Whether a condition keeps everybody out who is not of the role's own account."""
    own = {"«AWS::AccountId»", *reading.own_accounts}
    return any(
        operator == "stringequals" and key == "aws:principalaccount" and set(values) <= own
        for operator, key, values in normalised(statement.get("Condition"))
    )


def _of_ids(guard: Guard, principals: list[str], reading: Reading) -> Iterator[_Said]:
    if guard.exact is not None and not guard.exact:
        yield "RC111", "", "Condition", "asks for no external ID that exists, so that nobody gets in", Severity.ERROR
    for value in sorted(guard.exact or ()):
        if not is_sendable(value):
            message = f"asks for {value!r}, which no caller can send as an external ID"
            yield "RC111", "", "Condition", message, Severity.ERROR
        elif not value.startswith("{{") and "«" not in value:
            yield from _of_value(value, principals, reading)


def _of_value(value: str, principals: list[str], reading: Reading) -> Iterator[_Said]:
    """An external ID that stands there as it is: an account, a placeholder, something that can be guessed."""
    accounts = {account_of(principal) for principal in principals}
    if value in accounts | set(reading.vendors):
        message = f"asks for the account {value} as external ID: account and external ID are the wrong way round"
        yield "RC112", "", "Condition", message, Severity.ERROR
        return
    try:
        identifiers.external_id(value)
    except InvalidValueError as error:
        yield "RC111", "", "Condition", str(error), Severity.ERROR
        return
    if reading.foreign and (why := _why_guessable(value, principals, reading)):
        message = f"asks for an external ID that can be guessed: {why}; have a random one made"
        yield "RC107", "FM7", "Condition", message, Severity.ERROR


def _why_guessable(value: str, principals: list[str], reading: Reading) -> str | None:
    facts = _facts(principals, reading)
    forms = (form for fact in reading.vendors.values() for form in fact.id_forms)
    if any(fact.makes_ids for fact in facts) or any(re.fullmatch(form, value) for form in forms):
        return None
    if facts:
        return why_guessable(value, reading.names)
    # Whoever made it: without a digit it is a word of somebody's own.
    return why_guessable(value, reading.names, _BITS_OF_A_WORD if re.search("[0-9]", value) else MIN_BITS)


def _facts(principals: list[str], reading: Reading) -> list[VendorFact]:
    found = (reading.vendors.get(account_of(principal) or "") for principal in principals)
    return [fact for fact in found if fact is not None]


def _of_shape(statement: Statement, principals: list[str], reading: Reading) -> Iterator[_Said]:
    if not allows_assume_role_alone(statement):
        named = ", ".join(map(str, as_list(statement.get("Action")))) or "other actions"
        message = f"allows {named}; allow {ASSUME_ROLE} alone"
        yield "RC106", "FM6", "Action", message, Severity.ERROR
    if not principals:
        yield "RC106", "FM6", "Principal", "names no principal; name one account, user or role", Severity.ERROR


def _of_principals(statement: Statement, principals: list[str], reading: Reading) -> Iterator[_Said]:
    part = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    keys = {key for _, key, _ in normalised(statement.get("Condition"))}
    for principal in principals:
        kind = kind_of(principal, reading.own_accounts)
        if kind is Kind.DELETED:
            message = f"trusts {principal}, the id of a deleted user or role; name the ARN again"
            yield "RC110", "FM13", part, message, Severity.ERROR
        elif kind is Kind.BAD_ACCOUNT:
            yield _bad_account(principal, part, reading)
        elif kind is Kind.OTHER or (kind in (Kind.OWN, Kind.UNKNOWN) and not reading.foreign):
            who = "everybody" if principal == EVERYBODY else principal
            yield "RC106", "FM6", part, f"trusts {who}; name one account, user or role", Severity.ERROR
        elif kind is Kind.ACCOUNT and keys.isdisjoint(_NARROWING):
            message = f"trusts the whole account of {principal}; every principal there can try the external ID"
            yield "RC109", "FM12", part, message, Severity.INFO


def _bad_account(principal: str, part: str, reading: Reading) -> _Said:
    """An account that is none; where it looks like an external ID, the two were pasted the wrong way round."""
    account = account_of(principal) or principal
    forms = [form for fact in reading.vendors.values() for form in fact.id_forms]
    if any(re.fullmatch(form, account) for form in forms):
        message = f"trusts {principal}, an external ID in place of an account: the two are the wrong way round"
        return "RC112", "", part, message, Severity.ERROR
    message = f"trusts {principal}, whose account is not 12 digits; copy it from the vendor"
    return "RC111", "", part, message, Severity.ERROR
