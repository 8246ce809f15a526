"""What is known of a secret that the estate names: its whole ARN, or why there is none."""

from dataclasses import dataclass
from enum import StrEnum

from rolecall.model.invalid import InvalidValueError
from rolecall.model.reference import VENDOR, SecretReference
from rolecall.model.secret import Secret


class State(StrEnum):
    """What Secrets Manager says of a secret."""

    THERE = "there"
    ABSENT = "absent"
    LEAVING = "scheduled for deletion"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class FoundSecret:
    """One secret.

    Args:
        arn: whole, with the six characters that AWS gave out; None where it is not known.
        reason: why nobody could tell; for UNKNOWN only.
    """

    state: State
    arn: str | None = None
    reason: str = ""


def stated(secret: Secret) -> FoundSecret:
    """What the estate itself says."""
    return FoundSecret(State.THERE, secret.value) if secret.kind == "arn" else FoundSecret(State.UNKNOWN)


def reference(found: FoundSecret, key: str) -> str | None:
    """What Workato's connections hold for a key of a secret; None where there is no whole ARN, or no such key."""
    try:
        return str(SecretReference(key, found.arn)) if found.arn else None
    except InvalidValueError:
        return None


def refers_to_secrets(vendor: str) -> bool:
    """Whether a vendor's connections hold references to secrets, as Workato's do."""
    return vendor == VENDOR
