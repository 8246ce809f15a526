"""Findings for people and for programs."""

import json
from collections import Counter
from collections.abc import Sequence

from rolecall.model.finding import Finding, Severity


def as_text(findings: Sequence[Finding], roles: int) -> str:
    """A line for each finding, in reading order, and a closing line that counts them."""
    lines = [f"{f.location}: {f.severity.value} {f.rule}: {f.message}{_modes(f)}" for f in findings]
    counts = _counts(findings)
    summary = ", ".join(
        f"{count} {name}{'s' if count != 1 and name != 'info' else ''}" for name, count in counts.items()
    )
    return "\n".join([*lines, f"{roles} roles; {summary}"])


def as_json(findings: Sequence[Finding]) -> str:
    """The shape of the contract."""
    shape = {"schema": 1, "findings": [finding.as_json() for finding in findings], "summary": _counts(findings)}
    return json.dumps(shape, indent=2)


def _counts(findings: Sequence[Finding]) -> dict[str, int]:
    counts = Counter(finding.severity for finding in findings)
    return {severity.value: counts[severity] for severity in Severity}


def _modes(finding: Finding) -> str:
    return f" [{', '.join(finding.failure_modes)}]" if finding.failure_modes else ""
