"""`rolecall references` and `rolecall check --references FILE`, whatever the file is."""

import json
import os
import socket
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rolecall.answer import CommandError
from rolecall.cli import app
from rolecall.commands import check_references as check_command
from rolecall.commands.check_references import check_references
from rolecall.estate import UnknownSelectorError

ARN = "arn:aws:secretsmanager:eu-central-1:111111111111:secret"
GOOD = f"{{{{workato:sm:token:{ARN}:prod/jira-AbCdEf}}}}"
BAD = f"{{{{workato:sm:nope:{ARN}:prod/jira-AbCdEf}}}}"
FILES = {
    "estate.yaml": 'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n',
    "workspaces/w.yaml": f"""
workspace: w
vendor: workato
workspace_id: "12345"
data_center: us
projects:
  - project: billing
    project_id: "678"
    secrets:
      - {{arn: "{ARN}:prod/jira-AbCdEf", keys: [token, API Key, "{{odd"]}}
      - {{name: prod/db, keys: [user]}}
      - {{prefix: x/}}
  - project: payroll
    project_id: "679"
    secrets: [{{arn: "{ARN}:pay-AbCdEf", keys: [a:b]}}]
""",
    "workspaces/u.yaml": "workspace: u\nvendor: unified\nexternal_id: 3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b\n"
    "projects: [{project: a, secrets: [{name: s, keys: [k]}]}]\n",
}


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An estate, which is the current folder too."""
    folder = tmp_path / "estate"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    monkeypatch.chdir(folder)
    return folder


def run(*arguments: str) -> Result:
    """Run the program."""
    return CliRunner().invoke(app, list(arguments))


def test_a_reference_is_built_for_each_key_of_a_secret_whose_arn_is_known(estate: Path) -> None:
    del estate
    ended = run("references", "w/billing")
    assert ended.exit_code == 0
    head, *rows = [line.split("  ") for line in ended.stdout.splitlines()]
    assert [cell.strip() for cell in head if cell] == ["PROJECT", "SECRET", "KEY", "REFERENCE"]
    assert [row[-1].strip() for row in rows] == [
        GOOD,
        GOOD.replace("token", "API Key"),
        "none: a key in a reference has no braces",
        "once the secret exists: name it by its arn",
    ]


def test_references_as_json_have_a_shape_that_programs_read(estate: Path) -> None:
    del estate
    shape = json.loads(run("references", "w/payroll", "--format", "json").stdout)
    assert shape == {
        "schema": 1,
        "references": [
            {
                "workspace": "w",
                "project": "payroll",
                "secret": f"{ARN}:pay-AbCdEf",
                "key": "a:b",
                "reference": f"{{{{workato:sm:a:b:{ARN}:pay-AbCdEf}}}}",
            }
        ],
    }
    every = json.loads(run("references", "--format", "json").stdout)["references"]
    assert [each["reference"] is None for each in every] == [False, False, True, True, False]
    assert json.loads(run("references", "u", "--format", "json").stdout)["references"] == []


def test_what_references_prints_is_what_check_accepts(estate: Path) -> None:
    (estate / "pasted.txt").write_text(run("references", "w").stdout)
    ended = run("check", "--references", "pasted.txt")
    assert ended.exit_code == 0
    assert ended.stdout == "3 roles; 0 errors, 0 warnings, 0 info\n3 references in pasted.txt\n"


def test_a_selector_of_references_that_matches_nothing_is_refused(estate: Path) -> None:
    del estate
    assert isinstance(run("references", "nope").exception, UnknownSelectorError)


@pytest.mark.parametrize("output", ["text", "json", "sarif", "github"])
def test_each_format_names_the_file_the_line_and_the_column(estate: Path, output: str) -> None:
    (estate / "export.json").write_text(f'{{"a": "{GOOD}",\n "b": "{BAD}"}}\n')
    ended = run("check", "--references", "export.json", "--format", output)
    assert ended.exit_code == 1
    if output == "text":
        first, *_, last = ended.stdout.splitlines()
        assert first.startswith("export.json:2:8: error RC216: key is not one that w/billing names for this secret")
        assert last == "2 references in export.json"
    elif output == "json":
        shape = json.loads(ended.stdout)
        [found] = shape["findings"]
        assert (found["file"], found["line"], found["column"]) == ("export.json", 2, 8)
        assert shape["summary"] == {"error": 1, "warning": 0, "info": 0}
    elif output == "sarif":
        [result] = json.loads(ended.stdout)["runs"][0]["results"]
        assert result["ruleId"] == "RC216"
        assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 2, "startColumn": 8}
    else:
        assert ended.stdout.startswith("::error file=export.json,line=2,col=8,title=RC216::key is not one")


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(path.name)


def _archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("connection.json", BAD)
        archive.writestr("picture.png", bytes(range(256)), compresslevel=9)


NO_TEXT = {
    "no file": (lambda path: None, "No such file or directory"),
    "a folder": (Path.mkdir, "it is no regular file"),
    "a FIFO that nobody writes to": (_fifo, "it is no regular file"),
    "a socket": (_socket, "it is no regular file"),
    "a link to itself": (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
    "UTF-16 with its mark": (lambda path: path.write_text(BAD, "utf-16"), "byte 0 is not UTF-8"),
    "UTF-16 without a mark": (lambda path: path.write_text(BAD, "utf-16-le"), "it holds NUL bytes"),
    "Latin-1": (lambda path: path.write_text("é" + BAD, "latin-1"), "byte 0 is not UTF-8"),
    "an archive": (_archive, ""),
    "text with a NUL byte": (lambda path: path.write_text(BAD + "\0"), "it holds NUL bytes"),
}


@pytest.mark.parametrize("kind", NO_TEXT)
def test_what_is_no_text_is_refused_instead_of_found_without_references(estate: Path, kind: str) -> None:
    make, reason = NO_TEXT[kind]
    make(estate / "export")  # type: ignore[no-untyped-call]
    with pytest.raises(CommandError, match=f"export cannot be read: .*{reason}") as refused:
        check_references(estate, Path("export"), "text")
    assert refused.value.exit_code == 2


def test_a_file_that_is_too_large_is_refused_instead_of_read_in_part(
    estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_command, "MAX_TEXT_BYTES", 1000)
    (estate / "export").write_text(" " * (1000 - len(BAD)) + BAD)
    assert check_references(estate, Path("export"), "text").exit_code == 1
    (estate / "export").write_text(" " * (1001 - len(BAD)) + BAD)
    with pytest.raises(CommandError, match="it is larger than 1000 bytes"):
        check_references(estate, Path("export"), "text")


@pytest.mark.parametrize("text", ["", "\ufeff", "\n" * 1000, "{{", "no reference"])
def test_a_text_without_references_is_said_to_have_none(estate: Path, text: str) -> None:
    (estate / "export").write_text(text)
    answer = check_references(estate, Path("export"), "text")
    assert (answer.exit_code, answer.text.splitlines()[-1]) == (0, "0 references in export")


def test_a_byte_order_mark_moves_no_column(estate: Path) -> None:
    (estate / "export").write_text("\ufeff" + BAD)
    assert check_references(estate, Path("export"), "text").text.startswith("export:1:1: error RC216")


@pytest.mark.parametrize("name", ["line\nbreak", "\udcff", "\x1b[31m"])
@pytest.mark.parametrize("output", ["text", "json", "sarif", "github"])
def test_a_file_name_that_cannot_be_printed_is_written_out(estate: Path, name: str, output: str) -> None:
    (estate / name).write_text(BAD)
    text = check_references(estate, Path(name), output).text
    text.encode()
    assert "\x1b" not in text
    assert not any(line.startswith("break") for line in text.splitlines())


def test_a_large_export_against_a_large_estate_is_checked_in_seconds(estate: Path) -> None:
    kinds = "".join(f"{{name: s{m}-N/a, keys: [k]}}, " for m in range(4))
    entry = '  - {project: pN, project_id: "1N", secrets: [' + kinds + "{prefix: tN/}]}\n"
    workspace = 'workspace: w\nvendor: workato\nworkspace_id: "1"\ndata_center: us\nprojects:\n'
    projects = "".join(entry.replace("N", str(number)) for number in range(150))
    (estate / "workspaces" / "w.yaml").write_text(workspace + projects)
    names = [f"{kind}{number}/a" for number in range(160) for kind in ("s0-", "s1-", "s2-", "s3-", "t")]
    (estate / "export").write_text("\n".join(f"{{{{workato:sm:k:{ARN}:{name}-AbCdEf}}}}" for name in names * 10))
    answer = check_references(estate, Path("export"), "text")
    assert answer.text.splitlines()[-1] == "8000 references in export"
    assert answer.text.count("error RC216") == 500
