"""`rolecall drift` on live roles: changed one thing at a time, and each put back."""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from rolecall.runtime.live_account import MANY, read_roles
from rolecall.runtime.live_role import read_role
from tests.embedded.world import ACCOUNT, OTHER_ACCOUNT, World, run

NAME, ADDRESS = "workato-acme-prod-billing", "acme-prod/billing"
BOUNDED = "unified-bounded-kept"
WORKATO, STRANGER = "arn:aws:iam::353360065216:root", "arn:aws:iam::999999999999:root"
BILLING_ID = "workato_iam_external_id_12345_678"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/vendor-boundary"
OWN_POLICY = f"arn:aws:iam::{ACCOUNT}:policy/vendors/{NAME}"
NOBODY = json.dumps({"Version": "2012-10-17", "Statement": []})
Change = Callable[[Any], AbstractContextManager[None]]


def statement(principal: str, external_id: str | None) -> dict[str, Any]:
    """A statement of a trust."""
    guard = {"Condition": {"StringEquals": {"sts:ExternalId": external_id}}} if external_id else {}
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"} | guard


def allowing(action: str, resource: str) -> str:
    """A policy of one statement."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": resource}}
    )


def trusting(*statements: dict[str, Any]) -> Change:
    """Another trust for a while."""

    @contextmanager
    def change(iam: Any) -> Iterator[None]:
        before = iam.get_role(RoleName=NAME)["Role"]["AssumeRolePolicyDocument"]
        after = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.update_assume_role_policy(RoleName=NAME, PolicyDocument=after)
        try:
            yield
        finally:
            iam.update_assume_role_policy(RoleName=NAME, PolicyDocument=json.dumps(before))

    return change


def with_inline(policy: str) -> Change:
    """An inline policy for a while."""

    @contextmanager
    def change(iam: Any) -> Iterator[None]:
        iam.put_role_policy(RoleName=NAME, PolicyName="by-hand", PolicyDocument=policy)
        try:
            yield
        finally:
            iam.delete_role_policy(RoleName=NAME, PolicyName="by-hand")

    return change


def with_attached(arn: str) -> Change:
    """A managed policy for a while; a customer's own is made for it."""

    @contextmanager
    def change(iam: Any) -> Iterator[None]:
        own = ":aws:policy/" not in arn
        if own:
            iam.create_policy(PolicyName=arn.rpartition("/")[2], PolicyDocument=allowing("sqs:*", "*"))
        iam.attach_role_policy(RoleName=NAME, PolicyArn=arn)
        try:
            yield
        finally:
            iam.detach_role_policy(RoleName=NAME, PolicyArn=arn)
            if own:
                iam.delete_policy(PolicyArn=arn)

    return change


@contextmanager
def own_policy_detached(iam: Any) -> Iterator[None]:
    """The estate's policy taken off for a while."""
    iam.detach_role_policy(RoleName=NAME, PolicyArn=OWN_POLICY)
    try:
        yield
    finally:
        iam.attach_role_policy(RoleName=NAME, PolicyArn=OWN_POLICY)


@contextmanager
def bounded(iam: Any) -> Iterator[None]:
    """A boundary for a while."""
    iam.put_role_permissions_boundary(RoleName=NAME, PermissionsBoundary=BOUNDARY)
    try:
        yield
    finally:
        iam.delete_role_permissions_boundary(RoleName=NAME)


@contextmanager
def tagged(iam: Any) -> Iterator[None]:
    """Another owner, and a tag more, for a while."""
    iam.tag_role(RoleName=NAME, Tags=[{"Key": "owner", "Value": "somebody"}, {"Key": "cost", "Value": "1"}])
    try:
        yield
    finally:
        iam.tag_role(RoleName=NAME, Tags=[{"Key": "owner", "Value": "integration-platform"}])
        iam.untag_role(RoleName=NAME, TagKeys=["cost"])


@contextmanager
def longer_sessions(iam: Any) -> Iterator[None]:
    """Sessions of two hours for a while."""
    iam.update_role(RoleName=NAME, MaxSessionDuration=7200)
    try:
        yield
    finally:
        iam.update_role(RoleName=NAME, MaxSessionDuration=3600)


@contextmanager
def role(iam: Any, name: str, **more: Any) -> Iterator[None]:
    """A role of nobody's for a while."""
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=NOBODY, **more)
    try:
        yield
    finally:
        iam.delete_role(RoleName=name)


def drift(world: World, *arguments: str) -> tuple[dict[str, Any], int]:
    """What the command says as JSON, and its exit code."""
    ended = world.rolecall("drift", *arguments, "--target", "local", "--format", "json")
    assert ended.stdout, ended.stderr
    return json.loads(ended.stdout), ended.returncode


RIGHT = statement(WORKATO, BILLING_ID)
GRANTED = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:prod/jira-??????"
DRIFTS: dict[str, tuple[Change, list[dict[str, Any]], list[str]]] = {
    "another account in the trust": (
        trusting(RIGHT, statement(STRANGER, BILLING_ID)),
        [{"what": "trust", "gained": [f"{STRANGER} with external ID {BILLING_ID}"], "lost": [], "other": []}],
        [],
    ),
    "a trust without its condition": (
        trusting(statement(WORKATO, None)),
        [{"what": "trust", "gained": [f"{WORKATO} with no external ID at all"], "lost": [], "other": []}],
        [],
    ),
    "another external ID": (
        trusting(statement(WORKATO, "acme-2")),
        [
            {
                "what": "trust",
                "gained": [f"{WORKATO} with external ID acme-2"],
                "lost": [f"{WORKATO} with external ID {BILLING_ID}"],
                "other": [],
            }
        ],
        [],
    ),
    "a Deny in the trust": (
        trusting(RIGHT, {"Effect": "Deny", "Principal": {"AWS": STRANGER}, "Action": "sts:AssumeRole"}),
        [{"what": "trust", "gained": [], "lost": [], "other": [f"Deny sts:AssumeRole for {STRANGER} was added"]}],
        [],
    ),
    "an inline policy": (
        with_inline(allowing("s3:GetObject", "*")),
        [{"what": "permissions", "gained": ["Allow s3:GetObject on *"], "lost": [], "other": []}],
        ["by-hand"],
    ),
    "a policy of AWS's own": (
        with_attached("arn:aws:iam::aws:policy/AdministratorAccess"),
        [{"what": "permissions", "gained": ["Allow * on *"], "lost": [], "other": []}],
        ["arn:aws:iam::aws:policy/AdministratorAccess"],
    ),
    "a policy that IAM does not show": (
        with_attached("arn:aws:iam::aws:policy/SecretsManagerReadWrite"),
        [
            {
                "what": "permissions",
                "gained": ["what arn:aws:iam::aws:policy/SecretsManagerReadWrite allows, which IAM does not show"],
                "lost": [],
                "other": [],
            }
        ],
        ["arn:aws:iam::aws:policy/SecretsManagerReadWrite"],
    ),
    "a policy of the customer's own": (
        with_attached(f"arn:aws:iam::{ACCOUNT}:policy/queues"),
        [{"what": "permissions", "gained": ["Allow sqs:* on *"], "lost": [], "other": []}],
        [f"arn:aws:iam::{ACCOUNT}:policy/queues"],
    ),
    "a boundary": (
        bounded,
        [{"what": "boundary", "gained": [], "lost": [f"now bounded by {BOUNDARY}"], "other": []}],
        [],
    ),
    "tags": (
        tagged,
        [
            {
                "what": "tags",
                "gained": [],
                "lost": [],
                "other": ["cost was added: 1", "owner: integration-platform became somebody"],
            }
        ],
        [],
    ),
    "longer sessions": (
        longer_sessions,
        [{"what": "session", "gained": ["sessions of up to 7200 s, not 3600 s"], "lost": [], "other": []}],
        [],
    ),
}


def test_an_untouched_estate_is_the_same_and_nothing_is_unmanaged(world: World) -> None:
    shape, code = drift(world)
    assert {each["status"] for each in shape["roles"]} == {"same"}
    assert len(shape["roles"]) == 7
    assert (shape["unmanaged"], shape["unmanaged_unknown"], code) == ([], [], 0)
    assert set(shape["roles"][0]) >= {"workspace", "project", "role_arn", "status", "changes"}


@pytest.mark.parametrize("name", DRIFTS)
def test_what_was_changed_by_hand_is_told_as_access_gained_and_lost(world: World, name: str) -> None:
    change, changes, by_hand = DRIFTS[name]
    with change(world.iam()):
        shape, code = drift(world, "acme-prod")
    roles = {f"{each['workspace']}/{each['project']}": each for each in shape["roles"]}
    assert (roles[ADDRESS]["status"], code) == ("drifted", 1)
    assert roles[ADDRESS]["changes"] == changes
    assert roles[ADDRESS]["policies_by_hand"] == by_hand
    assert {each["status"] for address, each in roles.items() if address != ADDRESS} == {"same"}


def test_a_policy_taken_off_is_access_lost(world: World) -> None:
    with own_policy_detached(world.iam()):
        shape, code = drift(world, ADDRESS)
    (change,) = shape["roles"][0]["changes"]
    assert (change["what"], change["gained"], code) == ("permissions", [], 1)
    assert f"Allow secretsmanager:GetSecretValue on {GRANTED}" in change["lost"]


def test_a_boundary_taken_off_is_access_gained(world: World) -> None:
    world.iam().delete_role_permissions_boundary(RoleName=BOUNDED)
    try:
        shape, _ = drift(world, "bounded")
    finally:
        world.iam().put_role_permissions_boundary(RoleName=BOUNDED, PermissionsBoundary=BOUNDARY)
    gained = [f"no longer bounded by {BOUNDARY}"]
    assert shape["roles"][0]["changes"] == [{"what": "boundary", "gained": gained, "lost": [], "other": []}]


@pytest.mark.parametrize(
    "change",
    [
        trusting({"Sid": "Vendor", **statement("353360065216", BILLING_ID), "Action": ["sts:AssumeRole"]}),
        with_inline(allowing("secretsmanager:GetSecretValue", GRANTED)),
    ],
)
def test_what_changes_no_access_is_no_drift(world: World, change: Change) -> None:
    with change(world.iam()):
        shape, code = drift(world, ADDRESS)
        text = world.rolecall("drift", ADDRESS, "--target", "local").stdout
    found = shape["roles"][0]
    assert (found["status"], found["changes"], code) == ("same", [], 0)
    assert ("by-hand (inline)" in text) is (found["policies_by_hand"] == ["by-hand"])


def test_a_role_that_was_deleted_is_missing(world: World) -> None:
    iam = world.iam()
    before = iam.get_role(RoleName=NAME)["Role"]
    iam.detach_role_policy(RoleName=NAME, PolicyArn=OWN_POLICY)
    iam.delete_role(RoleName=NAME)
    try:
        shape, code = drift(world, ADDRESS)
    finally:
        keys = ("RoleName", "Path", "Description", "MaxSessionDuration", "Tags")
        trust = json.dumps(before["AssumeRolePolicyDocument"])
        iam.create_role(AssumeRolePolicyDocument=trust, **{key: before[key] for key in keys})
        iam.attach_role_policy(RoleName=NAME, PolicyArn=OWN_POLICY)
    assert (shape["roles"][0]["status"], shape["roles"][0]["changes"], code) == ("missing", [], 1)
    assert drift(world, ADDRESS)[0]["roles"][0]["status"] == "same"


OURS = "Assumed by somebody. Managed by Rolecall."


@pytest.mark.parametrize(
    ("path", "more", "is_ours"),
    [
        ("/vendors/", {}, True),
        ("/vendors/below/", {}, True),
        ("/vendors-of-others/", {}, False),
        ("/", {}, False),
        ("/", {"Description": OURS}, False),
        ("/", {"Tags": [{"Key": "rolecall:estate", "Value": "acme"}]}, False),
        ("/", {"Description": OURS, "Tags": [{"Key": "rolecall:estate", "Value": "acme"}]}, True),
        ("/old/", {"Description": OURS, "Tags": [{"Key": "rolecall:estate", "Value": "acme"}]}, True),
        ("/old/", {"Description": OURS, "Tags": [{"Key": "rolecall:estate", "Value": "another"}]}, False),
    ],
)
def test_roles_that_no_file_knows(world: World, path: str, more: dict[str, Any], is_ours: bool) -> None:
    with role(world.iam(), "nobodys", Path=path, **more):
        shape, code = drift(world, ADDRESS)
        elsewhere, _ = drift(world, "acme-prod/warehouse")
    assert shape["unmanaged"] == ([f"arn:aws:iam::{ACCOUNT}:role{path}nobodys"] if is_ours else [])
    assert code == (1 if is_ours else 0)
    assert elsewhere["unmanaged"] == []  # of another account


def test_a_role_of_another_estate_under_our_path_is_named_and_makes_no_drift(world: World) -> None:
    tags = [{"Key": "rolecall:estate", "Value": "another"}]
    with role(world.iam(), "theirs", Path="/vendors/", Description=OURS, Tags=tags):
        shape, code = drift(world, ADDRESS)
        text = world.rolecall("drift", ADDRESS, "--target", "local").stdout
    arn = f"arn:aws:iam::{ACCOUNT}:role/vendors/theirs"
    assert (shape["other_estates"], shape["unmanaged"], code) == ([{"role_arn": arn, "estate": "another"}], [], 0)
    assert f"  {arn} (another)" in text.splitlines()
    assert "delete" not in text


def test_an_account_whose_last_role_left_the_files_is_looked_through_without_a_selector(world: World) -> None:
    file = world.folder / "workspaces" / "acme-prod.yaml"
    before = file.read_text("utf-8")
    file.write_text(before[: before.index("  - project: warehouse")], "utf-8")
    try:
        shape, code = drift(world)
        chosen, _ = drift(world, ADDRESS)
    finally:
        file.write_text(before, "utf-8")
    assert f"arn:aws:iam::{OTHER_ACCOUNT}:role/vendors/workato-acme-prod-warehouse" in shape["unmanaged"]
    assert ({each["status"] for each in shape["roles"]}, code) == ({"same"}, 1)
    assert chosen["unmanaged"] == []


def test_on_aws_that_account_is_known_from_its_proofs(world: World) -> None:
    """The target `aws` with credentials of one account; here they lead to the embedded AWS."""
    environment = world.aws.environment(ACCOUNT)
    file = world.folder / "workspaces" / "acme-prod.yaml"
    before = file.read_text("utf-8")
    proof = run(
        "rolecall", "verify", "acme-prod/warehouse", "--as", "owner", folder=world.folder, environment=environment
    )
    assert proof.returncode == 0, proof.stdout
    file.write_text(before[: before.index("  - project: warehouse")], "utf-8")
    try:
        ended = run("rolecall", "drift", "--format", "json", folder=world.folder, environment=environment)
    finally:
        file.write_text(before, "utf-8")
    left = f"arn:aws:iam::{OTHER_ACCOUNT}:role/vendors/workato-acme-prod-warehouse"
    assert (left in json.loads(ended.stdout)["unmanaged"], ended.returncode) == (True, 1), ended.stdout


def test_a_role_that_another_selector_would_choose_is_known(world: World) -> None:
    assert drift(world, "unified-prod")[0]["unmanaged"] == []


def test_the_text_says_what_to_do_and_no_external_id_that_the_customer_chose(world: World) -> None:
    changed = copy.deepcopy(world.iam().get_role(RoleName=BOUNDED)["Role"]["AssumeRolePolicyDocument"])
    before = json.dumps(changed)
    changed["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] = "the-one-before-2b8f"
    world.iam().update_assume_role_policy(RoleName=BOUNDED, PolicyDocument=json.dumps(changed))
    try:
        ended = world.rolecall("drift", "bounded", "--target", "local")
    finally:
        world.iam().update_assume_role_policy(RoleName=BOUNDED, PolicyDocument=before)
    assert "  trust        gained   arn:aws:iam::944579081756:user/unified_assume_role_user with external ID the-…" in (
        ended.stdout.splitlines()
    )
    assert "with external ID 7b0c…" in ended.stdout
    assert "7b0c1f0e" not in ended.stdout
    assert "undo it by hand" in ended.stdout


def test_on_aws_other_accounts_are_read_through_their_reader_role(world: World) -> None:
    """The target `aws` with credentials of one account; here they lead to the embedded AWS."""
    environment = world.aws.environment(ACCOUNT)
    ended = run("rolecall", "drift", "acme-prod", "--format", "json", folder=world.folder, environment=environment)
    assert [each["status"] for each in json.loads(ended.stdout)["roles"]] == ["same"] * 3, ended.stdout


def test_without_credentials_nothing_is_told_of_any_role(world: World) -> None:
    nobody = {
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    ended = run("rolecall", "drift", "acme-prod", "--format", "json", folder=world.folder, environment=nobody)
    shape = json.loads(ended.stdout)
    assert {each["status"] for each in shape["roles"]} == {"unknown"}
    assert all("cannot be read" in each["reason"] for each in shape["roles"])
    assert [each["account"] for each in shape["unmanaged_unknown"]] == ["111111111111", "222222222222"]
    assert ended.returncode == 3


def test_many_roles_are_read_as_one_by_one(world: World) -> None:
    iam = world.iam()
    names = [each["RoleName"] for page in iam.get_paginator("list_roles").paginate() for each in page["Roles"]]
    assert len(names) >= MANY
    assert {NAME, BOUNDED} < set(names)
    unseen = "arn:aws:iam::aws:policy/SecretsManagerReadWrite"
    with with_inline(allowing("s3:*", "*"))(iam), with_attached(unseen)(iam):
        found = read_roles(iam, [*names, "never-made"])
        single = {name: read_role(iam, name).role for name in names}
    assert {name: reading.role for name, reading in found.items() if name in single} == single
    assert found["never-made"].missing
    assert single[NAME].unread_policies == (unseen,)  # type: ignore[union-attr]
    assert single[BOUNDED].boundary == BOUNDARY  # type: ignore[union-attr]
    assert single[NAME].created is not None  # type: ignore[union-attr]
