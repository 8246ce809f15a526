"""Case tables: one YAML file of tests/cases/ is a list of mappings, each with a `name` that is a sentence."""

from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parent / "cases"


def cases(table: str) -> list[Any]:
    """The cases of a table as parameters of a test, named by their sentences."""
    found = yaml.load((FOLDER / f"{table}.yaml").read_text("utf-8"), yaml.CSafeLoader)
    names = [case["name"] for case in found]
    assert len(names) == len(set(names)), f"two cases of {table} have one name"
    return [pytest.param(case, id=case["name"]) for case in found]
