"""`check --format` for code scanning and pull requests, `schema` for editors, and the hook for pre-commit."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from rolecall.cli import app
from rolecall.config.json_schema import all_files, file_schema

ROOT = Path(__file__).parents[2]
PROJECT = "workspace: w\nvendor: workato\nprojetcs: []\n"


def rolecall(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program as a shell would."""
    return subprocess.run(
        [sys.executable, "-m", "rolecall.cli", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with an estate in a folder of its own, which has one error."""
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    estate = root / "infra" / "acme"
    (estate / "workspaces").mkdir(parents=True)
    (estate / "estate.yaml").write_text("schema: 1\nestate: e\n")
    (estate / "workspaces" / "w.yaml").write_text(PROJECT)
    return root


@pytest.mark.parametrize(("place", "estate"), [(".", "infra/acme"), ("infra", "acme"), ("infra/acme", "."), ("..", "")])
def test_annotations_name_files_from_the_root_of_the_repository(repository: Path, place: str, estate: str) -> None:
    where = estate or str(repository / "infra" / "acme")
    ended = rolecall("check", "--estate", where, "--format", "github", folder=repository / place)
    assert ended.returncode == 1
    command, summary = ended.stdout.splitlines()
    assert command.startswith("::error file=infra/acme/workspaces/w.yaml,line=3,col=1,title=RC004::unknown key: got")
    assert summary == "0 roles; 1 error, 0 warnings, 0 info"


def test_without_a_repository_the_current_folder_is_the_root(repository: Path) -> None:
    (repository / ".git").rmdir()
    ended = rolecall("check", "--estate", "acme", "--format", "github", folder=repository / "infra")
    assert ended.stdout.startswith("::error file=acme/workspaces/w.yaml,")


def test_sarif_goes_to_standard_output_and_the_exit_code_stays(repository: Path) -> None:
    ended = rolecall("check", "--estate", "infra/acme", "--format", "sarif", folder=repository)
    assert ended.returncode == 1
    [run] = json.loads(ended.stdout)["runs"]
    [result] = run["results"]
    assert result["ruleId"] == "RC004"
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "infra/acme/workspaces/w.yaml", "uriBaseId": "SRCROOT"}


@pytest.mark.parametrize(("output", "read"), [("text", "0"), ("json", "0"), ("github", "0"), ("sarif", "1")])
def test_the_rule_reference_is_read_only_where_it_is_shown(output: str, read: str) -> None:
    script = f"""
from typer.testing import CliRunner
from rolecall.cli import app
from rolecall.rules.reference import rules
ended = CliRunner().invoke(app, ['check', '--estate', 'examples/acme', '--format', {output!r}])
print(ended.exit_code, rules.cache_info().currsize)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout.split() == ["0", read]


@pytest.mark.parametrize("kind", ["estate", "workspace", "project"])
def test_schema_prints_the_schema_of_one_kind_of_file(kind: str) -> None:
    ended = rolecall("schema", kind, folder=ROOT)
    assert (ended.returncode, json.loads(ended.stdout)) == (0, file_schema(kind))
    assert ended.stdout == (ROOT / "docs" / "schema" / f"{kind}.json").read_text("utf-8")


def test_schema_prints_one_for_all_files() -> None:
    assert json.loads(rolecall("schema", folder=ROOT).stdout) == all_files()


def test_the_published_hook_runs_a_command_that_there_is_on_the_files_of_an_estate() -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("rolecall-check", "python", False)
    program, command = hook["entry"].split()
    assert program == "rolecall"
    assert command in {found.name for found in app.registered_commands}
    taken = ["estate.yaml", "infra/estate.yaml", "workspaces/w.yaml", "infra/workspaces/w/p.yaml", "workspaces/w.yml"]
    left = ["README.md", "my-estate.yaml", "docs/schema/estate.json", "workspaces/notes.md", "estate.yaml.j2"]
    assert [name for name in [*taken, *left] if re.search(hook["files"], name)] == taken
    assert f"id: {hook['id']}" in (ROOT / "README.md").read_text("utf-8")
