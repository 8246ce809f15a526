"""Mistakes in an estate's files, case by case in tests/cases/bad_estates.yaml: all named at once, each in its place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from case_tables import cases

from rolecall.estate import EstateRefusedError, judged, sound
from rolecall.model.finding import Severity

Write = Callable[[dict[str, str]], Path]


@pytest.mark.parametrize("case", cases("bad_estates"))
def test_of_an_estate(case: dict[str, Any], write: Write) -> None:
    folder = write(case["files"])
    infos = case.get("infos", False)
    found = [finding for finding in judged(folder).findings if infos or finding.severity is not Severity.INFO]
    expected = sorted(case["findings"], key=_reading_order)
    assert [[f.rule, str(f.location)] for f in found] == [line[:2] for line in expected]
    for finding, (_, _, *words) in zip(found, expected, strict=True):
        assert all(word in finding.message for word in words), finding.message


@pytest.mark.parametrize("case", [c for c in cases("bad_estates") if not c.marks])
def test_an_estate_with_an_error_is_never_built(case: dict[str, Any], write: Write) -> None:
    folder = write(case["files"])
    findings = judged(folder).findings
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors:
        assert sound(folder)
        return
    with pytest.raises(EstateRefusedError) as refused:
        sound(folder)
    assert list(refused.value.findings) == errors
    assert all(f"{error.location}: {error.rule}" in str(refused.value) for error in errors)


def _reading_order(line: list[str]) -> tuple[str, int, int, str]:
    file, row, column = line[1].rsplit(":", 2)
    return file, int(row), int(column), line[0]
