"""No rule without a case that breaks it, in a table that people can read: tests/cases/*.yaml."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from case_tables import FOLDER

PROGRAM = Path(__file__).parents[2] / "rolecall"
RULE = re.compile(r"\bRC[0-9]{3}\b")
# Of a case, what says which findings there have to be.
EXPECTED = ("findings", "found", "problems", "waived")


def in_the_program() -> list[str]:
    return sorted({rule for path in PROGRAM.rglob("*.py") for rule in RULE.findall(path.read_text("utf-8"))})


@cache
def in_the_tables() -> frozenset[str]:
    tables = [yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) for path in FOLDER.glob("*.yaml")]
    cases = [case for table in tables if isinstance(table, list) for case in table if isinstance(case, dict)]
    return frozenset(rule for case in cases for key in EXPECTED for rule in _rules(case.get(key)))


def _rules(expected: Any) -> Iterator[str]:
    """The ids that stand at the beginning of a text or behind a severity; those within a message do not count."""
    if isinstance(expected, str):
        yield from RULE.findall(expected) if re.match(r"((error|warning|info) )?RC[0-9]{3}\b", expected) else ()
    for below in expected.values() if isinstance(expected, dict) else expected if isinstance(expected, list) else ():
        yield from _rules(below)


@pytest.mark.parametrize("rule", in_the_program())
def test_the_tables_have_a_case_of_each_rule(rule: str) -> None:
    assert rule in in_the_tables(), f"write a case that breaks {rule} into one of {FOLDER}/*.yaml"


def test_the_tables_expect_no_rule_that_the_program_does_not_know() -> None:
    assert in_the_tables() <= set(in_the_program())
