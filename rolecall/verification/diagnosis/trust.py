"""What is wrong with a live trust policy, by statement: whom it names, which ID it asks for, and what else."""

from collections.abc import Iterator

from rolecall.policy.document import Statement, as_list, statements
from rolecall.policy.guard import Guard, guard_of
from rolecall.policy.principal import Kind, kind_of, principals_of
from rolecall.policy.trust import Door, doors_of, reaches_assume_role
from rolecall.runtime.diagnosis.cause import Cause
from rolecall.runtime.verdict import Verdict
from rolecall.verification.diagnosis.case import Case, seen
from rolecall.verification.diagnosis.ids import id_text
from rolecall.verification.diagnosis.principals import principal_text

_ANY = (Verdict.UNPROTECTED, Verdict.NOT_ASSUMABLE)
_EVENT = "UpdateAssumeRolePolicy"
# What opens a statement that does not ask for one exact ID, by the rule that names it.
_WEAK = {
    "RC101": "asks for no external ID",
    "RC102": "lets in whoever sends no external ID (…IfExists)",
    "RC103": "lets in whoever sends no external ID (a set operator, such as ForAllValues)",
    "RC105": "does not ask for one external ID (Null alone)",
}


def trust_causes(case: Case) -> Iterator[Cause]:
    """Everything in the live trust that is not as it should be, in the order of its statements."""
    found = statements(case.live.trust)
    allowed = [statement for statement in found if statement.get("Effect") != "Deny"]
    assuming = [statement for statement in allowed if reaches_assume_role(statement)]
    for statement in assuming:
        yield from _of_allow(statement, case)
    if case.grant.trust.pending:
        return
    if not assuming:
        yield _of_none(allowed, case)
        return
    for statement in found:
        if statement.get("Effect") == "Deny":
            text = f"a Deny statement in the live trust ({statement.get('Sid', 'without a Sid')}) keeps the vendor out"
            yield seen(f"{text}: take it away", Verdict.NOT_ASSUMABLE, then=case.undo(_EVENT))
    yield from _of_absent(assuming, case)


def _of_allow(statement: Statement, case: Case) -> Iterator[Cause]:
    """One statement: nothing where it opens the right doors alone."""
    guard, principals = guard_of(statement), principals_of(statement)
    deleted = any(kind_of(principal) is Kind.DELETED for principal in principals)
    if all(_is_right(door, case) for door in doors_of(statement)) and not deleted:
        yield from _loose(case) if guard.rule else _narrowed(statement, case)
        return
    then = case.undo(_EVENT)
    if case.grant.trust.pending:
        yield seen("the live trust is open, and the estate has it pending: shut it again", *_ANY, then=then)
        return
    for principal in principals:
        if wrong := principal_text(principal, case):
            # Nobody changed the trust where IAM put the id of a deleted user or role there.
            yield seen(wrong, *_ANY, then="" if kind_of(principal) is Kind.DELETED else then)
    for external_id in sorted(guard.exact or ()):
        if wrong := id_text(external_id, statement, case):
            yield seen(wrong, *_ANY, then=then)
    if guard.exact is None:
        text = f"a statement of the live trust {_weakness(guard)}: write StringEquals on sts:ExternalId there"
        yield seen(text, Verdict.UNPROTECTED, *([Verdict.NOT_ASSUMABLE] if case.is_refused else []), then=then)


def _weakness(guard: Guard) -> str:
    if "ignorecase" in guard.weakness:
        return "does not look at the external ID's letter case (StringEqualsIgnoreCase)"
    return _WEAK.get(guard.rule) or f"opens with {guard.weakness}"


def _is_right(door: Door, case: Case) -> bool:
    verifier = case.grant.trust.verifier
    if verifier and door.principal == verifier.principal:
        return door.external_id == (case.expected.verifier_id or verifier.written_id)
    return door.principal in case.grant.trust.principals and door.external_id in case.expected.external_ids


def _narrowed(statement: Statement, case: Case) -> Iterator[Cause]:
    """The right doors, behind one more condition."""
    for operator, key, values in sorted({part for door in doors_of(statement) for part in door.further}):
        text = (
            f"the live trust asks for more than the external ID ({operator} {key}: {', '.join(values)}), which the"
            " vendor may not meet: take that condition away"
        )
        yield seen(text, Verdict.NOT_ASSUMABLE, then=case.undo(_EVENT))


def _loose(case: Case) -> Iterator[Cause]:
    text = "the live trust has another operator than StringEquals, though it opens no other door today: write that"
    yield seen(text, Verdict.DRIFTED, then=case.undo(_EVENT))


def _of_none(allowed: list[Statement], case: Case) -> Cause:
    """Nothing in the trust lets anybody in."""
    named = sorted({str(action) for statement in allowed for action in as_list(statement.get("Action"))})
    if named:
        text = f"the live trust allows {', '.join(named)}, and not sts:AssumeRole: write that"
        return seen(text, Verdict.NOT_ASSUMABLE, then=case.undo(_EVENT))
    text = (
        "the live trust lets nobody in, as while it was pending: `rolecall deploy`, if that has not been done since the"
        " vendor's values are in the estate"
    )
    return seen(text, Verdict.NOT_ASSUMABLE, then=case.undo(_EVENT))


def _of_absent(assuming: list[Statement], case: Case) -> Iterator[Cause]:
    """Of several principals or IDs, those that the trust lacks."""
    opened = [door for statement in assuming for door in doors_of(statement)]
    for what, right, live in (
        ("external IDs of the rotation", case.expected.external_ids, {door.external_id for door in opened}),
        ("principals of the vendor", case.grant.trust.principals, {door.principal for door in opened}),
    ):
        lost = [each for each in right if each not in live]
        if 0 < len(lost) < len(right):
            shown = lost[0] if lost[0].startswith("arn:") else case.shown(lost[0])
            text = f"the live trust lacks one of the {what} ({shown}): `rolecall deploy`, if the estate is newer"
            yield seen(text, Verdict.NOT_ASSUMABLE, then=case.undo(_EVENT))
