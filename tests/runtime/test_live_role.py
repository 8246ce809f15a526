"""Reading a role back: all pages, managed and inline, and three kinds of no."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from rolecall.runtime.live_role import read_role

ARN = "arn:aws:iam::111111111111:role/vendors/r"
POLICY = "arn:aws:iam::111111111111:policy/p"
ROLE = {
    "Path": "/vendors/",
    "RoleName": "r",
    "RoleId": "AROAEXAMPLEEXAMPLE12",
    "Arn": ARN,
    "CreateDate": "2026-11-22T00:00:00Z",
    "AssumeRolePolicyDocument": "%7B%22Statement%22%3A%5B%5D%7D",
    "MaxSessionDuration": 7200,
    "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": POLICY},
    "Tags": [{"Key": "owner", "Value": "me"}],
}
NO_INLINE = {"PolicyNames": [], "IsTruncated": False}
NONE_ATTACHED = {"AttachedPolicies": [], "IsTruncated": False}
ONE_ATTACHED = {"AttachedPolicies": [{"PolicyName": "p", "PolicyArn": POLICY}], "IsTruncated": False}


@pytest.fixture
def iam() -> Any:
    """A client that talks to nobody."""
    return boto3.client("iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


def test_everything_attached_is_read_page_by_page(iam: Any) -> None:
    with Stubber(iam) as stub:
        stub.add_response("get_role", {"Role": dict(ROLE)}, {"RoleName": "r"})
        first = {"AttachedPolicies": [], "IsTruncated": True, "Marker": "m"}
        stub.add_response("list_attached_role_policies", first, {"RoleName": "r"})
        second = {"AttachedPolicies": [{"PolicyName": "p", "PolicyArn": POLICY}], "IsTruncated": False}
        stub.add_response("list_attached_role_policies", second, {"RoleName": "r", "Marker": "m"})
        stub.add_response("get_policy", {"Policy": {"DefaultVersionId": "v3"}}, {"PolicyArn": POLICY})
        version = {"PolicyVersion": {"Document": "%7B%22Statement%22%3A%5B%7B%7D%5D%7D"}}
        stub.add_response("get_policy_version", version, {"PolicyArn": POLICY, "VersionId": "v3"})
        stub.add_response("list_role_policies", {"PolicyNames": ["i"], "IsTruncated": False}, {"RoleName": "r"})
        inline = {"RoleName": "r", "PolicyName": "i", "PolicyDocument": "%7B%7D"}
        stub.add_response("get_role_policy", inline, {"RoleName": "r", "PolicyName": "i"})
        role = read_role(iam, "r").role
    assert role is not None
    assert (role.arn, role.path, role.max_session_seconds, role.boundary) == (ARN, "/vendors/", 7200, POLICY)
    assert role.trust == {"Statement": []}
    assert dict(role.policies) == {POLICY: {"Statement": [{}]}, "i": {}}
    assert dict(role.tags) == {"owner": "me"}


@pytest.mark.parametrize("other", [{"RoleName": "other"}, {"PolicyName": "other"}])
def test_an_inline_policy_of_another_role_or_name_is_no_reading(iam: Any, other: dict[str, str]) -> None:
    inline = {"RoleName": "r", "PolicyName": "i", "PolicyDocument": "%7B%7D"} | other
    with Stubber(iam) as stub:
        stub.add_response("get_role", {"Role": dict(ROLE)}, {"RoleName": "r"})
        stub.add_response("list_attached_role_policies", NONE_ATTACHED, {"RoleName": "r"})
        stub.add_response("list_role_policies", {"PolicyNames": ["i"], "IsTruncated": False}, {"RoleName": "r"})
        stub.add_response("get_role_policy", inline, {"RoleName": "r", "PolicyName": "i"})
        reading = read_role(iam, "r")
    assert (reading.role, reading.missing, reading.reason) == (None, False, "the answer could not be understood")


def test_a_role_of_another_name_is_no_reading(iam: Any) -> None:
    with Stubber(iam) as stub:
        stub.add_response("get_role", {"Role": ROLE | {"RoleName": "other"}}, {"RoleName": "r"})
        reading = read_role(iam, "r")
    assert (reading.role, reading.missing, reading.reason) == (None, False, "the answer could not be understood")


@pytest.mark.parametrize(("code", "missing"), [("NoSuchEntity", True), ("AccessDenied", False), ("Throttling", False)])
def test_a_missing_role_is_told_from_one_that_cannot_be_read(iam: Any, code: str, missing: bool) -> None:
    with Stubber(iam) as stub:
        stub.add_client_error("get_role", code)
        reading = read_role(iam, "r")
    assert reading.role is None
    assert reading.missing is missing
    assert bool(reading.reason) is not missing


@pytest.mark.parametrize(
    ("told", "last_used"),
    [
        ({}, None),
        ({"RoleLastUsed": {}}, None),
        ({"RoleLastUsed": {"LastUsedDate": datetime(2026, 11, 20, 9, 30, tzinfo=UTC)}}, "2026-11-20T09:30:00Z"),
        (
            {"RoleLastUsed": {"LastUsedDate": datetime(2026, 11, 20, tzinfo=UTC), "Region": "eu-west-1"}},
            "2026-11-20T00:00:00Z in eu-west-1",
        ),
    ],
)
def test_what_iam_knows_of_a_roles_life_is_read_too(iam: Any, told: dict[str, Any], last_used: str | None) -> None:
    born = {
        "CreateDate": datetime(2026, 11, 22, 3, 2, 3, tzinfo=timezone(timedelta(hours=2))),
        "Description": "for billing",
    }
    with Stubber(iam) as stub:
        stub.add_response("get_role", {"Role": ROLE | born | told}, {"RoleName": "r"})
        role = read_role(iam, "r", {}).role
    assert role is not None
    assert (role.created, role.description) == ("2026-11-22T01:02:03Z", "for billing")
    assert (str(role.last_used) if role.last_used else None) == last_used


def test_a_policy_that_iam_lists_and_does_not_show_is_named_and_its_role_is_not_missing(iam: Any) -> None:
    with Stubber(iam) as stub:
        stub.add_response("get_role", {"Role": dict(ROLE)}, {"RoleName": "r"})
        stub.add_response("list_attached_role_policies", ONE_ATTACHED, {"RoleName": "r"})
        stub.add_client_error("get_policy", "NoSuchEntity")
        stub.add_response("list_role_policies", NO_INLINE, {"RoleName": "r"})
        role = read_role(iam, "r").role
    assert role is not None
    assert (dict(role.policies), role.unread_policies) == ({}, (POLICY,))


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchEntity"])
def test_a_role_whose_policies_cannot_be_read_is_neither_missing_nor_bare(iam: Any, code: str) -> None:
    with Stubber(iam) as stub:
        stub.add_response("get_role", {"Role": dict(ROLE)}, {"RoleName": "r"})
        stub.add_client_error("list_attached_role_policies", code)
        reading = read_role(iam, "r")
    assert (reading.role, reading.missing) == (None, False)
    assert code in (reading.reason or "")


def test_a_document_that_is_not_there_is_no_reading(iam: Any) -> None:
    with Stubber(iam) as stub:
        stub.add_response("get_role", {"Role": dict(ROLE)}, {"RoleName": "r"})
        stub.add_response("list_attached_role_policies", ONE_ATTACHED, {"RoleName": "r"})
        stub.add_client_error("get_policy", "AccessDenied")
        reading = read_role(iam, "r")
    assert (reading.role, reading.missing) == (None, False)
