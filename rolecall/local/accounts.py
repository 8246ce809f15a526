"""Creating the callers: IAM users and roles in the accounts of the customer, of the vendors and of a stranger."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from rolecall.local.callers import FOREIGN, AccessKey, CallerFile, Callers, Principal, is_principal, stranger_account
from rolecall.local.state import Launch, StateDir
from rolecall.model.numbers import number_of

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

ADMIN_USER = "admin"
CALLING_USER = "rolecall-caller"
"""Stands for an account that is trusted as a whole, and opens the role of a vendor that calls through one."""

POLICY_NAME = "rolecall"


def _policy(action: str) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def create_callers(state: StateDir, launch: Launch, callers: Callers, say: Callable[[str], None]) -> None:
    """Create every caller that callers.json does not hold yet, and write it anew."""
    known = CallerFile.read(state) if state.callers.exists() else None
    foreign = known.foreign_account if known else ""
    keys = dict(known.keys) if known else {}
    if not foreign or foreign in callers.accounts():
        foreign = stranger_account(callers.accounts())
        keys.pop(FOREIGN, None)
    creation = _Creation(state, launch, callers.region, keys)
    for name in (*callers.customer_accounts, *callers.arns(), FOREIGN):
        if name not in keys:
            keys[name] = creation.create(name, foreign)
    vendors = {vendor: arns[0] for vendor, arns in callers.vendor_principals.items() if arns}
    vendors = {**(known.vendors if known else {}), **vendors}
    CallerFile(callers.region, keys, vendors, foreign).write(state)
    say(f"callers: {_counted(callers)}, one stranger")


def _counted(callers: Callers) -> str:
    """How many there are of each; of principals of the customer's own, which are rare, only where there are any."""
    own = len(callers.own_principals)
    customers = number_of(len(callers.customer_accounts), "customer account")
    vendors = f"{customers}, {number_of(len(callers.arns()) - own, 'vendor principal')}"
    return f"{vendors}, {own} of the customer's own" if own else vendors


class _Creation:
    """One client per account, signed as that account's root, which nothing else ever is."""

    def __init__(self, state: StateDir, launch: Launch, region: str, keys: dict[str, AccessKey]) -> None:
        self._state = state
        self._launch = launch
        self._region = region
        self._keys = keys
        self._clients: dict[str, IAMClient] = {}

    def create(self, name: str, foreign_account: str) -> AccessKey:
        """The key of the caller of that name, whose user and role now exist."""
        if name == FOREIGN:
            return self._user(foreign_account, "/", CALLING_USER, "sts:AssumeRole")
        if name.isdigit():
            return self._user(name, "/", ADMIN_USER, "*")
        principal = Principal.parse(name)
        if principal.kind == "user":
            return self._user(principal.account, principal.path, principal.name, "sts:AssumeRole")
        key = self._calling_user(principal.account)
        if principal.kind == "root":
            return key
        self._role(principal)
        return replace(key, assumes=name)

    def _calling_user(self, account: str) -> AccessKey:
        """The account's one calling user: its root principal and its roles share the key."""
        for arn in filter(is_principal, self._keys):
            principal = Principal.parse(arn)
            if principal.account == account and principal.kind != "user":
                return replace(self._keys[arn], assumes=None)
        return self._user(account, "/", CALLING_USER, "sts:AssumeRole")

    def _iam(self, account: str) -> "IAMClient":
        from rolecall.local.bound_session import BoundSession  # noqa: PLC0415 -- boto3 takes a quarter of a second

        if account not in self._clients:
            root = AccessKey(account, self._launch.root_secret)
            session = BoundSession(self._state, self._launch.port, self._region, root)
            self._clients[account] = session.client("iam")
        return self._clients[account]

    def _user(self, account: str, path: str, name: str, action: str) -> AccessKey:
        iam = self._iam(account)
        with _existing_is_fine(iam):
            iam.create_user(UserName=name, Path=path)
        iam.put_user_policy(UserName=name, PolicyName=POLICY_NAME, PolicyDocument=_policy(action))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return AccessKey(key["AccessKeyId"], key["SecretAccessKey"])

    def _role(self, principal: Principal) -> None:
        iam = self._iam(principal.account)
        trusted = {"AWS": f"arn:aws:iam::{principal.account}:user/{CALLING_USER}"}
        statement = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        with _existing_is_fine(iam):
            iam.create_role(RoleName=principal.name, Path=principal.path, AssumeRolePolicyDocument=trust)
        iam.put_role_policy(RoleName=principal.name, PolicyName=POLICY_NAME, PolicyDocument=_policy("sts:AssumeRole"))


@contextlib.contextmanager
def _existing_is_fine(iam: "IAMClient") -> Iterator[None]:
    """An earlier start that was cut short has made it, or the estate has."""
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        yield
