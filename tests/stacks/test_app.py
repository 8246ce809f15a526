"""app.py as the cdk CLI starts it: context and output folder come in the environment, rule packs are on."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ACME = ROOT / "examples" / "acme"
IAM5 = re.compile(r"AwsSolutions-IAM5\[Resource::(.*)\]")


@dataclass(frozen=True)
class Ended:
    """What a run of app.py left behind."""

    code: int
    said: str
    templates: list[str]
    folder: Path

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "validation-report.json").read_text("utf-8"))
        return found


def app(outdir: Path, context: dict[str, Any], *, validation: bool = False) -> Ended:
    # Under pytest CDK puts its report into the exception; as the cdk CLI starts the app, it goes to standard error.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CDK_", "PYTEST_"))}
    environment |= {"CDK_OUTDIR": str(outdir), "CDK_CONTEXT_JSON": json.dumps(context)}
    environment |= {} if validation else {"CDK_VALIDATION": "false"}
    ended = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.stdout == ""
    templates = sorted(path.name.removesuffix(".template.json") for path in outdir.glob("*.template.json"))
    return Ended(ended.returncode, ended.stderr, templates, outdir)


def rewritten(folder: Path, old: str, new: str) -> Path:
    path = folder / "workspaces" / "acme-dev.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return folder


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The example estate, synthesised with every rule pack on."""
    return app(tmp_path_factory.mktemp("validated"), {"estate": str(ACME)}, validation=True)


def test_the_example_estate_passes_cdk_nag_and_cdks_own_validation(validated: Ended) -> None:
    assert (validated.code, validated.said) == (0, "")
    assert len(validated.templates) == 4
    reports = validated.report()["pluginReports"]
    assert {report["pluginName"]: report["conclusion"] for report in reports}["AwsSolutions"] == "success"
    assert [violation for report in reports for violation in report["violations"]] == []


def test_acknowledgements_are_for_granted_wildcards_alone_and_carry_reasons(validated: Ended, acme_grants: Any) -> None:
    accepted = [v for report in validated.report()["pluginReports"] for v in report["suppressedViolations"]]
    granted = {
        secret.resource(grant.partition, grant.region, grant.account): grant.address
        for grant in acme_grants
        for secret in grant.permissions.secrets
        if secret.kind == "prefix"
    }
    seen = {}
    for violation in accepted:
        rule = IAM5.fullmatch(violation["ruleName"])
        assert rule, violation["ruleName"]
        (where,) = violation["violatingConstructs"]
        seen[rule[1]] = where["constructPath"].split("/")[1]
        assert violation["acknowledgedAt"] == where["constructPath"]
        assert violation["reason"].startswith(f"{granted[rule[1]]} ")
    assert seen == {resource: address.split("/")[1] for resource, address in granted.items()}


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ('{Effect: Allow, Action: "s3:GetObject", Resource: "*"}', "RC205"),
        ('{Effect: Allow, Action: "s3:Get*", Resource: "arn:aws:s3:::a/b"}', "AwsSolutions-IAM5[Action::s3:Get*]"),
    ],
)
def test_a_wildcard_in_a_statement_of_the_estate_fails_synthesis(
    acme: Path, tmp_path: Path, statement: str, finding: str
) -> None:
    sandbox = '    project_id: "11"\n'
    rewritten(acme, sandbox, f"{sandbox}    statements: [{statement}]\n")
    ended = app(tmp_path / "out", {"estate": str(acme), "workspace": "acme-dev"}, validation=True)
    assert ended.code == 1
    assert finding in ended.said
    assert "Traceback" not in ended.said


def test_a_waived_wildcard_is_answered_towards_cdk_nag(acme: Path, tmp_path: Path) -> None:
    sandbox = '    project_id: "11"\n'
    statement = '{Effect: Allow, Action: "s3:GetObject", Resource: "*"}'
    rewritten(acme, sandbox, f"{sandbox}    statements: [{statement}]\n")
    waiver = "{rule: RC205, at: acme-dev/sandbox, reason: being narrowed, owner: team, until: 2999-01-01}"
    with (acme / "estate.yaml").open("a", encoding="utf-8") as file:
        file.write(f"waivers: [{waiver}]\n")
    ended = app(tmp_path / "out", {"estate": str(acme), "workspace": "acme-dev"}, validation=True)
    assert ended.code == 0, ended.said


def test_what_cdks_own_validation_calls_an_error_fails_synthesis(acme: Path, tmp_path: Path) -> None:
    sandbox = '    project_id: "11"\n'
    statement = '{Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:11111111111:q"}'
    rewritten(acme, sandbox, f"{sandbox}    statements: [{statement}]\n")
    ended = app(tmp_path / "out", {"estate": str(acme), "workspace": "acme-dev"}, validation=True)
    assert ended.code == 1
    assert "CloudFormation-Validate::E3510" in ended.said
    assert "Traceback" not in ended.said


@pytest.mark.parametrize(
    ("workspace", "stacks"),
    [
        ("acme-dev", ["acme-dev-111111111111-eu-central-1"]),
        ("acme-prod", ["acme-prod-111111111111-eu-central-1", "acme-prod-222222222222-eu-west-1"]),
        ("acme-prod/billing", ["acme-prod-111111111111-eu-central-1"]),
    ],
)
def test_the_context_key_workspace_selects_whole_stacks(tmp_path: Path, workspace: str, stacks: list[str]) -> None:
    ended = app(tmp_path, {"estate": str(ACME), "workspace": workspace})
    assert (ended.code, ended.said, ended.templates) == (0, "", stacks)
    template = json.loads((tmp_path / f"{stacks[0]}.template.json").read_text("utf-8"))
    assert len(template["Outputs"]) in (1, 2)


@pytest.mark.parametrize(
    ("context", "sentence"),
    [
        ({"estate": str(ACME), "workspace": "acme-pro"}, "did you mean 'acme-prod'?"),
        ({"estate": "/nowhere"}, "no estate.yaml in /nowhere"),
    ],
)
def test_a_context_that_leads_nowhere_is_told_in_a_sentence(
    tmp_path: Path, context: dict[str, str], sentence: str
) -> None:
    ended = app(tmp_path, context)
    assert (ended.code, ended.templates) == (1, [])
    assert ended.said.startswith("rolecall: ")
    assert sentence in ended.said
    assert "Traceback" not in ended.said


def test_an_estate_with_errors_names_them_all_and_writes_no_template(acme: Path, tmp_path: Path) -> None:
    rewritten(acme, "vendor: workato", "vendor: workato\nfoo: 1\naccount: 12")
    ended = app(tmp_path / "out", {"estate": str(acme)})
    assert (ended.code, ended.templates) == (1, [])
    assert "workspaces/acme-dev.yaml:5:1: RC004 unknown key: got 'foo'" in ended.said
    assert "workspaces/acme-dev.yaml:6:1: RC111 account is not an AWS account id: got '12'" in ended.said
    assert "Traceback" not in ended.said


def test_an_error_in_one_workspace_stops_the_others_too(acme: Path, tmp_path: Path) -> None:
    rewritten(acme, "vendor: workato", "vendor: workato\nfoo: 1")
    ended = app(tmp_path / "out", {"estate": str(acme), "workspace": "unified-prod"})
    assert (ended.code, ended.templates) == (1, [])


@pytest.mark.parametrize("wrong", ['tags: {"bad!": x}', 'tags: {"aws:x": x}'])
def test_what_only_the_construct_refuses_is_told_in_a_sentence_too(acme: Path, tmp_path: Path, wrong: str) -> None:
    rewritten(acme, "vendor: workato", f"vendor: workato\n{wrong}")
    ended = app(tmp_path / "out", {"estate": str(acme), "workspace": "acme-dev"})
    assert ended.code == 1
    assert "Traceback" not in ended.said
