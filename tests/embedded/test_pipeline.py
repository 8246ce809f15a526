"""The workflows of an estate, run step by step, with a deploy role that can do nothing but assume CDK's own roles."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rolecall import local
from rolecall.commands import local as local_command
from rolecall.commands.init import Talk, Wishes, init
from rolecall.estate import sound
from tests.embedded.conftest import BOUNDARY
from tests.embedded.runner import Job, StepFailedError, filled, machine, read, run_job
from tests.embedded.world import ACCOUNT, OTHER_ACCOUNT, ROOT, run

FOLDER = "infra/doors"
DEPLOY_ROLE = f"arn:aws:iam::{ACCOUNT}:role/rolecall-acme-deploy"
BOUNDED = "\n  permissions_boundary: vendor-boundary\n"
DOORS = Wishes(repository="acme/doors", repository_id="456789", owner_id="123456")
# What the administrator's user is let in by, in the place of GitHub's token, which cannot be had here.
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    ],
}


@dataclass(frozen=True)
class Company:
    """A repository with its workflows, and an embedded AWS in the place of the company's own."""

    repository: Path
    machine: Mapping[str, str]
    aws: local.LocalAws
    bootstrap: list[str]

    @property
    def estate(self) -> Path:
        return self.repository / FOLDER

    def workflow(self, name: str) -> Path:
        return self.repository / ".github" / "workflows" / f"rolecall-{name}.yml"

    def job(self, temp: Path, **context: Any) -> Job:
        temp.mkdir(parents=True)
        return Job(self.repository, temp, dict(self.machine), {"github": {"ref": "refs/heads/main"}, **context})

    def variables(self, key_id: str, secret: str, token: str = "") -> dict[str, str]:
        """The company's AWS, as whoever has these keys."""
        there = self.aws.environment(ACCOUNT)
        keys = {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret}
        return {**there, **keys, **({"AWS_SESSION_TOKEN": token} if token else {})}

    def credentials(self, job: Job, inputs: Mapping[str, Any]) -> dict[str, str]:
        """In the place of aws-actions/configure-aws-credentials: a session of the role that the step names."""
        assert inputs["role-to-assume"] == DEPLOY_ROLE
        policy = {"Policy": inputs["inline-session-policy"]} if "inline-session-policy" in inputs else {}
        answer = self.aws.client(ACCOUNT, "sts").assume_role(
            RoleArn=DEPLOY_ROLE, RoleSessionName="GitHubActions", **policy
        )
        keys = answer["Credentials"]
        found = self.variables(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        return found | {"AWS_REGION": inputs["aws-region"]}

    def user(self, name: str, *statements: Mapping[str, Any]) -> dict[str, str]:
        """A deployer with these permissions and no others."""
        iam = self.aws.client(ACCOUNT, "iam")
        iam.create_user(UserName=name)
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return self.variables(key["AccessKeyId"], key["SecretAccessKey"])


def nothing(_job: Job, _inputs: Mapping[str, Any]) -> dict[str, str]:
    return {}


def is_sarif(_job: Job, inputs: Mapping[str, Any]) -> dict[str, str]:
    """In the place of the upload: what would be uploaded is whole."""
    found = json.loads(Path(inputs["sarif_file"]).read_text("utf-8"))
    assert found["version"] == "2.1.0"
    assert found["runs"][0]["tool"]["driver"]["name"].lower() == "rolecall"
    return {}


def has_proof(job: Job, inputs: Mapping[str, Any]) -> dict[str, str]:
    """In the place of the upload: there is a proof of the workspace, and the name is its own."""
    proofs = sorted((job.repository / inputs["path"]).glob("*.json"))
    assert proofs
    assert inputs["overwrite"] == "true"
    assert inputs["include-hidden-files"] == "true"  # the folder's name begins with a dot
    assert inputs["name"] == f"proof-{job.environment['WORKSPACE']}"
    last = json.loads(proofs[-1].read_text("utf-8"))
    assert {role["workspace"] for role in last["roles"]} == {job.environment["WORKSPACE"]}
    return {}


HERE = {"actions/checkout": nothing, "actions/setup-python": nothing}
CHECKING = {**HERE, "github/codeql-action/upload-sarif": is_sarif}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The pipeline's own stacks deployed, and the accounts bootstrapped by the commands that this printed."""
    repository = tmp_path_factory.mktemp("repository")
    estate = repository / FOLDER
    shutil.copytree(ROOT / "examples" / "acme", estate, ignore=shutil.ignore_patterns(".rolecall"))
    (estate / "workspaces" / "unified-prod.yaml").unlink()
    text = (estate / "estate.yaml").read_text("utf-8")
    (estate / "estate.yaml").write_text(text.rstrip("\n") + BOUNDED, "utf-8")
    # What `init` would write comes from an index, in which this checkout is not.
    for name, extras in (("requirements", "cdk"), ("requirements-local", "cdk,local")):
        (estate / f"{name}.txt").write_text(f"rolecall[{extras}] @ {ROOT.as_uri()}\n", "utf-8")
    assert run("git", "init", "--quiet", "-b", "main", str(repository), folder=repository).returncode == 0
    init(estate, DOORS, Talk(None, lambda line: None), "pipeline")
    elsewhere = tmp_path_factory.mktemp("aws") / "acme"
    shutil.copytree(estate, elsewhere)
    with local.running(local_command.state_dir(elsewhere), local_command.callers_of(sound(elsewhere))) as aws:
        for account in (ACCOUNT, OTHER_ACCOUNT):
            aws.client(account, "iam").create_policy(PolicyName="vendor-boundary", PolicyDocument=BOUNDARY)
        ended = run("rolecall", "deploy", "--pipeline", "--target", "local", folder=elsewhere)
        assert ended.returncode == 0, ended.stderr
        commands = ended.stdout.splitlines()
        for command in commands:
            (account,) = re.findall(r"aws://([0-9]+)/", command)
            # As an administrator pastes it, in the estate's folder: its cdk.json must start no app.
            there = run("bash", "-c", command, folder=elsewhere, environment=aws.environment(account))
            assert there.returncode == 0, there.stderr
        aws.client(ACCOUNT, "iam").update_assume_role_policy(
            RoleName="rolecall-acme-deploy", PolicyDocument=json.dumps(TRUST)
        )
        found = Company(repository, machine(tmp_path_factory.mktemp("machine")), aws, commands)
        # The install step as it stands: the checkout becomes a wheel, and everything below runs from that.
        job = found.job(tmp_path_factory.mktemp("install") / "temp")
        run_job(found.workflow("pull-request"), "check", job, CHECKING)
        assert "Successfully installed rolecall" in job.said[0]
        yield found


def test_a_pull_request_is_checked_and_proved(company: Company, tmp_path: Path) -> None:
    checked = run_job(
        company.workflow("pull-request"), "check", company.job(tmp_path / "check"), CHECKING, is_installed=True
    )
    assert len(checked.said) == 3
    proved = run_job(
        company.workflow("pull-request"), "prove", company.job(tmp_path / "prove"), HERE, is_installed=True
    )
    assert "verified" in proved.summary
    assert "acme-prod/warehouse" in proved.summary
    assert proved.said[-1].endswith("stopped\n")


def test_a_pull_request_with_an_error_is_refused_and_still_told_to_code_scanning(
    company: Company, tmp_path: Path
) -> None:
    path = company.estate / "workspaces" / "acme-dev.yaml"
    written = path.read_text("utf-8")
    path.write_text(written.replace("vendor: workato", "vendor: workato\nfoo: 1"), "utf-8")
    job = company.job(tmp_path / "check")
    try:
        with pytest.raises(StepFailedError, match="exit code 1"):
            run_job(company.workflow("pull-request"), "check", job, CHECKING, is_installed=True)
    finally:
        path.write_text(written, "utf-8")
    assert f"::error file={FOLDER}/workspaces/acme-dev.yaml,line=5" in job.said[-2]
    assert "RC004" in (tmp_path / "check" / "rolecall.sarif").read_text("utf-8")


def test_a_merge_deploys_and_reads_back_each_workspace_and_the_night_finds_no_drift(
    company: Company, tmp_path: Path
) -> None:
    file = company.workflow("deploy")
    listed = run_job(file, "workspaces", company.job(tmp_path / "list"), HERE, is_installed=True)
    strategy = read(file)["jobs"]["deploy"]["strategy"]
    needs = {"needs.workspaces.outputs": listed.outputs}
    matrix = json.loads(filled(strategy["matrix"]["workspace"], company.job(tmp_path / "matrix", **needs)))
    assert matrix == ["acme-dev", "acme-prod"]
    actions = {
        **HERE,
        "aws-actions/configure-aws-credentials": company.credentials,
        "actions/upload-artifact": has_proof,
    }
    for workspace in matrix:
        job = company.job(tmp_path / workspace, matrix={"workspace": workspace}, **needs)
        run_job(file, "deploy", job, actions, is_installed=True)
        assert f"{workspace}/" in job.summary
        assert "verified" in job.summary
    for account, role in ((ACCOUNT, "workato-acme-prod-billing"), (OTHER_ACCOUNT, "workato-acme-prod-warehouse")):
        found = company.aws.client(account, "iam").get_role(RoleName=role)["Role"]
        assert found["Arn"] == f"arn:aws:iam::{account}:role/vendors/{role}"
    nightly = company.workflow("nightly")
    quiet = run_job(nightly, "drift", company.job(tmp_path / "night"), actions, is_installed=True)
    assert "same" in quiet.said[-1]
    company.aws.client(ACCOUNT, "iam").put_role_policy(
        RoleName="workato-acme-prod-billing",
        PolicyName="by-hand",
        PolicyDocument=BOUNDARY,
    )
    with pytest.raises(StepFailedError, match="exit code 1"):
        run_job(nightly, "drift", company.job(tmp_path / "later"), actions, is_installed=True)


def test_a_deployment_that_fails_tells_one_error_and_looks_for_no_proof(company: Company, tmp_path: Path) -> None:
    uploaded: list[str] = []

    def upload(_job: Job, inputs: Mapping[str, Any]) -> dict[str, str]:
        uploaded.append(inputs["name"])
        return {}

    actions = {**HERE, "aws-actions/configure-aws-credentials": company.credentials, "actions/upload-artifact": upload}
    needs = {"needs.workspaces.outputs": {"workspaces": '["no-such-workspace"]'}}
    job = company.job(tmp_path / "job", matrix={"workspace": "no-such-workspace"}, **needs)
    with pytest.raises(StepFailedError, match="no-such-workspace"):
        run_job(company.workflow("deploy"), "deploy", job, actions, is_installed=True)
    assert uploaded == []


def test_a_run_by_hand_of_another_branch_deploys_nothing(company: Company, tmp_path: Path) -> None:
    job = company.job(tmp_path / "job", github={"ref": "refs/heads/other"})
    assert run_job(company.workflow("deploy"), "workspaces", job, HERE, is_installed=True).was_skipped
    assert job.said == []


def deploy(company: Company, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    arguments = ["deploy", "acme-dev", "--require-approval", "never"]
    return run("rolecall", *arguments, folder=company.estate, environment=environment)


def test_a_deployer_with_the_documented_policy_and_nothing_else_deploys(company: Company) -> None:
    iam = company.aws.client(ACCOUNT, "iam")
    arn = f"arn:aws:iam::{ACCOUNT}:policy/rolecall-acme-deploy"
    document = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"]
    ended = deploy(company, company.user("deployer", *document["Statement"]))
    assert ended.returncode == 0, ended.stderr


def test_a_deployer_who_may_not_assume_the_deploy_role_is_told_so(company: Company) -> None:
    roles = [f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-{kind}-role-*" for kind in ("lookup", "file-publishing")]
    ended = deploy(
        company, company.user("publisher", {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": roles})
    )
    assert ended.returncode == 1
    role = f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-deploy-role-{ACCOUNT}-eu-central-1"
    error = ended.stderr[ended.stderr.index("error: ") :]
    assert f"may not use sts:AssumeRole on {role}" in error
    assert "  try: allow it in the policy of" in error
    assert "docs/deployer.md" in error


def test_a_deployer_who_may_not_read_is_told_which_permission_is_missing(company: Company) -> None:
    ended = deploy(company, company.user("nobody"))
    assert ended.returncode == 3
    assert "allow cloudformation:DescribeStacks in the policy of whoever reads account 111111111111" in ended.stderr


def test_the_commands_that_follow_the_pipeline_name_its_policy(company: Company) -> None:
    assert [re.findall(r"aws://\S+", command)[0] for command in company.bootstrap] == [
        f"aws://{ACCOUNT}/eu-central-1",
        f"aws://{OTHER_ACCOUNT}/eu-west-1",
    ]
    for account in (ACCOUNT, OTHER_ACCOUNT):
        policy = f"arn:aws:iam::{account}:policy/rolecall-acme-execution"
        attached = company.aws.client(account, "iam").list_entities_for_policy(PolicyArn=policy)["PolicyRoles"]
        assert [role["RoleName"].split("-role-")[0] for role in attached] == ["cdk-hnb659fds-cfn-exec"]


def test_an_administrator_puts_up_the_stacks_of_his_own_account_and_is_told_what_is_left(company: Company) -> None:
    arguments = ["deploy", "--pipeline", "--require-approval", "never"]
    ended = run("rolecall", *arguments, folder=company.estate, environment=company.aws.environment(OTHER_ACCOUNT))
    assert ended.returncode == 0, ended.stderr
    assert f"left: sign in to {ACCOUNT} and run this again" in ended.stderr
    assert "rolecall-acme-pipeline" not in ended.stderr
    assert "it replaces trust and execution policies of the account's own CDKToolkit" in ended.stderr
    said, before = (
        [line.partition(" cdk bootstrap ")[2] for line in some]
        for some in (ended.stdout.splitlines(), company.bootstrap)
    )
    assert said == before
    # By now the estate has the cdk that its lock file pins, and the commands find that one.
    assert ended.stdout.startswith(f"PATH={company.estate}/node_modules/.bin:")


def test_a_pipeline_does_not_move_to_another_region_and_is_told_which_one_it_has(company: Company) -> None:
    path = company.estate / "estate.yaml"
    written = path.read_text("utf-8")
    assert '\n  region: "eu-central-1"' in written
    path.write_text(written.replace('\n  region: "eu-central-1"', '\n  region: "ap-south-1"'), "utf-8")
    try:
        arguments = ["deploy", "--pipeline", "--require-approval", "never"]
        ended = run("rolecall", *arguments, folder=company.estate, environment=company.aws.environment(ACCOUNT))
    finally:
        path.write_text(written, "utf-8")
    assert ended.returncode == 1
    assert "is of stack rolecall-acme-pipeline in eu-central-1, and the pipeline's region is ap-south-1" in ended.stderr
    assert "keep that stack, with `region: eu-central-1` under `pipeline`" in ended.stderr
    there = company.aws.client(ACCOUNT, "cloudformation", "ap-south-1").describe_stacks()["Stacks"]
    assert not [stack for stack in there if stack["StackName"].startswith("rolecall-")]
