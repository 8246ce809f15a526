"""Roles of an estate as rows."""

import json
from collections.abc import Sequence

from rolecall.model.external_ids import masked
from rolecall.model.grant import Grant
from rolecall.report.table import table


def as_json(grants: Sequence[Grant], *, show_external_ids: bool) -> str:
    """The shape of the contract."""
    roles = [_row(grant, show_external_ids) for grant in grants]
    return json.dumps({"schema": 1, "roles": roles}, indent=2)


def as_text(grants: Sequence[Grant], *, show_external_ids: bool) -> str:
    """A table: where each role will live, whom it trusts, and under which external ID."""
    head = ("ROLE", "VENDOR", "ACCOUNT", "REGION", "ROLE ARN", "PRINCIPAL", "EXTERNAL ID")
    rows = [
        (
            grant.address,
            grant.vendor,
            grant.account,
            grant.region,
            grant.role_arn,
            ", ".join(grant.trust.principals) or "pending",
            ", ".join(external_ids(grant, show_external_ids)) or "pending",
        )
        for grant in grants
    ]
    return table(head, rows)


def external_ids(grant: Grant, show: bool) -> list[str]:
    """The external IDs as they may be shown: those that the customer chose are masked unless asked for."""
    if show or not grant.masked_external_id:
        return list(grant.trust.written_ids)
    return list(map(masked, grant.trust.written_ids))


def _row(grant: Grant, show_external_ids: bool) -> dict[str, object]:
    return {
        "workspace": grant.workspace,
        "project": grant.project,
        "vendor": grant.vendor,
        "account": grant.account,
        "region": grant.region,
        "stack": grant.stack,
        "role_name": grant.role_name,
        "role_arn": grant.role_arn,
        "principals": list(grant.trust.principals),
        "external_ids": external_ids(grant, show_external_ids),
    }
