"""The documents by which an estate is deployed: whom the deploy role trusts, and what it and CloudFormation may do.

Whoever may use CDK's deploy role has CloudFormation do all that its execution role may, and all that the service role
of any other stack may that he updates. So the execution policy limits what an estate's own stacks may do, and the
deploy role's own permissions only say how it gets there; docs/deployer.md tells what neither limits.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rolecall.model import naming
from rolecall.model.grant import Grant
from rolecall.model.pipeline import AUDIENCE, ISSUER, PARTITION, GitHub
from rolecall.model.trust import ParameterReference
from rolecall.policy.compile import Home
from rolecall.policy.document import Document, Statement, document, one_or_list
from rolecall.policy.split import policies

# What `cdk deploy` assumes. Images are published by nobody here.
DEPLOYING = ("deploy", "file-publishing")
# What looks up names before and roles after it, unless the estate names a reader of its own: it has ReadOnlyAccess.
LOOKING = "lookup"
_ACCOUNT = re.compile(r"::[0-9]{12}:")

# What CloudFormation's handlers call for roles and policies of the form that Rolecall makes, beside what is conditioned
# below: schemas of AWS::IAM::Role and AWS::IAM::ManagedPolicy, `handlers`, as cfn-lint 1.58 carries them, read
# 2026-11-22. Left out of them: inline policies, which no template of ours has, and users and groups.
_ROLE_ACTIONS = (
    "iam:DeleteRole",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
_POLICY_ACTIONS = (
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:ListEntitiesForPolicy",
    "iam:ListPolicyVersions",
)
_BOUNDARY_CHANGES = (
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
)


def provider_arn(partition: str, account: str) -> str:
    """The identity provider of an account for GitHub: its ARN is made of the issuer's name."""
    return f"arn:{partition}:iam::{account}:oidc-provider/{ISSUER}"


def github_trust(github: GitHub, provider: str) -> Document:
    """One statement for one subject: no wildcard, and nothing that a fork or a neighbour's token fits.

    https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
    """
    claims = {"aud": AUDIENCE, "repository_id": github.repository_id, "sub": github.claim}
    if github.branch is not None:
        claims["ref"] = f"refs/heads/{github.branch}"
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{ISSUER}:{claim}": value for claim, value in claims.items()}},
        }
    )


def assumable_roles(grants: Iterable[Grant]) -> tuple[str, ...]:
    """The roles that whoever deploys these grants has to assume: CDK's own, and readers that the estate names."""
    found: set[str] = set()
    for grant in grants:
        for kind in DEPLOYING if grant.reader_role else (*DEPLOYING, LOOKING):
            name = naming.bootstrap_role_name(kind, grant.account, grant.region)
            found.add(f"arn:{grant.partition}:iam::{grant.account}:role/{name}")
        if grant.reader_role:
            found.add(grant.reader_role.replace("{account}", grant.account))
    return tuple(sorted(found))


def assuming(roles: tuple[str, ...]) -> Document:
    """Leave to assume exactly these roles, and nothing else."""
    return document(
        {"Sid": "BecomeBootstrapRoles", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": one_or_list(roles)}
    )


def assuming_in_parts(roles: tuple[str, ...]) -> dict[str, Document]:
    """The same in as many policies as it takes, by the name of each part; the first one's is empty."""
    return policies(assuming(roles)["Statement"])


def reading(grants: Iterable[Grant]) -> Document:
    """A session policy under which the deploy role becomes readers only, in however many accounts.

    A session may do what its role and this policy both allow, so that the patterns reach no role beyond the named ones.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session, read 2026-11-22.
    """
    readers = {_ACCOUNT.sub("::*:", (grant.reader_role or "").replace("{account}", "*")) for grant in grants}
    lookup = f"arn:{PARTITION}:iam::*:role/{naming.BOOTSTRAP_PREFIX}{LOOKING}-role-*"
    return assuming((lookup, *sorted(readers - {""})))


def boundaries_by_path(grants: Iterable[Grant]) -> dict[str, tuple[str | None, ...]]:
    """The boundaries of an account's roles by their path; None among them where a role has none."""
    found: dict[str, set[str | None]] = {}
    for grant in grants:
        found.setdefault(grant.role_path, set()).add(grant.permissions_boundary)
    return {path: tuple(sorted(some, key=str)) for path, some in sorted(found.items())}


def parameters(grants: Iterable[Grant]) -> tuple[str, ...]:
    """The parameters that CloudFormation reads: the bootstrap's version, and those that hold external IDs."""
    found: set[str] = set()
    for grant in grants:
        home = f"arn:{grant.partition}:ssm:{grant.region}:{grant.account}:parameter"
        found.add(f"{home}/cdk-bootstrap/{naming.BOOTSTRAP_QUALIFIER}/version")
        verifier = (grant.trust.verifier.external_id,) if grant.trust.verifier else ()
        ids = (*grant.trust.external_ids, *verifier)
        found.update(f"{home}{each.path}" for each in ids if isinstance(each, ParameterReference))
    return tuple(sorted(found))


def execution_document(
    home: Home, boundaries: Mapping[str, tuple[str | None, ...]], readable: tuple[str, ...] = ()
) -> Document:
    """What CloudFormation may do in one account: make and change roles and policies below the paths, and no others.

    Args:
        home: the account.
        boundaries: for each role path the ARNs of the boundaries that its roles have; None for roles without one.
        readable: ARNs of parameters in Parameter Store.
    """
    iam = f"arn:{home.partition}:iam::{home.account}"
    roles = [f"{iam}:role{path}*" for path in boundaries]
    attached = [f"{iam}:policy{path}*" for path in boundaries]
    found: list[Statement] = [
        {"Sid": "ManageRoles", "Effect": "Allow", "Action": list(_ROLE_ACTIONS), "Resource": roles},
        {"Sid": "ManagePolicies", "Effect": "Allow", "Action": list(_POLICY_ACTIONS), "Resource": attached},
        _leave("DetachThesePolicies", "iam:DetachRolePolicy", roles, {"ArnLike": {"iam:PolicyARN": attached}}),
        *_of_roles(iam, boundaries, attached),
        *_kept(tuple(sorted({each for some in boundaries.values() for each in some if each is not None}))),
    ]
    if readable:
        found.append(
            {"Sid": "ReadParameters", "Effect": "Allow", "Action": "ssm:GetParameters", "Resource": list(readable)}
        )
    return document(*found)


def _of_roles(iam: str, boundaries: Mapping[str, tuple[str | None, ...]], attached: list[str]) -> Iterator[Statement]:
    """Leave to make roles and to attach policies to them: only with a boundary, where each role of a path has one."""
    for index, some in enumerate(sorted(set(boundaries.values()), key=str)):
        roles = one_or_list(tuple(f"{iam}:role{path}*" for path, each in boundaries.items() if each == some))
        bounded = tuple(each for each in some if each is not None)
        limit = {"StringEquals": {"iam:PermissionsBoundary": one_or_list(bounded)}}
        always = limit if len(bounded) == len(some) else {}
        yield _leave(f"CreateRoles{index}", "iam:CreateRole", roles, always)
        # A role that has no boundary takes no policy: whoever got hold of its trust would be free.
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
        yield _leave(
            f"AttachThesePolicies{index}",
            "iam:AttachRolePolicy",
            roles,
            {"ArnLike": {"iam:PolicyARN": attached}, **always},
        )
        if bounded:
            yield _leave(f"SetBoundaries{index}", "iam:PutRolePermissionsBoundary", roles, limit)


def _leave(sid: str, action: str, resource: str | list[str], condition: Mapping[str, Any]) -> Statement:
    found = {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource}
    return {**found, "Condition": condition} if condition else found


def _kept(boundaries: tuple[str, ...]) -> list[Statement]:
    """No boundary is taken off a role or rewritten, whatever else is attached to the execution role."""
    if not boundaries:
        return []
    return [
        {"Sid": "KeepBoundaries", "Effect": "Deny", "Action": "iam:DeleteRolePermissionsBoundary", "Resource": "*"},
        {
            "Sid": "KeepBoundaryPolicies",
            "Effect": "Deny",
            "Action": list(_BOUNDARY_CHANGES),
            "Resource": list(boundaries),
        },
    ]
