"""The pipeline's own stacks, as `cdk deploy -c pipeline=true` and `rolecall synth --pipeline` get them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rolecall.cli import app as command_line
from rolecall.estate import with_pipeline
from tests.stacks.test_app import ACME, app

PIPELINE = """
  permissions_boundary: vendor-boundary
pipeline:
  github: {repository: acme/doors, repository_id: "456789", owner_id: "123456", environment: production}
  create_provider: true
"""
STACKS = [
    "rolecall-acme-execution-111111111111-eu-central-1",
    "rolecall-acme-execution-222222222222-eu-central-1",
    "rolecall-acme-pipeline",
]


@pytest.fixture
def piped(acme: Path) -> Path:
    """The example estate with a pipeline."""
    path = acme / "estate.yaml"
    path.write_text(path.read_text("utf-8").rstrip("\n") + PIPELINE, "utf-8")
    return acme


def test_the_stacks_pass_cdk_nag_and_need_nothing_of_cdks_bootstrap(piped: Path, tmp_path: Path) -> None:
    ended = app(tmp_path / "out", {"estate": str(piped), "pipeline": "true"}, validation=True)
    assert (ended.code, ended.said, ended.templates) == (0, "", STACKS)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    for stack in STACKS:
        properties: dict[str, Any] = manifest["artifacts"][stack]["properties"]
        assert not {"assumeRoleArn", "stackTemplateAssetObjectUrl", "requiresBootstrapStackVersion"} & set(properties)
    template = json.loads((tmp_path / "out" / "rolecall-acme-pipeline.template.json").read_text("utf-8"))
    kinds = sorted(resource["Type"] for resource in template["Resources"].values())
    assert kinds == ["AWS::IAM::ManagedPolicy", "AWS::IAM::OIDCProvider", "AWS::IAM::Role"]


def moved(estate: Path, workspace: str, region: str) -> None:
    """Let a workspace say its region itself."""
    path = estate / "workspaces" / f"{workspace}.yaml"
    path.write_text(f"{path.read_text('utf-8')}region: {region}\n", "utf-8")


def test_the_stacks_stay_in_the_region_of_the_pipeline_whatever_regions_the_roles_have(
    piped: Path, tmp_path: Path
) -> None:
    path = piped / "estate.yaml"
    written = path.read_text("utf-8")
    path.write_text(written.replace("create_provider: true", "region: eu-west-1"), "utf-8")
    before = app(tmp_path / "before", {"estate": str(piped), "pipeline": "true"})
    moved(piped, "acme-dev", "ap-south-1")
    moved(piped, "acme-prod", "eu-central-1")
    path.write_text(path.read_text("utf-8").replace("region: eu-central-1", "region: ca-central-1"), "utf-8")
    after = app(tmp_path / "after", {"estate": str(piped), "pipeline": "true"})
    assert (after.code, after.said) == (0, "")
    assert (
        after.templates
        == before.templates
        == [
            "rolecall-acme-execution-111111111111-eu-west-1",
            "rolecall-acme-execution-222222222222-eu-west-1",
            "rolecall-acme-pipeline",
        ]
    )


def test_without_any_region_of_its_own_or_of_the_estate_the_pipeline_has_the_first_by_name(piped: Path) -> None:
    path = piped / "estate.yaml"
    path.write_text(path.read_text("utf-8").replace("  region: eu-central-1\n", ""), "utf-8")
    for workspace, region in (("acme-dev", "us-east-1"), ("acme-prod", "eu-central-1"), ("unified-prod", "eu-west-1")):
        moved(piped, workspace, region)
    estate, pipeline = with_pipeline(piped)
    assert (estate.default_region, pipeline.region) == (None, "eu-central-1")


def test_the_stacks_of_the_roles_do_not_know_the_pipeline(piped: Path, tmp_path: Path) -> None:
    plain = app(tmp_path / "plain", {"estate": str(piped)})
    assert not [name for name in plain.templates if name.startswith("rolecall-")]


def test_an_estate_without_a_pipeline_is_told_in_a_sentence(tmp_path: Path) -> None:
    ended = app(tmp_path, {"estate": str(ACME), "pipeline": "true"})
    assert ended.code == 1
    assert ended.said.startswith("rolecall: estate.yaml names no `pipeline`")


def test_a_selector_beside_pipeline_is_misuse(piped: Path, tmp_path: Path) -> None:
    arguments = ["synth", "acme-dev", "--pipeline", "--out", str(tmp_path / "out"), "--estate", str(piped)]
    ended = CliRunner().invoke(command_line, arguments)
    assert str(ended.exception) == "--pipeline takes no selector"
    assert not (tmp_path / "out").exists()
