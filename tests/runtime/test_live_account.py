"""An account at once: all pages of its listings, which the embedded AWS never has, and the way back to single roles."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from rolecall.runtime import side_by_side
from rolecall.runtime.lines import TRIES, Lines
from rolecall.runtime.live_account import MANY, list_roles, read_roles, role_tags
from rolecall.runtime.observation import Observed

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OWN, AWS = "arn:aws:iam::111111111111:policy/vendors/own", "arn:aws:iam::aws:policy/ReadOnlyAccess"
FILTER = ["Role", "LocalManagedPolicy"]
NAMES = [f"role-{number:02}" for number in range(MANY)]
DOCUMENT = {"Statement": []}


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stub answers in order."""
    monkeypatch.setattr(side_by_side, "WORKERS", 1)


@pytest.fixture
def iam() -> Any:
    """A client that talks to nobody."""
    return boto3.client("iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def stub(iam: Any) -> Iterator[Stubber]:
    """What it is answered; all of it has to be asked for."""
    with Stubber(iam) as made:
        yield made
        made.assert_no_pending_responses()


def role(name: str, **more: Any) -> dict[str, Any]:
    """A role as IAM tells of it."""
    return {
        "Path": "/vendors/",
        "RoleName": name,
        "RoleId": "AROAEXAMPLEEXAMPLE12",
        "Arn": f"arn:aws:iam::111111111111:role/vendors/{name}",
        "CreateDate": NOW,
        "AssumeRolePolicyDocument": json.dumps(DOCUMENT),
    } | more


def detail(name: str, *attached: str, **inline: str) -> dict[str, Any]:
    """A role in the listing of an account's authorization details."""
    return role(
        name,
        AttachedManagedPolicies=[{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in attached],
        RolePolicyList=[{"PolicyName": key, "PolicyDocument": text} for key, text in inline.items()],
    )


def policy(arn: str, *versions: tuple[str, str, bool]) -> dict[str, Any]:
    """A managed policy there, with its versions."""
    listed = [{"VersionId": name, "Document": text, "IsDefaultVersion": default} for name, text, default in versions]
    return {"Arn": arn, "PolicyVersionList": listed}


def test_every_page_of_roles_is_read(iam: Any, stub: Stubber) -> None:
    first = {"Roles": [role("a", Description="x")], "IsTruncated": True, "Marker": "next"}
    stub.add_response("list_roles", first, {"MaxItems": 1000})
    stub.add_response("list_roles", {"Roles": [role("b")]}, {"MaxItems": 1000, "Marker": "next"})
    _, found = list_roles(iam)
    assert found is not None
    assert [(each.name, each.path, each.description) for each in found] == [
        ("a", "/vendors/", "x"),
        ("b", "/vendors/", ""),
    ]


def test_a_listing_that_breaks_off_is_none(iam: Any, stub: Stubber) -> None:
    stub.add_response("list_roles", {"Roles": [role("a")], "IsTruncated": True, "Marker": "next"})
    stub.add_client_error("list_roles", "AccessDenied")
    seen, found = list_roles(iam)
    assert (seen.observed, found) == (Observed.DENIED, None)


def test_every_page_of_tags_is_read(iam: Any, stub: Stubber) -> None:
    first = {"Tags": [{"Key": "a", "Value": "1"}], "IsTruncated": True, "Marker": "next"}
    stub.add_response("list_role_tags", first, {"RoleName": "r"})
    stub.add_response("list_role_tags", {"Tags": [{"Key": "b", "Value": "2"}]}, {"RoleName": "r", "Marker": "next"})
    assert role_tags(iam, "r")[1] == {"a": "1", "b": "2"}


def test_many_roles_take_one_listing_and_a_call_each(iam: Any, stub: Stubber) -> None:
    newest, oldest = '{"Statement": ["new"]}', '{"Statement": ["old"]}'
    pages = {"Filter": FILTER, "MaxItems": 1000}
    # The policy comes on a later page than the role, and the role that nobody asked for has no say.
    first = {"RoleDetailList": [detail(NAMES[0], OWN, AWS, i=newest), detail("other", "arn:aws:iam::aws:policy/Not")]}
    stub.add_response("get_account_authorization_details", first | {"IsTruncated": True, "Marker": "m"}, pages)
    second = {
        "RoleDetailList": [detail(NAMES[1], AWS), *map(detail, NAMES[2:])],
        "Policies": [policy(OWN, ("v1", oldest, False), ("v2", newest, True))],
    }
    stub.add_response("get_account_authorization_details", second, pages | {"Marker": "m"})
    stub.add_response("get_policy", {"Policy": {"DefaultVersionId": "v7"}}, {"PolicyArn": AWS})
    version = {"PolicyVersion": {"Document": oldest}}
    stub.add_response("get_policy_version", version, {"PolicyArn": AWS, "VersionId": "v7"})
    for name in NAMES:
        stub.add_response("get_role", {"Role": role(name)}, {"RoleName": name})
    found = {name: reading.role for name, reading in read_roles(iam, NAMES).items()}
    policies = {name: dict(each.policies) for name, each in found.items() if each}
    new, old = json.loads(newest), json.loads(oldest)
    assert policies == {name: {} for name in NAMES} | {NAMES[0]: {OWN: new, AWS: old, "i": new}, NAMES[1]: {AWS: old}}


def test_a_role_that_came_after_the_listing_is_read_by_itself(iam: Any, stub: Stubber) -> None:
    listed = {"RoleDetailList": [*map(detail, NAMES[1:])]}
    stub.add_response("get_account_authorization_details", listed)
    _answer_alone(stub, NAMES[0])
    for name in NAMES[1:]:
        stub.add_response("get_role", {"Role": role(name)}, {"RoleName": name})
    assert all(reading.role for reading in read_roles(iam, NAMES).values())


@pytest.mark.parametrize("names", [NAMES, NAMES[: MANY - 1]])
def test_where_the_listing_is_refused_or_not_worth_it_roles_are_read_one_by_one(
    iam: Any, stub: Stubber, names: list[str]
) -> None:
    if len(names) >= MANY:
        stub.add_client_error("get_account_authorization_details", "AccessDenied")
    for name in names:
        _answer_alone(stub, name)
    assert all(reading.role for reading in read_roles(iam, names).values())


class Dead:
    """An IAM at the end of a line that is cut; counts who asks."""

    calls = 0

    def __getattr__(self, name: str) -> Any:
        """Any call."""
        self.calls += 1
        raise EndpointConnectionError(endpoint_url="https://iam.invalid")


@pytest.mark.parametrize("count", [1, MANY, 100])
def test_an_endpoint_that_answers_nobody_is_not_asked_for_every_role(count: int) -> None:
    iam, lines = Dead(), Lines()
    found = read_roles(iam, [f"r{number}" for number in range(count)], lines)
    assert len(found) == count
    assert iam.calls == min(count, TRIES)
    assert not any(reading.role or reading.missing for reading in found.values())
    assert all(reading.reason for reading in found.values())


def _answer_alone(stub: Stubber, name: str) -> None:
    stub.add_response("get_role", {"Role": role(name)}, {"RoleName": name})
    stub.add_response("list_attached_role_policies", {"AttachedPolicies": []}, {"RoleName": name})
    stub.add_response("list_role_policies", {"PolicyNames": []}, {"RoleName": name})
