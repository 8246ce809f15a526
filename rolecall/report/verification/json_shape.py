"""Verdicts as JSON."""

import json
from collections.abc import Sequence

from rolecall.report.verification.facts import RunFacts, summary
from rolecall.runtime.verdict import RoleResult


def as_json(results: Sequence[RoleResult], run: RunFacts) -> str:
    """The shape of the contract, with the target and what `verified` needed beside it."""
    shape = {
        "schema": 1,
        "mode": run.mode,
        "caller_arn": run.caller_arn,
        "target": run.target,
        "required": [rung.value for rung in run.required],
        "roles": [result.as_json() for result in results],
        "summary": summary(results),
    }
    return json.dumps(shape, indent=2)
