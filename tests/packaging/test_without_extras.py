"""`pip install rolecall` alone: what needs no extra works, and what needs one says which."""

import re
import shutil
from pathlib import Path

import pytest

from tests.packaging.environments import Environment

CDK, LOCAL = "pip install 'rolecall[cdk]'", "pip install 'rolecall[local]'"
# An account that nobody can be asked in: keys of nobody, and a port where nobody listens.
NOBODY = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_REGION": "eu-central-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(scope="module")
def estate(base: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base-estate")
    ended = base.run("rolecall", "init", "e", "--no-input", folder=folder)
    assert ended.returncode == 0, ended.stderr
    return folder / "e"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("check", "1 role; 0 errors"),
        ("list", "acme-prod/billing"),
        ("schema estate", '"$schema"'),
        ("local down", "was not running"),
        ("--show-completion", "_ROLECALL_COMPLETE"),
    ],
)
def test_what_needs_no_extra_works(base: Environment, estate: Path, command: str, told: str) -> None:
    ended = base.run("rolecall", *command.split(), folder=estate)
    assert (ended.returncode, told in ended.stdout) == (0, True), ended.stdout + ended.stderr


@pytest.mark.parametrize("command", ["verify", "drift"])
def test_live_roles_are_asked_for_without_an_extra(base: Environment, estate: Path, command: str) -> None:
    ended = base.run("rolecall", command, "--target", "aws", folder=estate, **NOBODY)
    assert ended.returncode == 3
    assert "cannot be reached" in ended.stdout + ended.stderr
    assert "fault of Rolecall" not in ended.stderr


@pytest.mark.parametrize(
    ("command", "tip"),
    [
        ("synth --out out", CDK),
        ("deploy", CDK),
        ("deploy --target local", CDK),
        ("install-cdk", CDK),
        ("local up", LOCAL),
        ("local env", LOCAL),
        ("verify --target local", LOCAL),
        ("drift --target local", LOCAL),
        ("demo", LOCAL),
        ("demo --estate .", LOCAL),
    ],
)
def test_what_needs_an_extra_says_which_one(base: Environment, estate: Path, command: str, tip: str) -> None:
    ended = base.run("rolecall", *command.split(), folder=estate)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"try: {tip}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_document_that_an_error_names_is_where_it_says(base: Environment, estate: Path, tmp_path: Path) -> None:
    shutil.copytree(estate, tmp_path / "e")
    own = tmp_path / "e" / "templates" / "handoff"
    own.mkdir(parents=True)
    (own / "sheet.md.j2").write_text("{{ nothing }}")
    ended = base.run("rolecall", "handoff", "--no-lookup", "--out", "out", folder=tmp_path / "e")
    assert ended.returncode == 2
    place = re.search(r"try: (\S+)", ended.stderr)
    assert place
    assert "starter" in Path(place[1]).read_text("utf-8")
    assert Path(place[1]).is_relative_to(base.site_packages)


@pytest.mark.parametrize("program", ["app.py", "-m stacks"])
def test_the_cdk_app_without_cdk_says_which_extra_it_needs(base: Environment, estate: Path, program: str) -> None:
    ended = base.run("python", *program.split(), folder=estate)
    assert ended.returncode == 2
    assert f"try: {CDK}" in ended.stderr
    assert "Traceback" not in ended.stderr
