"""Estates written for one test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rolecall.estate import judged
from rolecall.model.finding import has_errors
from rolecall.model.grant import Grant

GOOD = 'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'


@pytest.fixture
def write(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Write the files of an estate; an estate.yaml that is left out is the good one."""

    def written(files: dict[str, str]) -> Path:
        for name, text in ({"estate.yaml": GOOD} | files).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        return tmp_path

    return written


@pytest.fixture
def grants(write: Callable[[dict[str, str]], Path]) -> Callable[[dict[str, str]], dict[str, Grant]]:
    """The grants of an estate without errors, by address."""

    def resolved(files: dict[str, str]) -> dict[str, Grant]:
        found = judged(write(files))
        assert found.estate is not None
        assert not has_errors(found.findings), found.findings
        return {grant.address: grant for grant in found.estate.grants}

    return resolved
