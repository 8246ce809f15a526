"""`rolecall references`: what to paste into the vendor's connections."""

import json
from collections.abc import Sequence
from pathlib import Path

from rolecall.answer import Answer
from rolecall.estate import selected, sound
from rolecall.handoff.secret_arns import reference, refers_to_secrets, stated
from rolecall.model.grant import Grant
from rolecall.model.secret import Secret
from rolecall.report.table import table

_LATER = "once the secret exists: name it by its arn"
_NEVER = "none: a key in a reference has no braces"


def references(folder: Path, selectors: Sequence[str], output: str) -> Answer:
    """A reference for each key of each secret that the estate names by its ARN.

    AWS gives out the last six characters when a secret is made: of a name alone, no reference can be built.
    """
    rows = [
        (grant, secret, key)
        for grant in selected(sound(folder).grants, selectors)
        if refers_to_secrets(grant.vendor)
        for secret in grant.permissions.secrets
        for key in secret.keys
    ]
    if output == "json":
        return Answer(json.dumps({"schema": 1, "references": [_as_json(*row) for row in rows]}, indent=2))
    head = ["PROJECT", "SECRET", "KEY", "REFERENCE"]
    cells = [[grant.address, secret.value, key, _built(secret, key) or _why_not(secret)] for grant, secret, key in rows]
    return Answer(table(head, cells))


def _built(secret: Secret, key: str) -> str | None:
    return reference(stated(secret), key)


def _why_not(secret: Secret) -> str:
    return _NEVER if secret.kind == "arn" else _LATER


def _as_json(grant: Grant, secret: Secret, key: str) -> dict[str, object]:
    place: dict[str, object] = {"workspace": grant.workspace, "project": grant.project}
    return place | {"secret": secret.value, "key": key, "reference": _built(secret, key)}
