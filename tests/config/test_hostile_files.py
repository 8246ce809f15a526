"""Files that nobody wrote by hand: each ends in findings, soon, with little memory, and never in an exception."""

import resource
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.config import contents, problems
from rolecall.config.load import UnreadableEstateError
from rolecall.estate import judged
from rolecall.report.findings import as_text

Write = Callable[[dict[str, str]], Path]
ESTATE = 'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'
WORKSPACE = "workspace: w\nvendor: unified\nexternal_id: k7-Zq2-w9Xr4T\n"
GIGABYTE = 1024**3
LONG = "x" * 1_000_000


def _ninefold() -> str:
    letters = "abcdefghijklmnop"
    lines = [f"{new}: &{new} [{', '.join(['*' + old] * 9)}]" for old, new in pairwise(letters)]
    return "\n".join(["a: &a [x]", *lines])


def _with(*lines: str) -> str:
    return WORKSPACE + "\n".join(lines) + "\n"


HOSTILE = {
    "nine to the power of fifteen": _ninefold(),
    "an alias many times": _with(f"x: &x [{'a,' * 20_000}]", f"y: [{'*x,' * 20_000}]"),
    "a list that holds itself": _with("projects: &x [*x, *x, *x]"),
    "a chain of aliases": _with(*(f"k{n}: &a{n} [*a{n - 1}]" if n else "k0: &a0 []" for n in range(60_000))),
    "millions of values": _with("projects:", *["-"] * 5_000_000),
    "millions of values on a line": _with(f"projects: [{'a,' * 7_000_000}]"),
    "millions of brackets": _with("projects: " + "[" * 5_000_000),
    "many keys": _with(*(f"k{n}: 1" for n in range(240_000))),
    "one key many times": _with(*["a: 1"] * 100_000),
    "many wrong projects": _with("projects:", *["- 1"] * 480_000),
    "a long number": _with("workspace_id: " + "9" * 1_000_000),
    "a long number of base 60": _with("workspace_id: 1" + ":10" * 300_000),
    "a long key": _with(f'? "{LONG}"\n: 1'),
    "a long slug": _with(f"projects: [{{project: {LONG}}}]"),
    "a long vendor": WORKSPACE.replace("unified", LONG),
    "a long path": _with(f"role_path: /{'a/' * 500_000}*"),
    "a long region": _with(f"region: eu{'-a' * 500_000}"),
    "a long boundary": _with(f"permissions_boundary: {'x/' * 500_000}!"),
    "a long duplicate": _with(f'? "{LONG}"\n: 1\n? "{LONG}"\n: 2'),
    "a long secret": _with(
        f"projects: [{{project: a, secrets: [{{name: {LONG}}}, {{prefix: {LONG}}}, {{arn: {LONG}}}]}}]"
    ),
    "a long binary": _with(f"workspace_id: !!binary {'QUJD' * 200_000}"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_would_unfold_is_refused_soon_and_in_little_memory(write: Write, text: str) -> None:
    folder = write({"workspaces/w.yaml": text})
    limits = lambda: resource.setrlimit(resource.RLIMIT_AS, (GIGABYTE, GIGABYTE))  # noqa: E731
    program = (
        "import pathlib, sys; from rolecall.config.load import load\n"
        "found = load(pathlib.Path(sys.argv[1])).findings\n"
        "print(len(found), max(len(f.message) + len(f.location.path) for f in found))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=limits,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    count, longest = (int(number) for number in ended.stdout.split())
    assert count >= 1
    assert longest < 1000


def test_a_file_of_a_hundred_megabytes_is_not_opened(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write({"workspaces/w.yaml": ""})
    with (folder / "workspaces" / "w.yaml").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    (found,) = judged(folder).findings
    assert found.message.startswith("file is larger than 16777216 bytes: got '104857600 bytes'")


@pytest.mark.parametrize(
    ("encoding", "seems"),
    [
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("utf-32-le", "UTF-32"),
        ("utf-32-be", "UTF-32"),
        ("latin-1", "Latin-1"),
        ("cp1252", "Latin-1"),
    ],
)
def test_another_encoding_is_named_with_what_to_do(write: Write, encoding: str, seems: str) -> None:
    folder = write({"workspaces/w.yaml": ""})
    (folder / "workspaces" / "w.yaml").write_bytes((WORKSPACE + "# für\n").encode(encoding))
    (found,) = judged(folder).findings
    assert found.message.startswith(f"file is not UTF-8 text: got '{seems}")
    assert found.message.endswith("allowed: UTF-8; save it as UTF-8")


def test_problems_are_all_named_until_there_are_too_many(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "MAX_PROBLEMS", 3)
    three = _with("a: 1", "b: 1", "c: 1")
    assert len(judged(write({"workspaces/w.yaml": three})).findings) == 3
    (found,) = judged(write({"workspaces/w.yaml": three + "d: 1\n"})).findings
    assert "too many problems of form: got '4'; allowed: up to 3" in found.message


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(contents.os, "fstat", lambda _: (tmp_path / "empty").stat())
    (tmp_path / "empty").touch()
    (tmp_path / "a.yaml").write_text("a: 123456789\n")
    with pytest.raises(contents.NotReadableError, match="11 bytes"):
        contents.text_of(tmp_path / "a.yaml")


@pytest.mark.parametrize("pattern", ["(" * 100_000, "a{99999999999999999999}", "x" * 501])
def test_a_pattern_that_cannot_be_compiled_is_a_finding(write: Write, pattern: str) -> None:
    rule = f'external_id: {{origin: vendor, per: project, pattern: "{pattern}"}}'
    vendors = f'vendors: {{obs: {{name: Obs, principals: ["210987654321"], {rule}}}}}\n'
    (found,) = judged(write({"estate.yaml": ESTATE + vendors})).findings
    assert found.message.startswith("pattern: got ")


FILES = {
    "estate.yaml": ESTATE + "guardrails: {never_allow: ['sqs:*']}\nvendors: {unified: {session: 2h}}\n",
    "workspaces/w.yaml": WORKSPACE
    + """tags: {owner: &me team, "on": 'yes'}
projects:
  - project: a
    secrets: [{name: prod/a, keys: [k]}, {prefix: a/}, {tag: {team: *me}}]
    statements: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*"}]
  - {project: b, access: read-write, account: "222222222222", max_session: 90m}
""",
    "workspaces/w/own.yaml": "secrets:\n  - arn: arn:aws:secretsmanager:eu-central-1:111111111111:secret:own-AbCdEf\n",
}
PIECES = [
    *"{}[]:,-?&*!|>'\"#%@`\n\t ~<=\x00\x07\ufeff\u2028",
    *["<<: ", "*me", "&me ", "!!int ", "!Ref ", "---\n", "...\n", "{{ x }}", "${x}", "null", "1e400", ".nan", "0o17"],
    *["12:30:45", "2026-02-30", "1_000", "!!binary ", "!!python/object:os.system ", "on", "  ", "- ", ": ", "\r\n"],
]


def _is_told(folder: Path) -> None:
    """Whatever the estate's files are, there is an answer that can be printed."""
    try:
        found = judged(folder)
    except UnreadableEstateError:
        return
    text = as_text(found.findings, 0)
    text.encode()
    assert all(len(finding.message) < 2000 for finding in found.findings)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(FILES)), content=st.binary(max_size=200))
def test_any_bytes_are_an_answer(write: Write, name: str, content: bytes) -> None:
    folder = write(FILES)
    (folder / name).write_bytes(content)
    _is_told(folder)


@st.composite
def mutations(draw: st.DrawFn) -> dict[str, str]:
    """The files of a good estate, in one of which pieces were put in, taken out or put elsewhere."""
    name = draw(st.sampled_from(sorted(FILES)))
    text = FILES[name]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.sampled_from([*PIECES, "", text[:40], text[end : end + 20]])) + text[end:]
    return FILES | {name: text}


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=mutations())
def test_any_mutation_of_a_good_estate_is_an_answer(write: Write, files: dict[str, str]) -> None:
    _is_told(write(files))


def test_the_estate_that_is_mutated_is_good(write: Write) -> None:
    assert judged(write(FILES)).estate
