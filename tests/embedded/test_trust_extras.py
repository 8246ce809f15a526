"""Roles that trust themselves and external IDs that are a pattern: deployed, called, and changed by hand."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from case_tables import cases

from rolecall import local
from rolecall.commands import local as local_command
from rolecall.estate import sound
from rolecall.policy.compile import trust_document
from tests.embedded.trust_extras import changed, write_estate
from tests.embedded.world import ACCOUNT, World

LAKE_ID, NEIGHBOUR = "3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b", "acme-two@01GE7K9SR2DQBCRQ90DH70JF6Y@stack-1@write"
MASTER = "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL"
LAKE = f"arn:aws:iam::{ACCOUNT}:role/vendors/databricks-lake-sales"
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@pytest.fixture(scope="module")
def extras(tmp_path_factory: pytest.TempPathFactory, quick_clients: None) -> Iterator[World]:
    folder = write_estate(tmp_path_factory.mktemp("extras") / "estate")
    with local.running(local_command.state_dir(folder), local_command.callers_of(sound(folder))) as aws:
        made = World(folder, aws)
        ended = made.rolecall("deploy", "--target", "local")
        assert ended.returncode == 0, ended.stderr
        yield made


def as_role(world: World, credentials: dict[str, str]) -> Any:
    """STS, with the session of a role."""
    return world.aws.session(ACCOUNT).client(
        "sts",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def probes_of(role: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(probe["kind"], probe["asked"]): probe["observed"] for probe in role["probes"]}


def test_the_role_itself_gets_in_with_the_external_id_and_not_without(extras: World) -> None:
    sts = as_role(extras, extras.assume(MASTER, LAKE, ExternalId=LAKE_ID)["Credentials"])
    assert sts.assume_role(RoleArn=LAKE, RoleSessionName="itself", ExternalId=LAKE_ID)["Credentials"]
    for more in ({}, {"ExternalId": f"{LAKE_ID}0"}):
        with pytest.raises(ClientError, match="AccessDenied"):
            sts.assume_role(RoleArn=LAKE, RoleSessionName="itself", **more)


def test_no_other_role_of_the_account_gets_in_though_it_may_do_anything_and_knows_the_id(extras: World) -> None:
    iam, trusted = extras.iam(), {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    trust = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"},
    }
    # At the same path, and with a name that goes on where the role's own ends.
    name = "databricks-lake-sales2"
    arn = iam.create_role(RoleName=name, Path="/vendors/", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="anything", PolicyDocument=json.dumps(ANYTHING))
    try:
        sts = as_role(extras, extras.assume(ACCOUNT, arn)["Credentials"])
        with pytest.raises(ClientError, match="AccessDenied"):
            sts.assume_role(RoleArn=LAKE, RoleSessionName="another", ExternalId=LAKE_ID)
        with pytest.raises(ClientError, match="AccessDenied"):
            extras.assume(ACCOUNT, LAKE, ExternalId=LAKE_ID)
    finally:
        iam.delete_role_policy(RoleName=name, PolicyName="anything")
        iam.delete_role(RoleName=name)


def test_verify_calls_as_the_role_itself_and_as_somebody_else_of_its_account(extras: World) -> None:
    role, code = extras.verify("lake/sales")
    asked = probes_of(role)
    assert (role["verdict"], code, role["findings"]) == ("verified", 0, [])
    assert asked["right_external_id", "right external ID, as the role itself"] == "allowed"
    assert asked["no_external_id", "a call without an external ID, as the role itself"] == "denied"
    assert asked["wrong_principal", "right external ID, another principal of the role's account"] == "denied"


def test_verify_sends_an_id_that_fits_the_pattern_and_wrong_ones_that_do_not(extras: World) -> None:
    role, code = extras.verify("lift/infra")
    asked = probes_of(role)
    assert (role["verdict"], code, role["findings"]) == ("verified", 0, [])
    assert {observed for (kind, _), observed in asked.items() if kind == "right_external_id"} == {"allowed"}
    wrong = {how for (kind, how), observed in asked.items() if kind == "wrong_external_id" and observed == "denied"}
    assert {"a longer name of the fixed part", "other letter case of the fixed part"} < wrong
    assert asked["neighbour_external_id", "the ID of lift/exact"] == "denied"


def test_the_live_roles_are_the_compiled_ones(extras: World) -> None:
    ended = extras.rolecall("drift", "--target", "local", "--format", "json")
    assert {role["status"] for role in json.loads(ended.stdout)["roles"]} == {"same"}


@pytest.mark.parametrize("case", cases("trust_extras"))
def test_a_change_to_the_live_trust_is_noticed(extras: World, case: dict[str, Any]) -> None:
    grant = next(grant for grant in sound(extras.folder).grants if grant.address == case["role"])
    own = trust_document(grant.trust)
    iam = extras.iam()
    iam.update_assume_role_policy(RoleName=grant.role_name, PolicyDocument=json.dumps(changed(own, case)))
    try:
        (role,) = extras.judged(case["role"])
    finally:
        iam.update_assume_role_policy(RoleName=grant.role_name, PolicyDocument=json.dumps(own))
    assert role["verdict"] == case["verdict"], role["findings"]
    assert case.get("says", "") in " ".join([*role["findings"], role["hint"] or ""])
