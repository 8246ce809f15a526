"""Roles that plain cdk deployed, called with plain boto3."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall.accounts.reach import LocalReach
from rolecall.estate import sound
from rolecall.verification.stand_ins import make_secrets
from tests.embedded.world import ACCOUNT, OTHER_ACCOUNT, UNIFIED, WORKATO, World

BILLING = f"arn:aws:iam::{ACCOUNT}:role/vendors/workato-acme-prod-billing"
PAYROLL = f"arn:aws:iam::{ACCOUNT}:role/vendors/workato-acme-prod-payroll"
WAREHOUSE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/vendors/workato-acme-prod-warehouse"
SANDBOX = f"arn:aws:iam::{ACCOUNT}:role/vendors/workato-acme-dev-sandbox"
CONNECTIONS = f"arn:aws:iam::{ACCOUNT}:role/vendors/unified-unified-prod-connections"
UNIFIED_ID = "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41"
RIGHT = [
    (WORKATO, BILLING, "workato_iam_external_id_12345_678"),
    (WORKATO, PAYROLL, "workato_iam_external_id_12345_679"),
    (WORKATO, WAREHOUSE, "workato_iam_external_id_12345_702"),
    (WORKATO, SANDBOX, "workato_iam_external_id_54321"),
    (UNIFIED, CONNECTIONS, UNIFIED_ID),
]


def make_stand_ins(world: World) -> None:
    """What `verify` makes before it calls."""
    grants = sound(world.folder).grants
    make_secrets(LocalReach(world.aws), grants, grants, print)


def session(world: World, principal: str, role_arn: str, external_id: str, service: str, region: str) -> Any:
    """A client with the role's own session."""
    issued = world.assume(principal, role_arn, ExternalId=external_id)["Credentials"]
    return world.aws.session(principal).client(
        service,
        region_name=region,
        aws_access_key_id=issued["AccessKeyId"],
        aws_secret_access_key=issued["SecretAccessKey"],
        aws_session_token=issued["SessionToken"],
    )


def code_of(call: Any) -> str:
    """The code with which AWS refuses a call."""
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize(("principal", "role_arn", "external_id"), RIGHT)
def test_the_vendor_gets_in_with_the_right_external_id_and_not_without(
    world: World, principal: str, role_arn: str, external_id: str
) -> None:
    assert world.assume(principal, role_arn, ExternalId=external_id)["AssumedRoleUser"]["Arn"]
    for more in (
        {},
        {"ExternalId": f"{external_id}0"},
        {"ExternalId": external_id.upper()},
        {"ExternalId": "other-id"},
    ):
        if more.get("ExternalId") != external_id:
            assert code_of(lambda more=more: world.assume(principal, role_arn, **more)) == "AccessDenied"


@pytest.mark.parametrize(("principal", "role_arn", "external_id"), RIGHT)
def test_nobody_else_gets_in_with_the_right_external_id(
    world: World, principal: str, role_arn: str, external_id: str
) -> None:
    other = UNIFIED if principal == WORKATO else WORKATO
    for stranger in ("foreign", other):
        assert (
            code_of(lambda stranger=stranger: world.assume(stranger, role_arn, ExternalId=external_id))
            == "AccessDenied"
        )


def test_a_project_reads_its_secrets_and_not_its_neighbours(world: World) -> None:
    make_stand_ins(world)
    mine = session(world, WORKATO, BILLING, "workato_iam_external_id_12345_678", "secretsmanager", "eu-central-1")
    assert set(json.loads(mine.get_secret_value(SecretId="prod/jira")["SecretString"])) == {"token", "user"}
    assert mine.get_secret_value(SecretId="billing/rolecall-stand-in")["SecretString"]
    for beside in ("prod/jira-beside", "prod/payroll/hr-system", "dev/sandbox/rolecall-stand-in"):
        assert code_of(lambda beside=beside: mine.get_secret_value(SecretId=beside)) == "AccessDeniedException"
    assert code_of(mine.list_secrets) == "AccessDeniedException"


def test_a_secret_under_a_customer_key_opens_through_secrets_manager_alone(world: World) -> None:
    make_stand_ins(world)
    identity = (world, WORKATO, PAYROLL, "workato_iam_external_id_12345_679")
    secrets = session(*identity, "secretsmanager", "eu-central-1")
    assert secrets.get_secret_value(SecretId="prod/payroll/hr-system")["SecretString"]
    key = "arn:aws:kms:eu-central-1:111111111111:key/6f1c1d3e-7d0f-4c55-9c6e-2b9d3a1f0c11"
    sealed = world.aws.client(ACCOUNT, "kms", "eu-central-1").encrypt(KeyId=key, Plaintext=b"direct")["CiphertextBlob"]
    direct = session(*identity, "kms", "eu-central-1")
    assert code_of(lambda: direct.decrypt(KeyId=key, CiphertextBlob=sealed)) == "AccessDeniedException"


def test_unified_creates_reads_updates_and_deletes_below_its_prefix_only(world: World) -> None:
    client = session(world, UNIFIED, CONNECTIONS, UNIFIED_ID, "secretsmanager", "eu-central-1")
    client.create_secret(Name="unified/written-by-vendor", SecretString="{}")
    client.update_secret(SecretId="unified/written-by-vendor", SecretString='{"a": 1}')
    assert client.get_secret_value(SecretId="unified/written-by-vendor")["SecretString"] == '{"a": 1}'
    forced = {"SecretId": "unified/written-by-vendor", "ForceDeleteWithoutRecovery": True}
    assert code_of(lambda: client.delete_secret(**forced)) == "AccessDeniedException"
    client.delete_secret(SecretId="unified/written-by-vendor", RecoveryWindowInDays=7)
    assert code_of(lambda: client.create_secret(Name="unified-not-below", SecretString="{}")) == "AccessDeniedException"
    assert code_of(lambda: client.put_secret_value(SecretId="unified/x", SecretString="{}")) == "AccessDeniedException"


def test_stack_outputs_hold_the_role_arns_under_the_projects_keys(world: World) -> None:
    stacks = world.aws.client(ACCOUNT, "cloudformation", "eu-central-1").describe_stacks(StackName="acme-prod")[
        "Stacks"
    ]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}
    assert outputs == {"BillingRoleArn": BILLING, "PayrollRoleArn": PAYROLL}
    tags = {tag["Key"]: tag["Value"] for tag in stacks[0]["Tags"]}
    assert tags == {"rolecall:estate": "acme", "rolecall:workspace": "acme-prod"}
