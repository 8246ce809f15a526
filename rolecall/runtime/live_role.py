"""The role as it is: read back from IAM."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from rolecall.runtime.observation import Observation, observe

_MISSING = frozenset({"NoSuchEntity", "NoSuchEntityException"})


@dataclass(frozen=True)
class LiveRole:
    """Everything about a live role that decides who may use it and for what."""

    arn: str
    trust: dict[str, Any]
    policies: Mapping[str, dict[str, Any]]
    """Managed and inline policies by name."""
    boundary: str | None
    path: str
    max_session_seconds: int
    tags: Mapping[str, str]


@dataclass(frozen=True)
class RoleReading:
    """A role, or that there is none, or why it could not be told."""

    role: LiveRole | None
    missing: bool = False
    reason: str | None = None


def read_role(iam: Any, role_name: str) -> RoleReading:
    """Read one role with everything attached to it.

    Args:
        iam: a boto3 IAM client of the role's account; needs iam:GetRole, ListAttachedRolePolicies, GetPolicy,
            GetPolicyVersion, ListRolePolicies and GetRolePolicy.
        role_name: without the path.
    """
    seen, answer = observe(lambda: _read(iam, role_name))
    if answer is not None:
        return RoleReading(answer)
    if seen.error_code in _MISSING:
        return RoleReading(None, missing=True)
    return RoleReading(None, reason=_why(seen))


def _why(seen: Observation) -> str:
    return seen.reason or f"AWS answered {seen.error_code} when the role was read"


def _read(iam: Any, role_name: str) -> LiveRole:
    role = iam.get_role(RoleName=role_name)["Role"]
    return LiveRole(
        arn=role["Arn"],
        trust=_document(role["AssumeRolePolicyDocument"]),
        policies=dict([*_managed(iam, role_name), *_inline(iam, role_name)]),
        boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        path=role["Path"],
        max_session_seconds=role.get("MaxSessionDuration", 3600),
        tags={tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
    )


def _managed(iam: Any, role_name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=role_name):
        for policy in page["AttachedPolicies"]:
            arn = policy["PolicyArn"]
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
            yield arn, _document(document)


def _inline(iam: Any, role_name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=role_name):
        for name in page["PolicyNames"]:
            yield name, _document(iam.get_role_policy(RoleName=role_name, PolicyName=name)["PolicyDocument"])


def _document(value: Any) -> dict[str, Any]:
    """A policy document, which IAM sends in URL encoding and boto3 usually has decoded already."""
    found = json.loads(unquote(value)) if isinstance(value, str) else value
    return found if isinstance(found, dict) else {}
