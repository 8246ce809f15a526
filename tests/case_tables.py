"""Case tables: one YAML file of tests/cases/ is a list of mappings, each with a `name` that is a sentence.

A case that shows a fault which is known and not yet mended carries it as `fault`; it then has to fail.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parent / "cases"


def cases(table: str) -> list[Any]:
    """The cases of a table as parameters of a test, named by their sentences."""
    found = yaml.safe_load((FOLDER / f"{table}.yaml").read_text("utf-8"))
    names = [case["name"] for case in found]
    assert len(names) == len(set(names)), f"two cases of {table} have one name"
    return [pytest.param(case, id=case["name"], marks=_marks(case)) for case in found]


def _marks(case: dict[str, Any]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason=case["fault"])] if "fault" in case else []
