"""What stands in an estate's folder beside good files: links that lead elsewhere, odd names, and no files at all."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rolecall.config import files
from rolecall.config.load import UnreadableEstateError
from rolecall.estate import judged
from rolecall.model.finding import Severity
from rolecall.report.findings import as_text

Write = Callable[[dict[str, str]], Path]
WORKSPACE = "workspace: w\nvendor: unified\nexternal_id: k7-Zq2-w9Xr4T\nprojects: [{project: a}]\n"


@pytest.fixture
def estate(write: Write) -> Path:
    """A good estate in a folder of its own, beside which there is room."""
    folder = write({"estate/workspaces/w.yaml": WORKSPACE}) / "estate"
    (folder.parent / "estate.yaml").rename(folder / "estate.yaml")
    return folder


def errors(folder: Path) -> list[str]:
    findings = judged(folder).findings
    as_text(findings, 0).encode()  # can be printed, whatever a file is called
    return [f"{f.location} {f.rule} {f.message}" for f in findings if f.severity is Severity.ERROR]


def test_a_link_that_stays_in_the_estate_is_followed(estate: Path) -> None:
    (estate / "shared").mkdir()
    (estate / "workspaces" / "w.yaml").rename(estate / "shared" / "w.yaml")
    (estate / "workspaces" / "w.yaml").symlink_to("../shared/w.yaml")
    assert errors(estate) == []
    assert judged(estate).estate


def test_an_estate_is_found_through_a_link_to_its_folder(estate: Path) -> None:
    (estate.parent / "link").symlink_to(estate)
    assert errors(estate.parent / "link") == []


def test_a_file_that_links_out_of_the_estate_is_not_read(estate: Path) -> None:
    (estate.parent / "secret").write_text("password: hunter2")
    (estate / "workspaces" / "x.yaml").symlink_to("../../secret")
    (found,) = errors(estate)
    assert found.startswith("workspaces/x.yaml:1:1 RC001 link leads out of the estate's folder: got ")
    assert "hunter2" not in found


@pytest.mark.parametrize("name", ["workspaces", "workspaces/w", "estate.yaml"])
def test_folders_and_estate_yaml_may_not_link_out_either(estate: Path, name: str) -> None:
    moved = estate.parent / "moved"
    if (estate / name).exists():
        (estate / name).rename(moved)
    else:
        moved.mkdir()
    (estate / name).symlink_to(moved)
    (found,) = errors(estate)
    assert found.startswith(f"{name}:1:1 RC001 link leads out")


def test_links_to_nowhere_and_in_circles_are_named(estate: Path) -> None:
    (estate / "workspaces" / "dangling.yaml").symlink_to("nowhere.yaml")
    (estate / "workspaces" / "loop.yaml").symlink_to("loop.yaml")
    assert [found.partition(";")[0] for found in errors(estate)] == [
        "workspaces/dangling.yaml:1:1 RC001 file cannot be read: got 'No such file or directory'",
        "workspaces/loop.yaml:1:1 RC001 file cannot be read: got 'Too many levels of symbolic links'",
    ]


def test_a_folder_that_links_in_a_circle_is_named(estate: Path) -> None:
    (estate / "workspaces" / "w").symlink_to("w")
    assert "w:1:1 RC001 folder cannot be read: got 'Too many levels of symbolic links'" in errors(estate)[0]


def test_a_folder_that_links_to_the_estate_itself_ends(estate: Path) -> None:
    (estate / "workspaces" / "w").symlink_to("..")
    assert all(found.startswith("workspaces/w/estate.yaml:") for found in errors(estate))


def test_what_is_no_file_is_never_waited_for(estate: Path) -> None:
    os.mkfifo(estate / "workspaces" / "fifo.yaml")
    (estate / "workspaces" / "folder.yaml").mkdir()
    assert [found.partition(";")[0] for found in errors(estate)] == [
        "workspaces/fifo.yaml:1:1 RC001 file cannot be read: got 'a FIFO, a socket or a device'",
        "workspaces/folder.yaml:1:1 RC001 file cannot be read: got 'a folder'",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("..yaml", "..yaml"),
        (".yaml", ".yaml"),
        (".w.yaml", ".w.yaml"),
        ("-rf.yaml", "-rf.yaml"),
        ("two words.yaml", "two words.yaml"),
        ("two\nlines.yaml", r"two\nlines.yaml"),
        ("\x1b[31mred.yaml", r"\x1b[31mred.yaml"),
        (os.fsdecode(b"latin\xe9.yaml"), r"latin\udce9.yaml"),
        ("w.YAML", "w.YAML"),
        ("w.Yml", "w.Yml"),
        ("x" * 200 + " .yaml", "x" * 66 + "..."),
    ],
)
def test_a_name_that_could_be_mistaken_is_refused(estate: Path, name: str, shown: str) -> None:
    (estate / "workspaces" / name).write_text(WORKSPACE.replace("workspace: w", "workspace: v"))
    (found,) = errors(estate)
    assert found.startswith(f"workspaces/{shown}:1:1 RC003 file name: got ")
    assert "rename the file" in found
    assert found.isprintable()


@pytest.mark.parametrize("name", ["README.md", "w.yaml~", "w.yaml.bak", "yaml", "notes"])
def test_files_that_are_no_yaml_are_left_alone(estate: Path, name: str) -> None:
    (estate / "workspaces" / name).write_text("\x00")
    assert errors(estate) == []


def test_a_file_where_the_folder_of_workspaces_belongs_is_named(write: Write) -> None:
    assert "workspaces:1:1 RC003 no folder: got 'a file'" in errors(write({"workspaces": ""}))[0]


def test_a_folder_called_almost_workspaces_is_named(write: Write) -> None:
    found = errors(write({"Workspaces/w.yaml": WORKSPACE}))
    assert found[0].startswith("Workspaces:1:1 RC003 name of a folder: got 'Workspaces'; allowed: workspaces; rename")


@pytest.mark.parametrize("name", ["Estate.yaml", "estate.yml", "ESTATE.YAML"])
def test_an_estate_under_almost_its_name_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("schema: 1\nestate: acme\n")
    with pytest.raises(UnreadableEstateError, match=f"but {name}: rename it"):
        judged(tmp_path)


@pytest.mark.parametrize("kind", ["folder", "fifo", "loop", "dangling"])
def test_an_estate_yaml_that_is_no_file_is_no_estate(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "estate.yaml"
    make = {
        "folder": path.mkdir,
        "fifo": lambda: os.mkfifo(path),
        "loop": lambda: path.symlink_to("estate.yaml"),
        "dangling": lambda: path.symlink_to("nowhere"),
    }
    make[kind]()
    with pytest.raises(UnreadableEstateError, match=r"estate\.yaml in .* (is no file|cannot be read: .+); go to"):
        judged(tmp_path)


def test_a_folder_that_is_a_file_is_no_estate(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnreadableEstateError, match="Not a directory"):
        judged(tmp_path / "file")


def test_an_estate_that_vanishes_while_it_is_read_is_a_finding(estate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def vanish(*_: object) -> None:
        (estate / "workspaces" / "w.yaml").unlink()

    monkeypatch.setattr(files, "_vendors", lambda source: vanish() or {})
    monkeypatch.setattr(files.EstateFolder, "yaml_files", lambda *_: ["workspaces/w.yaml"])
    assert "workspaces/w.yaml:1:1 RC001 file cannot be read: got 'No such file" in errors(estate)[0]


def _refuse(path: object) -> object:
    raise PermissionError(13, "Permission denied", str(path))


def test_a_folder_that_may_not_be_read_is_a_finding(estate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "scandir", _refuse)
    assert "workspaces:1:1 RC001 folder cannot be read: got 'Permission denied'" in errors(estate)[0]


def test_a_file_that_may_not_be_read_is_a_finding(estate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(path: Path, *how: object, **more: object) -> object:
        return _refuse(path) if estate in path.parents else open(path, *how, **more)  # noqa: PTH123

    monkeypatch.setattr(Path, "open", opened)
    assert "estate.yaml:1:1 RC001 file cannot be read: got 'Permission denied'" in errors(estate)[0]
