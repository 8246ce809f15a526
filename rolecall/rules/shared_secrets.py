"""RC203 and RC214: the same secret under several roles, and what they have to agree on."""

from collections.abc import Iterator

from rolecall.model.finding import Finding, Severity
from rolecall.model.invalid import four_parts
from rolecall.rules import meeting
from rolecall.rules.grants import Granted


def granted_twice(granted: Granted) -> Iterator[Finding]:
    """RC203: two projects read one secret, and not all of them say `shared: true`."""
    for users in granted.together():
        yield from meeting.granted_twice(users, "secret")


def keys_without_grant(granted: Granted) -> Iterator[Finding]:
    """RC214: the same secret, encrypted with a key that only one of the roles may use."""
    for users in granted.together():
        keyed = next((use for use in users if use.secret.kms_key is not None), users[0])
        for use in users if keyed.secret.kms_key is not None and keyed.secret.kind != "tag" else ():
            if use.role is not keyed.role and use.secret.kms_key != keyed.secret.kms_key:
                what = f"{use.role.grant.address} is not granted the key of a secret that {keyed.spoken} names"
                message = four_parts(
                    what,
                    use.secret.kms_key or "no kms_key",
                    str(keyed.secret.kms_key),
                    "name the same `kms_key` in both",
                )
                yield use.role.finding("RC214", Severity.ERROR, message, at=use.location)
