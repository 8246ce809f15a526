"""The statement by which a role trusts itself: that it lets in the role, and nobody else of its account."""

import re
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

_ONE_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[^*?$\s]+")


def root_of(arn: str) -> str:
    """The root of the account that an ARN belongs to."""
    whose = Arn.parse(arn)
    return f"arn:{whose.partition}:iam::{whose.account}:root"


def problems_of_itself(statement: Statement, principals: list[str], reading: Reading) -> Iterator[Said]:
    """RC106, for a statement about the role itself that does not leave it at that.

    It is one that carries Rolecall's Sid, or that trusts the account of a role that trusts itself. In a template, whose
    role may have no name yet, it has to name one role; what else that opens to its own account is its own affair.
    """
    own = _named_role(statement) if reading.foreign else reading.itself
    is_one = statement.get("Sid") == ITSELF_SID or (
        not reading.foreign and own is not None and root_of(own) in principals
    )
    if not is_one or (own is not None and lets_in_itself(statement, principals, own)):
        return
    what = "statement by which the role trusts itself lets in others of its account, or another role"
    asked = f"{', '.join(principals) or 'nobody'} with {statement.get('Condition') or 'no Condition'}"
    allowed = (
        f"the account's root, with ArnEquals on aws:PrincipalArn ({own or 'its ARN'}) and the vendor's external ID"
    )
    yield "RC106", "FM6", "Condition", four_parts(what, asked, allowed, "deploy it as compiled"), Severity.ERROR


def _named_role(statement: Statement) -> str | None:
    """The one role that a condition on aws:PrincipalArn names."""
    named = [values for _, key, values in normalised(statement.get("Condition")) if key == "aws:principalarn"]
    is_one = len(named) == 1 and len(named[0]) == 1 and _ONE_ROLE.fullmatch(named[0][0])
    return named[0][0] if is_one else None


def lets_in_itself(statement: Statement, principals: list[str], own: str) -> bool:
    """Whether a statement lets in the role of this ARN, with an external ID that is exact, and nobody else."""
    asked = normalised(statement.get("Condition"))
    further = [part for part in asked if part[1] != EXTERNAL_ID_KEY]
    named = [("arnequals", "aws:principalarn", (own,))]
    return principals == [root_of(own)] and further == named and bool(guard_of(statement).exact)
