"""Where a pipeline's stacks stand already: what they name is an account's, so that a second region can hold none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rolecall.accounts.reach import Reach
from rolecall.answer import CommandError
from rolecall.commands.ownership import UnreadError, exists, owned_by
from rolecall.model import naming
from rolecall.model.grant import Estate
from rolecall.model.identifiers import partition_of
from rolecall.model.pipeline import PARTITION, Pipeline
from rolecall.model.regions import KNOWN

# Of a region that the account has not switched on, whose stacks are then none, with credentials that hold elsewhere:
# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html, read 2026-11-22.
_SWITCHED_OFF = frozenset({"OptInRequired", "UnrecognizedClientException", "InvalidClientTokenId"})
_DOCS = "docs/deployer.md, `The region of the pipeline's stacks`"


@dataclass(frozen=True)
class _Fixed:
    """What a stack of the pipeline makes under a name that an account has once, whatever the region."""

    account: str
    stack: str
    physical_id: str
    is_role: bool

    def __str__(self) -> str:
        return f"{'role' if self.is_role else 'policy'} {self.physical_id} in account {self.account}"


def refuse_moved(estate: Estate, pipeline: Pipeline, accounts: Sequence[str], reach: Reach) -> None:
    """Look whether the names are taken by anything but the stacks of the pipeline's region.

    Raises:
        CommandError: one is; or an account cannot be read.
    """
    for fixed in _fixed(estate, pipeline):
        if fixed.account not in accounts or _is_in(pipeline.region, fixed, reach):
            continue
        if _exists(fixed, pipeline.region, reach):
            unread: list[str] = []
            where = next(_elsewhere(fixed, [grant.region for grant in estate.grants], reach, unread), None)
            raise _refusal(fixed, pipeline.region, where, unread)


def _refusal(fixed: _Fixed, region: str, where: str | None, unread: Sequence[str]) -> CommandError:
    if where is not None:
        sentence = f"{fixed} is of stack {fixed.stack} in {where}, and the pipeline's region is {region}"
        tip = f"keep that stack, with `region: {where}` under `pipeline`"
    elif unread:
        sentence = f"{fixed} exists; its stack {fixed.stack} may be in a region that could not be read"
        tip = f"look for it in {', '.join(unread)}, and write its region under `pipeline`"
    else:
        sentence = f"{fixed} exists, and no stack {fixed.stack} has it in any region"
        tip = "rename what meets it, or delete it if nobody needs it"
    return CommandError(f"{sentence}; nothing was deployed", f"{tip}; {_DOCS}")


def _fixed(estate: Estate, pipeline: Pipeline) -> Iterator[_Fixed]:
    yield _Fixed(pipeline.account, naming.pipeline_stack_name(estate.name), pipeline.role_name, True)
    for account in sorted({grant.account for grant in estate.grants}):
        name = naming.execution_policy_name(estate.name)
        arn = f"arn:{partition_of(pipeline.region)}:iam::{account}:policy/{name}"
        yield _Fixed(account, naming.execution_stack_name(estate.name), arn, False)


def _is_in(region: str, fixed: _Fixed, reach: Reach) -> bool:
    cloudformation = reach.client(fixed.account, "cloudformation", region)
    return fixed.physical_id in owned_by(cloudformation, fixed.stack, fixed.account)


def _exists(fixed: _Fixed, region: str, reach: Reach) -> bool:
    iam = reach.client(fixed.account, "iam", region)
    if fixed.is_role:
        return exists(lambda: iam.get_role(RoleName=fixed.physical_id), fixed.account)
    return exists(lambda: iam.get_policy(PolicyArn=fixed.physical_id), fixed.account)


def _elsewhere(fixed: _Fixed, likely: Sequence[str], reach: Reach, unread: list[str]) -> Iterator[str]:
    """The regions whose stack has it: those of the estate's roles are asked first, then all others.

    Args:
        unread: gets the regions of which it could not be told.
    """
    others = sorted(region for region in KNOWN if partition_of(region) == PARTITION)
    for region in dict.fromkeys([*sorted(likely), *others]):
        try:
            if _is_in(region, fixed, reach):
                yield region
        except UnreadError as error:
            if error.error_code not in _SWITCHED_OFF:
                unread.append(region)
