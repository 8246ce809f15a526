"""What the command line says, to the letter, and with which exit code. Nothing here needs AWS or CDK."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACME = ROOT / "examples" / "acme"


def rolecall(*arguments: str, folder: Path = ACME) -> subprocess.CompletedProcess[str]:
    """Run the program as a shell would."""
    return subprocess.run(
        [sys.executable, "-m", "rolecall.cli", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """An estate with two errors in two files."""
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(
        "schema: 1\nestate: e\ndefaults:\n  account: 010101010101\n  region: eu-west-1\n"
    )
    (tmp_path / "workspaces" / "w.yaml").write_text("workspace: w\nvendor: workato\nprojetcs: []\n")
    return tmp_path


def test_list_shows_a_row_for_each_role_and_masks_ids_that_the_customer_chose() -> None:
    ended = rolecall("list", "unified-prod", "acme-prod/billing")
    assert ended.returncode == 0
    head, billing, unified = ended.stdout.splitlines()
    assert head.split() == ["ROLE", "VENDOR", "ACCOUNT", "REGION", "ROLE", "ARN", "PRINCIPAL", "EXTERNAL", "ID"]
    assert billing.split() == [
        "acme-prod/billing",
        "workato",
        "111111111111",
        "eu-central-1",
        "arn:aws:iam::111111111111:role/vendors/workato-acme-prod-billing",
        "arn:aws:iam::353360065216:root",
        "workato_iam_external_id_12345_678",
    ]
    assert unified.endswith("3d3b…")
    assert "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41" in rolecall("list", "--show-external-ids").stdout


def test_list_as_json_has_the_shape_that_programs_read() -> None:
    shape = json.loads(rolecall("list", "acme-prod/billing", "--format", "json").stdout)
    assert shape == {
        "schema": 1,
        "roles": [
            {
                "workspace": "acme-prod",
                "project": "billing",
                "vendor": "workato",
                "account": "111111111111",
                "region": "eu-central-1",
                "stack": "acme-prod",
                "role_name": "workato-acme-prod-billing",
                "role_arn": "arn:aws:iam::111111111111:role/vendors/workato-acme-prod-billing",
                "principals": ["arn:aws:iam::353360065216:root"],
                "external_ids": ["workato_iam_external_id_12345_678"],
            }
        ],
    }


def test_check_reports_all_errors_at_once_with_their_places(broken: Path) -> None:
    ended = rolecall("check", folder=broken)
    assert ended.returncode == 1
    account, unknown, summary = ended.stdout.splitlines()
    assert account == (
        "estate.yaml:4:3: error RC111: account is not an AWS account id: got '010101010101'; "
        "allowed: 12 digits, as quoted text; put the number in quotes"
    )
    assert unknown.startswith(
        "workspaces/w.yaml:3:1: error RC004: unknown key: got 'projetcs'; allowed: account, data_center,"
    )
    assert unknown.endswith("; did you mean 'projects'?")
    assert summary == "0 roles; 2 errors, 0 warnings, 0 info"


def test_check_as_json_has_the_shape_that_programs_read(broken: Path) -> None:
    shape = json.loads(rolecall("check", "--format", "json", folder=broken).stdout)
    assert shape["summary"] == {"error": 2, "warning": 0, "info": 0}
    assert shape["findings"][0] == {
        "rule": "RC111",
        "severity": "error",
        "file": "estate.yaml",
        "line": 4,
        "column": 3,
        "path": "defaults.account",
        "message": shape["findings"][0]["message"],
    }
    modes = json.loads(rolecall("check", "--format", "json").stdout)["findings"][0]
    assert (modes["rule"], modes["failure_modes"]) == ("RC109", ["FM12"])


@pytest.mark.parametrize("command", [["list"], ["synth", "--out", "out"], ["deploy"], ["deploy", "--target", "local"]])
def test_nothing_is_done_with_an_estate_that_has_errors(broken: Path, command: list[str]) -> None:
    ended = rolecall(*command, folder=broken)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "the estate has 2 findings that stop it" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (broken / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list", "acme-prodd"], "selector 'acme-prodd' matches no role of the estate; did you mean 'acme-prod'?"),
        (["list", "--format", "xml"], "--format 'xml' is not known"),
        (["list", "--format", "sarif"], "--format 'sarif' is not known\n  try: one of text, json"),
        (["check", "--format", "xml"], "--format 'xml' is not known\n  try: one of text, json, sarif, github"),
        (["schema", "workspce"], "kind of file 'workspce' is not known\n  try: one of estate, workspace, project"),
        (["verify", "--target", "moon"], "--target 'moon' is not known"),
        (["verify", "--target", "local", "--require", "moonlight"], "'moonlight' is not a valid Rung"),
        (["check", "--estate", "/nowhere"], "no estate.yaml in /nowhere"),
        (
            ["verify-role", "arn:aws:s3:::bucket", "--external-id", "abc"],
            "arn:aws:s3:::bucket is not the ARN of a role",
        ),
        (["init", "", "--no-input"], "the estate's folder is named by an empty text"),
        (["init", "--add", "workspace", "--estate", "", "--no-input"], "the estate's folder is named by an empty text"),
        (["init", ".", "--no-input", "--account", "12"], "--account is not an AWS account id: got '12'"),
        (["init", "x", "--no-input", "--vendor", "nobody"], "vendor 'nobody' is not in the catalog"),
        (["frobnicate"], "No such command 'frobnicate'"),
    ],
)
def test_misuse_is_a_sentence_and_exit_code_2(arguments: list[str], said: str) -> None:
    ended = rolecall(*arguments)
    assert ended.returncode == 2, ended.stderr
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_what_needs_the_embedded_aws_says_how_to_start_it(tmp_path: Path) -> None:
    assert rolecall("init", ".", "--no-input", folder=tmp_path).returncode == 0
    ended = rolecall("verify", "--target", "local", folder=tmp_path)
    assert ended.returncode == 3
    assert "the embedded AWS of this estate does not run\n  try: rolecall local up" in ended.stderr


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text("mine")
    ended = rolecall("init", ".", "--no-input", folder=tmp_path)
    assert ended.returncode == 0
    assert "kept cdk.json\n" in ended.stdout
    assert "wrote estate.yaml\n" in ended.stdout
    assert (tmp_path / "cdk.json").read_text() == "mine"


@pytest.mark.parametrize("vendor", ["workato", "unified"])
def test_init_makes_an_estate_that_passes_check(tmp_path: Path, vendor: str) -> None:
    assert rolecall("init", "e", "--no-input", "--vendor", vendor, folder=tmp_path).returncode == 0
    ended = rolecall("check", "--estate", "e", folder=tmp_path)
    assert ended.returncode == 0
    assert "1 role; 0 errors, 0 warnings" in ended.stdout


def test_starting_the_program_loads_neither_boto3_nor_cdk_nor_pydantic() -> None:
    script = "import sys, rolecall.cli; print(sorted({'boto3','aws_cdk','pydantic','yaml','rich'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout.strip() == "[]"
