"""Hand-off sheets from the embedded AWS: whole ARNs of named secrets, and no value of any secret anywhere."""

import json
from pathlib import Path

from tests.embedded.world import ACCOUNT, OTHER_ACCOUNT, World, run

VALUE = "value-that-must-not-leak-9c3e"
FAR = f"""
workspace: far
vendor: workato
workspace_id: "77"
data_center: us
account: "{OTHER_ACCOUNT}"
region: eu-west-1
projects: [{{project: one, project_id: "78", secrets: [{{name: far/one, keys: [token]}}]}}]
"""


def test_named_secrets_get_their_whole_arns_and_no_value_is_written(world: World, tmp_path: Path) -> None:
    client = world.aws.client(ACCOUNT, "secretsmanager", "eu-central-1")
    if not [each for each in client.list_secrets()["SecretList"] if each["Name"] == "prod/jira"]:
        client.create_secret(Name="prod/jira", SecretString="{}")
    client.update_secret(SecretId="prod/jira", SecretString=json.dumps({"token": VALUE, "user": VALUE}))
    arn = client.describe_secret(SecretId="prod/jira")["ARN"]
    out = tmp_path / "out"
    ended = world.rolecall("handoff", "acme-prod", "unified-prod", "--out", str(out), "--target", "local")
    assert ended.returncode == 0, ended.stderr
    texts = {str(path.relative_to(out)): path.read_text("utf-8") for path in out.rglob("*") if path.is_file()}
    for form in ("md", "html"):
        for key in ("token", "user"):
            assert f"{{{{workato:sm:{key}:{arn}}}}}" in texts[f"acme-prod/billing.{form}"]
        assert "embedded AWS" in texts[f"acme-prod/billing.{form}"]
        assert "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41" in texts[f"unified-prod/connections.{form}"]
    keys = [world.aws.environment(name)["AWS_SECRET_ACCESS_KEY"] for name in world.aws.identities()]
    everything = "\n".join([*texts.values(), ended.stdout, ended.stderr])
    assert not [secret for secret in (VALUE, *keys) if secret in everything]


def test_other_accounts_are_asked_through_their_reader(world: World, tmp_path: Path) -> None:
    """The target `aws` with credentials of one account, as a pipeline has them; here they lead to the embedded AWS."""
    client = world.aws.client(OTHER_ACCOUNT, "secretsmanager", "eu-west-1")
    arn = client.create_secret(Name="far/one", SecretString=json.dumps({"token": VALUE}))["ARN"]
    (world.folder / "workspaces" / "far.yaml").write_text(FAR)
    try:
        arguments = ["handoff", "far", "--out", str(tmp_path / "out")]
        ended = run("rolecall", *arguments, folder=world.folder, environment=world.aws.environment(ACCOUNT))
    finally:
        (world.folder / "workspaces" / "far.yaml").unlink()
        client.delete_secret(SecretId="far/one", ForceDeleteWithoutRecovery=True)
    text = (tmp_path / "out" / "far" / "one.md").read_text("utf-8")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"{{{{workato:sm:token:{arn}}}}}" in text
    assert "Made from the embedded AWS" in text and VALUE not in text


def test_an_account_that_the_embedded_aws_lacks_leaves_its_role_open_and_the_others_alone(
    world: World, tmp_path: Path
) -> None:
    (world.folder / "workspaces" / "far.yaml").write_text(FAR.replace(OTHER_ACCOUNT, "909090909090"))
    try:
        ended = world.rolecall("handoff", "far", "acme-prod", "--out", str(tmp_path / "out"), "--target", "local")
    finally:
        (world.folder / "workspaces" / "far.yaml").unlink()
    assert ended.returncode == 3
    assert "the embedded AWS does not have account 909090909090" in ended.stderr
    assert "ARN: ____" in (tmp_path / "out" / "far" / "one.md").read_text("utf-8")
    assert (tmp_path / "out" / "acme-prod" / "billing.md").exists()


def test_without_credentials_the_sheets_are_there_and_the_exit_code_is_3(world: World, tmp_path: Path) -> None:
    nobody = {
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    arguments = ["handoff", "acme-prod/billing", "--out", str(tmp_path / "out")]
    ended = run("rolecall", *arguments, folder=world.folder, environment=nobody)
    assert ended.returncode == 3
    assert "account 111111111111 cannot be read" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "to be copied" in ended.stdout
    assert "Secrets Manager console" in (tmp_path / "out" / "acme-prod" / "billing.md").read_text("utf-8")
    ended = run("rolecall", *arguments, "--no-lookup", folder=world.folder, environment=nobody)
    assert (ended.returncode, "left open" in ended.stderr) == (0, False)
