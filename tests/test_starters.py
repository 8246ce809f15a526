"""Starters of an estate's own: they win over ours, get what the docs say, and a bad one is a sentence."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from rolecall.answer import CommandError
from rolecall.commands.init import Talk, Wishes, init
from rolecall.commands.init.new_pipeline import PIPELINE_VALUES
from rolecall.commands.init.situation import Situation
from rolecall.commands.init.starter_values import Made, starter_values
from rolecall.commands.init.starting import ESTATE_STARTERS, ESTATE_VALUES
from rolecall.config.files import WrittenWorkspace
from rolecall.config.schema import Vendor, Workspace
from rolecall.config.source import SourceFile
from rolecall.estate import judged
from rolecall.model.finding import has_errors
from rolecall.model.grant import Estate
from rolecall.model.pipeline import GitHub, Pipeline
from rolecall.pipelines import Layout, workflow_values
from rolecall.starters import BadStarterError, quoted, render
from rolecall.vendors import catalog
from tests.commands.test_init import fitting

ROOT = Path(__file__).parents[1]
PROJECT = "estate/workspaces/project.yaml.j2"
WORKSPACE = "estate/workspaces/workspace.yaml.j2"
OURS = (ROOT / "templates" / PROJECT).read_text("utf-8")
HR = Wishes(workspace="acme-prod", project="hr", project_id="81")


def make(folder: Path, wishes: Wishes | None = None, add: str | None = None) -> None:
    """Run the command without a terminal."""
    init(folder, wishes or Wishes(), Talk(None, lambda line: None), add)


def own(folder: Path, name: str, text: str) -> Path:
    """A starter of the estate's own."""
    path = folder / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_platform_team_s_starter_wins_for_new_estates_and_for_additions(tmp_path: Path) -> None:
    own(tmp_path, PROJECT, OURS + "# asked for in {{ project }}'s ticket\ntags: {team: {{ owner | yaml }}}\n")
    make(tmp_path, Wishes(owner="team-a"))
    make(tmp_path, HR, "project")
    make(tmp_path, Wishes(workspace="acme-prod", project="own", project_id="82", own_file=True), "project")
    found = judged(tmp_path)
    assert not has_errors(found.findings)
    assert found.estate is not None
    assert [dict(grant.tags)["team"] for grant in found.estate.grants] == ["team-a"] * 3
    text = (tmp_path / "workspaces" / "acme-prod.yaml").read_text()
    assert "# asked for in billing's ticket" in text
    assert "    # asked for in hr's ticket" in text


def test_a_starter_that_makes_what_check_refuses_writes_nothing(tmp_path: Path) -> None:
    make(tmp_path)
    before = (tmp_path / "workspaces" / "acme-prod.yaml").read_bytes()
    own(tmp_path, PROJECT, OURS.replace("secrets:", "secrets:\n  - prefix: all"))
    with pytest.raises(
        CommandError, match=r"`check` would refuse it:\nworkspaces/acme-prod.yaml:\d+:\d+: RC201"
    ) as found:
        make(tmp_path, HR, "project")
    assert str(found.value).endswith(f"\nmade by templates/{PROJECT}")
    assert (tmp_path / "workspaces" / "acme-prod.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("add", "own_file"), [(None, False), ("workspace", False), ("project", False), ("project", True)]
)
def test_the_starter_that_makes_what_check_refuses_is_named_wherever_it_is_included(
    tmp_path: Path, add: str | None, own_file: bool
) -> None:
    if add:
        make(tmp_path)
    own(tmp_path, PROJECT, OURS.replace("secrets:", "secrets:\n  - prefix: all"))
    flags = replace(HR, own_file=own_file) if add == "project" else Wishes(vendor="unified", workspace="u", project="p")
    with pytest.raises(CommandError, match=f"RC201 .*\nmade by templates/{PROJECT}$"):
        make(tmp_path, flags, add)


def test_no_starter_is_named_for_what_no_starter_of_the_estate_s_own_has_made(tmp_path: Path) -> None:
    make(tmp_path)
    own(tmp_path, "estate/estate.yaml.j2", "estate: {{ estate }}\n")
    same = Wishes(workspace="acme-prod", project="hr", project_id="678")
    with pytest.raises(CommandError, match="would refuse it") as found:
        make(tmp_path, same, "project")
    assert "made by" not in str(found.value)


BAD = {
    "no Jinja2": ("project: {{ project\nx: 1\n", "project.yaml.j2:2 is no Jinja2"),
    "a tag without an end": ("a: 1\n{% if project %}\n", "project.yaml.j2:2 is no Jinja2: Unexpected end of template"),
    "an unknown variable": (
        "a: 1\nproject: {{ projct }}\n",
        "project.yaml.j2:2 names what starters do not get: 'projct'",
    ),
    "an unknown filter": ("a: {{ project | yamll }}\n", "project.yaml.j2:1 is no Jinja2: No filter named 'yamll'"),
    "its way out of the sandbox": (
        "a: 1\nb: {{ project.__class__.__mro__ }}\n",
        "project.yaml.j2:2 does what starters may not",
    ),
    "a change of what it got": (
        "{{ project_settings.update({'a': 1}) }}\n",
        "project.yaml.j2:1 does what starters may not",
    ),
    "a division by zero": ("a: 1\n\nb: {{ 1 // 0 }}\n", "project.yaml.j2:3 fails: integer division or modulo by zero"),
    "a loop beyond measure": ("{% for x in range(10 ** 9) %}{% endfor %}\n", "project.yaml.j2:1 fails: Range too big"),
    "another that is not there": (
        'a: 1\n{% include "estate/none.j2" %}\n',
        "starter templates/estate/workspaces/project.yaml.j2:2 includes estate/none.j2, and there is no such",
    ),
    "a file beside the starters": ('{% include "../estate.yaml" %}\n', "includes ../estate.yaml, and there is no such"),
    "a file of the machine": ('{% include "/etc/passwd" %}\n', "includes /etc/passwd, and there is no such"),
    "itself": ('{% include "' + PROJECT + '" %}\n', "fails: "),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_starter_is_a_sentence_with_its_place(tmp_path: Path, name: str) -> None:
    make(tmp_path)
    text, said = BAD[name]
    own(tmp_path, PROJECT, text)
    with pytest.raises(BadStarterError) as refused:
        make(tmp_path, HR, "project")
    assert said in str(refused.value)
    assert refused.value.exit_code == 2
    assert "hr" not in (tmp_path / "workspaces" / "acme-prod.yaml").read_text()


@pytest.mark.parametrize("layout", ["block", "flow", "none"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "its `project` has to be 'hr', which was asked for, and is not there"),
        ("# a comment\n", "its `project` has to be 'hr'"),
        ("- a\n", "is no YAML with keys"),
        ("just text\n", "is no YAML with keys"),
        ("project: {{ project }}\n  x: [\n", "is no YAML with keys"),
        ("project: a\x00\n", "is no YAML with keys"),
        ("project: other\n", "its `project` has to be 'hr', which was asked for, and is 'other'"),
        ("project: {{ project }}\n", "its `project_id` has to be '81', which was asked for, and is not there"),
        ("---\n" + OURS, "is no item of a list"),
        (OURS + "---\na: 1\n", "is no YAML with keys"),
    ],
)
def test_a_starter_that_makes_no_project_or_another_is_named(tmp_path: Path, text: str, said: str, layout: str) -> None:
    make(tmp_path)
    file = tmp_path / "workspaces" / "acme-prod.yaml"
    if layout != "block":
        file.write_text(file.read_text().split("projects:")[0] + ("projects: [{project: a}]\n" * (layout == "flow")))
    before = file.read_bytes()
    own(tmp_path, PROJECT, text)
    with pytest.raises(BadStarterError, match=f"^starter templates/{PROJECT}: ") as refused:
        make(tmp_path, HR, "project")
    assert said in str(refused.value)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("starter", "text"),
    [
        ("estate/estate.yaml.j2", ""),
        ("estate/estate.yaml.j2", "schema: 1\nestate: other\n"),
        ("estate/estate.yaml.j2", "schema: [\n"),
        (WORKSPACE, "workspace: other\nvendor: workato\n"),
        (WORKSPACE, "workspace: {{ workspace }}\nvendor: {{ vendor }}\nworkspace_id: {{ workspace_id | yaml }}\n"),
        (WORKSPACE, "- a\n"),
        (PROJECT, "project: other\n"),
    ],
)
def test_a_starter_that_makes_another_estate_or_workspace_is_named(tmp_path: Path, starter: str, text: str) -> None:
    own(tmp_path, starter, text)
    with pytest.raises(BadStarterError, match=f"^starter templates/{starter}: "):
        make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["templates"]


def test_a_project_s_own_file_is_about_that_project(tmp_path: Path) -> None:
    make(tmp_path)
    for name in (PROJECT, "estate/workspaces/project_file.yaml.j2"):
        file = own(tmp_path, name, "secrets: [{prefix: hr/}]\n")
        with pytest.raises(BadStarterError, match=f"^starter templates/{name}: its `project_id` has to be '81'"):
            make(tmp_path, Wishes(workspace="acme-prod", project="hr", project_id="81", own_file=True), "project")
        file.unlink()


def test_a_starter_without_j2_is_named_with_its_line_too(tmp_path: Path) -> None:
    own(tmp_path, "estate/npmrc", "a=1\nb={{ 1 // 0 }}\n")
    with pytest.raises(BadStarterError, match=r"^starter templates/estate/npmrc:2 fails: integer division"):
        make(tmp_path)


@pytest.mark.parametrize("level", ["file", "folder", "templates"])
def test_a_link_out_of_the_estate_is_not_read(tmp_path: Path, level: str) -> None:
    estate, elsewhere = tmp_path / "e", tmp_path / "elsewhere"
    make(estate)
    path = own(elsewhere, PROJECT, "secret: text\n")
    link, target = {
        "file": (estate / "templates" / PROJECT, path),
        "folder": (estate / "templates" / "estate", path.parents[1]),
        "templates": (estate / "templates", elsewhere / "templates"),
    }[level]
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    with pytest.raises(BadStarterError, match="leads out of the estate's templates/") as refused:
        make(estate, HR, "project")
    assert refused.value.exit_code == 2


def test_a_link_within_the_starters_is_read_and_one_to_another_file_of_the_estate_is_not(tmp_path: Path) -> None:
    make(tmp_path)
    shared = own(tmp_path, "shared.j2", OURS + "tags: {a: b}\n")
    link = tmp_path / "templates" / PROJECT
    link.parent.mkdir(parents=True)
    link.symlink_to(shared)
    make(tmp_path, HR, "project")
    assert "tags: {a: b}" in (tmp_path / "workspaces" / "acme-prod.yaml").read_text()
    link.unlink()
    (tmp_path / ".rolecall").mkdir(exist_ok=True)
    shared.rename(tmp_path / ".rolecall" / "secret")
    link.symlink_to("../../../.rolecall/secret")
    with pytest.raises(BadStarterError, match="leads out of the estate's templates/"):
        make(tmp_path, Wishes(workspace="acme-prod", project="it", project_id="82"), "project")


def test_the_docs_tell_where_ours_are() -> None:
    told = re.search(r'^python -c "(.*)"$', (ROOT / "docs" / "starters.md").read_text("utf-8"), re.MULTILINE)
    assert told is not None
    shown = subprocess.run([sys.executable, "-c", told[1]], capture_output=True, text=True, check=True, cwd=ROOT)
    assert (Path(shown.stdout.strip()) / PROJECT).is_file()


def test_a_starter_may_be_saved_as_windows_does(tmp_path: Path) -> None:
    text = "# of {{ project }}\n{% if project %}\nproject: {{ project }}\n{% endif %}\n"
    path = own(tmp_path, PROJECT, text)
    expected = render(PROJECT, {"project": "hr"}, tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert render(PROJECT, {"project": "hr"}, tmp_path) == expected == "# of hr\nproject: hr\n"


def test_what_is_no_text_file_is_named(tmp_path: Path) -> None:
    path = own(tmp_path, PROJECT, "")
    for content, said in ((b"\xff\xfe", "is not UTF-8 text"), (b"x" * 300_000, "is larger than")):
        path.write_bytes(content)
        with pytest.raises(BadStarterError, match=said):
            render(PROJECT, {}, tmp_path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(BadStarterError, match="is no file"):
        render(PROJECT, {}, tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(BadStarterError, match="is no file"):
        render(PROJECT, {}, tmp_path)


@pytest.mark.parametrize(
    "value", ['"', "'", "a\nb", "a: b # c", "\\", "\u2028\x85\ufeff", "\x00\x1b", "𝄞" * 300, "{{ x }}", ""]
)
def test_a_quoted_value_is_that_text_on_one_line(value: str) -> None:
    assert yaml.safe_load(f"a: {quoted(value)} # c\nb: 1") == {"a": value, "b": 1}
    assert len(quoted(value).splitlines()) == 1


def documented() -> dict[str, list[str]]:
    """The names in the tables of docs/starters.md, by the heading that they stand under."""
    text = (ROOT / "docs" / "starters.md").read_text("utf-8")
    parts = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) for part in parts}


def test_the_docs_name_every_variable_and_no_other() -> None:
    vendors = {name: Vendor.model_validate(entry) for name, entry in catalog.entries().items()}
    for vendor in vendors:
        wishes = Wishes(vendor=vendor, workspace="w", project="p", account="111111111111", region="eu-west-1")
        passed = starter_values(Situation("estate", vendors), wishes, Made("e", "o", ""))
        assert sorted(documented()["What all starters of workspaces and projects get"]) == sorted(passed)
    assert sorted(documented()["What the starters of the estate's own files get"]) == sorted(ESTATE_VALUES)
    assert sorted(documented()["What the starter of `pipeline` gets"]) == sorted(PIPELINE_VALUES)
    pipeline = Pipeline(GitHub("acme/doors", "2", "production", "1"), "111111111111", "eu-central-1", "deploy")
    passed = workflow_values(Estate("e", (), pipeline=pipeline), Layout())
    assert sorted(documented()["What the starters of workflows get"]) == sorted(passed)


def test_a_project_s_starter_gets_what_its_workspace_says() -> None:
    vendors = {name: Vendor.model_validate(entry) for name, entry in catalog.entries().items()}
    two = next(name for name, vendor in vendors.items() if len(vendor.external_id.derived) > 1)
    for said, got in (
        ({"trusted_account": "222222222222"}, ("222222222222", "")),
        ({"trusted_principals": ["arn:aws:iam::222222222222:role/a"]}, ("", "arn:aws:iam::222222222222:role/a")),
        ({"trusted_principals": "pending"}, ("", "pending")),
        ({}, ("", "")),
    ):
        own = Workspace.model_validate({"workspace": "w", "vendor": two, "external_id_scope": "workspace", **said})
        within = {"w": WrittenWorkspace(own, SourceFile("w.yaml"), ())}
        situation = Situation("project", vendors, workspaces=within)
        passed = starter_values(situation, Wishes(workspace="w", project="p"), Made("e", "o", ""))
        assert (passed["trusted_account"], passed["trusted_principal"]) == got
        assert passed["external_id_scope"] == "workspace" != vendors[two].external_id.per


def test_the_docs_name_every_starter() -> None:
    text = (ROOT / "docs" / "starters.md").read_text("utf-8")
    ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*") if path.is_file()}
    assert sorted(path for path in ours if f"`{path}`" not in text) == []
    assert {f"templates/{starter}" for starter in ESTATE_STARTERS.values()} < ours


@pytest.mark.parametrize("vendor", sorted(catalog.entries()))
def test_the_example_of_the_docs_is_a_starter_that_works_for_every_vendor(tmp_path: Path, vendor: str) -> None:
    text = (ROOT / "docs" / "starters.md").read_text("utf-8")
    example = re.search(r"```jinja\n(.*?)```", text, re.DOTALL)
    assert example is not None
    own(tmp_path, PROJECT, example[1])
    flags = fitting(vendor, Wishes(workspace="w", project="p"))
    make(tmp_path, flags)
    found = judged(tmp_path)
    assert not has_errors(found.findings)
    assert found.estate is not None
    permissions = found.estate.grants[0].permissions
    assert bool(permissions.secrets) == (catalog.entries()[vendor].get("permission_profile") != "no-secrets")


@pytest.mark.parametrize("change", ["secrets_scope: workspace\n", "no tag owner"])
def test_the_example_of_the_docs_fits_other_estates(tmp_path: Path, change: str) -> None:
    text = (ROOT / "docs" / "starters.md").read_text("utf-8")
    example = re.search(r"```jinja\n(.*?)```", text, re.DOTALL)
    assert example is not None
    make(tmp_path)
    file = tmp_path / "workspaces" / "acme-prod.yaml"
    if change.startswith("secrets_scope"):
        role = "workspace_role: {secrets: [{prefix: acme/}]}\n"
        file.write_text(change + role + file.read_text().split("    secrets:")[0])
    else:
        estate = tmp_path / "estate.yaml"
        estate.write_text(re.sub("  tags: .*\n", "", estate.read_text()))
    assert not has_errors(judged(tmp_path).findings)
    own(tmp_path, PROJECT, example[1])
    make(tmp_path, HR, "project")
    assert not has_errors(judged(tmp_path).findings)
    assert 'team: ""' not in file.read_text()
