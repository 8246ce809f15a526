"""Whom a role lets in, and with which external IDs: the vendor's principals, and the customer's own verifier."""

import re
from dataclasses import dataclass

from rolecall.model import external_ids, identifiers
from rolecall.model.invalid import InvalidValueError
from rolecall.model.patterned_id import PatternedExternalId

# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html, read 2026-11-22.
_PARAMETER_PATH = re.compile(r"(/[A-Za-z0-9_.-]+)+")
# Of a role that is still to be made; how long its name may be is asked elsewhere.
_ROLE_TO_BE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-#%-)+->@-~]+")
_BARE_ID = re.compile(r"A(IDA|ROA)[A-Z0-9]{12,}")


@dataclass(frozen=True)
class ParameterReference:
    """An external ID kept in Systems Manager Parameter Store: a path and a fixed version (counted from 1).

    Raises:
        InvalidValueError: RC111, for a path or a version that CloudFormation would not resolve.
    """

    path: str
    version: int

    def __post_init__(self) -> None:
        fits = isinstance(self.path, str) and _PARAMETER_PATH.fullmatch(self.path)
        if not fits or type(self.version) is not int or self.version < 1:
            raise InvalidValueError(
                "reference to a parameter",
                f"path {self.path}, version {self.version}",
                "a path such as /vendors/acme of A-Z a-z 0-9 _ . - and /, and a version from 1",
                "name the parameter and its version",
                rule="RC111",
            )

    @property
    def dynamic_reference(self) -> str:
        """What CloudFormation resolves while it deploys."""
        return f"{{{{resolve:ssm:{self.path}:{self.version}}}}}"


ExternalId = str | ParameterReference | PatternedExternalId


def role_principal(value: object) -> str:
    """The ARN of one IAM role, as a verifier's principal has to be: whoever proves the roles is nobody else besides.

    Raises:
        InvalidValueError: RC110 for the bare id of a deleted role, RC106 for everything else.
    """
    if isinstance(value, str) and identifiers.ROLE_ARN.fullmatch(value):
        return value
    if isinstance(value, str) and _BARE_ID.fullmatch(value):
        identifiers.principal(value, "aws", "principal of the verifier")
    raise InvalidValueError(
        "principal of the verifier is not one IAM role",
        value,
        "the ARN of one role, such as arn:aws:iam::111111111111:role/ci: no user, root, account, session or *",
        "name the role that your own pipeline runs as",
        rule="RC106",
    )


@dataclass(frozen=True)
class Verifier:
    """One role of the customer's own that may call the vendors' roles to prove them, with an external ID of its own.

    Args:
        principal: ARN of an IAM role.
        external_id: what it sends; nobody else's, and no pattern.

    Raises:
        InvalidValueError: RC106 or RC110 for the principal, RC111 for the external ID.
    """

    principal: str
    external_id: str | ParameterReference

    def __post_init__(self) -> None:
        role_principal(self.principal)
        if not isinstance(self.external_id, ParameterReference):
            external_ids.external_id(self.external_id, "external_id of the verifier")

    @property
    def written_id(self) -> str:
        """The external ID as it stands in the template: a parameter's as its dynamic reference."""
        return _written(self.external_id)


@dataclass(frozen=True)
class Trust:
    """Whom a role lets in: these principals, with one of these external IDs. Nobody, while it is pending.

    Args:
        principals: ARNs of accounts (`:root`), users or roles.
        external_ids: one; two while a rotation lasts.
        pending: the vendor has not yet said its principal or the external ID.
        verifier: whom a statement of its own lets in besides; not while the trust is pending. Default: nobody.
        itself: ARN of the role, where the vendor asks that the role trusts itself too; a statement of its own lets it
            in with the same external IDs. Default: it does not.

    Raises:
        InvalidValueError: RC101 where an external ID or principal is missing, RC106, RC110 or RC111 where one is wrong,
            RC104 where a role that trusts itself would do so by a pattern, RC108 where the verifier's ID is the
            vendor's.
    """

    principals: tuple[str, ...]
    external_ids: tuple[ExternalId, ...]
    pending: bool = False
    verifier: Verifier | None = None
    itself: str | None = None

    def __post_init__(self) -> None:
        # Tuples of their own, so that nobody can empty a list later that was checked now.
        object.__setattr__(self, "principals", tuple(self.principals))
        object.__setattr__(self, "external_ids", tuple(self.external_ids))
        if self.itself is not None:
            self._check_itself(self.itself)
        if self.pending:
            if self.external_ids and self.principals:
                raise InvalidValueError(
                    "a pending trust",
                    "a principal and an external ID",
                    "one of them missing",
                    "drop `pending`",
                    rule="RC101",
                )
            return
        if not self.principals:
            raise InvalidValueError("trust without a principal", "none", "the vendor's", "name it", rule="RC101")
        if not self.external_ids:
            raise InvalidValueError("trust without an external ID", "none", "one", "name it", rule="RC101")
        for value in self.principals:
            if not isinstance(value, str) or not value.startswith("arn:"):
                raise InvalidValueError("principal of a trust", value, "an ARN", "resolve it first", rule="RC106")
            identifiers.principal(value, identifiers.Arn.parse(value, "principal").partition)
        for external_id in self.external_ids:
            if not isinstance(external_id, ParameterReference | PatternedExternalId):
                external_ids.external_id(external_id)
        if self.verifier is not None:
            self._refuse_mixture(self.verifier)

    def _check_itself(self, arn: str) -> None:
        """The role's own ARN: without a pattern, which a condition on it would follow."""
        if not isinstance(arn, str) or not _ROLE_TO_BE.fullmatch(arn):
            allowed = "the ARN that the role will have, such as arn:aws:iam::111111111111:role/name"
            raise InvalidValueError("role that trusts itself", arn, allowed, "give it a name", rule="RC106")
        if self.patterns:
            allowed = "one external ID without a *, or a role that does not trust itself"
            what = "role that trusts itself, by a pattern of external IDs"
            raise InvalidValueError(what, self.patterns[0].value, allowed, "write one ID", rule="RC104")

    def _refuse_mixture(self, verifier: Verifier) -> None:
        """A verifier that could be taken for the vendor, or that IAM would not take beside it."""
        own, vendors = _place(verifier.principal), [_place(principal) for principal in self.principals]
        if any(own[0] != partition or own == (partition, account) for partition, account in vendors):
            raise InvalidValueError(
                "principal of the verifier is of the vendor's account, or of another partition",
                verifier.principal,
                f"a role of an account of your own in {vendors[0][0]}",
                "name the role that your own pipeline runs as",
                rule="RC106",
            )
        own_id = verifier.external_id
        fits = isinstance(own_id, str) and any(pattern.lets_in(own_id) for pattern in self.patterns)
        if own_id in self.external_ids or fits:
            raise InvalidValueError(
                "external ID of the verifier is the vendor's too",
                "the same ID",
                "one that nobody else sends",
                "write a UUID4",
                rule="RC108",
            )

    @property
    def written_ids(self) -> tuple[str, ...]:
        """The vendor's external IDs as they stand in the template: a parameter's as its dynamic reference."""
        return tuple(map(_written, self.external_ids))

    @property
    def exact_ids(self) -> tuple[str, ...]:
        """Those of them that mean one ID each."""
        return tuple(_written(each) for each in self.external_ids if not isinstance(each, PatternedExternalId))

    @property
    def patterns(self) -> tuple[PatternedExternalId, ...]:
        """The external IDs of which only a pattern is known."""
        return tuple(each for each in self.external_ids if isinstance(each, PatternedExternalId))


def _written(external_id: ExternalId) -> str:
    return external_id.dynamic_reference if isinstance(external_id, ParameterReference) else str(external_id)


def _place(principal: str) -> tuple[str, str]:
    """Partition and account of a principal's ARN."""
    arn = identifiers.Arn.parse(principal, "principal")
    return arn.partition, arn.account
