"""What the tests' own runner of workflows makes of a condition, as GitHub's page of expressions has it."""

from pathlib import Path
from typing import Any

import pytest

from tests.embedded.runner import Job, holds

CONTEXT: dict[str, Any] = {"github": {"ref": "refs/heads/main"}, "steps.read": {"outcome": "skipped"}}


@pytest.mark.parametrize(
    ("condition", "failed", "runs"),
    [
        ("success()", False, True),
        ("success()", True, False),
        ("${{ always() }}", True, True),
        ("${{ !cancelled() }}", True, True),
        ("${{ !cancelled() && steps.read.outcome != 'skipped' }}", True, False),
        ("${{ !cancelled() && steps.read.outcome == 'skipped' }}", True, True),
        ("${{ github.ref == 'refs/heads/main' }}", False, True),
        ("${{ github.ref == 'refs/heads/main' }}", True, False),
        ("${{ github.ref == 'refs/heads/other' }}", False, False),
    ],
)
def test_a_condition_is_evaluated(condition: str, failed: bool, runs: bool) -> None:
    assert holds(condition, Job(Path(), Path(), {}, dict(CONTEXT)), failed=failed) is runs


@pytest.mark.parametrize("condition", ["${{ failure() }}", "github.ref", "always() || success()", "", "a == b"])
def test_a_condition_of_another_form_is_no_pass(condition: str) -> None:
    with pytest.raises(ValueError, match="does not know"):
        holds(condition, Job(Path(), Path(), {}, {}), failed=False)
