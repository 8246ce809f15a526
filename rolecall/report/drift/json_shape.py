"""Drift as JSON."""

import json

from rolecall.report.drift.result import Drift, RoleDrift, Status


def as_json(drift: Drift) -> str:
    """The shape of the contract, and what speaks of policies by hand, of other estates and of what was not seen."""
    shape = {
        "schema": 1,
        "roles": [_role(role) for role in drift.roles],
        "unmanaged": list(drift.unmanaged),
        "unmanaged_unknown": [{"account": account, "reason": reason} for account, reason in drift.unlisted.items()],
        "other_estates": [{"role_arn": arn, "estate": estate} for arn, estate in drift.other_estates.items()],
        "summary": {status.value: drift.count(status) for status in Status if drift.count(status)},
    }
    return json.dumps(shape, indent=2)


def _role(role: RoleDrift) -> dict[str, object]:
    return {
        "workspace": role.workspace,
        "project": role.project,
        "role_arn": role.role_arn,
        "status": role.status.value,
        "changes": [
            {"what": what, "gained": list(change.gained), "lost": list(change.lost), "other": list(change.other)}
            for what, change in role.changes.items()
        ],
        "policies_by_hand": list(role.policies_by_hand),
        "reason": role.reason,
    }
