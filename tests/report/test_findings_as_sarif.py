"""Findings as SARIF: of the standard's form, with relative places, and the same marks when lines move."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from rolecall.model.finding import Finding, Location, Severity
from rolecall.report.sarif import as_sarif
from rolecall.rules.reference import rules

FORM = Draft202012Validator(yaml.safe_load(Path(__file__).with_name("sarif_as_written.yaml").read_text("utf-8")))
OPEN = Finding(
    "RC101",
    Severity.ERROR,
    Location("workspaces/acme prod.yaml", 14, 5, "projects[0].external_id"),
    "external ID is missing: got nothing; add `external_id:`",
    ("FM1",),
)
TWICE = Finding(
    "RC301",
    Severity.ERROR,
    Location("workspaces/w.yaml", 6, 5, "projects[1].project"),
    "project stands twice: got a; allowed: one, and workspaces/w.yaml:5:5 has it; rename or remove one",
)
NOTE = Finding("RC109", Severity.INFO, Location("estate.yaml"), "w/a trusts the vendor's whole account", ("FM12",))
HYPHEN = Finding("RC201", Severity.WARNING, Location("estate.yaml", 2, 1, "x"), "prefix ends in a hyphen")


def run_of(*findings: Finding, folder: str = "", waived: tuple[tuple[Finding, str], ...] = ()) -> Any:
    """The one run, of a log that has been found to be of the standard's form."""
    log = json.loads(as_sarif(findings, "0.1.0", rules(), folder, waived))
    assert [error.message for error in FORM.iter_errors(log)] == []
    return log["runs"][0]


def test_a_run_names_the_program_and_the_rules_that_were_broken() -> None:
    driver = run_of(OPEN, NOTE, OPEN, HYPHEN)["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("rolecall", "0.1.0")
    assert [rule["id"] for rule in driver["rules"]] == ["RC101", "RC109", "RC201"]
    described = driver["rules"][0]
    assert described["name"] == "AForeignPrincipalIsLetInWithoutAnExternalId"
    assert driver["rules"][1]["name"] == "TheVendorsWholeAccountIsTrusted"
    assert described["shortDescription"]["text"] == rules()["RC101"].title
    assert "StringEquals" in described["help"]["markdown"]
    assert described["properties"]["tags"] == ["security", "trust", "FM1"]
    assert "helpUri" not in described
    assert [rule["defaultConfiguration"]["level"] for rule in driver["rules"]] == ["error", "note", "error"]


def test_every_rule_can_be_described() -> None:
    every = [Finding(rule, Severity.ERROR, Location("estate.yaml"), "x") for rule in rules()]
    assert len(run_of(*every)["tool"]["driver"]["rules"]) == len(rules())


def test_a_result_points_to_its_rule_and_its_place() -> None:
    run = run_of(NOTE, OPEN, folder="infra/a+b")
    result = run["results"][1]
    assert (result["ruleId"], result["level"], result["message"]["text"]) == ("RC101", "error", OPEN.message)
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "RC101"
    [location] = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "infra/a%2Bb/workspaces/acme%20prod.yaml", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 14, "startColumn": 5},
    }
    assert location["logicalLocations"] == [{"fullyQualifiedName": "projects[0].external_id"}]
    assert "logicalLocations" not in run["results"][0]["locations"][0]
    assert "SRCROOT" in run["originalUriBaseIds"]


@pytest.mark.parametrize(("finding", "level"), [(OPEN, "error"), (HYPHEN, "warning"), (NOTE, "note")])
def test_each_severity_has_its_level(finding: Finding, level: str) -> None:
    assert run_of(finding)["results"][0]["level"] == level


def test_a_file_outside_of_every_repository_has_a_whole_address() -> None:
    [result] = run_of(NOTE, folder="/srv/the estate")["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "file:///srv/the%20estate/estate.yaml"}


def marks(*findings: Finding) -> list[str]:
    """The findings' fingerprints."""
    return [result["partialFingerprints"]["rolecallFinding/v1"] for result in run_of(*findings)["results"]]


def moved(finding: Finding, message: str | None = None, **place: Any) -> Finding:
    """The finding at another place, with other words."""
    location = dataclasses.replace(finding.location, **place)
    return dataclasses.replace(finding, location=location, message=message or finding.message)


def test_a_mark_stays_when_lines_move() -> None:
    assert marks(moved(OPEN, line=99, column=1)) == marks(OPEN)
    assert marks(moved(TWICE, TWICE.message.replace(":5:5", ":17:5"), line=18)) == marks(TWICE)
    first, second = (moved(NOTE, f"key 'a' stands here a second time, after line {line}") for line in (2, 30))
    assert marks(first) == marks(second)


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(OPEN, rule="RC102"),
        moved(OPEN, file="estate.yaml"),
        moved(OPEN, path="projects[1].external_id"),
        moved(OPEN, "another message"),
        moved(OPEN, "arn:aws:iam::111111111111:role/a"),
    ],
)
def test_another_finding_has_another_mark(other: Finding) -> None:
    assert marks(OPEN, other)[1] != marks(OPEN)[0]


def test_accounts_in_an_arn_are_no_line_numbers() -> None:
    one, two = (moved(OPEN, f"arn:aws:kms:eu-central-1:{account}:key/1") for account in ("111111111111", "2" * 12))
    assert marks(one) != marks(two)


def test_two_findings_that_differ_by_their_lines_alone_are_told_apart() -> None:
    same = marks(OPEN, moved(OPEN, line=20))
    assert len(set(same)) == 2


def test_a_waived_finding_is_a_suppressed_result_with_its_reason() -> None:
    run = run_of(OPEN, waived=((HYPHEN, "the secret `db` does not exist"),))
    assert "suppressions" not in run["results"][0]
    assert run["results"][1]["ruleId"] == "RC201"
    assert run["results"][1]["suppressions"] == [
        {"kind": "external", "justification": "the secret `db` does not exist"}
    ]


def test_no_finding_is_an_empty_list_and_no_missing_one() -> None:
    run = run_of()
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


def test_a_file_above_the_folder_or_with_a_name_that_is_no_text_has_a_uri() -> None:
    names = ["../other/role.yaml", "a\udcff.yaml"]
    found = [Finding("RC001", Severity.ERROR, Location(name), "unreadable") for name in names]
    results = json.loads(as_sarif(found, "1", rules(), "infra"))["runs"][0]["results"]
    uris = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results]
    assert uris == ["other/role.yaml", "infra/a%FF.yaml"]
