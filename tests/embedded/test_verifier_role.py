"""The verifier on the embedded AWS: one role of the customer's own, let in by a statement and an ID of its own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall import local
from rolecall.commands import local as local_command
from rolecall.estate import sound
from tests.embedded.world import ACCOUNT, UNIFIED, World, run

ESTATE = f'schema: 1\nestate: proved\ndefaults: {{account: "{ACCOUNT}", region: eu-central-1}}\n'
WORKSPACE = """
workspace: w
vendor: unified
projects:
  - {project: open, external_id: 3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41, secrets: [{prefix: unified/}]}
  - {project: waiting, external_id: pending}
"""
VERIFIER = f"arn:aws:iam::{ACCOUNT}:role/teams/ci"
OWN_ID, VENDORS_ID = "9c1f7d52-0b1e-4a3c-8d4e-5f6071829304", "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41"
OPEN, WAITING = (f"arn:aws:iam::{ACCOUNT}:role/unified-w-{project}" for project in ("open", "waiting"))


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An estate that got its verifier when its embedded AWS was running already, deployed with Rolecall."""
    folder = tmp_path_factory.mktemp("proved")
    (folder / "workspaces").mkdir()
    (folder / "workspaces" / "w.yaml").write_text(WORKSPACE)
    (folder / "estate.yaml").write_text(ESTATE)
    with local.running(local_command.state_dir(folder), local_command.callers_of(sound(folder))) as aws:
        assert VERIFIER not in aws.identities()
        (folder / "estate.yaml").write_text(f'{ESTATE}verifier: {{principal: "{VERIFIER}", external_id: {OWN_ID}}}\n')
        for command in (("local", "up"), ("deploy", "--target", "local")):
            ended = run("rolecall", *command, folder=folder)
            assert ended.returncode == 0, ended.stderr
        yield World(folder, aws)


def refused(world: World, identity: str, role_arn: str, **more: str) -> bool:
    """Whether STS refuses the caller; any other error is none that was expected."""
    try:
        world.assume(identity, role_arn, **more)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return True
    return False


def test_the_verifier_exists_beside_the_others_and_is_named_by_its_arn(proved: World) -> None:
    assert set(proved.aws.identities()) == {ACCOUNT, UNIFIED, "vendor:unified", VERIFIER, "foreign"}
    who = proved.aws.client(VERIFIER, "sts").get_caller_identity()["Arn"]
    assert who == f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/rolecall"


def test_the_verifier_gets_in_with_its_own_id_and_with_no_other(proved: World) -> None:
    assert proved.assume(VERIFIER, OPEN, ExternalId=OWN_ID)["AssumedRoleUser"]["Arn"]
    assert refused(proved, VERIFIER, OPEN, ExternalId=VENDORS_ID)
    assert refused(proved, VERIFIER, OPEN, ExternalId=f"{OWN_ID}0")
    assert refused(proved, VERIFIER, OPEN)


def test_the_vendor_gets_in_with_its_id_and_not_with_the_verifiers(proved: World) -> None:
    assert proved.assume(UNIFIED, OPEN, ExternalId=VENDORS_ID)["AssumedRoleUser"]["Arn"]
    assert refused(proved, UNIFIED, OPEN, ExternalId=OWN_ID)


@pytest.mark.parametrize("identity", [ACCOUNT, "foreign"])
def test_nobody_else_gets_in_with_the_verifiers_id(proved: World, identity: str) -> None:
    assert refused(proved, identity, OPEN, ExternalId=OWN_ID)


def test_a_pending_role_lets_the_verifier_in_as_little_as_anybody(proved: World) -> None:
    assert refused(proved, VERIFIER, WAITING, ExternalId=OWN_ID)


def test_the_verifier_may_call_roles_and_do_nothing_else(proved: World) -> None:
    for service, call in (("iam", "list_roles"), ("secretsmanager", "list_secrets")):
        with pytest.raises(ClientError, match="AccessDenied"):
            getattr(proved.aws.client(VERIFIER, service), call)()


def test_through_the_role_it_does_what_the_vendor_does_and_that_is_what_check_warns_of(proved: World) -> None:
    issued = proved.assume(VERIFIER, OPEN, ExternalId=OWN_ID)["Credentials"]
    mine = proved.aws.session(VERIFIER).client(
        "secretsmanager",
        aws_access_key_id=issued["AccessKeyId"],
        aws_secret_access_key=issued["SecretAccessKey"],
        aws_session_token=issued["SessionToken"],
    )
    proved.aws.client(ACCOUNT, "secretsmanager").create_secret(Name="unified/of-the-vendor", SecretString="{}")
    assert mine.get_secret_value(SecretId="unified/of-the-vendor")["SecretString"] == "{}"
    ended = proved.rolecall("check")
    assert (
        f"RC120: verifier could read or use all that w/open is granted (prefix unified/): got '{VERIFIER}'"
        in ended.stdout
    )


def test_a_verifier_in_an_account_that_holds_no_role_exists_as_well(proved: World, tmp_path: Path) -> None:
    elsewhere = "arn:aws:iam::333333333333:role/ci"
    callers = local.Callers((ACCOUNT,), {}, "eu-central-1", (elsewhere,))
    aws = local.up(proved.aws.state_dir, callers)
    assert aws.client(elsewhere, "sts").get_caller_identity()["Account"] == "333333333333"
    assert refused(World(tmp_path, aws), elsewhere, OPEN, ExternalId=OWN_ID)


def verified(proved: World, identity: str, *arguments: str) -> tuple[dict[str, dict[str, Any]], int]:
    """What `verify --target aws` says to somebody, by project, and its exit code."""
    command = ["verify", "--wait", "0", "--format", "json", *arguments]
    ended = run("rolecall", *command, folder=proved.folder, environment=proved.aws.environment(identity))
    assert ended.stdout, ended.stderr
    return {role["project"]: role for role in json.loads(ended.stdout)["roles"]}, ended.returncode


def test_a_pipeline_that_runs_as_the_verifier_needs_no_option(proved: World) -> None:
    roles, code = verified(proved, VERIFIER)
    assert {name: role["verdict"] for name, role in roles.items()} == {"open": "verified", "waiting": "verified"}
    assert code == 0
    assert all("assumed_by_verifier" in role["evidence"] for role in roles.values())
    assert not any("assumed" in role["evidence"] for role in roles.values())


def test_a_pending_role_that_lets_the_verifier_in_is_unprotected(proved: World) -> None:
    iam, name = proved.iam(), WAITING.rpartition("/")[2]
    live = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    opened = {"Effect": "Allow", "Principal": {"AWS": VERIFIER}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [opened]}
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(document))
    try:
        roles, code = verified(proved, VERIFIER, "w/waiting")
    finally:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(live))
    assert (roles["waiting"]["verdict"], code) == ("unprotected", 1)


def test_a_rung_that_was_required_and_missed_is_the_hint(proved: World) -> None:
    roles, code = verified(proved, UNIFIED, "w/open", "--require", "assumed,template")
    assert (roles["open"]["verdict"], code) == ("inconclusive", 3)
    assert roles["open"]["hint"].startswith("template is required and was not reached: no run on the embedded AWS")
