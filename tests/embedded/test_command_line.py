"""The command line against the embedded AWS: deployment, refusals, the tour of a new estate, and what must not leak."""

import json
import re
from pathlib import Path

from rolecall import local
from tests.embedded.world import ACCOUNT, WORKATO, World, run

BILLING = f"arn:aws:iam::{ACCOUNT}:role/vendors/workato-acme-prod-billing"
TAKEN = """
workspace: taken
vendor: workato
workspace_id: "77"
data_center: us
projects: [{project: mine, project_id: "78", secrets: [{prefix: taken/}]}]
"""


def test_deploying_again_changes_nothing_and_lists_the_roles(world: World) -> None:
    before = world.iam().get_role(RoleName=BILLING.rpartition("/")[2])["Role"]["RoleId"]
    ended = world.rolecall("deploy", "acme-prod", "--target", "local")
    assert ended.returncode == 0, ended.stderr
    assert BILLING in ended.stdout
    assert world.iam().get_role(RoleName=BILLING.rpartition("/")[2])["Role"]["RoleId"] == before


def test_deploy_refuses_a_role_name_that_no_stack_of_ours_owns(world: World) -> None:
    (world.folder / "workspaces" / "taken.yaml").write_text(TAKEN)
    trust = {"Version": "2012-10-17", "Statement": []}
    world.iam().create_role(RoleName="workato-taken-mine", AssumeRolePolicyDocument=json.dumps(trust))
    made = world.iam().get_role(RoleName="workato-taken-mine")["Role"]["RoleId"]
    try:
        ended = world.rolecall("deploy", "taken", "--target", "local")
        assert ended.returncode == 1
        assert "role workato-taken-mine in account 111111111111 exists and is not of stack taken" in ended.stderr
        assert world.iam().get_role(RoleName="workato-taken-mine")["Role"]["RoleId"] == made
    finally:
        (world.folder / "workspaces" / "taken.yaml").unlink()
        world.iam().delete_role(RoleName="workato-taken-mine")


def test_deploy_refuses_a_stack_that_is_not_of_this_estate(world: World) -> None:
    (world.folder / "workspaces" / "taken.yaml").write_text(TAKEN)
    cloudformation = world.aws.client(ACCOUNT, "cloudformation", "eu-central-1")
    body = '{"Resources": {"Kept": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "somebody/kept"}}}}'
    cloudformation.create_stack(StackName="taken", TemplateBody=body)
    try:
        ended = world.rolecall("deploy", "taken", "--target", "local")
        assert ended.returncode == 1
        assert "stack taken in 111111111111/eu-central-1 exists and was not made by Rolecall" in ended.stderr
        assert world.aws.client(ACCOUNT, "secretsmanager", "eu-central-1").describe_secret(SecretId="somebody/kept")
    finally:
        (world.folder / "workspaces" / "taken.yaml").unlink()
        cloudformation.delete_stack(StackName="taken")


def test_deploy_reaches_other_accounts_through_the_lookup_role(world: World) -> None:
    """The target `aws` with credentials of one account, as a pipeline has them; here they lead to the embedded AWS."""
    arguments = ["deploy", "acme-prod", "--target", "aws", "--require-approval", "never"]
    ended = run("rolecall", *arguments, folder=world.folder, environment=world.aws.environment(ACCOUNT))
    assert ended.returncode == 0, ended.stderr
    assert "arn:aws:iam::222222222222:role/vendors/workato-acme-prod-warehouse" in ended.stdout


def test_deploy_without_credentials_cannot_tell(world: World) -> None:
    nobody = {
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    ended = run("rolecall", "deploy", "acme-dev", folder=world.folder, environment=nobody)
    assert ended.returncode == 3
    assert "account 111111111111 cannot be read" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_selector_that_matches_nothing_is_a_usage_error_with_the_nearest_name(world: World) -> None:
    ended = world.rolecall("verify", "acme-prod/biling", "--target", "local")
    assert ended.returncode == 2
    assert "did you mean 'acme-prod/billing'?" in ended.stderr


def test_verify_role_needs_no_estate(world: World, tmp_path: Path) -> None:
    vendor = world.aws.environment(WORKATO)
    right = ["verify-role", BILLING, "--external-id", "workato_iam_external_id_12345_678", "--format", "json"]
    ended = run("rolecall", *right, folder=tmp_path, environment=vendor)
    assert ended.returncode == 0, ended.stderr
    shape = json.loads(ended.stdout)
    assert shape["summary"] == {"verified": 1}
    assert shape["caller_arn"].startswith("arn:aws:iam::353360065216:user/")
    wrong = [
        "verify-role",
        BILLING,
        "--external-id",
        "workato_iam_external_id_12345_679",
        "--format",
        "json",
        "--wait",
        "0",
    ]
    assert json.loads(run("rolecall", *wrong, folder=tmp_path, environment=vendor).stdout)["summary"] == {
        "not_assumable": 1
    }


def test_verify_prints_the_shape_that_programs_read(world: World) -> None:
    shape = json.loads(world.rolecall("verify", "acme-prod", "--target", "local", "--format", "json").stdout)
    assert set(shape) >= {"schema", "mode", "caller_arn", "roles", "summary"}
    assert shape["summary"] == {"verified": 3}
    kinds = {probe["kind"] for probe in shape["roles"][0]["probes"]}
    assert kinds >= {"right_external_id", "no_external_id", "wrong_external_id", "neighbour_external_id"}
    assert kinds >= {"wrong_principal", "secret_in_scope", "secret_out_of_scope", "session_duration"}
    for probe in shape["roles"][0]["probes"]:
        assert set(probe) >= {"kind", "expected", "observed", "error_code", "elapsed_ms", "reason"}


def test_no_credential_and_no_secret_value_is_printed_or_written(world: World, tmp_path: Path) -> None:
    """Everything that commands print and keep is searched; `local env` and the callers' file hold keys by purpose."""
    value = "value-that-must-not-leak-4f2a"
    client = world.aws.client(ACCOUNT, "secretsmanager", "eu-central-1")
    client.update_secret(SecretId="prod/jira", SecretString=json.dumps({"token": value, "user": value}))
    vendor = world.aws.environment(WORKATO)
    said = [
        world.rolecall("verify", "--target", "local"),
        world.rolecall("verify", "--target", "local", "--format", "json"),
        world.rolecall("deploy", "acme-prod", "--target", "local"),
        world.rolecall("local", "status"),
        run(
            "rolecall",
            "verify-role",
            BILLING,
            "--external-id",
            "wrong-one",
            "--wait",
            "0",
            folder=tmp_path,
            environment=vendor,
        ),
    ]
    text = "\n".join(ended.stdout + ended.stderr for ended in said)
    keys = [world.aws.environment(name)["AWS_SECRET_ACCESS_KEY"] for name in world.aws.identities()]
    kept = [p for p in world.folder.rglob("*") if p.is_file() and p.name != "callers.json"]
    everything = text + "\n".join(path.read_text("utf-8", "replace") for path in kept)
    assert not [secret for secret in [value, *keys] if secret in everything]
    assert not re.search(r"\bASIA[A-Z0-9]{12,}|SessionToken", everything)


def test_the_tour_of_a_new_estate_ends_in_a_verified_role(tmp_path: Path) -> None:
    folder = tmp_path / "my-estate"
    steps = [
        ("init", str(folder), "--no-input"),
        ("check", "--estate", str(folder)),
        ("local", "up", "--estate", str(folder)),
        ("deploy", "--target", "local", "--estate", str(folder)),
        ("verify", "--target", "local", "--estate", str(folder)),
    ]
    try:
        for step in steps:
            ended = run("rolecall", *step, folder=tmp_path)
            assert ended.returncode == 0, f"{step}: {ended.stderr}"
        assert "1 verified" in ended.stdout
    finally:
        ended = run("rolecall", "local", "down", "--estate", str(folder), folder=tmp_path)
    assert ended.stdout == "stopped\n"
    assert local.find(folder / ".rolecall" / "local") is None
