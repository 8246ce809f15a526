"""One role as it will be: its policies as IAM gets them, and why each statement is there."""

import json
from collections.abc import Iterator
from typing import Any

from rolecall.model import naming
from rolecall.model.grant import Grant
from rolecall.policy.compile import Home, Reasoned, permission_policies, permission_statements
from rolecall.policy.document import Statement
from rolecall.report.shown_trust import shown_trust, why_trusted

_NOTHING = "none: the role may do nothing"


def as_json(grant: Grant, *, show_external_ids: bool) -> str:
    """The policies whole, then each statement's reason, by its Sid."""
    found = _statements(grant)
    trust = shown_trust(grant, show_external_ids)
    shape = {
        "schema": 1,
        "workspace": grant.workspace,
        "project": grant.project,
        "role_arn": grant.role_arn,
        "trust_policy": trust,
        "permission_policies": list(permission_policies(found).values()),
        "trust_statements": [
            {"sid": each.get("Sid"), "reason": why_trusted(grant, each)} for each in trust["Statement"]
        ],
        "statements": [_row(reasoned) for reasoned in found],
        "left_out": [
            {"service": service, "action": action, "reason": why} for service, action, why in _left_out(grant)
        ],
    }
    return json.dumps(shape, indent=2, ensure_ascii=False)


def _row(reasoned: Reasoned) -> dict[str, Any]:
    row = {"sid": reasoned.statement.get("Sid"), "reason": reasoned.reason}
    if reasoned.service:
        row["service"] = reasoned.service
    if reasoned.account_wide:
        row["account_wide"] = True
    if reasoned.source:
        row["source"] = reasoned.source
    if reasoned.location:
        row["at"] = str(reasoned.location)
    return row


def as_text(grant: Grant, *, show_external_ids: bool) -> str:
    """Each statement as JSON below the reason for it."""
    trust = shown_trust(grant, show_external_ids)
    lines = [grant.address, f"role {grant.role_arn}", "", "TRUST POLICY"]
    for statement in trust["Statement"]:
        lines += ["", f"# {why_trusted(grant, statement)}", _as_json(statement)]
    return "\n".join([*lines, *_permissions(grant), *_without(grant)])


def _without(grant: Grant) -> Iterator[str]:
    for service, action, why in _left_out(grant):
        yield from (
            "",
            f"# {service} is left without {action}, by `account_wide: false`; {grant.vendor} needs it: {why}",
        )


def _left_out(grant: Grant) -> Iterator[tuple[str, str, str]]:
    """Service, call and what the vendor documents that it needs the call for, of those that the owner left out."""
    for access in grant.permissions.services:
        yield from ((access.service, action, why) for action, why in access.left_out)


def _permissions(grant: Grant) -> Iterator[str]:
    found = _statements(grant)
    policies = permission_policies(found)
    if not policies:
        yield from ("", f"PERMISSION POLICY {_NOTHING}")
    for part, document in policies.items():
        yield from ("", f"PERMISSION POLICY {naming.policy_name(grant.role_name, part)}")
        for statement in document["Statement"]:
            reasoned = _reasoned(statement, found)
            place = f" [{reasoned.location}]" if reasoned.location else ""
            yield from ("", f"# {reasoned.reason}{place}", _as_json(statement))


def _statements(grant: Grant) -> tuple[Reasoned, ...]:
    return permission_statements(grant.permissions, Home(grant.partition, grant.account, grant.region))


def _reasoned(statement: Statement, found: tuple[Reasoned, ...]) -> Reasoned:
    """Where a statement of a policy comes from: of one that was divided, each part has the Sid of the whole."""
    same = (each for each in found if dict(each.statement) == dict(statement))
    divided = (each for each in found if "Sid" in statement and each.statement.get("Sid") == statement["Sid"])
    return next(same, None) or next(divided)


def _as_json(statement: Statement) -> str:
    return json.dumps(dict(statement), indent=2, ensure_ascii=False)
