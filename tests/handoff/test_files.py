"""Where sheets go: all of them or none, nobody else's file replaced, and never among the workspaces."""

import errno
import os
import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rolecall.answer import NO, USAGE, CommandError
from rolecall.commands.handoff import HandOffWish, handoff
from rolecall.commands.written_sheets import write_sheets
from rolecall.handoff.page import MARK, marked
from tests.embedded.world import run

WORKSPACE = """
workspace: u
vendor: unified
external_id: 3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41
projects: [{project: p, secrets: [{prefix: unified/}]}]
"""
NAMES = ["index.html", "index.md", "u/p.html", "u/p.md"]
Estate = Callable[[Mapping[str, str]], Path]


def _written(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def _handoff(folder: Path, out: Path) -> None:
    handoff(folder, (), out, HandOffWish(), pytest.fail)


def test_our_own_sheets_are_written_anew_and_are_for_their_owners_eyes(estate: Estate, tmp_path: Path) -> None:
    folder, out = estate({"workspaces/u.yaml": WORKSPACE}), tmp_path / "out"
    _handoff(folder, out)
    estate({"workspaces/u.yaml": WORKSPACE.replace("9e41", "9e42")})
    _handoff(folder, out)
    assert _written(out) == NAMES
    assert "9e42" in (out / "u" / "p.md").read_text("utf-8")
    assert "9e41" not in (out / "u" / "p.md").read_text("utf-8")
    assert {stat.S_IMODE((out / name).stat().st_mode) for name in NAMES} == {0o600}


EDITS = {
    "an ARN written in": lambda page: page.replace("## Values", "ARN: arn:aws:iam::111111111111:role/x\n\n## Values"),
    "a line at the end": lambda page: f"{page}\n",
    "line ends": lambda page: page.replace("\n", "\r\n"),
    "a first line without its digest": lambda page: f"{MARK}: made by the program -->\n{page.partition(chr(10))[2]}",
    "no UTF-8": lambda page: page.replace("u/p", "u/\udcff"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_sheet_that_somebody_wrote_into_stays_and_nothing_is_written(
    edit: str, estate: Estate, tmp_path: Path
) -> None:
    folder, out = estate({"workspaces/u.yaml": WORKSPACE}), tmp_path / "out"
    _handoff(folder, out)
    sheet = out / "u" / "p.md"
    sheet.write_bytes(EDITS[edit](sheet.read_text("utf-8")).encode("utf-8", "surrogateescape"))
    before = {name: (out / name).read_bytes() for name in NAMES}
    estate({"workspaces/u.yaml": WORKSPACE.replace("9e41", "9e42")})
    with pytest.raises(CommandError, match=r"u/p\.md: changed since .* made it; nothing was written") as refused:
        _handoff(folder, out)
    assert refused.value.exit_code == NO
    assert {name: (out / name).read_bytes() for name in NAMES} == before
    sheet.unlink()
    _handoff(folder, out)
    assert "9e42" in sheet.read_text("utf-8")


def test_lists_of_other_folders_of_sheets_are_of_no_role_and_stay_unnamed(estate: Estate, tmp_path: Path) -> None:
    """With --out s, and then --out . in the folder that s is in; a project may be called index all the same."""
    folder, out, said = estate({"workspaces/u.yaml": WORKSPACE.replace("project: p", "project: index")}), tmp_path, []
    _handoff(folder, out / "s")
    handoff(folder, (), out, HandOffWish(), said.append)
    assert said == []
    estate({"workspaces/u.yaml": WORKSPACE})
    handoff(folder, (), out, HandOffWish(), said.append)
    assert said == ["of earlier runs, and of no role any more: u/index.html, u/index.md; delete them"]


def test_sheets_of_roles_that_are_gone_are_named_and_left_alone(estate: Estate, tmp_path: Path) -> None:
    folder, out, said = estate({"workspaces/u.yaml": WORKSPACE}), tmp_path / "out", []
    _handoff(folder, out)
    (out / "u" / "notes.md").write_text("somebody's own")
    estate({"workspaces/u.yaml": WORKSPACE.replace("project: p", "project: q")})
    handoff(folder, ["u"], out, HandOffWish(), [].append)
    handoff(folder, (), out, HandOffWish(), said.append)
    assert said == ["of earlier runs, and of no role any more: u/p.html, u/p.md; delete them"]
    assert (out / "u" / "p.md").exists()


@pytest.mark.parametrize("edit", EDITS)
def test_of_a_role_that_is_gone_nobody_is_told_to_delete_what_somebody_wrote(
    edit: str, estate: Estate, tmp_path: Path
) -> None:
    folder, out, said = estate({"workspaces/u.yaml": WORKSPACE}), tmp_path / "out", []
    _handoff(folder, out)
    sheet = out / "u" / "p.md"
    sheet.write_bytes(EDITS[edit](sheet.read_text("utf-8")).encode("utf-8", "surrogateescape"))
    estate({"workspaces/u.yaml": WORKSPACE.replace("project: p", "project: q")})
    handoff(folder, (), out, HandOffWish(), said.append)
    assert said == [
        "of earlier runs, and of no role any more: u/p.html; delete them",
        "of earlier runs, and of no role any more, and changed by hand: u/p.md; "
        "keep what was written into them elsewhere, then delete them",
    ]


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("file", "file is no folder"),
        ("file/below", "file is no folder"),
        ("nowhere", "nowhere is a link that leads nowhere"),
        ("nowhere/below", "nowhere is a link that leads nowhere"),
        ("taken", "taken/u is no folder"),
    ],
)
def test_an_out_that_can_be_no_folder_is_a_sentence_with_a_tip(
    out: str, said: str, estate: Estate, tmp_path: Path
) -> None:
    folder = estate({"workspaces/u.yaml": WORKSPACE})
    (tmp_path / "file").write_text("somebody's own")
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "u").write_text("somebody's own")
    with pytest.raises(CommandError) as refused:
        _handoff(folder, tmp_path / out)
    assert str(refused.value) == f"{tmp_path}/{said}; nothing was written"
    assert (refused.value.exit_code, refused.value.tip) == (USAGE, "take it away, or --out elsewhere")
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["u"]


def test_a_run_with_a_selector_takes_no_other_role_out_of_the_list(estate: Estate, tmp_path: Path) -> None:
    other = WORKSPACE.replace("workspace: u", "workspace: v").replace("unified/", "other/").replace("9e41", "9e42")
    folder, out, said = estate({"workspaces/u.yaml": WORKSPACE, "workspaces/v.yaml": other}), tmp_path / "out", []
    _handoff(folder, out)
    before = (out / "index.html").read_text("utf-8")
    (out / "u" / "p.html").unlink()
    handoff(folder, ["u"], out, HandOffWish(), said.append)
    assert (out / "index.html").read_text("utf-8") == before
    assert (out / "u" / "p.html").exists()
    assert said == ["the index of an earlier run was left as it is; a run without a selector makes it anew"]


def test_a_folder_below_that_is_a_link_is_not_followed(estate: Estate, tmp_path: Path) -> None:
    folder, out = estate({"workspaces/u.yaml": WORKSPACE}), tmp_path / "out"
    (tmp_path / "elsewhere").mkdir()
    out.mkdir()
    (out / "u").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(CommandError, match="is a link; nothing was written") as refused:
        _handoff(folder, out)
    assert refused.value.exit_code == NO
    assert list((tmp_path / "elsewhere").iterdir()) == [] and not (out / "index.html").exists()


@pytest.mark.parametrize("ignored", [False, True])
def test_sheets_in_a_git_work_tree_are_warned_about_unless_git_ignores_them(
    ignored: bool, estate: Estate, tmp_path: Path
) -> None:
    folder, said = estate({"workspaces/u.yaml": WORKSPACE}), []
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)  # noqa: S607 -- the git of whoever tests
    (folder / ".gitignore").write_text("sheets/\n" if ignored else "other/\n")
    handoff(folder, (), folder / "sheets", HandOffWish(), said.append)
    assert len(said) == (0 if ignored else 1)
    assert ignored or "git work tree, which does not ignore it" in said[0]


def test_an_empty_out_is_refused_and_is_not_the_folder_that_one_is_in(estate: Estate) -> None:
    folder = estate({"workspaces/u.yaml": WORKSPACE})
    ended = run("rolecall", "handoff", "--out", "", folder=folder)
    assert (ended.returncode, "--out is empty" in ended.stderr) == (USAGE, True)
    assert not (folder / "index.html").exists()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["text", "link", "folder"])
def test_what_somebody_else_made_is_left_alone_and_nothing_is_written(
    name: str, kind: str, estate: Estate, tmp_path: Path
) -> None:
    folder, out = estate({"workspaces/u.yaml": WORKSPACE}), tmp_path / "out"
    (out / name).parent.mkdir(parents=True)
    if kind == "text":
        (out / name).write_text(f"mine, and no {MARK}")
    elif kind == "folder":
        (out / name).mkdir()
    else:
        (tmp_path / "elsewhere").write_text(MARK)
        (out / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CommandError, match="not made by `rolecall handoff`; nothing was written") as refused:
        _handoff(folder, out)
    assert refused.value.exit_code == NO
    assert _written(out) == ([] if kind == "folder" else [name])
    assert kind != "link" or (tmp_path / "elsewhere").read_text() == MARK


@pytest.mark.parametrize("where", ["workspaces", "workspaces/u", "other/../workspaces/deep", "link"])
def test_the_workspaces_are_no_place_for_sheets(where: str, estate: Estate, tmp_path: Path) -> None:
    folder = estate({"workspaces/u.yaml": WORKSPACE})
    (folder / "link").symlink_to(folder / "workspaces")
    with pytest.raises(CommandError, match="among the estate's workspaces") as refused:
        _handoff(folder, folder / where)
    assert refused.value.exit_code == USAGE
    assert _written(folder / "workspaces") == ["u.yaml"]


def test_a_workspace_called_workspaces_does_not_lead_there_either(estate: Estate) -> None:
    folder = estate({"workspaces/workspaces.yaml": WORKSPACE.replace("workspace: u", "workspace: workspaces")})
    with pytest.raises(CommandError, match="among the estate's workspaces"):
        _handoff(folder, folder)


def test_a_disk_that_is_full_leaves_the_earlier_sheets_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate, out = tmp_path / "estate", tmp_path / "out"
    write_sheets(out, {"a/one.md": marked("old"), "a/two.md": marked("old")}, estate)
    calls = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_sheets(out, {"a/one.md": marked("new"), "a/two.md": marked("new")}, estate)
    assert _written(out) == ["a/one.md", "a/two.md"]
    assert {(out / "a" / name).read_text() for name in ("one.md", "two.md")} == {marked("old")}
