"""A call that was refused, and the place where it has to be allowed."""

import re
from dataclasses import dataclass

from rolecall.model import naming
from rolecall.runtime.denial import DeniedBy

_BOOTSTRAP = re.compile(rf"cdk-{naming.BOOTSTRAP_QUALIFIER}-(?P<kind>[a-z-]+)-role-(?P<account>[0-9]{{12}})-")
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role/([^/]+)/.*")
_EXECUTION = "the execution policy (`cdk bootstrap --cloudformation-execution-policies`)"
EXECUTION_POLICY = "the execution policy, which an administrator's `rolecall deploy --pipeline` writes anew"
"""Where CloudFormation's permissions stand; `cdk bootstrap` attaches that policy and does not change it."""
_NOT_OFF = "put `permissions_boundary` back: the pipeline may take none off"
_GOING_BACK = "docs/deployer.md, `When a deployment that sets a boundary is rolled back`, gets a stack out of this"
# What the execution policy denies on purpose (`rolecall.policy.deployer`), and what to do in its place.
_KEPT = {
    "iam:DeleteRolePermissionsBoundary": f"{_NOT_OFF}; {_GOING_BACK}",
    **dict.fromkeys(
        (
            "iam:CreatePolicy",
            "iam:CreatePolicyVersion",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:SetDefaultPolicyVersion",
        ),
        "leave the policies that are boundaries out of what is deployed: an administrator alone changes those",
    ),
}


@dataclass(frozen=True)
class Denial:
    """A call that was refused.

    Args:
        action: such as iam:CreateRole.
        resource: its ARN, or what AWS said in its place; empty where it said nothing.
        who: ARN of whoever called; empty where only cdk knows.
        by: the kind of policy that AWS named; None where it named none.
        explicitly: whether a Deny refused, against which no Allow helps.
        policy: ARN of the policy that refused; empty where AWS named none.
    """

    action: str
    resource: str = ""
    who: str = ""
    by: DeniedBy | None = None
    explicitly: bool = False
    policy: str = ""

    def __str__(self) -> str:
        on = f" on {self.resource}" if self.resource else ""
        return f"{self._caller} may not use {self.action}{on}"

    @property
    def of_lookup(self) -> bool:
        """Whether CDK's lookup role was not to be had."""
        return self.action == "sts:AssumeRole" and _kind(self.resource) == "lookup"

    @property
    def remedy(self) -> str:
        """Where the permission has to be granted, as an instruction."""
        if self._of_identity and self.explicitly and _kind(self.who) == "cfn-exec" and self.action in _KEPT:
            return _KEPT[self.action]
        verb = "take the Deny out of" if self.explicitly else "allow it in"
        named = f" (AWS names {self.policy})" if self.policy else ""
        return f"{verb} {self._place}{named}"

    @property
    def _of_identity(self) -> bool:
        return self.by in (None, DeniedBy.IDENTITY_POLICY)

    @property
    def _place(self) -> str:
        if self.by is not None:
            return self._places[self.by]
        # STS seldom says which of a role's two sides refused.
        is_twofold = self.action == "sts:AssumeRole" and not _kind(self.who)
        return f"{self._own}, and in {self._trust}" if is_twofold else self._own

    @property
    def _places(self) -> dict[DeniedBy, str]:
        of_organization = f"the organization's {self.by}: no policy of the account's own can"
        return {
            DeniedBy.PERMISSIONS_BOUNDARY: f"the permissions boundary of {self._caller}",
            DeniedBy.SERVICE_CONTROL_POLICY: of_organization,
            DeniedBy.RESOURCE_CONTROL_POLICY: of_organization,
            DeniedBy.SESSION_POLICY: f"the session policy that {self._caller} was assumed with",
            DeniedBy.ENDPOINT_POLICY: "the policy of the VPC endpoint that the call went through",
            DeniedBy.RESOURCE_POLICY: self._of_resource,
            DeniedBy.TRUST_POLICY: self._trust,
            DeniedBy.IDENTITY_POLICY: self._own,
            # Of a key in another account both sides have to allow it, and KMS does not say which one did not.
            DeniedBy.KEY: f"{self._own}, and in {self._of_resource}",
        }

    @property
    def _caller(self) -> str:
        return _principal(self.who) or "the deployer"

    @property
    def _own(self) -> str:
        """The policy of whoever called."""
        kind = _kind(self.who)
        return _of_bootstrap(kind, self.explicitly) if kind else f"the policy of {self._caller}"

    @property
    def _of_resource(self) -> str:
        """The policy that the resource itself has."""
        kind = {"kms": "key", "s3": "bucket", "sts": "role"}.get(self.action.partition(":")[0], "resource")
        named = f", that of {self.resource}" if self.resource else ""
        return f"the {kind}'s own policy{named}"

    @property
    def _trust(self) -> str:
        if _kind(self.resource):
            return "the role's trust (`cdk bootstrap --trust` the deployer's account, if it is another)"
        return "the role's trust policy"


def _kind(text: str) -> str:
    """Which of the bootstrap's roles a text names; empty for none."""
    found = _BOOTSTRAP.search(text)
    return found["kind"] if found else ""


def _of_bootstrap(kind: str, explicitly: bool) -> str:
    """The bootstrap's roles have their policies from CDK, but for the one that the customer chooses."""
    if kind == "cfn-exec":
        return _EXECUTION if explicitly else EXECUTION_POLICY
    return f"the policy of CDK's {kind} role: bootstrap the account again with the pinned cdk"


def _principal(who: str) -> str:
    """The role behind a session: that is what a policy is attached to."""
    found = _SESSION.fullmatch(who)
    return f"role {found[3]} of account {found[2]}" if found else who
