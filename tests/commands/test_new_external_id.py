"""`rolecall external-id new`: who may have one, where it goes, and what is left alone."""

import os
import re
import shutil
import stat
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from rolecall import cli
from rolecall.answer import CommandError
from rolecall.commands import external_id
from rolecall.estate import UnknownSelectorError, sound

OLD, NEW = "3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b", "9d1e7c52-0b64-4f8a-8c3d-7e5a1f20b936"
ESTATE = """schema: 1
estate: acme
defaults: {account: "111111111111", region: eu-central-1}
vendors:
  mine:
    name: Mine
    principals: ["222222222222"]
    external_id: {origin: vendor, per: project}
  each:
    name: Each
    principals: ["333333333333"]
    external_id: {origin: customer, per: project}
"""
FILES = {
    "estate.yaml": ESTATE,
    "workspaces/u.yaml": "# ours\r\nworkspace: u  # é\r\nvendor: unified\r\nprojects:\r\n-   project: a\r\n"
    "    secrets: [{prefix: a/}]",
    "workspaces/e.yaml": f"workspace: e\nvendor: each\nprojects:\n  - project: a\n    external_id: {OLD} # sent\n"
    "  - {project: b, external_id: pending}\n  - project: c\n    external_id: YOUR_EXTERNAL_ID\n",
    "workspaces/e/own.yaml": "# our own\nsecrets: [{prefix: own/}]\n",
    "workspaces/m.yaml": "workspace: m\nvendor: mine\nprojects: [{project: a, external_id: abcdefgh1234}]\n",
    "workspaces/w.yaml": 'workspace: w\nvendor: workato\nworkspace_id: "1"\ndata_center: us\n'
    'projects: [{project: a, project_id: "2"}]\n',
    "workspaces/n.yaml": "workspace: n\nvendor: nobody\nprojects: [{project: a}]\n",
}


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """An estate of several vendors, written to the byte."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of an estate."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(folder: Path, *arguments: str) -> Result:
    """Run the command as the program would."""
    return CliRunner().invoke(cli.app, ["external-id", "new", "--estate", str(folder), *arguments])


def put(folder: Path, selector: str, replace: bool = False) -> str:
    """Write the new ID and give back what is said."""
    return external_id.new(folder, selector, replace=replace, make=lambda: NEW).text


@pytest.mark.parametrize(
    ("selector", "name", "before", "after"),
    [
        ("u", "workspaces/u.yaml", "vendor: unified\r\n", f"vendor: unified\r\nexternal_id: {NEW}\r\n"),
        ("u/a", "workspaces/u.yaml", "project: a\r\n", f"project: a\r\n    external_id: {NEW}\r\n"),
        ("e/b", "workspaces/e.yaml", "external_id: pending", f"external_id: {NEW}"),
        ("e/c", "workspaces/e.yaml", "external_id: YOUR_EXTERNAL_ID", f"external_id: {NEW}"),
        ("e/own", "workspaces/e/own.yaml", "# our own\n", f"# our own\nexternal_id: {NEW}\n"),
    ],
)
def test_an_id_goes_into_its_place_and_no_other_byte_changes(
    estate: Path, selector: str, name: str, before: str, after: str
) -> None:
    was = contents(estate)
    assert put(estate, selector) == f"{selector}: 9d1e… is the new external ID, in {name}"
    assert contents(estate) == was | {name: was[name].replace(before.encode(), after.encode(), 1)}


def test_a_workspace_gets_no_id_where_each_project_has_its_own(estate: Path) -> None:
    was = contents(estate)
    with pytest.raises(CommandError, match="with Each each project has an external ID of its own") as refused:
        put(estate, "e")
    assert (refused.value.exit_code, refused.value.tip) == (2, "rolecall external-id new e/a")
    assert contents(estate) == was


def test_a_byte_order_mark_stays(estate: Path) -> None:
    file = estate / "workspaces" / "u.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    put(estate, "u")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf# ours\r\nworkspace: u")
    assert file.read_bytes().count(b"\xef\xbb\xbf") == 1


def test_an_id_that_is_there_is_replaced_on_demand_alone(estate: Path) -> None:
    was = contents(estate)
    with pytest.raises(
        CommandError, match=r"already, at workspaces/e\.yaml:5:5; the vendor would be shut out"
    ) as refused:
        put(estate, "e/a")
    assert (refused.value.exit_code, refused.value.tip) == (1, "--replace, if nobody uses it yet")
    assert contents(estate) == was
    put(estate, "e/a", replace=True)
    assert f"    external_id: {NEW} # sent\n" in (estate / "workspaces" / "e.yaml").read_text()


@pytest.mark.parametrize("value", ["pending", "''", '""', "~", "null", "", "TODO", "changeme", "|-\n  xxxx", "x"])
def test_a_value_that_is_no_id_yet_needs_no_demand(estate: Path, value: str) -> None:
    file = estate / "workspaces" / "u.yaml"
    before = "workspace: u\nvendor: unified\nexternal_id:"
    file.write_text(f"{before}{' ' if value else ''}{value}\nprojects: [{{project: a}}]\n")
    put(estate, "u")
    assert file.read_text() == f"{before} {NEW}\nprojects: [{{project: a}}]\n"


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("external_id: {ssm_parameter: /x, version: 1}\n", "the value is no plain text"),
        (f"previous_external_id: &id {OLD}\nexternal_id: *id\n", "already|unusual way"),
        ("external_id: YOUR_EXTERNAL_ID\nexternal_id: TODO\n", "`external_id` stands there twice"),
    ],
)
def test_what_cannot_be_changed_safely_is_left_alone(estate: Path, lines: str, said: str, replace: bool) -> None:
    (estate / "workspaces" / "u.yaml").write_text(f"workspace: u\nvendor: unified\n{lines}projects: [{{project: a}}]\n")
    was = contents(estate)
    with pytest.raises(CommandError, match=said) as refused:
        put(estate, "u", replace=replace)
    assert refused.value.exit_code == 1
    assert contents(estate) == was


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("w", "Workato makes its external IDs by a rule\n  try: leave it out"),
        ("w/a", "Workato makes its external IDs by a rule"),
        ("m/a", "Mine makes its external IDs itself\n  try: copy it from the vendor's screen"),
        ("n", "vendor 'nobody' is not known\n  try: rolecall check"),
    ],
)
def test_ids_of_vendors_that_make_their_own_are_refused(
    estate: Path, selector: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    was = contents(estate)
    assert main(monkeypatch, estate, selector) == 2
    assert said in capsys.readouterr().err
    assert contents(estate) == was


@pytest.mark.parametrize("selector", ["", "/", "u/", "u/a/", "/a", "u/b", "U", "x", "e/a/b", "workspaces/u.yaml"])
def test_a_selector_that_matches_nothing_is_exit_code_2(
    estate: Path, selector: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnknownSelectorError):
        put(estate, selector)
    assert main(monkeypatch, estate, selector) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"error: selector {selector!r} matches nothing of the estate")
    assert said.out == ""


def main(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> object:
    """The exit code of the program."""
    monkeypatch.setattr("sys.argv", ["rolecall", "external-id", "new", "--estate", str(folder), *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("workspace: u\nvendor: [\n", "workspaces/u.yaml:3:1: RC001 broken YAML"),
        ("workspace: u\nprojects: []\n", "workspaces/u.yaml:1:1: RC005 key 'vendor' is missing"),
        ("- a\n", "workspaces/u.yaml:1:1: RC005"),
        ("\xff", "workspaces/u.yaml:1:1: RC001 file is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_first_error(estate: Path, text: str, place: str) -> None:
    (estate / "workspaces" / "u.yaml").write_bytes(text.encode("latin-1"))
    with pytest.raises(CommandError, match=re.escape(place)) as refused:
        put(estate, "u")
    assert refused.value.exit_code == 2


def test_errors_in_other_places_are_no_hindrance(estate: Path) -> None:
    (estate / "workspaces" / "broken.yaml").write_text("workspace: [")
    (estate / "workspaces" / "u.yaml").write_text("workspace: u\nvendor: unified\nfoo: 1\nprojects: [{project: a}]\n")
    put(estate, "u")
    assert f"vendor: unified\nexternal_id: {NEW}\nfoo: 1\n" in (estate / "workspaces" / "u.yaml").read_text()


def test_the_key_in_other_letters_is_another_key(estate: Path) -> None:
    file = estate / "workspaces" / "u.yaml"
    file.write_text("workspace: u\nvendor: unified\nExternal_ID: x\nprojects: [{project: a}]\n")
    put(estate, "u")
    assert yaml.safe_load(file.read_text())["external_id"] == NEW


def test_the_whole_id_is_shown_on_demand_and_is_the_one_that_was_written(estate: Path) -> None:
    masked = run(estate, "u")
    assert (masked.exit_code, len(masked.stdout.split()[1])) == (0, 5)
    shown = run(estate, "e/b", "--show-external-ids")
    made = yaml.safe_load((estate / "workspaces" / "e.yaml").read_text())["projects"][1]["external_id"]
    assert shown.stdout == f"e/b: {made} is the new external ID, in workspaces/e.yaml\n"
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", made)
    assert made not in masked.stdout


def test_a_new_estate_is_sound_with_the_id_that_was_made(estate: Path) -> None:
    for name in ("m", "n", "e"):
        (estate / "workspaces" / f"{name}.yaml").unlink()
    shutil.rmtree(estate / "workspaces" / "e")
    assert run(estate, "u").exit_code == 0
    [grant] = [grant for grant in sound(estate).grants if grant.workspace == "u"]
    assert len(grant.trust.external_ids[0]) == 36


def test_a_link_within_the_estate_stays_one_and_the_mode_is_kept(estate: Path) -> None:
    file = estate / "workspaces" / "u.yaml"
    (estate / "shared").mkdir()
    file.rename(estate / "shared" / "u.txt")
    file.symlink_to("../shared/u.txt")
    (estate / "shared" / "u.txt").chmod(0o604)
    put(estate, "u")
    assert file.is_symlink()
    assert NEW in (estate / "shared" / "u.txt").read_text()
    assert stat.S_IMODE((estate / "shared" / "u.txt").stat().st_mode) == 0o604
    assert os.listdir(estate / "shared") == ["u.txt"]  # noqa: PTH208 -- hidden files too


def test_a_protected_file_and_a_folder_that_cannot_be_written_are_said_to_be_unchanged(
    estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = contents(estate)
    (estate / "workspaces" / "u.yaml").chmod(0o444)
    with pytest.raises(CommandError, match=r"u\.yaml was not changed: it is protected against writing"):
        put(estate, "u")

    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere/.u.yaml.xyz")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(CommandError, match=r"e\.yaml was not changed: Permission denied") as refused:
        put(estate, "e/b")
    assert refused.value.exit_code == 1
    assert contents(estate) == was


@pytest.mark.parametrize("moment", ["with_value", "read_yaml"])
def test_what_somebody_else_writes_meanwhile_is_not_lost(
    estate: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = estate / "workspaces" / "e.yaml"
    theirs = file.read_text().replace("projects:\n", "projects:\n  - {project: first, external_id: pending}\n")
    real = getattr(external_id, moment)

    def meanwhile(*arguments: object) -> object:
        file.write_text(theirs)
        return real(*arguments)

    monkeypatch.setattr(external_id, moment, meanwhile)
    with pytest.raises(CommandError, match="somebody else has changed it meanwhile; run the command again"):
        put(estate, "e/b")
    assert file.read_text() == theirs
    monkeypatch.undo()
    put(estate, "e/b")
    assert f"{{project: b, external_id: {NEW}}}" in file.read_text()
