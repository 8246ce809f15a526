"""The workflow files as they are written: GitHub's own schema, least permissions, pinned actions, nothing injected."""

import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from identity_evaluator import allows
from jsonschema import Draft7Validator

from rolecall.estate import sound
from rolecall.model.grant import Estate
from rolecall.model.invalid import InvalidValueError
from rolecall.model.pipeline import GitHub, Pipeline
from rolecall.pipelines import Layout, github_workflows

ACME = Path(__file__).parents[2] / "examples" / "acme"
DOORS = GitHub("acme/doors", "456789", "production", "123456")
PINNED = re.compile(r"      - uses: [a-z-]+/[a-z-]+(/[a-z-]+)?@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+")
WORKFLOWS = ("pull-request", "deploy", "nightly")


def estate(github: GitHub = DOORS) -> Estate:
    pipeline = Pipeline(github, "111111111111", "eu-central-1", "rolecall-acme-deploy")
    return replace(sound(ACME), pipeline=pipeline)


def text_of(name: str, layout: Layout = Layout("infra/doors")) -> str:  # noqa: B008 -- frozen
    return github_workflows(estate(), layout)[f".github/workflows/rolecall-{name}.yml"]


def read(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(text, yaml.BaseLoader)  # noqa: S506 -- texts only
    return found


def schema(place: str) -> Draft7Validator:
    text = (files("check_jsonschema") / "builtin_schemas" / place).read_text("utf-8")
    return Draft7Validator(json.loads(text))


def typed(text: str) -> Any:
    """As GitHub reads it: YAML 1.2, in which `on` is a text."""
    found = yaml.load(text, yaml.CSafeLoader)
    return {"on" if key is True else key: value for key, value in found.items()}


@pytest.mark.parametrize("folder", [".", "infra/doors"])
@pytest.mark.parametrize("name", WORKFLOWS)
@pytest.mark.parametrize("place", ["vendor/github-workflows.json", "custom/github-workflows-require-timeout.json"])
def test_a_workflow_fits_githubs_published_schema_and_every_job_has_a_timeout(
    name: str, folder: str, place: str
) -> None:
    document = typed(text_of(name, Layout(folder)))
    assert [error.message for error in schema(place).iter_errors(document)] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_schema_refuses_a_workflow_with_a_misspelt_key(name: str) -> None:
    document = typed(text_of(name))
    first = next(iter(document["jobs"].values()))
    first["step"] = first.pop("steps")
    assert list(schema("vendor/github-workflows.json").iter_errors(document))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_action_is_pinned_by_its_commit_with_the_release_beside_it(name: str) -> None:
    used = [line for line in text_of(name).splitlines() if "uses:" in line]
    assert used
    assert [line for line in used if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_expression_reaches_a_script(name: str) -> None:
    steps = [step for job in read(text_of(name))["jobs"].values() for step in job["steps"]]
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []
    assert not re.search(r"github\.event|secrets\.|pull_request_target", text_of(name))


@pytest.mark.parametrize(
    ("name", "job", "permissions"),
    [
        ("pull-request", "check", {"actions": "read", "contents": "read", "security-events": "write"}),
        ("pull-request", "prove", {"contents": "read"}),
        ("deploy", "workspaces", {"contents": "read"}),
        ("deploy", "deploy", {"contents": "read", "id-token": "write"}),
        ("nightly", "drift", {"contents": "read", "id-token": "write"}),
    ],
)
def test_a_job_has_these_permissions_and_no_others(name: str, job: str, permissions: dict[str, str]) -> None:
    written = read(text_of(name))
    assert written["permissions"] == {}
    assert written["jobs"][job]["permissions"] == permissions
    assert "concurrency" in written


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_job_keeps_the_repositorys_token_and_whoever_gets_aws_names_the_environment(name: str) -> None:
    for job in read(text_of(name))["jobs"].values():
        (checkout,) = (step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@"))
        # The nightly run is of the default branch, whichever is deployed.
        asked = {"ref": "main"} if name == "nightly" else {}
        assert checkout["with"] == {"persist-credentials": "false", **asked}
        gets_aws = any("configure-aws-credentials" in step.get("uses", "") for step in job["steps"])
        assert gets_aws == (job.get("environment") == "production") == ("id-token" in job["permissions"])


def test_the_credentials_are_those_of_the_deploy_role_for_the_audience_that_it_trusts() -> None:
    steps = read(text_of("deploy"))["jobs"]["deploy"]["steps"]
    (step,) = (step for step in steps if "configure-aws-credentials" in step.get("uses", ""))
    assert step["with"] == {
        "role-to-assume": "arn:aws:iam::111111111111:role/rolecall-acme-deploy",
        "aws-region": "eu-central-1",
        "audience": "sts.amazonaws.com",
    }


def test_an_environment_that_yaml_would_read_otherwise_stays_a_text() -> None:
    found = github_workflows(estate(replace(DOORS, environment="true")), Layout())
    nightly = yaml.load(found[".github/workflows/rolecall-nightly.yml"], yaml.CSafeLoader)
    assert nightly["jobs"]["drift"]["environment"] == "true"


def test_the_requirement_stands_beside_the_estate() -> None:
    files = github_workflows(estate(), Layout("infra/doors"))
    lines = {name: text.splitlines() for name, text in files.items() if name.startswith("infra/doors/requirements")}
    assert [(len(text), text[0][:2]) for text in lines.values()] == [(2, "# "), (2, "# ")]
    assert lines["infra/doors/requirements.txt"][1].startswith("rolecall[cdk]==")
    assert lines["infra/doors/requirements-local.txt"][1].startswith("rolecall[cdk,local]==")
    assert github_workflows(estate(), Layout(requirement="x==1"))["requirements.txt"].endswith("\nx==1\n")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_whoever_gets_the_deploy_role_installs_no_embedded_aws_and_nobody_a_cache(name: str) -> None:
    for job in read(text_of(name))["jobs"].values():
        (python,) = (step for step in job["steps"] if "setup-python" in step.get("uses", ""))
        assert python["with"] == {"python-version": "3.11"}
        (install,) = (step["run"] for step in job["steps"] if "pip install" in step.get("run", ""))
        wanted = "requirements-local.txt" if name == "pull-request" else "requirements.txt"
        assert install.splitlines()[0] == f"python -m pip install --no-cache-dir --requirement {wanted}"


def test_a_merge_queue_gets_the_required_jobs_too() -> None:
    assert read(text_of("pull-request"))["on"] == {
        "pull_request": {"branches": ["main"]},
        "merge_group": {"types": ["checks_requested"]},
    }


def test_a_job_that_is_run_again_puts_its_proof_in_the_place_of_the_first() -> None:
    steps = [step for job in read(text_of("deploy"))["jobs"].values() for step in job["steps"]]
    (upload,) = [step for step in steps if step.get("uses", "").startswith("actions/upload-artifact@")]
    assert upload["with"]["overwrite"] == "true"


def test_a_deployment_by_hand_is_one_of_the_deployed_branch() -> None:
    jobs = read(text_of("deploy", Layout(branch="release/1")))["jobs"]
    assert jobs["workspaces"]["if"] == "${{ github.ref == 'refs/heads/release/1' }}"
    assert jobs["deploy"]["needs"] == "workspaces"  # what needs a job that was skipped is skipped


def test_the_nightly_job_can_become_readers_and_nobody_who_deploys() -> None:
    steps = read(text_of("nightly"))["jobs"]["drift"]["steps"]
    (step,) = (step for step in steps if "configure-aws-credentials" in step.get("uses", ""))
    policy = json.loads(step["with"]["inline-session-policy"])
    for account in ("111111111111", "222222222222"):
        role = f"arn:aws:iam::{account}:role/cdk-hnb659fds-{{}}-role-{account}-eu-central-1"
        assert allows(policy, "sts:AssumeRole", role.format("lookup"))
        for kind in ("deploy", "file-publishing", "cfn-exec"):
            assert not allows(policy, "sts:AssumeRole", role.format(kind))
    assert not allows(policy, "iam:GetRole", "arn:aws:iam::111111111111:role/x")


def read_by(*readers: str) -> Estate:
    first = sound(ACME).grants[0]
    return replace(estate(), grants=tuple(replace(first, reader_role=reader) for reader in readers))


@pytest.mark.parametrize("name", ["audit", "it's"])
def test_the_estates_own_readers_are_among_them_in_every_account(name: str) -> None:
    for written in (f"arn:aws:iam::{{account}}:role/{name}", f"arn:aws:iam::111111111111:role/{name}"):
        text = github_workflows(read_by(written), Layout())[".github/workflows/rolecall-nightly.yml"]
        (step,) = (step for step in read(text)["jobs"]["drift"]["steps"] if "credentials" in step.get("uses", ""))
        policy = json.loads(step["with"]["inline-session-policy"])
        assert allows(policy, "sts:AssumeRole", f"arn:aws:iam::111111111111:role/{name}")
        assert not allows(policy, "sts:AssumeRole", "arn:aws:iam::111111111111:role/other")


def test_more_readers_than_a_session_policy_names_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="reader roles of the estate"):
        github_workflows(read_by(*(f"arn:aws:iam::111111111111:role/reader-{n}" for n in range(60))), Layout())


@pytest.mark.parametrize(
    "wrong",
    [
        {"folder": "../x"},
        {"folder": "/etc"},
        {"folder": 'a"b'},
        {"folder": "a b"},
        {"folder": "a;b"},
        {"folder": "-x"},
        {"folder": ""},
        {"branch": "a b"},
        {"branch": '"'},
        {"branch": "${{ x }}"},
        {"python_version": "3"},
        {"requirement": "a\nb"},
        {"local_requirement": "a\nb"},
    ],
    ids=str,
)
def test_what_a_workflow_could_not_hold_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidValueError) as refused:
        Layout(**wrong)
    assert refused.value.rule == "RC003"


def test_an_estate_without_a_pipeline_has_no_workflows() -> None:
    with pytest.raises(InvalidValueError, match="`pipeline` of the estate: got 'nothing'"):
        github_workflows(sound(ACME), Layout())
