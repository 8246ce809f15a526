"""One thing changed at a time in a live role, and the verdict that `verify` must give."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.embedded.world import ACCOUNT, World

NAME = "workato-acme-prod-billing"
ADDRESS = "acme-prod/billing"
RIGHT_ID = "workato_iam_external_id_12345_678"
Trust = dict[str, Any]


def _condition(condition: dict[str, Any]) -> Callable[[Trust], None]:
    return lambda trust: trust["Statement"][0].update(Condition=condition)


def _without_condition(trust: Trust) -> None:
    del trust["Statement"][0]["Condition"]


def _second_unguarded(trust: Trust) -> None:
    second = copy.deepcopy(trust["Statement"][0])
    del second["Condition"]
    trust["Statement"].append(second)


def _principal(principal: Any) -> Callable[[Trust], None]:
    return lambda trust: trust["Statement"][0].update(Principal=principal)


def _two_ids(trust: Trust) -> None:
    trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] = [RIGHT_ID, "another-id"]


def _more_actions(trust: Trust) -> None:
    trust["Statement"][0]["Action"] = ["sts:AssumeRole", "sts:TagSession"]


def _further(trust: Trust) -> None:
    trust["Statement"][0]["Condition"]["IpAddress"] = {"aws:SourceIp": "0.0.0.0/0"}


def _federated(trust: Trust) -> None:
    provider = f"arn:aws:iam::{ACCOUNT}:saml-provider/okta"
    trust["Statement"].append(
        {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithSAML"}
    )


TRUSTS: list[tuple[str, Callable[[Trust], None], str]] = [
    ("the condition is removed", _without_condition, "unprotected"),
    ("the ID may be anything", _condition({"StringLike": {"sts:ExternalId": "*"}}), "unprotected"),
    ("the ID may go on", _condition({"StringLike": {"sts:ExternalId": f"{RIGHT_ID}*"}}), "unprotected"),
    ("letter case does not count", _condition({"StringEqualsIgnoreCase": {"sts:ExternalId": RIGHT_ID}}), "unprotected"),
    ("the ID may be left out", _condition({"StringEqualsIfExists": {"sts:ExternalId": RIGHT_ID}}), "unprotected"),
    (
        "a set operator passes nothing",
        _condition({"ForAllValues:StringEquals": {"sts:ExternalId": RIGHT_ID}}),
        "unprotected",
    ),
    ("any ID at all", _condition({"Null": {"sts:ExternalId": "false"}}), "unprotected"),
    ("a second statement asks nothing", _second_unguarded, "unprotected"),
    ("a second ID opens", _two_ids, "unprotected"),
    ("everybody is trusted", _principal({"AWS": "*"}), "unprotected"),
    ("another account is trusted", _principal({"AWS": "arn:aws:iam::999999999999:root"}), "unprotected"),
    ("the pattern is exact today", _condition({"StringLike": {"sts:ExternalId": RIGHT_ID}}), "drifted"),
    ("one more condition, which is met", _further, "drifted"),
    ("a SAML provider is trusted besides", _federated, "unprotected"),
    ("one more STS action", _more_actions, "drifted"),
    (
        "the trust names one user of the vendor",
        _principal({"AWS": "arn:aws:iam::353360065216:user/x"}),
        "not_assumable",
    ),
]


def _replace(world: World, arn: str, document: Any) -> None:
    """Make a document the policy's default version; the embedded AWS cannot go back to an older one."""
    old = world.iam().get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    world.iam().create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)
    world.iam().delete_policy_version(PolicyArn=arn, VersionId=old)


@pytest.fixture
def trust(world: World) -> Iterator[Trust]:
    """The live trust, put back afterwards."""
    live = world.iam().get_role(RoleName=NAME)["Role"]["AssumeRolePolicyDocument"]
    yield copy.deepcopy(live)
    world.iam().update_assume_role_policy(RoleName=NAME, PolicyDocument=json.dumps(live))


def test_an_untouched_role_is_verified(world: World) -> None:
    role, exit_code = world.verify(ADDRESS)
    assert (role["verdict"], role["findings"], exit_code) == ("verified", [], 0)
    assert role["evidence"] == ["template", "live", "assumed"]


@pytest.mark.parametrize(("what", "change", "verdict"), TRUSTS, ids=[what for what, _, _ in TRUSTS])
def test_a_changed_trust_is_noticed(
    world: World, trust: Trust, what: str, change: Callable[[Trust], None], verdict: str
) -> None:
    change(trust)
    world.iam().update_assume_role_policy(RoleName=NAME, PolicyDocument=json.dumps(trust))
    role, exit_code = world.verify(ADDRESS)
    assert role["verdict"] == verdict, what
    assert role["findings"]
    assert role["hint"]
    assert exit_code == 1


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ({"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}, "overreaching"),
        ({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::exports/*"}, "overreaching"),
        ({"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}, "underpowered"),
    ],
)
def test_an_extra_inline_policy_is_noticed(world: World, statement: dict[str, str], verdict: str) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.iam().put_role_policy(RoleName=NAME, PolicyName="by-hand", PolicyDocument=document)
    try:
        role, exit_code = world.verify(ADDRESS)
    finally:
        world.iam().delete_role_policy(RoleName=NAME, PolicyName="by-hand")
    assert (role["verdict"], exit_code) == (verdict, 1)


@pytest.mark.parametrize(
    ("resource", "verdict"),
    [
        ("arn:aws:secretsmanager:eu-central-1:111111111111:secret:prod/*", "overreaching"),
        ("arn:aws:secretsmanager:eu-central-1:111111111111:secret:billing/*", "underpowered"),
    ],
)
def test_a_changed_resource_of_the_managed_policy_is_noticed(world: World, resource: str, verdict: str) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/vendors/{NAME}"
    version = world.iam().get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    before = world.iam().get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    changed = copy.deepcopy(before)
    changed["Statement"][0]["Resource"] = [resource]
    _replace(world, arn, changed)
    try:
        role, _ = world.verify(ADDRESS)
    finally:
        _replace(world, arn, before)
    assert role["verdict"] == verdict


def test_a_dropped_boundary_is_noticed(world: World) -> None:
    name, boundary = "unified-bounded-kept", f"arn:aws:iam::{ACCOUNT}:policy/vendor-boundary"
    assert world.verify("bounded/kept")[0]["verdict"] == "verified"
    world.iam().delete_role_permissions_boundary(RoleName=name)
    try:
        role, _ = world.verify("bounded/kept")
    finally:
        world.iam().put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
    assert role["verdict"] == "drifted"
    assert any(finding.startswith("boundary") for finding in role["findings"])


def test_another_session_length_and_another_tag_are_noticed(world: World) -> None:
    world.iam().update_role(RoleName=NAME, MaxSessionDuration=7200)
    world.iam().tag_role(RoleName=NAME, Tags=[{"Key": "owner", "Value": "somebody-else"}])
    try:
        role, _ = world.verify(ADDRESS)
    finally:
        world.iam().update_role(RoleName=NAME, MaxSessionDuration=3600)
        world.iam().tag_role(RoleName=NAME, Tags=[{"Key": "owner", "Value": "integration-platform"}])
    assert role["verdict"] == "drifted"
    assert {finding.partition(":")[0] for finding in role["findings"]} >= {"session", "tags"}


def test_a_role_that_does_not_exist_is_missing(world: World) -> None:
    extra = world.folder / "workspaces" / "later.yaml"
    extra.write_text(
        'workspace: later\nvendor: workato\nworkspace_id: "7"\ndata_center: us\n'
        'projects: [{project: p, project_id: "8", secrets: [{prefix: later/}]}]\n'
    )
    try:
        role, exit_code = world.verify("later/p")
    finally:
        extra.unlink()
    assert (role["verdict"], exit_code) == ("missing", 1)
