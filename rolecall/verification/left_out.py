"""Roles that the embedded AWS has no place for: it knows the partition `aws` alone, and proves nothing of any other."""

from collections.abc import Sequence
from dataclasses import replace

from rolecall.answer import CANNOT_TELL, CommandError, Say
from rolecall.model.grant import Estate, Grant
from rolecall.model.near import some_of
from rolecall.model.numbers import number_of
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import RoleResult, Verdict
from rolecall.verification.ladder import not_climbed

_PARTITION = "aws"


def is_left_out(grant: Grant) -> bool:
    """Whether a role belongs to China, to GovCloud or to whatever else has ARNs of its own."""
    return grant.partition != _PARTITION


def why(grant: Grant) -> str:
    """Why nothing is told of a role."""
    return f"the embedded AWS knows the partition {_PARTITION} alone, and this role is of {grant.partition}"


def taking_part(estate: Estate) -> Estate:
    """The estate without the roles that are left out, and without a verifier that could call none of the others."""
    own = estate.verifier
    verifier = own if own and own.principal.startswith(f"arn:{_PARTITION}:") else None
    return replace(estate, grants=tuple(grant for grant in estate.grants if not is_left_out(grant)), verifier=verifier)


def tell_left_out(grants: Sequence[Grant], say: Say) -> None:
    """Say which roles do not take part.

    Raises:
        CommandError: no role does.
    """
    left = [grant for grant in grants if is_left_out(grant)]
    if not left:
        return
    partitions = ", ".join(sorted({grant.partition for grant in left}))
    only = f"the embedded AWS knows the partition {_PARTITION} alone"
    if len(left) == len(grants):
        tip = f"what is of {partitions} is proved there: rolecall deploy, rolecall verify"
        raise CommandError(f"{only}, and none of the roles is of it", tip, CANNOT_TELL)
    addresses = some_of([grant.address for grant in left])
    say(f"{only}: {number_of(len(left), 'role')} of {partitions} left out ({addresses})")


def result(grant: Grant) -> RoleResult:
    """What is told of a role that is left out: that nothing is known."""
    text = why(grant)
    open_rungs = not_climbed((), (), dict.fromkeys(Rung, text))
    word = Verdict.INCONCLUSIVE
    return RoleResult(
        grant.workspace, grant.project, grant.role_arn, word, (), (), (), hint=text, not_climbed=open_rungs
    )
