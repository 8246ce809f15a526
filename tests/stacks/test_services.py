"""The estate with a project for each AWS service, as it stands in the templates: valid, and with nothing left open."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rolecall.estate import sound
from rolecall.policy.compile import Home, permission_policies, permission_statements

ROOT = Path(__file__).parents[2]
SERVICES = ROOT / "examples" / "services"
EVERY_SERVICE = {"sqs", "sns", "s3", "lambda", "ses", "lex", "cloudwatch", "http"}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthesised as the cdk CLI does it, with cdk-nag and CDK's own validation on."""
    outdir = tmp_path_factory.mktemp("services")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CDK_", "PYTEST_"))}
    environment |= {"CDK_OUTDIR": str(outdir), "CDK_CONTEXT_JSON": json.dumps({"estate": str(SERVICES)})}
    ended = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return outdir


def test_the_example_has_every_service() -> None:
    assert {each.service for grant in sound(SERVICES).grants for each in grant.permissions.services} == EVERY_SERVICE


def test_it_passes_cdk_nag_and_cdks_own_validation(assembly: Path) -> None:
    reports = json.loads((assembly / "validation-report.json").read_text("utf-8"))["pluginReports"]
    assert {report["pluginName"]: report["conclusion"] for report in reports}["AwsSolutions"] == "success"
    assert [violation for report in reports for violation in report["violations"]] == []
    accepted = {v["ruleName"]: v["reason"] for report in reports for v in report["suppressedViolations"]}
    objects = "AwsSolutions-IAM5[Resource::arn:aws:s3:::acme-exports/billing/*]"
    groups = "AwsSolutions-IAM5[Resource::arn:aws:logs:eu-central-1:111111111111:log-group:/app/billing:*]"
    assert set(accepted) == {objects, groups, "AwsSolutions-IAM5[Resource::*]"}
    assert "documented by Workato: https://docs.workato.com/" in accepted["AwsSolutions-IAM5[Resource::*]"]


def test_cfn_lint_finds_nothing_in_the_template(assembly: Path) -> None:
    (template,) = assembly.glob("*.template.json")
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from cfnlint.runner import main; sys.exit(main())",
            "--non-zero-exit-code",
            "informational",
            str(template),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "")


def test_what_stands_in_the_template_is_what_was_compiled(assembly: Path) -> None:
    (template,) = assembly.glob("*.template.json")
    resources = json.loads(template.read_text("utf-8"))["Resources"].values()
    found = {
        resource["Properties"]["ManagedPolicyName"]: resource["Properties"]["PolicyDocument"]
        for resource in resources
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    }
    compiled: dict[str, Any] = {}
    for grant in sound(SERVICES).grants:
        home = Home(grant.partition, grant.account, grant.region)
        (document,) = permission_policies(permission_statements(grant.permissions, home)).values()
        compiled[grant.role_name] = document
    assert found == compiled
