"""Which policy refused a call, as far as AWS's own words say it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html, read 2026-11-22.
"""

import re
from enum import StrEnum


class DeniedBy(StrEnum):
    """The kind of policy that AWS named."""

    RESOURCE_CONTROL_POLICY = "resource control policy"
    SERVICE_CONTROL_POLICY = "service control policy"
    PERMISSIONS_BOUNDARY = "permissions boundary"
    IDENTITY_POLICY = "identity-based policy"
    RESOURCE_POLICY = "resource-based policy"
    SESSION_POLICY = "session policy"
    ENDPOINT_POLICY = "VPC endpoint policy"
    TRUST_POLICY = "role trust policy"
    KEY = "key"
    """Secrets Manager was refused by KMS."""


_NAMED = re.compile(
    r"(?:explicit deny in (?:an?|the) |because no )(?P<policy>"
    + "|".join(kind for kind in DeniedBy if kind != DeniedBy.KEY)
    + ")"
)
# Not just anywhere: a secret or a role may be called KMS.
_KMS = re.compile(r"perform: kms:|Access to KMS is not allowed|The ciphertext refers to ")


def denied_by(message: object) -> DeniedBy | None:
    """The policy that an error message of AWS's names; None where it names none. The message itself goes no further."""
    text = str(message).replace("sessions policy", "session policy")  # AWS writes both
    if found := _NAMED.search(text):
        return DeniedBy(found["policy"])
    return DeniedBy.KEY if _KMS.search(text) else None
