"""One secret, read and looked at. This is the only place that ever holds a secret's value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from rolecall.runtime.observation import DENIED, Observation, Observed, observe

# Whoever gets one of these cannot read what it was granted: it is not there, waits for deletion, or its key is shut.
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html, read 2026-11-22.
NOT_FOUND = "ResourceNotFoundException"
KEY_USELESS = "DecryptionFailure"
UNREADABLE = DENIED | {NOT_FOUND, "InvalidRequestException", KEY_USELESS}
NO_VALUE = "it has no value yet"
"""The flaw of a secret that was made without one. AWS has the code of a missing secret for it, with other words."""
_WITHOUT_VALUE: Mapping[str, Any] = {}
_END_CHARACTERS = 7
"""With which Secrets Manager ends a secret's ARN: a hyphen and six random ones."""
_OF_NO_VALUE = "secret value for staging label"
# How Secrets Manager calls the key of its own that every caller of the account may use.
_AWS_MANAGED_KEY = "alias/aws/secretsmanager"


@dataclass(frozen=True)
class Reading:
    """What a call showed, and what is wrong with the secret's form; nothing of its value.

    Args:
        flaw: in words; empty for a JSON object that holds every key that was asked for.
    """

    seen: Observation
    flaw: str = ""


def read(client: Any, secret_id: str, keys: tuple[str, ...], denied: frozenset[str]) -> Reading:
    """Read a secret and look whether it is a JSON object with the keys. Its value goes no further.

    Args:
        denied: the error codes that count as a refusal.
    """
    seen, flaw = observe(
        lambda: _looked_at(_answer(client, secret_id), secret_id, keys),
        denied=denied,
    )
    if flaw == NO_VALUE:
        is_refusal = NOT_FOUND in denied
        seen = replace(seen, observed=Observed.DENIED if is_refusal else Observed.UNDECIDED, reason=NO_VALUE)
    return Reading(seen, flaw or "")


def _answer(client: Any, secret_id: str) -> Any:
    """What Secrets Manager has; _WITHOUT_VALUE for a secret that has none. The error's words stay here."""
    try:
        return client.get_secret_value(SecretId=secret_id)
    except ClientError as error:
        said = error.response.get("Error", {})
        if said.get("Code") == NOT_FOUND and _OF_NO_VALUE in str(said.get("Message", "")):
            return _WITHOUT_VALUE
        raise


def describe(client: Any, secret_id: str) -> tuple[Observation, str | None]:
    """What asking for a secret's description showed, and the customer managed key in it; None for AWS's own."""
    seen, answer = observe(
        lambda: client.describe_secret(SecretId=secret_id),
        is_sound=lambda said: _is_about(said["ARN"], said["Name"], secret_id),
    )
    key = answer.get("KmsKeyId") if answer else None
    return seen, key if isinstance(key, str) and key and not key.endswith(_AWS_MANAGED_KEY) else None


def _looked_at(answer: Mapping[str, Any], secret_id: str, keys: tuple[str, ...]) -> str:
    """The flaw. KeyError or ValueError for an answer that is none of Secrets Manager's about this secret."""
    if answer is _WITHOUT_VALUE:
        return NO_VALUE
    if not _is_about(answer["ARN"], answer["Name"], secret_id):
        raise ValueError("the answer is about something else")
    if "SecretString" not in answer:
        return "it is binary, and no JSON" if answer.get("SecretBinary") else NO_VALUE
    return _flaw(answer["SecretString"], keys)


def _is_about(arn: str, name: str, secret_id: str) -> bool:
    """Whether it is this secret, and not another whose name begins or ends like it."""
    if not secret_id.startswith("arn:"):
        return name == secret_id and f":secret:{name}-" in arn
    return arn == secret_id or (arn.startswith(f"{secret_id}-") and len(arn) == len(secret_id) + _END_CHARACTERS)


def _flaw(value: str, keys: tuple[str, ...]) -> str:
    try:
        found = json.loads(value)
    # The error holds the whole document, and so do the frames of one that is nested too deeply: neither goes on.
    except (ValueError, RecursionError):
        return "it is plain text, and no JSON"
    if not isinstance(found, dict):
        return "it is JSON, but no object"
    missing = [key for key in keys if key not in found]
    return f"it lacks {', '.join(missing)}" if missing else ""
