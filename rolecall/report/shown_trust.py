"""A trust policy as it may be shown: external IDs that the customer chose are masked unless asked for."""

from typing import Any

from rolecall.model.external_ids import masked
from rolecall.model.grant import Grant
from rolecall.policy.compile import ITSELF_SID, VERIFIER_SID, trust_document
from rolecall.policy.document import Document, Statement, as_list

_ID_KEY = "sts:ExternalId"


def shown_trust(grant: Grant, show: bool) -> Document:
    """The trust policy, without the external IDs that nobody asked to see."""
    document = trust_document(grant.trust)
    return {**document, "Statement": [_shown(each, grant, show) for each in document["Statement"]]}


def _shown(statement: Statement, grant: Grant, show: bool) -> dict[str, Any]:
    # The verifier's ID is of the customer's own making, whoever makes the vendor's.
    is_chosen = grant.masked_external_id or statement.get("Sid") == VERIFIER_SID
    if show or not is_chosen or "Condition" not in statement:
        return dict(statement)
    condition = {
        operator: {key: _masked(values) if key == _ID_KEY else values for key, values in keys.items()}
        for operator, keys in statement["Condition"].items()
    }
    return {**statement, "Condition": condition}


def _masked(values: object) -> str | list[str]:
    hidden = [masked(str(value)) for value in as_list(values)]
    return hidden if isinstance(values, list) else hidden[0]


def why_trusted(grant: Grant, statement: Statement) -> str:
    """Why a statement of the trust is there, as the end of a sentence that begins with it."""
    if statement["Effect"] == "Deny":
        return "lets nobody in: whom it trusts, or with which external ID, is pending"
    if statement.get("Sid") == VERIFIER_SID:
        return "lets the estate's verifier in, who calls every role to prove it"
    if statement.get("Sid") == ITSELF_SID:
        return f"lets the role assume itself, and nobody else, with the external ID: {grant.vendor} asks for it"
    return f"lets {grant.vendor} in, with its external ID and not without"
