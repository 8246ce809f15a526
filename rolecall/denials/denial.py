"""A call that was refused, and the place where it has to be allowed."""

import re
from dataclasses import dataclass

from rolecall.denials.deployment import BY_PIPELINE, Deployment
from rolecall.model import naming
from rolecall.runtime.denial import DeniedBy

_BOOTSTRAP = re.compile(rf"cdk-{naming.BOOTSTRAP_QUALIFIER}-(?P<kind>[a-z-]+)-role-(?P<account>[0-9]{{12}})-")
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role/([^/]+)/.*")
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
# What KMS says without a key's ARN has three reasons, and all of them are the key's.
_NO_KEY = "see that the key is there, in this region; then that its own policy allows the call and denies it nowhere"


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
    def of_bootstrap(self) -> bool:
        """Whether one of the bootstrap's roles called, and not whoever deploys."""
        return bool(_kind(self.who))

    def remedy(self, deployment: Deployment) -> str:
        """Where the permission has to be granted, as an instruction."""
        named = f" (AWS names {self.policy})" if self.policy else ""
        if self._is_kept and deployment.keeps(self.policy):
            return f"{_KEPT[self.action]}{named}"
        if self._of_identity and not self.explicitly and deployment.is_run_by(self.who):
            return BY_PIPELINE  # which writes that role's policy, so that nobody has to
        if self.by is DeniedBy.KEY and not self.resource:
            return _NO_KEY
        verb = "take the Deny out of" if self.explicitly else "allow it in"
        return f"{verb} {self._place(deployment)}{named}"

    @property
    def _of_identity(self) -> bool:
        return self.by in (None, DeniedBy.IDENTITY_POLICY)

    @property
    def _is_kept(self) -> bool:
        """Whether this is what the execution policy of a pipeline denies on purpose."""
        return self._of_identity and self.explicitly and _kind(self.who) == "cfn-exec" and self.action in _KEPT

    def _place(self, deployment: Deployment) -> str:
        own = self._own(deployment)
        if self.by is not None:
            return self._places(own)[self.by]
        # STS seldom says which of a role's two sides refused.
        is_twofold = self.action == "sts:AssumeRole" and not self.of_bootstrap
        return f"{own}, and in {self._trust}" if is_twofold else own

    def _places(self, own: str) -> dict[DeniedBy, str]:
        of_organization = f"the organization's {self.by}: no policy of the account's own can"
        return {
            DeniedBy.PERMISSIONS_BOUNDARY: f"the permissions boundary of {self._caller}",
            DeniedBy.SERVICE_CONTROL_POLICY: of_organization,
            DeniedBy.RESOURCE_CONTROL_POLICY: of_organization,
            DeniedBy.SESSION_POLICY: f"the session policy that {self._caller} was assumed with",
            DeniedBy.ENDPOINT_POLICY: "the policy of the VPC endpoint that the call went through",
            DeniedBy.RESOURCE_POLICY: self._of_resource,
            DeniedBy.TRUST_POLICY: self._trust,
            DeniedBy.IDENTITY_POLICY: own,
            # Of a key in another account both sides have to allow it, and KMS does not say which one did not.
            DeniedBy.KEY: f"{self._of_resource}, and in {own}",
        }

    @property
    def _caller(self) -> str:
        return _principal(self.who) or "the deployer"

    def _own(self, deployment: Deployment) -> str:
        """The policy of whoever called."""
        kind = _kind(self.who)
        if kind == "cfn-exec":
            return deployment.place_of_execution(anew=not self.explicitly)
        # The bootstrap's other roles have their policies from CDK.
        of_cdk = f"the policy of CDK's {kind} role: bootstrap the account again with the pinned cdk"
        return of_cdk if kind else f"the policy of {self._caller}"

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


def _principal(who: str) -> str:
    """The role behind a session: that is what a policy is attached to."""
    found = _SESSION.fullmatch(who)
    return f"role {found[3]} of account {found[2]}" if found else who
