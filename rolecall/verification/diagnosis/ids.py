"""What is wrong with an external ID that a live trust asks for: whose it is, or what happened to the right one."""

from itertools import takewhile

from rolecall.model import identifiers
from rolecall.model.identifiers import stray_sign
from rolecall.model.invalid import InvalidValueError
from rolecall.policy.document import Statement
from rolecall.policy.guard import guard_of
from rolecall.policy.principal import account_of, principals_of
from rolecall.verification.diagnosis.case import Case

# Two IDs of which no more characters than these differ, in one place, are one with a typing error.
_MAX_TYPED_WRONG = 2


def id_text(live: str, statement: Statement, case: Case) -> str | None:
    """In words what is wrong with it and what to do; None for one that belongs there."""
    if live in (*case.expected.external_ids, case.expected.verifier_id):
        return None
    accounts = {account_of(each) for each in (*principals_of(statement), *case.grant.trust.principals)}
    if live in accounts or (len(live) == 12 and live.isdigit()):
        return wrong_way_round(case)
    what = _pasted(live, case) or _owners(live, case) or _of_scope(live, case) or _typed(live, case)
    if set(case.expected.external_ids) & (guard_of(statement).exact or set()):
        what = what or f"another external ID ({case.shown(live)})"
        return f"the live trust asks for {what} besides the right one: take it out of the list"
    return f"the live trust asks for {what or _unknown(live, case)}: put {_right(case)} there"


def _right(case: Case) -> str:
    return case.shown(case.expected.external_ids[0]) if case.expected.external_ids else "the right one"


def wrong_way_round(case: Case) -> str:
    """Account and external ID have each other's place."""
    return (
        "account and external ID are swapped in the live trust: the principal has to be"
        f" {case.grant.trust.principals[0]}, and the external ID {_right(case)}"
    )


def _pasted(live: str, case: Case) -> str | None:
    how = next(filter(None, (_as_pasted(live, right) for right in case.expected.external_ids)), None)
    return f"the right external ID {how}, and IAM compares exactly" if how else None


def _as_pasted(live: str, right: str) -> str | None:
    """What came along when the right ID was copied, or was lost."""
    stray = stray_sign(live)
    if stray and identifiers.without_stray_signs(live) == right:
        return f"with {stray}"
    return "in other letter case" if live.lower() == right.lower() else None


def _typed(live: str, case: Case) -> str | None:
    return next(filter(None, (_as_typed(live, right) for right in case.expected.external_ids)), None)


def _as_typed(live: str, right: str) -> str | None:
    """The right ID with one typing error, and where."""
    start = _common(live, right)
    end = _common(live[start:][::-1], right[start:][::-1])
    differing = max(len(live), len(right)) - start - end
    if differing > _MAX_TYPED_WRONG or len(right) <= 2 * _MAX_TYPED_WRONG:
        return None
    size = len(live) - len(right)
    what = f"{size} too many" if size > 0 else f"{-size} missing" if size < 0 else "another one"
    return f"the right external ID with a typing error (character {start + 1}: {what})"


def _common(one: str, other: str) -> int:
    """How many characters are the same at the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _owners(live: str, case: Case) -> str | None:
    """An ID of another role, by its address."""
    others = (address for address, ids in case.ids.items() if live in ids and address != case.grant.address)
    return next((f"the external ID of {whose}" for whose in others), None)


def _of_scope(live: str, case: Case) -> str | None:
    """An ID of the same workspace, for the other setting of the vendor's switch."""
    right = case.expected.external_ids
    if any(each.startswith(f"{live}_") for each in right):
        return f"the workspace-wide external ID {case.shown(live)}, and the vendor's External ID scope is the project"
    if any(live.startswith(f"{each}_") for each in right):
        return f"one project's external ID {case.shown(live)}, and the vendor's External ID scope is the workspace"
    return None


def _unknown(live: str, case: Case) -> str:
    try:
        identifiers.external_id(live)
    except InvalidValueError as error:
        if "placeholder" in error.what:
            return f"a placeholder that nobody filled in ({live})"
        return f"an external ID with {stray_sign(live) or 'a sign that STS does not take'}, which nobody can send"
    return f"another external ID ({case.shown(live)}), perhaps that of before a rotation"
