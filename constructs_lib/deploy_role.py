"""The role that a pipeline on GitHub Actions deploys with."""

import re
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib import limits
from rolecall.model import naming
from rolecall.model.identifiers import ROLE_ARN
from rolecall.model.invalid import InvalidValueError
from rolecall.model.pipeline import AUDIENCE, ISSUER, GitHub
from rolecall.policy.deployer import assuming_in_parts, github_trust
from rolecall.policy.document import Document
from rolecall.policy.size import MANAGED_POLICIES_PER_ROLE


class GitHubDeployRole(Construct):
    """A role for one environment of one repository on github.com, which may assume some roles and do nothing else.

    It is no `IGrantable`: what a pipeline may do is said by the roles that it assumes.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        github: GitHub,
        assumable_roles: Sequence[str],
        provider_arn: str | None = None,
        role_name: str | None = None,
    ) -> None:
        """Define the role.

        Args:
            scope: where it belongs.
            construct_id: unique in the scope; the logical ids are made from it.
            github: whom it trusts. Its token has to carry this very subject, the repository's number, and the audience
                sts.amazonaws.com; none of them can hold a wildcard.
                https://docs.github.com/en/actions/reference/security/oidc
            assumable_roles: whole ARNs of the roles that it may assume; those of CDK's bootstrap, as a rule.
            provider_arn: ARN of the account's identity provider for GitHub. Default: one is made, which fails where the
                account has it already.
                https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
            role_name: 1 to 64 characters, unique in the account, letter case aside. Default: CloudFormation makes one.

        Raises:
            InvalidValueError: a name that IAM would refuse; another provider than GitHub's; no role, or a pattern in
                the place of one; more roles than the ten managed policies of a role can name.
        """
        super().__init__(scope, construct_id)
        limits.check_role(role_name, "/", _LONGEST_JOB_SECONDS, {})
        if provider_arn is not None:
            _check_provider(provider_arn)
        roles = tuple(sorted({_whole(role) for role in assumable_roles}))
        if not roles:
            raise InvalidValueError("assumable_roles", "none", "ARNs of roles", "name one", rule="RC303")
        self._role = iam.CfnRole(
            self,
            "Resource",
            assume_role_policy_document=limits.within_trust_size(
                github_trust(github, provider_arn or self._made_provider())
            ),
            description=f"Deploys from environment {github.environment} of {github.repository} on GitHub.",
            max_session_duration=_LONGEST_JOB_SECONDS,
            role_name=role_name,
        )
        for part, document in _parts(roles).items():
            iam.CfnManagedPolicy(
                self,
                naming.policy_construct_id(part),
                managed_policy_name=naming.policy_name(role_name, part) if role_name else None,
                policy_document=document,
                roles=[self._role.ref],
            )

    def _made_provider(self) -> str:
        """IAM checks GitHub's certificate against its own list of authorities, so no thumbprint is needed.

        An account has one for all its repositories: it stays when this stack goes, as others may have come to use it.
        """
        provider = iam.CfnOIDCProvider(self, "Provider", url=f"https://{ISSUER}", client_id_list=[AUDIENCE])
        provider.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        return provider.attr_arn

    @property
    def role_arn(self) -> str:
        """The role's ARN, known once it is deployed."""
        return self._role.attr_arn


_LONGEST_JOB_SECONDS = 3600
_PROVIDER = re.compile(rf"arn:aws[a-z-]*:iam::[0-9]{{12}}:oidc-provider/{re.escape(ISSUER)}")


def _parts(roles: tuple[str, ...]) -> Mapping[str, Document]:
    """Policies that name all of them: about twenty accounts and regions fit one."""
    parts = assuming_in_parts(roles)
    if len(parts) > MANAGED_POLICIES_PER_ROLE:
        raise InvalidValueError(
            "assumable_roles",
            f"{len(roles)} of them, which take {len(parts)} managed policies",
            f"what {MANAGED_POLICIES_PER_ROLE} policies hold",
            "divide the estate, each part with a pipeline of its own",
            rule="RC313",
        )
    return limits.within_policies(parts)


def _whole(arn: str) -> str:
    """One role's ARN, without any sign that means more than one."""
    if _is_left_to_the_deployment(arn) or ROLE_ARN.fullmatch(arn):
        return arn
    raise InvalidValueError("assumable_roles", arn, "the whole ARN of one role", "name each role", rule="RC303")


def _check_provider(arn: str) -> None:
    """Any other would let in whoever that one speaks for, or nobody."""
    if not _is_left_to_the_deployment(arn) and not _PROVIDER.fullmatch(arn):
        allowed = f"arn:aws:iam::ACCOUNT:oidc-provider/{ISSUER}"
        raise InvalidValueError("provider_arn", arn, allowed, "copy it from the IAM console", rule="RC303")


def _is_left_to_the_deployment(arn: str) -> bool:
    """Whether only the deployment knows a part of it; what is known holds no wildcard."""
    return cdk.Token.is_unresolved(arn) and not set(arn) & set("*?")
