"""YAML with positions: whatever stands in a file becomes data or a finding, never an exception and never a crash."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.config import contents
from rolecall.config.reader import read_yaml
from rolecall.config.source import PathInFile, SourceFile, dotted

WHOLE_FILE = "1:1"


def read(folder: Path, content: str | bytes) -> SourceFile:
    (folder / "a.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_yaml(folder, "a.yaml")


def said(source: SourceFile) -> list[str]:
    return [f"{f.rule} {f.location.line}:{f.location.column} {f.message}" for f in source.findings]


def test_data_comes_as_it_was_written_with_the_place_of_every_part(tmp_path: Path) -> None:
    source = read(tmp_path, "a: 1\nb:\n  - x\n  - {c: d}\n")
    assert source.data == {"a": 1, "b": ["x", {"c": "d"}]}
    paths: list[PathInFile] = [(), ("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "c")]
    assert all(source.holds(path) for path in paths)
    places = {dotted(path): str(source.location(path)).removeprefix("a.yaml:") for path in paths}
    assert places == {"": "1:1", "a": "1:1", "b": "2:1", "b[0]": "3:5", "b[1]": "4:5", "b[1].c": "4:6"}
    assert not source.findings


def test_a_part_that_nobody_wrote_is_located_at_the_nearest_part_around_it(tmp_path: Path) -> None:
    location = read(tmp_path, "a: 1\nprojects:\n  - b: 2\n").location(("projects", 0, "external_id"))
    assert (str(location), location.path) == ("a.yaml:3:5", "projects[0].external_id")


@pytest.mark.parametrize("path", [("b",), ("a", 0), ("c", 2), ("c", "x"), ("c", 0, 0), (0,)])
def test_a_part_that_nobody_wrote_is_not_held(tmp_path: Path, path: tuple[str | int, ...]) -> None:
    source = read(tmp_path, "a: text\nc: [x, y]\n")
    assert not source.holds(path)
    assert source.written(path) is None


def test_a_number_keeps_the_text_that_stood_in_the_file(tmp_path: Path) -> None:
    source = read(tmp_path, "account: 010101010101\n")
    assert source.data == {"account": 1090785345}
    assert source.written(("account",)) == "010101010101"


def test_an_alias_is_its_anchor_with_a_place_of_its_own(tmp_path: Path) -> None:
    source = read(tmp_path, "a: &x {b: 1}\nc: *x\n")
    assert source.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert (source.location(("a", "b")).line, source.location(("c",)).line) == (1, 2)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfa: 1\n").data == {"a": 1}


@pytest.mark.parametrize("empty", ["", "\n", "# only a comment\n", "---\n"])
def test_an_empty_file_is_nothing_and_no_error(tmp_path: Path, empty: str) -> None:
    source = read(tmp_path, empty)
    assert source.data is None
    assert not source.findings


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"a: \xe9\n", WHOLE_FILE, "not UTF-8"),
        ("a: b".encode("utf-16"), WHOLE_FILE, "not UTF-8"),
        (b"a: b\nc: \x00\n", "2:1", "control characters"),
        (b"a: !!python/object:os.system x\n", "1:4", "could not determine a constructor"),
        (b"a: *nowhere\n", "1:4", "undefined alias"),
        (b"a: &x [*x]\n", "1:4", "inside its own anchor has no end"),
        (b"a: &x {b: *x}\n", "1:4", "inside its own anchor has no end"),
        (b"a: 1\nb: 2\na: 3\n", "3:1", "after line 1"),
        (b"a: {b: 1, b: 2}\n", "1:11", "'b'"),
        (b"? [a]\n: b\n", "1:3", "plain text"),
        (b"a:\n  <<: {b: 1}\n", "2:3", "merge keys"),
        (b"!Ref a: b\n", "1:1", "tags (!) are not read"),
        (b"a: !!set {b}\n", "1:4", "tags are not read"),
        (b"a: !!str [b]\n", "1:4", "tags are not read"),
        (b"[" * 45 + b"]" * 45, "1:42", "40 levels"),
        (b"[" * 5000 + b"]" * 5000, "1:42", "40 levels"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(tmp_path: Path, content: bytes, place: str, words: str) -> None:
    (finding,) = said(read(tmp_path, content))
    assert finding.split(" ")[1] == place
    assert words in finding


@pytest.mark.parametrize("content", ["a: 1\nb: \x00\n", "a: 1\nb: 2026-13-45\n", "a: 1\nb: !!int x\n"])
def test_what_cannot_be_read_is_named_on_its_own_line(tmp_path: Path, content: str) -> None:
    (finding,) = read(tmp_path, content).findings
    assert finding.location.line == 2


@pytest.mark.parametrize("number", ["9" * 101, "1" + ":10" * 40, "0x" + "f" * 101, "1." + "0" * 101])
def test_a_number_that_takes_long_to_compute_is_refused(tmp_path: Path, number: str) -> None:
    (finding,) = said(read(tmp_path, f"a: {number}\n"))
    assert finding.startswith("RC001 1:4 broken YAML: a number or date of more than 100 characters")


def test_aliases_nest_no_deeper_than_what_is_written_out(tmp_path: Path) -> None:
    twenty, back = "[" * 20, "]" * 20
    (finding,) = said(read(tmp_path, f"x: &x {twenty}1{back}\ny:\n  - - - {twenty}*x{back}\n"))
    assert "more than 40 levels" in finding


def test_an_alias_bomb_is_refused_before_it_is_unfolded(tmp_path: Path) -> None:
    letters = "abcdefghijklmnop"
    ninefold = [f"{new}: &{new} [{', '.join(['*' + old] * 9)}]" for old, new in pairwise(letters)]
    source = read(tmp_path, "\n".join(["a: &a [x]", *ninefold]))
    assert (source.data, source.place) == (None, None)
    assert "RC001 7:4 broken YAML: more than 500000 values" in said(source)[0]


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MAX_FILE_BYTES", 10)
    assert "larger than 10 bytes: got '13 bytes'" in said(read(tmp_path, "a: 123456789\n"))[0]


def test_a_folder_with_a_files_name_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    assert "cannot be read" in said(read_yaml(tmp_path, "a.yaml"))[0]


@pytest.mark.parametrize("text", ["[" * 1_000_000, "- " * 1_000_000])
def test_a_huge_depth_is_a_finding_and_no_crash(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    program = (
        "import sys, pathlib; from rolecall.config.reader import read_yaml;"
        "print(len(read_yaml(pathlib.Path(sys.argv[1]), 'a.yaml').findings))"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout.strip()) == (0, "1")


@given(text=st.text("ab:-[]{}&*!|>'\"#,?%@ \n\t0", max_size=40))
def test_any_text_becomes_data_or_a_finding(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    source = read(tmp_path_factory.getbasetemp(), text)
    assert source.findings or source.data is None or source.place
