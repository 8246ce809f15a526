"""What is wrong with a live trust policy, by statement: whom it names, which ID it asks for, and what else."""

from collections.abc import Iterator, Mapping, Sequence

from rolecall.policy.analyse import problems
from rolecall.policy.case_blind import as_written
from rolecall.policy.document import Statement, as_list, statements
from rolecall.policy.guard import Guard, guard_of, is_misspelt
from rolecall.policy.principal import Kind, covers_principal, kind_of, principals_of
from rolecall.policy.trust import ASSUME_ROLE, doors_of, reaches, reaches_assume_role
from rolecall.runtime.diagnosis.cause import Cause
from rolecall.runtime.verdict import Verdict
from rolecall.verification.diagnosis.case import EVENT, Case, seen
from rolecall.verification.diagnosis.ids import id_text
from rolecall.verification.diagnosis.itself import is_of_itself, itself_causes
from rolecall.verification.diagnosis.party import Party, Spot, asked_by, of_party, parties
from rolecall.verification.diagnosis.principals import is_named_elsewhere, principal_text

# What opens a statement that does not ask for one exact ID, by the rule that names it.
_WEAK = {
    "RC101": "asks for no external ID",
    "RC102": "lets in whoever sends no external ID (…IfExists)",
    "RC103": "lets in whoever sends no external ID (a set operator, such as ForAllValues)",
    "RC105": "does not ask for one external ID (Null alone)",
}


def trust_causes(case: Case) -> Iterator[Cause]:
    """Everything in the live trust that is not as it should be: the vendor's statements, the verifier's, the Denies."""
    found = statements(case.live.trust)
    allowed = [statement for statement in found if statement.get("Effect") != "Deny"]
    if case.grant.trust.pending:
        if any(True for statement in allowed for _ in doors_of(statement)):
            text = "the live trust is open, and the estate has it pending: shut it again"
            yield seen(text, Verdict.UNPROTECTED, Verdict.NOT_ASSUMABLE, then=case.undo(EVENT))
        return
    if not allowed:
        text = (
            f"the live trust lets nobody in, as while it was pending: {case.deploy}, if that has not been done since"
            " the vendor's values are in the estate"
        )
        yield seen(text, Verdict.NOT_ASSUMABLE, then=f"If it has, {case.by_hand(EVENT)}")
        return
    yield from itself_causes(allowed, case)
    others = [statement for statement in allowed if not is_of_itself(statement, case.grant)]
    for party in parties(case):
        yield from _of_party(party, of_party(party, others, case), case)
    for statement in found:
        if statement.get("Effect") == "Deny":
            yield _of_deny(statement, case)


def _of_party(party: Party, own: Sequence[Statement], case: Case) -> Iterator[Cause]:
    assuming = [statement for statement in own if reaches_assume_role(statement)]
    if not assuming:
        yield _of_none(party, own, case)
        return
    whole = [each for each in assuming if party.is_whole(each) and reaches(each, ASSUME_ROLE)]
    for statement in assuming:
        is_extra = any(other is not statement for other in whole)
        yield from _of_allow(Spot(case, party, statement, is_extra))
    yield from _of_absent(assuming, party, case)


def _of_allow(spot: Spot) -> Iterator[Cause]:
    """One statement: nothing where it opens the right doors alone."""
    guard, principals = guard_of(spot.statement), principals_of(spot.statement)
    deleted = any(kind_of(principal) is Kind.DELETED for principal in principals)
    if all(map(spot.party.lets_in, doors_of(spot.statement))) and not deleted:
        yield from _loose(spot) if guard.rule and not guard.only_patterns else _narrowed(spot)
    else:
        yield from _of_wrong(guard, principals, spot)
    yield from _of_action(spot)


def _of_wrong(guard: Guard, principals: Sequence[str], spot: Spot) -> Iterator[Cause]:
    """A statement that lets in others, or asks for less."""
    then, both = spot.case.undo(EVENT), (Verdict.UNPROTECTED, spot.party.shut)
    for principal in principals:
        if wrong := principal_text(principal, spot):
            # Nobody changed the trust where IAM put the id of a deleted user or role there.
            yield seen(wrong, *both, then="" if kind_of(principal) is Kind.DELETED else then)
    for external_id in sorted(guard.exact or ()):
        if wrong := id_text(external_id, spot):
            yield seen(wrong, *both, then=then)
    if guard.exact is None:
        yield _of_weak(guard, spot)


def _of_weak(guard: Guard, spot: Spot) -> Cause:
    """A statement that does not ask for one exact ID."""
    cure = spot.cure("") if spot.is_extra else f"write {spot.party.operator} on sts:ExternalId there"
    is_shut, what = spot.case.is_refused, _weakness(guard)
    if guard.rule == "RC101" and (misspelt := _misspelt(spot.statement)):
        is_shut, what = True, f"asks for {misspelt}, a key that does not exist"
        cure = spot.cure("") if spot.is_extra else "write sts:ExternalId in its place"
    text = f"{spot.party.one} {what}: {cure}"
    return seen(text, Verdict.UNPROTECTED, *([spot.party.shut] if is_shut else []), then=spot.case.undo(EVENT))


def _misspelt(statement: Statement) -> str | None:
    """The key that was meant to be the external ID's, as it stands there."""
    condition = statement.get("Condition")
    keyed = condition.values() if isinstance(condition, Mapping) else ()
    named = (str(key) for keys in keyed if isinstance(keys, Mapping) for key in keys)
    return next(filter(is_misspelt, named), None)


def _weakness(guard: Guard) -> str:
    if "ignorecase" in guard.weakness.lower():
        return "does not look at the external ID's letter case (StringEqualsIgnoreCase)"
    return _WEAK.get(guard.rule) or f"opens with {guard.weakness}"


def _narrowed(spot: Spot) -> Iterator[Cause]:
    """The right doors, behind one more condition."""
    for operator, key, values in sorted({part for door in doors_of(spot.statement) for part in door.further}):
        asked = f"{as_written(operator)} {as_written(key)}: {', '.join(values)}"
        text = (
            f"{spot.party.where} asks for more than the external ID ({asked}), which {spot.party.name} may not meet:"
            " take that condition away"
        )
        yield seen(text, spot.party.shut, then=spot.case.undo(EVENT))


def _loose(spot: Spot) -> Iterator[Cause]:
    text = f"{spot.party.where} has another operator than StringEquals, though it opens no other door today: write that"
    yield seen(text, Verdict.DRIFTED, then=spot.case.undo(EVENT))


def _of_action(spot: Spot) -> Iterator[Cause]:
    """Not sts:AssumeRole, or more than that, in the words of the rule that forbids it."""
    if not reaches(spot.statement, ASSUME_ROLE):
        is_partys = not set(spot.party.principals).isdisjoint(principals_of(spot.statement))
        yield from [_of_kin(spot)] if is_partys or not is_named_elsewhere(spot) else []
        return
    for problem in problems({"Statement": [spot.statement]}):
        if problem.part == "Action":
            text = f"{problem.rule}: {problem.message.replace('statement', spot.party.one, 1)}"
            yield seen(text, Verdict.DRIFTED, Verdict.UNPROTECTED, then=spot.case.undo(EVENT))


def _of_kin(spot: Spot) -> Cause:
    """A statement for those who come from an identity provider, and not for a principal of AWS."""
    named = ", ".join(map(str, as_list(spot.statement.get("Action")))) or "other actions"
    cure = spot.cure("") if spot.is_extra else f"put {ASSUME_ROLE} back in its place"
    text = f"{spot.party.one} allows {named}, and not {ASSUME_ROLE} itself, which {spot.party.name} calls: {cure}"
    return seen(text, spot.party.shut, Verdict.DRIFTED, then=spot.case.undo(EVENT))


def _of_none(party: Party, own: Sequence[Statement], case: Case) -> Cause:
    """Nothing in the trust lets this party in."""
    named = sorted({str(action) for statement in own for action in as_list(statement.get("Action"))})
    text = f"the live trust has no statement for {party.name} ({', '.join(party.principals)}): write it there"
    if named:
        text = f"{party.where} allows {', '.join(named)}, and not sts:AssumeRole: write that"
    elif party.is_verifier:
        text = f"the verifier's statement is missing from the live trust ({party.principals[0]}): write it there"
    return seen(text, party.shut, then=case.undo(EVENT))


def _of_deny(statement: Statement, case: Case) -> Cause:
    """What no estate has that is not pending, whether or not it keeps somebody out."""
    text, then = f"a Deny statement in the live trust ({statement.get('Sid', 'without a Sid')})", case.undo(EVENT)
    for party in parties(case):
        is_let_in = case.is_let_in and not party.is_verifier
        if _touches(statement, party) and not is_let_in:
            word = "may keep" if statement.get("Condition") and not case.is_refused else "keeps"
            return seen(f"{text} {word} {party.name} out: take it away", party.shut, then=then)
    text = f"{text} is not the estate's, though it does not keep the vendor out: take it away"
    return seen(text, Verdict.DRIFTED, then=then)


def _touches(denied: Statement, party: Party) -> bool:
    """Whether it denies sts:AssumeRole to the party, or to one of its own."""
    named = principals_of(denied)
    return reaches_assume_role(denied) and any(
        covers_principal(each, own) or covers_principal(own, each) for each in named for own in party.principals
    )


def _of_absent(assuming: Sequence[Statement], party: Party, case: Case) -> Iterator[Cause]:
    """Of several principals or IDs, those that the trust lacks."""
    opened = [door for statement in assuming for door in doors_of(statement)]
    for what, right, live in (
        ("external IDs of the rotation", party.external_ids, {each for door in opened for each in asked_by(door)}),
        (f"principals of {party.name}", party.principals, {door.principal for door in opened}),
    ):
        lost = [each for each in right if each not in live]
        if 0 < len(lost) < len(right):
            shown = lost[0] if lost[0].startswith("arn:") else party.shown(lost[0])
            text = f"the live trust lacks one of the {what} ({shown}): put it there"
            yield seen(text, Verdict.NOT_ASSUMABLE, then=case.undo(EVENT))
