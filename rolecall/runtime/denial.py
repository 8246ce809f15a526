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
    r"(?:(?P<explicit>explicit deny in (?:an?|the) )|because no )(?P<policy>"
    + "|".join(kind for kind in DeniedBy if kind != DeniedBy.KEY)
    + r")(?::\s+(?P<arn>arn:[^\s\"',;)]{1,2048}))?"
)
# Not just anywhere: a secret or a role may be called KMS.
_KMS = re.compile(r"perform: kms:|Access to KMS is not allowed|The ciphertext refers to ")


def denied_by(message: object) -> DeniedBy | None:
    """The policy that an error message of AWS's names; None where it names none. The message itself goes no further."""
    if found := _named(message):
        return DeniedBy(found["policy"])
    return DeniedBy.KEY if _KMS.search(str(message)) else None


def denied_explicitly(message: object) -> bool:
    """Whether it says that a Deny refused, against which no Allow helps; false for an Allow that is missing."""
    found = _named(message)
    return found is not None and found["explicit"] is not None


def denying_policy(message: object) -> str:
    """The ARN of the policy that refused; empty where AWS names none.

    https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns/, read 2026-11-22.
    """
    found = _named(message)
    return (found["arn"] or "").rstrip(".") if found else ""


def _named(message: object) -> re.Match[str] | None:
    return _NAMED.search(str(message).replace("sessions policy", "session policy"))  # AWS writes both
