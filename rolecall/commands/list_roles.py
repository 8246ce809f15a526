"""`rolecall list`: one row per role."""

from collections.abc import Sequence
from pathlib import Path

from rolecall.answer import Answer
from rolecall.estate import selected, sound
from rolecall.report import roles as report


def list_roles(folder: Path, selectors: Sequence[str], output: str, *, show_external_ids: bool) -> Answer:
    """Where each role will live and whom it trusts."""
    grants = selected(sound(folder).grants, selectors)
    render = report.as_json if output == "json" else report.as_text
    return Answer(render(grants, show_external_ids=show_external_ids))
