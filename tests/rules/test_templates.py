"""Roles that others wrote, by hand or from a vendor's guide: what is said of each, in tests/cases/templates.yaml."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from case_tables import cases

from rolecall.answer import NO, YES
from rolecall.cloudformation import read_template
from rolecall.commands.check_template import check_templates
from rolecall.rules.template import judge_templates
from rolecall.vendors import facts

BOOTSTRAP = Path(__file__).parents[2] / "node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml"


def text_of(case: dict[str, Any]) -> str:
    """The file of a case: as it stands, or the short form of a bare trust policy or of a role, written out."""
    if "trust" in case:
        return json.dumps({"Version": "2012-10-17", "Statement": case["trust"]})
    if "role" in case:
        role = {"Path": "/", "RoleName": "vendor", "Arn": "arn:aws:iam::111111111111:role/vendor"} | case["role"]
        return json.dumps({"Role": role})
    written: str = case["template"]
    return written


def asked(case: dict[str, Any], folder: Path) -> tuple[Path, int, list[dict[str, Any]]]:
    """The file, the exit code and the findings of `rolecall check --template FILE --format json`."""
    file = folder / "file"
    file.write_text(text_of(case), "utf-8")
    answer = check_templates([file], "json")
    return file, answer.exit_code, json.loads(answer.text)["findings"]


@pytest.mark.parametrize("case", cases("templates"))
def test_of_a_role_that_somebody_else_wrote(case: dict[str, Any], tmp_path: Path) -> None:
    _, code, found = asked(case, tmp_path)
    said = [[" ".join([f["severity"], f["rule"], *f.get("failure_modes", [])]), f["path"], f["message"]] for f in found]
    expected = sorted(case["findings"], key=lambda line: line[:2])
    assert sorted(line[:2] for line in said) == [line[:2] for line in expected], said
    for _, (what, path, *words) in enumerate(expected):
        assert any(line[:2] == [what, path] and all(word in line[2] for word in words) for line in said), said
    assert code == (NO if any(line[0].startswith("error") for line in expected) else YES)


@pytest.mark.parametrize("case", cases("templates"))
def test_the_command_says_what_the_rules_say(case: dict[str, Any], tmp_path: Path) -> None:
    file, _, found = asked(case, tmp_path)
    judged = {json.dumps(finding.as_json()) for finding in judge_templates([read_template(file)], facts.by_account())}
    assert judged == {json.dumps(finding) for finding in found}


@pytest.mark.parametrize("case", cases("templates"))
def test_every_finding_has_a_place_in_the_file(case: dict[str, Any], tmp_path: Path) -> None:
    file, _, found = asked(case, tmp_path)
    lines = file.read_text("utf-8").split("\n")
    for finding in found:
        assert finding["file"] == str(file)
        assert 1 <= finding["line"] <= len(lines)
        assert 1 <= finding["column"] <= len(lines[finding["line"] - 1]) + 1


def test_there_are_at_least_sixty_roles_of_others() -> None:
    assert len(cases("templates")) >= 60


def test_cdks_own_bootstrap_roles_are_open_only_to_the_accounts_that_somebody_names_as_trusted(tmp_path: Path) -> None:
    found = judge_templates([read_template(BOOTSTRAP)], facts.by_account())
    for finding in found:
        assert re.search(r"\(with .*TrustedAccounts(ForLookup)?=«", finding.message), finding.message


def _written(folder: Path, name: str, external_id: str, account: str) -> Path:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::464622532012:role/x"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    trust = {
        "role": {"Arn": f"arn:aws:iam::{account}:role/vendor", "AssumeRolePolicyDocument": {"Statement": statement}}
    }
    file = folder / name
    file.write_text(text_of(trust), "utf-8")
    return file


@pytest.mark.parametrize(("other_account", "rules"), [("222222222222", ["RC108"]), ("111111111111", [])])
def test_one_id_is_found_in_the_roles_of_several_files_unless_they_are_one_role(
    other_account: str, rules: list[str], tmp_path: Path
) -> None:
    external_id = "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41"
    first = _written(tmp_path, "one", external_id, "111111111111")
    second = _written(tmp_path, "two", external_id, other_account)
    found = json.loads(check_templates([first, second, first], "json").text)["findings"]
    assert [finding["rule"] for finding in found] == rules
    assert all(finding["file"] == str(second) and str(first) in finding["message"] for finding in found)


def test_a_parameter_of_one_file_is_not_the_one_of_the_same_name_in_another(tmp_path: Path) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::464622532012:role/x"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
    }
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [statement]}}}
    template = {"Parameters": {"ExternalId": {"Type": "String", "MinLength": 2}}, "Resources": {"Role": role}}
    files = [tmp_path / name for name in ("one", "two")]
    for file in files:
        file.write_text(json.dumps(template), "utf-8")
    rules = [f["rule"] for f in json.loads(check_templates(files, "json").text)["findings"]]
    assert rules == []


def test_text_says_statement_by_statement_whom_a_role_lets_in(tmp_path: Path) -> None:
    trust = {
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "353360065216"}, "Action": "sts:AssumeRole"},
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ]
    }
    file = tmp_path / "trust.json"
    file.write_text(json.dumps(trust), "utf-8")
    lines = check_templates([file], "text").text.splitlines()
    assert lines[-2:] == [
        f"{file}: statement 0 lets in arn:aws:iam::353360065216:root with no external ID at all",
        f"{file}: statement 1 lets in Service:ec2.amazonaws.com with no external ID at all",
    ]
