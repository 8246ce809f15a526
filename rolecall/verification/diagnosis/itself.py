"""What is wrong with the statement by which a role trusts itself, where its vendor asks for one."""

from collections.abc import Iterator, Sequence

from rolecall.model.grant import Grant
from rolecall.policy.compile import ITSELF_SID
from rolecall.policy.document import Statement
from rolecall.policy.guard import guard_of
from rolecall.policy.itself import lets_in_itself, root_of
from rolecall.policy.principal import principals_of
from rolecall.policy.trust import reaches_assume_role
from rolecall.runtime.diagnosis.cause import Cause
from rolecall.runtime.verdict import Verdict
from rolecall.verification.diagnosis.case import EVENT, Case, seen


def is_of_itself(statement: Statement, grant: Grant) -> bool:
    """Whether a statement of a live trust is the role's own, or what became of it."""
    own = grant.trust.itself
    named = principals_of(statement)
    return own is not None and (statement.get("Sid") == ITSELF_SID or named in ([root_of(own)], [own]))


def itself_causes(allowed: Sequence[Statement], case: Case) -> Iterator[Cause]:
    """One for each statement that lets in more than the role itself, and one where there is none."""
    own, right = case.grant.trust.itself, frozenset(case.expected.external_ids)
    found = [each for each in allowed if is_of_itself(each, case.grant) and reaches_assume_role(each)]
    if own is not None and not found:
        text = f"the statement by which the role trusts itself is missing from the live trust ({own}): write it there"
        yield seen(text, Verdict.NOT_ASSUMABLE, then=case.undo(EVENT))
    for statement in found if own is not None else ():
        if not lets_in_itself(statement, principals_of(statement), str(own)) or guard_of(statement).exact != right:
            text = (
                "the statement by which the role trusts itself does not let in exactly that:"
                f" it has to ask for ArnEquals aws:PrincipalArn {own}, and for the vendor's external ID"
            )
            yield seen(text, Verdict.UNPROTECTED, Verdict.NOT_ASSUMABLE, Verdict.DRIFTED, then=case.undo(EVENT))
