"""Names that are taken: stacks, roles and policies that exist and are not of this estate are never overwritten."""

from collections.abc import Iterator, Sequence
from typing import Any

from rolecall.accounts.reach import Reach
from rolecall.answer import CANNOT_TELL, CommandError
from rolecall.model import naming
from rolecall.model.grant import Grant
from rolecall.runtime.observation import DENIED, Observation, Observed, observe

_ABSENT = frozenset({"NoSuchEntity"})
_NO_STACK = frozenset({"ValidationError"})


class UnreadError(CommandError):
    """An account cannot be read, so that nobody can tell what is in it."""

    def __init__(self, sentence: str, tip: str, error_code: str | None) -> None:
        """Say what and why, and AWS's code if it gave one."""
        super().__init__(sentence, tip, CANNOT_TELL)
        self.error_code = error_code


def refuse_taken_names(grants: Sequence[Grant], reach: Reach) -> None:
    """Look for each stack, role and policy name in its account.

    Raises:
        CommandError: a name is taken (the answer is no), or an account cannot be read (it cannot be told).
    """
    stacks = sorted({(grant.account, grant.region, grant.stack) for grant in grants})
    taken = [
        line
        for account, region, stack in stacks
        for line in _taken(
            account,
            region,
            stack,
            [g for g in grants if (g.account, g.region, g.stack) == (account, region, stack)],
            reach,
        )
    ]
    if taken:
        raise CommandError(
            "names are taken, nothing was deployed: " + "; ".join(taken),
            "rename the projects, or delete the roles if nobody needs them",
        )


def _taken(account: str, region: str, stack: str, grants: Sequence[Grant], reach: Reach) -> Iterator[str]:
    cloudformation = reach.client(account, "cloudformation", region)
    foreign = _foreign_owner(cloudformation, grants[0])
    if foreign is not None:
        yield f"stack {stack} in {account}/{region} exists and {foreign}"
        return
    owned = owned_by(cloudformation, stack, account)
    iam = reach.client(account, "iam", region)
    for grant in grants:
        policy_arn = (
            f"arn:{grant.partition}:iam::{account}:policy{grant.role_path}{naming.policy_name(grant.role_name)}"
        )
        if grant.role_name not in owned and exists(lambda grant=grant: iam.get_role(RoleName=grant.role_name), account):
            yield f"role {grant.role_name} in account {account} exists and is not of stack {stack}"
        if policy_arn not in owned and exists(lambda arn=policy_arn: iam.get_policy(PolicyArn=arn), account):
            yield f"policy {policy_arn} exists and is not of stack {stack}"


def _foreign_owner(cloudformation: Any, grant: Grant) -> str | None:
    """Whose stack it is that has our name; None where there is none or it is of this estate and workspace."""
    seen, answer = observe(lambda: cloudformation.describe_stacks(StackName=grant.stack), denied=_NO_STACK)
    if seen.observed is Observed.UNDECIDED:
        raise _unread(f"stack {grant.stack}", seen, "cloudformation:DescribeStacks", grant.account)
    if answer is None:
        return None
    tags = {tag["Key"]: tag["Value"] for tag in answer["Stacks"][0].get("Tags", [])}
    ours = {"rolecall:estate": grant.estate, "rolecall:workspace": grant.workspace}
    if {key: tags.get(key) for key in ours} == ours:
        return None
    return f"is of estate {tags['rolecall:estate']}" if "rolecall:estate" in tags else "was not made by Rolecall"


def owned_by(cloudformation: Any, stack: str, account: str) -> frozenset[str]:
    """Physical ids of a stack's resources: role names and policy ARNs; none where there is no such stack.

    Raises:
        UnreadError: the stack cannot be read.
    """

    def read() -> frozenset[str]:
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        return frozenset(
            resource.get("PhysicalResourceId", "") for page in pages for resource in page["StackResourceSummaries"]
        )

    seen, found = observe(read, denied=_NO_STACK)
    if seen.observed is Observed.UNDECIDED:
        raise _unread(f"stack {stack}", seen, "cloudformation:ListStackResources", account)
    return found or frozenset()


def _unread(what: str, seen: Observation, action: str, account: str) -> UnreadError:
    """Why something cannot be read, and which permission whoever reads the account lacks."""
    sentence = f"{what} cannot be read in account {account}: {seen.reason or f'AWS answered {seen.error_code}'}"
    tip = "check credentials and permissions"
    if seen.error_code in DENIED:
        reader = "CDK's lookup role or the estate's `reader_role`, or you in your own account"
        tip = f"allow {action} in the policy of whoever reads account {account}: {reader}; docs/deployer.md"
    return UnreadError(sentence, tip, seen.error_code)


def exists(call: Any, account: str) -> bool:
    """Whether IAM knows what a call asks for. Raises UnreadError, where it does not tell."""
    seen, _ = observe(call, denied=_ABSENT)
    if seen.observed is Observed.UNDECIDED:
        raise _unread("IAM", seen, "iam:GetRole and iam:GetPolicy", account)
    return seen.observed is Observed.ALLOWED
