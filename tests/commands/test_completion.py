"""What shells offer after TAB, asked for as the installed scripts of bash, zsh and fish do."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACME = ROOT / "examples" / "acme"
PROGRAM = [sys.executable, "-c", "import sys; sys.argv[0] = 'rolecall'; from rolecall.cli import main; main()"]


def asked(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **variables}
    return subprocess.run(PROGRAM, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


def offered(line: str, folder: Path = ACME) -> list[str]:
    """What bash gets with the cursor at the end of the line."""
    words = line.split(" ")
    ended = asked(folder, _ROLECALL_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1))
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rolecall che", ["check"]),
        ("rolecall local ", ["up", "down", "status", "env"]),
        ("rolecall check --format ", ["text", "json", "sarif", "github"]),
        ("rolecall verify --format j", ["json", "junit"]),
        ("rolecall deploy --target ", ["local", "aws"]),
        ("rolecall deploy --require-approval any", ["any-change"]),
        ("rolecall init e --vendor uni", ["unified"]),
        ("rolecall list u", ["unified-prod", "unified-prod/connections"]),
        ("rolecall verify acme-prod/", ["acme-prod/billing", "acme-prod/payroll", "acme-prod/warehouse"]),
        ("rolecall verify acme-prod/billing acme-dev/s", ["acme-dev/sandbox"]),
        ("rolecall external-id new unified-prod/", ["unified-prod/connections"]),
        ("rolecall list nothing", []),
    ],
)
def test_bash_offers_words_selectors_and_vendors(line: str, words: list[str]) -> None:
    assert offered(line) == words


def test_selectors_come_from_the_estate_that_is_named(tmp_path: Path) -> None:
    assert offered("rolecall list acme-d", tmp_path) == []
    assert offered(f"rolecall list --estate {ACME} acme-dev/p", tmp_path) == ["acme-dev/prototypes"]


def test_projects_with_files_of_their_own_and_the_workspaces_role_are_selectors(tmp_path: Path) -> None:
    (tmp_path / "workspaces" / "w").mkdir(parents=True)
    (tmp_path / "workspaces" / "w.yaml").write_text("workspace: w\nworkspace_role: {secrets: [{name: a}]}\n")
    (tmp_path / "workspaces" / "w" / "own.yaml").write_text("project: own\n")
    assert offered("rolecall list ", tmp_path) == ["w", "w/own", "w/workspace"]


@pytest.mark.parametrize("text", ["a: [", "- 1", "projects: 7", "projects: [{}]", "\x00"])
def test_a_file_that_is_being_written_is_passed_over_in_silence(tmp_path: Path, text: str) -> None:
    shutil.copytree(ACME / "workspaces", tmp_path / "workspaces")
    (tmp_path / "workspaces" / "broken.yaml").write_text(text)
    assert offered("rolecall list ", tmp_path)[-4:-2] == ["acme-prod/warehouse", "broken"]


def test_zsh_and_fish_get_the_same_words() -> None:
    zsh = asked(ACME, _ROLECALL_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="rolecall list unified-prod/")
    assert zsh.stdout.strip() == """_arguments '*: :(("unified-prod/connections"))'"""
    fish = {"_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TYPER_COMPLETE_ARGS": "rolecall list unified-prod/"}
    assert asked(ACME, _ROLECALL_COMPLETE="complete_fish", **fish).stdout.strip() == "unified-prod/connections"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(shell: str) -> None:
    script = asked(ACME, _ROLECALL_COMPLETE=f"source_{shell}")
    assert script.returncode == 0
    assert f"_ROLECALL_COMPLETE=complete_{shell}" in script.stdout


def test_bash_takes_the_script_and_asks_the_program(tmp_path: Path) -> None:
    (tmp_path / "script").write_text(asked(ACME, _ROLECALL_COMPLETE="source_bash").stdout)
    (tmp_path / "rolecall").write_text(f"#!{sys.executable}\nfrom rolecall.cli import main\nmain()\n")
    (tmp_path / "rolecall").chmod(0o755)
    bash = (
        f'PATH="{tmp_path}:$PATH"; source {tmp_path}/script; COMP_WORDS=(rolecall list uni); COMP_CWORD=2; '
        '_rolecall_completion rolecall uni list; echo "${COMPREPLY[@]}"'
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        ["/bin/bash", "--norc", "-c", bash], cwd=ACME, env=environment, capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == ["unified-prod", "unified-prod/connections"]


# Names that a shell would evaluate, in every place that selectors come from: file names, and values of YAML.
HOSTILE = [
    r"x\$(touch ran)",
    "x$(touch ran)",
    r"x\\`touch ran`",
    "x`touch ran`",
    'x")); touch ran #',
    "x'; touch ran; '",
    "x;touch ran #",
    "x\ntouch ran",
    "x y",
    "-x",
    "X",
    "x\u200b",
]


def hostile_estate(folder: Path) -> Path:
    (folder / "workspaces" / "w").mkdir(parents=True)
    projects = [{"project": name} for name in [*HOSTILE, "x-good"]]
    (folder / "workspaces" / "w.yaml").write_text(json.dumps({"workspace": "w", "projects": projects}))
    for name in HOSTILE:
        (folder / "workspaces" / f"{name}.yaml").write_text("workspace: x\n")
        (folder / "workspaces" / "w" / f"{name}.yaml").write_text("project: x\n")
    return folder


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_no_shell_is_offered_a_name_that_it_would_evaluate(tmp_path: Path, shell: str) -> None:
    line = {
        "bash": {"COMP_WORDS": "rolecall show ", "COMP_CWORD": "2"},
        "zsh": {"_TYPER_COMPLETE_ARGS": "rolecall show "},
        "fish": {"_TYPER_COMPLETE_ARGS": "rolecall show ", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    ended = asked(hostile_estate(tmp_path), _ROLECALL_COMPLETE=f"complete_{shell}", **line)
    told = ended.stdout.removeprefix("_arguments '*: :((").removesuffix("))'\n")
    assert told.replace('"', "").split() == ["w", "w/x-good"]
