"""A grant: one role that one vendor project may assume, with whom it trusts and what it may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from rolecall.model import identifiers, naming
from rolecall.model.finding import Location
from rolecall.model.invalid import InvalidValueError
from rolecall.model.pipeline import Pipeline
from rolecall.model.secret import Secret
from rolecall.model.services.base import EncryptedAccess, ServiceAccess
from rolecall.model.trust import Trust, Verifier

READ_ACTIONS = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
WRITE_ACTIONS = ("secretsmanager:CreateSecret", "secretsmanager:UpdateSecret", "secretsmanager:DeleteSecret")
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html, MaxSessionDuration, read 2026-11-22.
MIN_SESSION_SECONDS = 3600
MAX_SESSION_SECONDS = 43200


class Access(StrEnum):
    """What a vendor may do with the secrets of its project."""

    READ = "read"
    READ_WRITE = "read-write"


@dataclass(frozen=True)
class Permissions:
    """What a role may do: secrets with the vendor's actions, and statements of the customer's own.

    Args:
        access: read, or read-write below the granted names and prefixes.
        read_actions: IAM actions of `read`.
        write_actions: all IAM actions of `read-write`, those that read included.
        secrets: what is granted.
        allow_permanent_delete: without it, read-write comes with a Deny on deletion without recovery.
        services: what is granted of other services.
        statements: further IAM statements, Allow only.
        statement_locations: where an estate says so, one for each statement.
        itself: ARN of the role, where it may assume itself. Default: it may not.

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
    itself: str | None = None
    services: tuple[ServiceAccess, ...] = ()

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

    @property
    def kms_keys(self) -> frozenset[str]:
        """The customer managed keys that encrypt what is granted, by their ARNs."""
        of_services = [each.kms_key for each in self.services if isinstance(each, EncryptedAccess)]
        return frozenset(key for key in [*(secret.kms_key for secret in self.secrets), *of_services] if key is not None)


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
    permission_profile: str | None = field(default=None, compare=False)
    """What the vendor does with secrets, as its entry says: read-one-secret, read, read-write-prefix or no-secrets."""
    own_principals: bool = field(default=False, compare=False)
    """Whether nobody of the vendor's calls, but a role or a user of the customer's own."""
    json_secrets: bool = False
    """Whether the vendor reads values out of JSON objects only."""
    data_center: str | None = field(default=None, compare=False)
    """The vendor's data centre that the workspace names."""
    principals_elsewhere: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """What the vendor has published for its other data centres: a principal as written, and the data centre."""
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

    def trusting_itself(self) -> "Grant":
        """The same role, which lets itself in too and may assume itself."""
        arn = self.role_arn
        return replace(self, trust=replace(self.trust, itself=arn), permissions=replace(self.permissions, itself=arn))

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
    pipeline: Pipeline | None = None
    """What deploys the estate, where the estate says so."""

    @property
    def accounts(self) -> tuple[str, ...]:
        """Every account that holds a role, sorted; the default account too."""
        own = {self.default_account} if self.default_account else set()
        return tuple(sorted(own | {grant.account for grant in self.grants}))
