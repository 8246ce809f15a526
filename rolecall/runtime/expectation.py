"""What a role should be, in plain values: all that verification needs to know about the estate."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SecretToRead:
    """A secret to try: its name or ARN, the pattern that its ARN fits, its region and the JSON keys in it."""

    secret_id: str
    resource: str
    region: str
    keys: tuple[str, ...] = ()
    kms_key: str | None = None


@dataclass(frozen=True)
class WrongId:
    """An external ID that must not open the role, and in words how it differs from the right one."""

    kind: str
    value: str
    how: str


@dataclass(frozen=True)
class RoleExpectation:
    """One role and everything that is to be asked about it.

    Args:
        external_ids: the right ones; empty while the trust is pending, and then nobody may get in.
        verifier_id: the ID with which the customer's own principal gets in; None where there is no such statement.
        wrong_ids: those to be refused: `wrong_external_id` and `neighbour_external_id` probes.
        session_seconds: the session that the vendor asks for; None where nobody said.
        max_session_seconds: the role's own maximum.
        readable: granted secrets, of which each is read once; empty where nothing is granted.
        unreadable: secrets beside the grants that must be refused.
    """

    workspace: str
    project: str
    role_arn: str
    region: str
    external_ids: tuple[str, ...]
    wrong_ids: tuple[WrongId, ...] = ()
    verifier_id: str | None = None
    session_seconds: int | None = None
    max_session_seconds: int = 3600
    readable: tuple[SecretToRead, ...] = ()
    unreadable: tuple[SecretToRead, ...] = ()
