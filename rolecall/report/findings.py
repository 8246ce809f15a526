"""Findings for people and for programs.

Waived findings come as pairs: the finding, and why its owner lets it stand.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from rolecall.model.finding import Finding, Severity
from rolecall.model.headroom import Headroom

Waived = tuple[Finding, str]


def as_text(findings: Sequence[Finding], roles: int, waived: Sequence[Waived] = ()) -> str:
    """A line for each finding, in reading order, and a closing line that counts them."""
    lines = [f"{f.location}: {f.severity.value} {f.rule}: {f.message}{_modes(f)}" for f in findings]
    return "\n".join([*lines, summary(findings, roles, waived)])


def summary(findings: Sequence[Finding], roles: int, waived: Sequence[Waived] = ()) -> str:
    """How many roles there are, and how many findings of each severity."""
    parts = [
        f"{count} {name}{'s' if count != 1 and name != 'info' else ''}" for name, count in _counts(findings).items()
    ]
    parts += [f"{len(waived)} waived"] if waived else []
    return f"{roles} role{'' if roles == 1 else 's'}; {', '.join(parts)}"


def as_json(findings: Sequence[Finding], waived: Sequence[Waived] = ()) -> str:
    """The shape of the contract. What is waived stands apart, where something is, and is not counted."""
    shape: dict[str, object] = {"schema": 1, "findings": [finding.as_json() for finding in findings]}
    if waived:
        shape["waived"] = [finding.as_json() | {"waiver": reason} for finding, reason in waived]
    return json.dumps(shape | {"summary": _counts(findings)}, indent=2)


def room_left(accounts: Sequence[Headroom]) -> Iterator[str]:
    """A line for each account: what the estate takes of its default quotas, and how much more would fit."""
    for each in accounts:
        more = f"room for {each.room} more project{'' if each.room == 1 else 's'}"
        roles = f"{each.roles} role{'' if each.roles == 1 else 's'}"
        policies = f"{each.policies} managed polic{'y' if each.policies == 1 else 'ies'}"
        yield f"account {each.account}: {roles}, {policies}; {more} by default quotas"


def _counts(findings: Sequence[Finding]) -> dict[str, int]:
    counts = Counter(finding.severity for finding in findings)
    return {severity.value: counts[severity] for severity in Severity}


def _modes(finding: Finding) -> str:
    return f" [{', '.join(finding.failure_modes)}]" if finding.failure_modes else ""
