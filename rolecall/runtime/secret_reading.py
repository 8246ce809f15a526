"""One secret, read and looked at. This is the only place that ever holds a secret's value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from rolecall.runtime.expectation import SecretToRead
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
_MAX_BLANKS = 8
"""Around a key: with more of them it is named no more, as it would fill the report."""
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


def read(client: Any, secret: SecretToRead, role_arn: str, denied: frozenset[str]) -> Reading:
    """Read a secret and look whether it is a JSON object with the keys. Its value goes no further.

    Args:
        client: Secrets Manager in the secret's region.
        role_arn: the role whose session reads; a secret that is called by its name is one of the role's account.
        denied: the error codes that count as a refusal.
    """
    seen, flaw = observe(
        lambda: _looked_at(_answer(client, secret.secret_id), secret, role_arn),
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


def describe(client: Any, secret: SecretToRead, role_arn: str) -> tuple[Observation, str | None]:
    """What asking for a secret's description showed, and the customer managed key in it; None for AWS's own."""
    seen, answer = observe(
        lambda: client.describe_secret(SecretId=secret.secret_id),
        is_sound=lambda said: _is_about(said["ARN"], said["Name"], secret, role_arn),
    )
    key = answer.get("KmsKeyId") if answer else None
    return seen, key if isinstance(key, str) and key and not key.endswith(_AWS_MANAGED_KEY) else None


def _looked_at(answer: Mapping[str, Any], secret: SecretToRead, role_arn: str) -> str:
    """The flaw. KeyError or ValueError for an answer that is none of Secrets Manager's about this secret."""
    if answer is _WITHOUT_VALUE:
        return NO_VALUE
    if not _is_about(answer["ARN"], answer["Name"], secret, role_arn):
        raise ValueError("the answer is about something else")
    if "SecretString" not in answer:
        return "it is binary, and no JSON" if answer.get("SecretBinary") else NO_VALUE
    return _flaw(answer["SecretString"], secret.keys)


def _is_about(arn: str, name: str, secret: SecretToRead, role_arn: str) -> bool:
    """Whether it is this secret, and not another whose name begins or ends like it, or its namesake elsewhere."""
    if secret.secret_id.startswith("arn:"):
        return arn == secret.secret_id or _is_ended(arn, secret.secret_id)
    _, partition, _, _, account, _ = role_arn.split(":", 5)
    own = f"arn:{partition}:secretsmanager:{secret.region}:{account}:secret:{secret.secret_id}"
    return name == secret.secret_id and _is_ended(arn, own)


def _is_ended(arn: str, beginning: str) -> bool:
    return arn.startswith(f"{beginning}-") and len(arn) == len(beginning) + _END_CHARACTERS


def _flaw(value: str, keys: tuple[str, ...]) -> str:
    try:
        found = json.loads(value)
    # The error holds the whole document, and so do the frames of one that is nested too deeply: neither goes on.
    except (ValueError, RecursionError):
        return "it is plain text, and no JSON"
    if not isinstance(found, dict):
        return "it is JSON, but no object"
    missing = [_lacking(key, found) for key in keys if key not in found]
    return f"it lacks {', '.join(missing)}" if missing else ""


def _lacking(key: str, found: Mapping[str, Any]) -> str:
    """A key that is not there, with the one that was meant for it: only blanks around it and letter case differ.

    No other key is named, as whoever stored a token as a key would find it in every report.
    """
    likes = (name for name in found if name.strip().casefold() == key.strip().casefold())
    near = next((name for name in likes if len(name) <= len(key) + _MAX_BLANKS), None)
    return f"{key} (it has {json.dumps(near)})" if near is not None else key
