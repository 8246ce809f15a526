"""Sheets of estates that are written for one test."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rolecall.commands.handoff import HandOffWish, handoff

ESTATE = """
schema: 1
estate: acme
defaults: {account: "111111111111", region: eu-central-1, role_path: /vendors/, tags: {owner: integration-platform}}
"""
NOW = datetime(2026, 11, 22, 16, 4, tzinfo=UTC)
Sheets = Callable[..., dict[str, str]]


@pytest.fixture
def estate(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Write an estate; one that is left out is the good one."""

    def written(files: Mapping[str, str]) -> Path:
        for name, text in ({"estate.yaml": ESTATE} | dict(files)).items():
            path = tmp_path / "estate" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return tmp_path / "estate"

    return written


@pytest.fixture
def sheets(estate: Callable[[Mapping[str, str]], Path], tmp_path: Path) -> Sheets:
    """The files of a hand-off by their names, made without asking AWS."""

    def made(files: Mapping[str, str], *selectors: str) -> dict[str, str]:
        out = tmp_path / "sheets"
        wish = HandOffWish(asks_aws=False)
        answer = handoff(estate(files), selectors, out, wish, pytest.fail, lambda: NOW)
        assert answer.exit_code == 0
        return {str(path.relative_to(out)): path.read_text("utf-8") for path in out.rglob("*") if path.is_file()}

    return made
