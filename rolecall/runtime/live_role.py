"""The role as it is: read back from IAM."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from rolecall.runtime.observation import Observation, observe
from rolecall.runtime.paging import pages
from rolecall.runtime.trouble import of_code

NO_SUCH_ENTITY = frozenset({"NoSuchEntity", "NoSuchEntityException"})
"""Error codes of IAM for what is not there."""


Policies = Mapping[str, dict[str, Any] | None]
"""Managed policies by ARN, inline ones by name; None for one that IAM lists with a role and does not show."""


@dataclass(frozen=True)
class LastUse:
    """When and where somebody last used a role, as IAM tells it: with a delay of up to four hours, and for 400 days.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html, read 2026-11-22.

    Args:
        time: ISO 8601, UTC.
        region: empty where IAM does not say.
    """

    time: str
    region: str

    def __str__(self) -> str:
        return f"{self.time} in {self.region}" if self.region else self.time


@dataclass(frozen=True)
class LiveRole:
    """Everything about a live role that decides who may use it and for what, and what IAM knows of its life."""

    arn: str
    trust: dict[str, Any]
    policies: Mapping[str, dict[str, Any]]
    """Managed policies by ARN, inline ones by name."""
    boundary: str | None
    path: str
    max_session_seconds: int
    tags: Mapping[str, str]
    created: str | None = None
    """ISO 8601, UTC."""
    last_used: LastUse | None = None
    """None where nobody used the role while IAM was keeping track."""
    description: str = ""
    unread_policies: tuple[str, ...] = ()
    """ARNs of policies that are attached and whose documents IAM does not show."""


@dataclass(frozen=True)
class RoleReading:
    """A role, or that there is none, or why it could not be told.

    Args:
        seen: the outcome of the calls; None where none was made.
    """

    role: LiveRole | None
    missing: bool = False
    reason: str | None = None
    seen: Observation | None = None


def read_role(iam: Any, role_name: str, policies: Policies | None = None) -> RoleReading:
    """Read one role with everything attached to it.

    Args:
        iam: a boto3 IAM client of the role's account; needs iam:GetRole, ListAttachedRolePolicies, GetPolicy,
            GetPolicyVersion, ListRolePolicies and GetRolePolicy.
        role_name: without the path.
        policies: the role's, where they are known already: then iam:GetRole is all that is asked.
    """
    seen, role = observe(
        lambda: iam.get_role(RoleName=role_name)["Role"],
        is_sound=lambda found: (
            found["RoleName"].lower() == role_name.lower() == found["Arn"].rpartition("/")[2].lower()
        ),
    )
    if seen.error_code in NO_SUCH_ENTITY and seen.trouble is None:
        return RoleReading(None, missing=True, seen=seen)
    if role is not None and policies is None:
        seen, policies = observe(lambda: dict([*_managed(iam, role_name), *_inline(iam, role_name)]))
    if role is not None and policies is not None:
        known = policies
        seen, live = observe(lambda: _live(role, known))
        if live is not None:
            return RoleReading(live, seen=seen)
    return RoleReading(None, reason=_why(seen), seen=seen)


def _why(seen: Observation) -> str:
    return seen.reason or f"AWS answered {seen.error_code} when the role was read"


def _live(role: Mapping[str, Any], policies: Policies) -> LiveRole:
    return LiveRole(
        arn=role["Arn"],
        trust=document(role["AssumeRolePolicyDocument"]),
        policies={name: found for name, found in policies.items() if found is not None},
        boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        path=role["Path"],
        max_session_seconds=role.get("MaxSessionDuration", 3600),
        tags={tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
        created=_utc(role.get("CreateDate")),
        last_used=_last_use(role.get("RoleLastUsed", {})),
        description=role.get("Description", ""),
        unread_policies=tuple(name for name, found in policies.items() if found is None),
    )


def _last_use(told: Mapping[str, Any]) -> LastUse | None:
    """IAM sends an empty structure for a role that nobody used."""
    time = _utc(told.get("LastUsedDate"))
    return LastUse(time, told.get("Region", "")) if time else None


def _utc(moment: object) -> str | None:
    if not isinstance(moment, datetime):
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _managed(iam: Any, role_name: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    for page in pages(iam, "list_attached_role_policies", RoleName=role_name):
        for policy in page["AttachedPolicies"]:
            yield policy["PolicyArn"], managed_policy(iam, policy["PolicyArn"])


def managed_policy(iam: Any, arn: str) -> dict[str, Any] | None:
    """The document of a managed policy's default version; None where IAM says that there is no such policy.

    The embedded AWS says so of most of AWS's own, even where one is attached.
    """
    try:
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        return document(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        if code in NO_SUCH_ENTITY and of_code(code, error.response) is None:
            return None
        raise


def _inline(iam: Any, role_name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for page in pages(iam, "list_role_policies", RoleName=role_name):
        for name in page["PolicyNames"]:
            yield name, _inline_policy(iam, role_name, name)


def _inline_policy(iam: Any, role_name: str, name: str) -> dict[str, Any]:
    """The document of an inline policy.

    Raises:
        ValueError: the answer is about another role or policy, as one that something on the way gives a second time.
    """
    found = iam.get_role_policy(RoleName=role_name, PolicyName=name)
    if (found["RoleName"].lower(), found["PolicyName"]) != (role_name.lower(), name):
        raise ValueError("a policy that was not asked for")
    return document(found["PolicyDocument"])


def document(value: Any) -> dict[str, Any]:
    """A policy document, which IAM sends in URL encoding and boto3 usually has decoded already."""
    found = json.loads(unquote(value)) if isinstance(value, str) else value
    if not isinstance(found, dict):
        raise TypeError("a policy document is an object")
    return found
