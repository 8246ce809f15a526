"""What a role should be, in plain values: all that verification needs to know about the estate."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SecretToRead:
    """A secret to try.

    Args:
        secret_id: its name or ARN.
        resource: a pattern that its ARN fits, and the ARN without an end by which a secret is judged that is not there.
        region: where it is asked for.
        keys: the JSON keys that have to be in it.
        kms_key: ARN of the customer managed key that the estate names for it.
        needs_json: whether it has to be a JSON object, even without any keys.
        may_describe: whether the role may also ask which key it is encrypted with.
    """

    secret_id: str
    resource: str
    region: str
    keys: tuple[str, ...] = ()
    kms_key: str | None = None
    needs_json: bool = False
    may_describe: bool = False

    @property
    def where(self) -> str:
        """The secret in words."""
        return f"{self.secret_id} in {self.region}"


@dataclass(frozen=True)
class WritablePrefix:
    """A prefix below which the vendor keeps secrets of its own.

    Args:
        prefix: what their names begin with.
        region: where they are.
        actions: all that the role may do there, as IAM writes them.
        kms_key: ARN of the customer managed key that new ones are encrypted with.
        beside: a beginning of names that the role may not use; None where it may use any.
        allow_permanent_delete: whether the vendor may delete without recovery.
    """

    prefix: str
    region: str
    actions: tuple[str, ...]
    kms_key: str | None = None
    beside: str | None = None
    allow_permanent_delete: bool = False


@dataclass(frozen=True)
class ServiceCall:
    """A call to another AWS service that does nothing, to see whether the role may make it.

    Args:
        action: as IAM writes it; one that `service_calls` knows a harmless call for.
        resource: an ARN without wildcards; `*` for what is asked of a whole account.
        region: where it is asked for.
        key: of a bucket, the prefix below which is listed, or the object's key.
    """

    action: str
    resource: str
    region: str
    key: str = ""

    @property
    def name(self) -> str:
        """What the service calls the resource: the ARN's end without the kind that some begin with."""
        end = self.resource.split(":", 5)[-1]
        return end.removeprefix("function:").removeprefix("log-group:")

    @property
    def where(self) -> str:
        """The call in words."""
        below = f" below {self.key}" if self.key and self.action != "s3:GetObject" else ""
        what = f"{self.name}/{self.key}" if self.key and not below else self.name
        return f"{self.action}{f' on {what}' if self.resource != '*' else ''}{below} in {self.region}"


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
        patterns: what the right ones are known by, where the vendor sends another one each time; then an ID that fits
            stands among the right ones.
        trusts_itself: whether a session of the role gets in too, with the same IDs.
        verifier_id: the ID with which the customer's own principal gets in; None where there is no such statement.
        wrong_ids: those to be refused: `wrong_external_id` and `neighbour_external_id` probes.
        session_seconds: the session that the vendor asks for; None where nobody said.
        max_session_seconds: the role's own maximum.
        readable: granted secrets, of which each is read once; empty where nothing is granted.
        unreadable: secrets beside the grants that must be refused.
        elsewhere: granted secrets as they would be called in a region that the role was not granted.
        unnamed: in words, grants under which nobody knows a secret to ask for.
        writable: prefixes below which a secret is made and deleted again; empty where nothing is to be written.
        callable: calls to other services that were granted.
        uncallable: calls beside those, which must be refused.
        uncalled: in words, grants of other services for which no harmless call exists.
        unmade: in words, granted calls whose resource is neither there nor can be made as a stand-in.
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
    elsewhere: tuple[SecretToRead, ...] = ()
    unnamed: tuple[str, ...] = ()
    writable: tuple[WritablePrefix, ...] = ()
    patterns: tuple[str, ...] = ()
    trusts_itself: bool = False
    callable: tuple[ServiceCall, ...] = ()
    uncallable: tuple[ServiceCall, ...] = ()
    uncalled: tuple[str, ...] = ()
    unmade: tuple[str, ...] = ()
