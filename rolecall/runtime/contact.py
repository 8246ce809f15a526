"""Whether the vendor itself was seen to assume a role: CloudTrail's records, read."""

from dataclasses import dataclass


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
