"""Who must exist in the embedded AWS, and the file that holds their access keys."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from rolecall.local.errors import LocalAwsError, UnknownIdentity
from rolecall.local.state import StateDir

FOREIGN = "foreign"
"""The identity of a stranger: an IAM user of an account that is neither a customer's nor a vendor's."""

VENDOR_PREFIX = "vendor:"

_ACCOUNT = re.compile(r"[0-9]{12}")
_PRINCIPAL = re.compile(
    r"""arn:aws:iam::(?P<account>[0-9]{12}):
    (?:(?P<root>root)|(?P<kind>user|role)(?P<path>/(?:[\x21-\x2e\x30-\x7e]+/)*)(?P<name>[\w+=,.@-]+))""",
    re.ASCII | re.VERBOSE,
)


@dataclass(frozen=True)
class Callers:
    """The accounts and principals of an estate."""

    # 12 digits; each gets an IAM user with full access
    customer_accounts: tuple[str, ...]
    # vendor id -> ARNs: arn:aws:iam::ACCOUNT:root | :user/PATH/NAME | :role/PATH/NAME
    vendor_principals: Mapping[str, tuple[str, ...]]
    # default region of the clients
    region: str
    # ARNs of the customer's own that call roles as vendors do, and are named by nothing else
    own_principals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for account in self.customer_accounts:
            if not _ACCOUNT.fullmatch(account):
                raise LocalAwsError(f"{account!r} is no AWS account id; it takes 12 digits")
        for arn in self.arns():
            Principal.parse(arn)

    def arns(self) -> tuple[str, ...]:
        """Every principal that calls roles once, the vendors' first, in the order given."""
        vendors = (arn for arns in self.vendor_principals.values() for arn in arns)
        return tuple(dict.fromkeys((*vendors, *self.own_principals)))

    def accounts(self) -> frozenset[str]:
        """All accounts that belong to somebody, so that a stranger's is none of them."""
        return frozenset(self.customer_accounts) | {Principal.parse(arn).account for arn in self.arns()}


@dataclass(frozen=True)
class Principal:
    """A principal that calls roles, taken apart."""

    account: str
    kind: Literal["root", "user", "role"]
    path: str
    name: str

    @classmethod
    def parse(cls, arn: str) -> "Principal":
        """LocalAwsError for anything that cannot be a principal of ministack, which knows the partition `aws` only."""
        found = _PRINCIPAL.fullmatch(arn)
        if found is None:
            raise LocalAwsError(
                f"{arn!r} cannot call the embedded AWS; it takes arn:aws:iam::ACCOUNT:root, :user/NAME or :role/NAME"
            )
        if found["root"]:
            return cls(found["account"], "root", "/", "")
        return cls(found["account"], "user" if found["kind"] == "user" else "role", found["path"], found["name"])


@dataclass(frozen=True)
class AccessKey:
    """A long-term key of an IAM user, and the role it has to assume before it is the identity it stands for."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    assumes: str | None = None  # role ARN


@dataclass(frozen=True)
class CallerFile:
    """What callers.json holds."""

    region: str
    keys: Mapping[str, AccessKey]  # account id, principal ARN or FOREIGN -> key
    vendors: Mapping[str, str]  # vendor id -> its first principal
    foreign_account: str

    @classmethod
    def read(cls, state: StateDir) -> "CallerFile":
        """LocalAwsError if there is none: the embedded AWS was never started, or has been stopped."""
        try:
            content = json.loads(state.callers.read_text())
            keys = {name: AccessKey(**key) for name, key in content.pop("keys").items()}
            return cls(keys=keys, **content)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise LocalAwsError(f"no embedded AWS runs in {state.path}; start it with: rolecall local up") from error

    def write(self, state: StateDir) -> None:
        """Replace the file, readable by its owner alone."""
        state.write_private(state.callers, json.dumps(asdict(self)))

    def names(self) -> tuple[str, ...]:
        """Every identity that `key` knows."""
        return (*self.keys, *(f"{VENDOR_PREFIX}{vendor}" for vendor in self.vendors))

    def key(self, identity: str) -> AccessKey:
        """The key of an account id, a principal ARN, `vendor:ID` or `foreign`; UnknownIdentity otherwise."""
        name = identity
        if identity.startswith(VENDOR_PREFIX):
            name = self.vendors.get(identity.removeprefix(VENDOR_PREFIX), identity)
        try:
            return self.keys[name]
        except KeyError:
            raise UnknownIdentity(identity, self.names()) from None


def stranger_account(taken: Iterable[str]) -> str:
    """An account id that belongs to nobody in the estate: the highest free one."""
    belongs = frozenset(taken)
    return next(account for number in range(999_999_999_999, 0, -1) if (account := f"{number:012d}") not in belongs)


def is_principal(name: str) -> bool:
    """Whether an identity is named by an ARN."""
    return name.startswith("arn:")
