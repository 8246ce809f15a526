"""The rule reference: complete, in line with the contract, and true: each example is run, and so is its fix."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rolecall.cli import app
from rolecall.rules.reference import Rule, rules

ROOT = Path(__file__).parents[2]
GOOD = 'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'

# What the contract fixes.
SEVERITIES = {
    "RC101": ["error"],
    "RC102": ["error"],
    "RC103": ["error"],
    "RC104": ["error", "warning"],
    "RC105": ["error"],
    "RC106": ["error"],
    "RC107": ["error"],
    "RC108": ["error"],
    "RC109": ["info"],
    "RC110": ["error"],
    "RC111": ["error"],
    "RC112": ["error"],
    "RC113": ["error"],
    "RC114": ["info"],
    "RC201": ["error", "warning"],
    "RC202": ["error"],
    "RC203": ["warning"],
    "RC204": ["error"],
    "RC205": ["error", "warning"],
}
MODES = {
    **{f"RC10{number}": [f"FM{number}"] for number in range(1, 9)},
    "RC109": ["FM12"],
    "RC110": ["FM13"],
}
NEVER_WAIVED = re.compile(r"RC0..|RC10[1-6]|RC11[0-3]|RC4..")
# Their files would be longer than anybody reads.
IN_WORDS = {"RC307", "RC308", "RC309", "RC311", "RC312", "RC313", "RC314"}

RUN = [pytest.param(rule, id=rule.id) for rule in rules().values() if rule.id not in IN_WORDS]


def findings(example: Mapping[str, str], folder: Path) -> list[dict[str, Any]]:
    """What `check` says about the files of an example."""
    files = dict(example)
    if "template.yaml" in files:
        arguments = ["--template", str(folder / "template.yaml")]
    else:
        files = {"estate.yaml": GOOD} | files
        arguments = ["--estate", str(folder)]
        arguments += ["--references", str(folder / "references.txt")] if "references.txt" in files else []
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    ended = CliRunner().invoke(app, ["check", *arguments, "--format", "json"])
    assert ended.exit_code in (0, 1) and ended.stdout, (ended.output, ended.exception)
    found: list[dict[str, Any]] = json.loads(ended.stdout)["findings"]
    return found


def in_the_code() -> set[str]:
    """Every rule's id that occurs in the program."""
    texts = [path.read_text("utf-8") for path in (ROOT / "rolecall").rglob("*.py")]
    return {found for text in texts for found in re.findall(r"\bRC[0-9]{3}\b", text)}


def test_every_rule_of_the_program_is_described_and_no_other() -> None:
    assert sorted(in_the_code() - set(rules())) == []
    assert sorted(set(rules()) - in_the_code()) == []


@pytest.mark.parametrize("rule_id", SEVERITIES)
def test_severities_and_failure_modes_are_those_of_the_contract(rule_id: str) -> None:
    rule = rules()[rule_id]
    assert list(rule.severities) == SEVERITIES[rule_id]
    assert list(rule.failure_modes) == MODES.get(rule_id, [])


def test_what_opens_a_role_or_hides_the_files_or_cannot_be_built_can_never_be_waived() -> None:
    waivable = {rule.id for rule in rules().values() if rule.waivable}
    assert not list(filter(NEVER_WAIVED.match, waivable))
    assert waivable == (
        {"RC107", "RC108", "RC109", "RC114", "RC115", "RC116", "RC117", "RC118", "RC201", "RC202", "RC203", "RC205"}
        | {"RC120", "RC132", "RC133", "RC212", "RC213", "RC214", "RC218", "RC220", "RC221", "RC222", "RC311", "RC312"}
    )


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.id)
def test_a_description_says_why_in_a_few_sentences(rule: Rule) -> None:
    assert 2 <= len(re.findall(r"[.?](?= |$)", rule.reason)) <= 5
    assert len(rule.title) < 70 and not rule.title.endswith(".")
    assert all(source.startswith("https://") for source in rule.sources)
    assert rule.sources or re.match("RC0|RC113|RC114|RC203|RC209|RC211|RC4", rule.id), "needs a source"


def test_only_what_is_too_long_to_read_is_described_in_words() -> None:
    assert {rule.id for rule in rules().values() if "words" in rule.example} == IN_WORDS
    assert all(set(rule.example) == set(rule.fix) == {"words"} for rule in rules().values() if rule.id in IN_WORDS)


@pytest.mark.parametrize("rule", RUN)
def test_an_example_yields_its_rule(rule: Rule, tmp_path: Path) -> None:
    _skip_what_is_to_come(rule)
    found = [finding for finding in findings(rule.example, tmp_path) if finding["rule"] == rule.id]
    assert found, "the example breaks no such rule"
    assert found[0]["severity"] in rule.severities
    assert set(found[0].get("failure_modes", [])) <= set(rule.failure_modes)


@pytest.mark.parametrize("rule", RUN)
def test_a_fix_mends_its_example(rule: Rule, tmp_path: Path) -> None:
    _skip_what_is_to_come(rule)
    assert rule.example != rule.fix
    left = findings(rule.fix, tmp_path)
    assert rule.id not in {finding["rule"] for finding in left}
    assert [finding for finding in left if finding["severity"] == "error"] == []


def _skip_what_is_to_come(rule: Rule) -> None:
    """Rules may be described before they are written; `test_every_rule_…` is the one that complains."""
    if rule.id not in in_the_code():
        pytest.skip(f"{rule.id} is not there yet")
