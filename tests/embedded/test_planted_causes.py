"""Causes planted in live roles and secrets, and how the hint of `verify` and `verify-role` begins."""

import copy
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from case_tables import cases

from rolecall.estate import sound
from rolecall.runtime import AT_ONCE, verify_trust
from tests.embedded.asked_role import clients, expected_of, grant_of
from tests.embedded.world import ACCOUNT, UNIFIED, WORKATO, World, run

PLANTED = [case for case in cases("diagnosis") if case.values[0].get("only") != "documents"]
BILLING, PAYROLL, REGION = "acme-prod/billing", "acme-prod/payroll", "eu-central-1"
BILLING_ARN = f"arn:aws:iam::{ACCOUNT}:role/vendors/workato-acme-prod-billing"
PAYROLL_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/6f1c1d3e-7d0f-4c55-9c6e-2b9d3a1f0c11"
Document = dict[str, Any]


def _document(statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@contextmanager
def _trust(world: World, name: str, statements: Any) -> Iterator[None]:
    live = world.iam().get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    world.iam().update_assume_role_policy(RoleName=name, PolicyDocument=_document(statements))
    try:
        yield
    finally:
        world.iam().update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(live))


@contextmanager
def _own(world: World, name: str, statements: Any) -> Iterator[None]:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/vendors/{name}"
    version = world.iam().get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    before = copy.deepcopy(
        world.iam().get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    )
    _set_default(world, arn, _document(statements))
    try:
        yield
    finally:
        _set_default(world, arn, json.dumps(before))


def _set_default(world: World, arn: str, document: str) -> None:
    """The embedded AWS cannot go back to an older version."""
    old = world.iam().get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    world.iam().create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
    world.iam().delete_policy_version(PolicyArn=arn, VersionId=old)


@contextmanager
def _inline(world: World, name: str, policies: Document) -> Iterator[None]:
    for policy, statements in policies.items():
        world.iam().put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=_document(statements))
    try:
        yield
    finally:
        for policy in policies:
            world.iam().delete_role_policy(RoleName=name, PolicyName=policy)


@contextmanager
def _attached(world: World, name: str, policies: Document) -> Iterator[None]:
    for arn in policies:
        world.iam().attach_role_policy(RoleName=name, PolicyArn=arn)
    try:
        yield
    finally:
        for arn in policies:
            world.iam().detach_role_policy(RoleName=name, PolicyArn=arn)


@contextmanager
def _detached(world: World, name: str, _: Any) -> Iterator[None]:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/vendors/{name}"
    world.iam().detach_role_policy(RoleName=name, PolicyArn=arn)
    try:
        yield
    finally:
        world.iam().attach_role_policy(RoleName=name, PolicyArn=arn)


@contextmanager
def _boundary(world: World, name: str, statements: Any) -> Iterator[None]:
    arn = world.iam().create_policy(PolicyName="narrow", PolicyDocument=_document(statements))["Policy"]["Arn"]
    world.iam().put_role_permissions_boundary(RoleName=name, PermissionsBoundary=arn)
    try:
        yield
    finally:
        world.iam().delete_role_permissions_boundary(RoleName=name)
        world.iam().delete_policy(PolicyArn=arn)


@contextmanager
def _session(world: World, name: str, seconds: int) -> Iterator[None]:
    world.iam().update_role(RoleName=name, MaxSessionDuration=seconds)
    try:
        yield
    finally:
        world.iam().update_role(RoleName=name, MaxSessionDuration=3600)


PLANTERS = {
    "trust": _trust,
    "own": _own,
    "inline": _inline,
    "attached": _attached,
    "detached": _detached,
    "boundary": _boundary,
    "session": _session,
}


@pytest.mark.parametrize("case", PLANTED)
def test_the_planted_cause_is_named_first(world: World, case: dict[str, Any]) -> None:
    name = next(grant.role_name for grant in sound(world.folder).grants if grant.address == case["role"])
    with ExitStack() as planted:
        for what, plant in PLANTERS.items():
            if what in case:
                planted.enter_context(plant(world, name, case[what]))
        text = _hint(world, case["role"])
    assert text.startswith(case["hint"]), text
    assert not [part for part in case.get("has", []) if part not in text], text
    assert not [part for part in case.get("hasnot", []) if part in text], text


def _hint(world: World, address: str) -> str:
    role, exit_code = world.verify(address)
    assert exit_code == 1, role
    return str(role["hint"])


def test_nothing_is_left_behind(world: World) -> None:
    for address in (BILLING, PAYROLL, "unified-prod/connections"):
        assert world.verify(address)[0]["verdict"] == "verified"


@contextmanager
def _value(world: World, name: str, value: str, **more: str) -> Iterator[None]:
    """Another value for a secret; afterwards it has every key that the estate names again."""
    client = world.aws.client(ACCOUNT, "secretsmanager", REGION)
    world.verify(BILLING)  # makes the stand-ins
    client.update_secret(SecretId=name, SecretString=value, **more)
    try:
        yield
    finally:
        again = {"KmsKeyId": "alias/aws/secretsmanager"} if more else {}
        client.update_secret(SecretId=name, SecretString=json.dumps({"token": "t", "user": "u"}), **again)


@pytest.mark.parametrize(
    ("value", "begins"),
    [
        ("not json at all", "the secret prod/jira in eu-central-1 is plain text, and no JSON: store it anew as JSON"),
        ('{"token": "t"}', "the secret prod/jira in eu-central-1 lacks user"),
        ('["token", "user"]', "the secret prod/jira in eu-central-1 is JSON, but no object"),
    ],
)
def test_of_a_secret_of_the_wrong_form(world: World, value: str, begins: str) -> None:
    with _value(world, "prod/jira", value):
        text = _hint(world, BILLING)
    assert text.startswith(begins), text
    assert value not in text


def test_of_a_key_that_the_estate_does_not_name(world: World) -> None:
    key = world.aws.client(ACCOUNT, "kms", REGION).create_key()["KeyMetadata"]["Arn"]
    with _value(world, "prod/jira", '{"token": "t", "user": "u"}', KmsKeyId=key):
        text = _hint(world, BILLING)
    assert text.startswith("the secret prod/jira in eu-central-1 is encrypted with a customer managed KMS key that"), (
        text
    )


def test_of_a_key_policy_without_the_line_for_the_account(world: World) -> None:
    kms = world.aws.client(ACCOUNT, "kms", REGION)
    world.verify(PAYROLL)
    before = kms.get_key_policy(KeyId=PAYROLL_KEY, PolicyName="default")["Policy"]
    admin = world.aws.client(ACCOUNT, "sts").get_caller_identity()["Arn"]
    only = [{"Effect": "Allow", "Principal": {"AWS": admin}, "Action": "kms:*", "Resource": "*"}]
    kms.put_key_policy(KeyId=PAYROLL_KEY, PolicyName="default", Policy=_document(only))
    try:
        text = _hint(world, PAYROLL)
    finally:
        kms.put_key_policy(KeyId=PAYROLL_KEY, PolicyName="default", Policy=before)
    assert text.startswith("the KMS key policy does not let the role decrypt prod/payroll/hr-system"), text


def test_of_a_secret_that_waits_for_its_deletion(world: World) -> None:
    client = world.aws.client(ACCOUNT, "secretsmanager", REGION)
    world.verify(BILLING)
    client.delete_secret(SecretId="prod/jira", RecoveryWindowInDays=7)
    try:
        text = _hint(world, BILLING)
    finally:
        client.restore_secret(SecretId="prod/jira")
    assert text.startswith("the secret waits for its deletion (prod/jira in eu-central-1)"), text


def test_of_a_role_under_another_path(world: World) -> None:
    extra = world.folder / "workspaces" / "elsewhere.yaml"
    extra.write_text(
        'workspace: elsewhere\nvendor: workato\nworkspace_id: "7"\ndata_center: us\n'
        'projects: [{project: p, project_id: "8", secrets: [{prefix: elsewhere/}]}]\n'
    )
    trust = [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "353360065216"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "workato_iam_external_id_7_8"}},
        }
    ]
    world.iam().create_role(RoleName="workato-elsewhere-p", Path="/", AssumeRolePolicyDocument=_document(trust))
    try:
        text = _hint(world, "elsewhere/p")
    finally:
        extra.unlink()
        world.iam().delete_role(RoleName="workato-elsewhere-p")
    assert text.startswith(f"the role is arn:aws:iam::{ACCOUNT}:role/workato-elsewhere-p, and the vendor calls"), text


def _asked(world: World, folder: Path, caller: str, arn: str, external_id: str) -> tuple[str, int]:
    """What the vendor's support desk is told, who has an ARN and an external ID only."""
    arguments = ["verify-role", arn, "--external-id", external_id, "--format", "json", "--wait", "0"]
    ended = run("rolecall", *arguments, folder=folder, environment=world.aws.environment(caller))
    return (json.loads(ended.stdout)["roles"][0]["hint"] if ended.stdout else ended.stderr), ended.returncode


RIGHT = "workato_iam_external_id_12345_678"


@pytest.mark.parametrize(
    ("statement", "sent", "begins"),
    [
        ({}, "workato_iam_external_id_99_1", "compare the external ID with the one in the role's trust"),
        ({"Condition": {}}, RIGHT, "the trust asks for no external ID"),
        (
            {"Condition": {"StringEqualsIfExists": {"sts:ExternalId": RIGHT}}},
            RIGHT,
            "the trust lets in whoever sends no external ID",
        ),
        ({"Condition": {"StringLike": {"sts:ExternalId": "*"}}}, RIGHT, "the trust takes any external ID"),
        ({"Condition": {"Null": {"sts:ExternalId": "false"}}}, RIGHT, "the trust takes any external ID"),
        (
            {"Condition": {"StringEqualsIgnoreCase": {"sts:ExternalId": RIGHT}}},
            RIGHT,
            "the trust does not look at letter case",
        ),
        (
            {"Condition": {"StringLike": {"sts:ExternalId": f"{RIGHT}*"}}},
            RIGHT,
            "the trust takes everything that begins with the ID",
        ),
        (
            {"Condition": {"StringLike": {"sts:ExternalId": "workato_iam_external_id_12345_*"}}},
            RIGHT,
            "the trust takes every ID of one pattern",
        ),
        (
            {"Condition": {"StringNotEquals": {"sts:ExternalId": RIGHT}}},
            RIGHT,
            "the trust lets in everything but the right external ID",
        ),
        (
            {"Condition": {"Null": {"sts:ExternalId": "true"}}},
            RIGHT,
            "the trust lets in only whoever sends no external ID",
        ),
        (
            {"Condition": {"StringEquals": {"sts:ExternalId": RIGHT.upper()}}},
            RIGHT,
            "the trust holds the external ID in other letter case",
        ),
        (
            {"Condition": {"StringEquals": {"sts:ExternalId": "workato_iam_external_id_12345"}}},
            RIGHT,
            "the trust still asks for the workspace-wide external ID",
        ),
        (
            {"Condition": {"StringEquals": {"sts:ExternalId": RIGHT[:-1]}}},
            RIGHT,
            "the trust holds the external ID without its last character",
        ),
    ],
)
def test_the_support_desk_is_told(world: World, tmp_path: Path, statement: Document, sent: str, begins: str) -> None:
    name = BILLING_ARN.rpartition("/")[2]
    live = world.iam().get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    with _trust(world, name, [{**live, **statement}]):
        text, exit_code = _asked(world, tmp_path, WORKATO, BILLING_ARN, sent)
    assert text.startswith(begins), text
    assert exit_code == 1


@pytest.mark.parametrize("ids", [(RIGHT, "workato_iam_external_id_99_1"), ("workato_iam_external_id_99_1", RIGHT)])
def test_a_trust_with_one_id_of_a_rotation_is_told_as_that(world: World, ids: tuple[str, ...]) -> None:
    role = replace(expected_of(grant_of(world, BILLING), secrets=False), external_ids=ids, wrong_ids=())
    text = str(verify_trust(role, clients(world, WORKATO), patience=AT_ONCE).hint)
    assert text.startswith("the trust takes only one of the two external IDs of the rotation"), text


def test_a_stray_blank_is_shown_where_it_is(world: World, tmp_path: Path) -> None:
    text, exit_code = _asked(world, tmp_path, WORKATO, BILLING_ARN, f"{RIGHT} ")
    assert (exit_code, "it holds a blank at its end" in text) == (2, True), text
    text, exit_code = _asked(world, tmp_path, WORKATO, f"{BILLING_ARN}\u00a0", RIGHT)
    assert (exit_code, "it holds a no-break blank at its end" in text) == (2, True), text


def test_somebody_of_the_roles_own_account_is_told_so(world: World, tmp_path: Path) -> None:
    text, _ = _asked(world, tmp_path, ACCOUNT, BILLING_ARN, RIGHT)
    assert text.startswith("you call as arn:aws:iam::111111111111:"), text


def test_a_stranger_is_told_to_compare(world: World, tmp_path: Path) -> None:
    text, _ = _asked(world, tmp_path, UNIFIED, BILLING_ARN, RIGHT)
    assert text.startswith("compare the external ID with the one in the role's trust"), text
    assert UNIFIED in text
