"""Whether the vendor itself was seen to assume a role: one of CloudTrail's records, read.

https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html, read 2026-11-22. The role's account has no
record of calls that were refused. When IAM last saw the role used (RoleLastUsed) tells nothing of who used it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rolecall.runtime.assume_role import SESSION_NAME


@dataclass(frozen=True)
class Contact:
    """One AssumeRole by the vendor, as the role's own account recorded it.

    Args:
        time: ISO 8601, UTC.
        principal: the caller as far as the record names it: an account id, or an ARN.
        source: the IP address or AWS service that called; empty where the record has none.
        region: whose endpoint was used; empty where the record has none.
        session: the session's name.
    """

    time: str
    principal: str
    source: str
    region: str
    session: str

    def as_json(self) -> dict[str, str]:
        """All of it."""
        return {
            "time": self.time,
            "principal": self.principal,
            "source": self.source,
            "region": self.region,
            "session": self.session,
        }


@dataclass(frozen=True)
class AssumeRoleEvent:
    """A role that was assumed, when and by whom. The session's credentials, which the record holds, are left out."""

    time: datetime
    account: str
    """The caller's."""
    principal: str
    source: str
    region: str
    session: str

    def is_by(self, accounts: frozenset[str]) -> bool:
        """Whether one of the accounts called for a purpose of its own, which our probes are not."""
        return self.account in accounts and not self.session.startswith(SESSION_NAME)

    def as_contact(self) -> Contact:
        """The same in plain text."""
        return Contact(self.time.strftime("%Y-%m-%dT%H:%M:%SZ"), self.principal, self.source, self.region, self.session)


@dataclass(frozen=True)
class ContactReading:
    """The vendor's last call, or why there is none: it could not be told, or nothing was found where it was looked.

    Args:
        contact: the newest of the calls.
        reason: None where there is a contact.
        told: whether everything was read that was looked for.
    """

    contact: Contact | None
    reason: str | None = None
    told: bool = True


def parse(record: object, role_arn: str) -> AssumeRoleEvent | None:
    """A record of CloudTrail's as the call that opened this role; None for everything else, whatever it is."""
    try:
        return _parsed(record, role_arn)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def _parsed(record: Any, role_arn: str) -> AssumeRoleEvent | None:
    who, asked, home = record["userIdentity"], record["requestParameters"], role_arn.split(":")[4]
    opened = f":sts::{home}:assumed-role/{role_arn.rpartition('/')[2]}/{asked['roleSessionName']}"
    is_it = (
        (record["eventSource"], record["eventName"], asked["roleArn"]) == ("sts.amazonaws.com", "AssumeRole", role_arn)
        and record.get("errorCode") is None
        and record["responseElements"]["assumedRoleUser"]["arn"].endswith(opened)
        # The caller's account has a copy of its own, which is not ours to read.
        and (record.get("recipientAccountId") or home) == home
    )
    at = datetime.fromisoformat(record["eventTime"])
    if not is_it or at.tzinfo is None or not (isinstance(who["accountId"], str) and who["accountId"].isdigit()):
        return None
    source, region = (str(record.get(key) or "") for key in ("sourceIPAddress", "awsRegion"))
    principal = str(who.get("arn") or who["accountId"])
    return AssumeRoleEvent(at.astimezone(UTC), who["accountId"], principal, source, region, asked["roleSessionName"])
