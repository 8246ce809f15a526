"""One secret, read and looked at. This is the only place that ever holds a secret's value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rolecall.runtime.observation import DENIED, Observation, observe

# Whoever gets one of these cannot read what it was granted: it is not there, waits for deletion, or its key is shut.
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html, read 2026-11-22.
NOT_FOUND = "ResourceNotFoundException"
KEY_USELESS = "DecryptionFailure"
UNREADABLE = DENIED | {NOT_FOUND, "InvalidRequestException", KEY_USELESS}
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
        lambda: _looked_at(client.get_secret_value(SecretId=secret_id), secret_id, keys), denied=denied
    )
    return Reading(seen, flaw or "")


def customer_key(client: Any, secret_id: str) -> str | None:
    """The customer managed key that a secret is encrypted with; None for AWS's own, or where that cannot be seen."""
    _, answer = observe(lambda: client.describe_secret(SecretId=secret_id))
    key = answer.get("KmsKeyId") if answer else None
    return key if isinstance(key, str) and key and not key.endswith(_AWS_MANAGED_KEY) else None


def _looked_at(answer: Mapping[str, Any], secret_id: str, keys: tuple[str, ...]) -> str:
    """The flaw. KeyError or ValueError for an answer that is none of Secrets Manager's about this secret."""
    if f":secret:{secret_id.rpartition(':secret:')[2]}" not in answer["ARN"]:
        raise ValueError("the answer is about something else")
    if "SecretString" not in answer and answer["SecretBinary"]:
        return "it is binary, and no JSON"
    return _flaw(answer["SecretString"], keys)


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
