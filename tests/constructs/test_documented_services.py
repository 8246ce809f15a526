"""docs/services.md: its YAML is an estate that passes check, and its program is a role."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from quiet_cdk import Template, cdk

from rolecall.estate import judged
from rolecall.model.finding import Severity

PAGE = (Path(__file__).parents[2] / "docs" / "services.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", blocks("yaml"))
def test_the_yaml_of_the_page_passes_check(text: str, tmp_path: Path) -> None:
    project = {"project": "billing", "project_id": "678", **yaml.safe_load(text)}
    workspace = {"workspace": "w", "vendor": "workato", "workspace_id": "1", "data_center": "us", "projects": [project]}
    defaults = {"account": "111111111111", "region": "eu-central-1"}
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(yaml.safe_dump({"schema": 1, "estate": "acme", "defaults": defaults}))
    (tmp_path / "workspaces" / "w.yaml").write_text(yaml.safe_dump(workspace))
    found = judged(tmp_path)
    assert found.estate is not None
    # The page's first block has `http` and shows no statements.
    expected = {"RC220"} if "http" in text else set()
    assert {finding.rule for finding in found.findings if finding.severity is not Severity.INFO} == expected


def test_the_program_of_the_page_runs_as_it_stands() -> None:
    (program,) = blocks("python")
    stack = cdk.Stack(cdk.App(), "Stack")
    names: dict[str, Any] = {"stack": stack}
    exec(compile(program, "page", "exec"), names)  # noqa: S102
    Template.from_stack(stack).resource_count_is("AWS::IAM::ManagedPolicy", 1)
