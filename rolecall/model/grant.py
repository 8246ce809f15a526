"""A grant: one role that one vendor project may assume, with whom it trusts and what it may do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rolecall.model import identifiers, naming
from rolecall.model.finding import Location
from rolecall.model.invalid import InvalidValueError
from rolecall.model.secret import Secret

READ_ACTIONS = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
WRITE_ACTIONS = ("secretsmanager:CreateSecret", "secretsmanager:UpdateSecret", "secretsmanager:DeleteSecret")
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html, MaxSessionDuration, read 2026-11-22.
MIN_SESSION_SECONDS = 3600
MAX_SESSION_SECONDS = 43200
# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html, read 2026-11-22.
_PARAMETER_PATH = re.compile(r"(/[A-Za-z0-9_.-]+)+")
# botocore's model of iam: roleNameType, pathType, read 2026-11-22; without the signs of patterns and variables.
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/([!-#%-)+->@-~]{1,510}/)?[A-Za-z0-9_+=,.@-]{1,64}")
_BARE_ID = re.compile(r"A(IDA|ROA)[A-Z0-9]{12,}")


class Access(StrEnum):
    """What a vendor may do with the secrets of its project."""

    READ = "read"
    READ_WRITE = "read-write"


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


ExternalId = str | ParameterReference


def role_principal(value: object) -> str:
    """The ARN of one IAM role, as a verifier's principal has to be: whoever proves the roles is nobody else besides.

    Raises:
        InvalidValueError: RC110 for the bare id of a deleted role, RC106 for everything else.
    """
    if isinstance(value, str) and _ROLE.fullmatch(value):
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
        external_id: what it sends; nobody else's.

    Raises:
        InvalidValueError: RC106 or RC110 for the principal, RC111 for the external ID.
    """

    principal: str
    external_id: ExternalId

    def __post_init__(self) -> None:
        role_principal(self.principal)
        if not isinstance(self.external_id, ParameterReference):
            identifiers.external_id(self.external_id, "external_id of the verifier")

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

    Raises:
        InvalidValueError: RC101 where an external ID or principal is missing, RC106, RC110 or RC111 where one is wrong,
            RC108 where the verifier's ID is the vendor's.
    """

    principals: tuple[str, ...]
    external_ids: tuple[ExternalId, ...]
    pending: bool = False
    verifier: Verifier | None = None

    def __post_init__(self) -> None:
        # Tuples of their own, so that nobody can empty a list later that was checked now.
        object.__setattr__(self, "principals", tuple(self.principals))
        object.__setattr__(self, "external_ids", tuple(self.external_ids))
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
            if not isinstance(external_id, ParameterReference):
                identifiers.external_id(external_id)
        if self.verifier is not None:
            self._refuse_mixture(self.verifier)

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
        if verifier.external_id in self.external_ids:
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


def _written(external_id: ExternalId) -> str:
    return external_id.dynamic_reference if isinstance(external_id, ParameterReference) else external_id


def _place(principal: str) -> tuple[str, str]:
    """Partition and account of a principal's ARN."""
    arn = identifiers.Arn.parse(principal, "principal")
    return arn.partition, arn.account


@dataclass(frozen=True)
class Permissions:
    """What a role may do: secrets with the vendor's actions, and statements of the customer's own.

    Args:
        access: read, or read-write below the granted names and prefixes.
        read_actions: IAM actions of `read`.
        write_actions: all IAM actions of `read-write`, those that read included.
        secrets: what is granted.
        allow_permanent_delete: without it, read-write comes with a Deny on deletion without recovery.
        statements: further IAM statements, Allow only.
        statement_locations: where an estate says so, one for each statement.

    Raises:
        InvalidValueError: RC210, for actions or statements of another form.
    """

    access: Access = Access.READ
    read_actions: tuple[str, ...] = READ_ACTIONS
    write_actions: tuple[str, ...] = READ_ACTIONS + WRITE_ACTIONS
    secrets: tuple[Secret, ...] = ()
    allow_permanent_delete: bool = False
    statements: tuple[Mapping[str, Any], ...] = ()
    statement_locations: tuple[Location, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        for name in ("read_actions", "write_actions"):
            actions = getattr(self, name)
            if isinstance(actions, str) or not all(isinstance(action, str) and ":" in action for action in actions):
                raise InvalidValueError(name, actions, "a list of service:Action", "write a list", rule="RC210")
        for statement in self.statements:
            if statement.get("Effect") != "Allow" or not {"Action", "Resource"} <= set(statement):
                raise InvalidValueError(
                    "statement", dict(statement), "Effect: Allow, Action and Resource", "name all three", rule="RC210"
                )


@dataclass(frozen=True)
class Grant:
    """One role, with every default resolved."""

    estate: str
    workspace: str
    project: str
    vendor: str
    account: str
    region: str
    role_name: str
    trust: Trust
    permissions: Permissions
    role_path: str = "/"
    max_session_seconds: int = MIN_SESSION_SECONDS
    session_seconds: int | None = None
    """The session that the vendor asks for, where it has said so."""
    permissions_boundary: str | None = None
    reader_role: str | None = None
    """ARN, with {account}, of the role that reads the role's account; None for the account's CDK lookup role."""
    tags: tuple[tuple[str, str], ...] = ()
    masked_external_id: bool = False
    """Whether the customer chose the ID and would rather not see it on every screen."""
    shares_id: bool = False
    """Whether the vendor sends one external ID for several roles of the workspace."""
    id_workspace: str = ""
    """The workspace whose external ID the vendor sends: its own one, or its parent."""
    one_region: bool = False
    """Whether the vendor works with the secrets of a single region."""
    vendor_names_secrets: bool = False
    """Whether the vendor makes secrets under names of its own."""
    json_secrets: bool = False
    """Whether the vendor reads values out of JSON objects only."""
    location: Location = field(default=Location(""), compare=False)
    id_location: Location | None = field(default=None, compare=False)
    """Where the external ID is written, if it is not derived."""

    @property
    def partition(self) -> str:
        """aws, aws-cn and so on; from the region."""
        return identifiers.partition_of(self.region)

    @property
    def role_arn(self) -> str:
        """The ARN that the role will have."""
        return f"arn:{self.partition}:iam::{self.account}:role{self.role_path}{self.role_name}"

    @property
    def address(self) -> str:
        """`workspace/project`, as selectors write it."""
        return f"{self.workspace}/{self.project}"

    @property
    def all_tags(self) -> tuple[tuple[str, str], ...]:
        """The tags of the role: the owner's, and where it comes from."""
        ours = {"rolecall:estate": self.estate, "rolecall:workspace": self.workspace, "rolecall:project": self.project}
        return tuple(sorted((dict(self.tags) | ours).items()))

    @property
    def stack(self) -> str:
        """The name of the CloudFormation stack that holds the role."""
        return naming.stack_name(self.workspace)


@dataclass(frozen=True)
class Estate:
    """All roles of a company, and what is needed to reach them."""

    name: str
    grants: tuple[Grant, ...]
    default_account: str | None = None
    default_region: str | None = None
    verifier: Verifier | None = None
    """Who may call every role that is not pending, so as to prove it."""

    @property
    def accounts(self) -> tuple[str, ...]:
        """Every account that holds a role, sorted; the default account too."""
        own = {self.default_account} if self.default_account else set()
        return tuple(sorted(own | {grant.account for grant in self.grants}))
