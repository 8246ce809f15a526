"""The statement by which a role trusts itself: that it lets in the role, and nobody else of its account."""

from collections.abc import Iterator

from rolecall.model.finding import Severity
from rolecall.model.identifiers import Arn
from rolecall.model.invalid import four_parts
from rolecall.policy.compile import ITSELF_SID
from rolecall.policy.condition import normalised
from rolecall.policy.document import Statement
from rolecall.policy.external_id import Said
from rolecall.policy.guard import EXTERNAL_ID_KEY, guard_of
from rolecall.policy.reading import Reading


def root_of(arn: str) -> str:
    """The root of the account that an ARN belongs to."""
    whose = Arn.parse(arn)
    return f"arn:{whose.partition}:iam::{whose.account}:root"


def problems_of_itself(statement: Statement, principals: list[str], reading: Reading) -> Iterator[Said]:
    """RC106, for a statement about the role itself that does not leave it at that.

    It is one that carries Rolecall's Sid, or that trusts the account of a role that trusts itself. Of somebody else's
    trust that is not asked: what it opens to its own account is its own affair.
    """
    own = reading.itself
    is_one = statement.get("Sid") == ITSELF_SID or (own is not None and root_of(own) in principals)
    if reading.foreign or not is_one or (own is not None and lets_in_itself(statement, principals, own)):
        return
    what = "statement by which the role trusts itself lets in others of its account, or another role"
    asked = f"{', '.join(principals) or 'nobody'} with {statement.get('Condition') or 'no Condition'}"
    allowed = (
        f"the account's root, with ArnEquals on aws:PrincipalArn ({own or 'its ARN'}) and the vendor's external ID"
    )
    yield "RC106", "FM6", "Condition", four_parts(what, asked, allowed, "deploy it as compiled"), Severity.ERROR


def lets_in_itself(statement: Statement, principals: list[str], own: str) -> bool:
    """Whether a statement lets in the role of this ARN, with an external ID that is exact, and nobody else."""
    asked = normalised(statement.get("Condition"))
    further = [part for part in asked if part[1] != EXTERNAL_ID_KEY]
    named = [("arnequals", "aws:principalarn", (own,))]
    return principals == [root_of(own)] and further == named and bool(guard_of(statement).exact)
