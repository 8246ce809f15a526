"""The live roles of an estate, however its accounts are reached."""

from collections.abc import Mapping, Sequence
from typing import Any

from rolecall.accounts.reach import Reach
from rolecall.answer import CommandError
from rolecall.model.grant import Grant
from rolecall.runtime.lines import Lines
from rolecall.runtime.live_account import MANY, read_roles
from rolecall.runtime.live_role import RoleReading


class LiveRoles:
    """Roles as they are. Those of an account with many are read at once, the others when somebody asks."""

    def __init__(self, grants: Sequence[Grant], reach: Reach | None, lines: Lines) -> None:
        """Read what is read at once.

        Args:
            reach: how the accounts are read; None where nobody may.
        """
        self._lines = lines
        self._accounts = {grant.account: iam_of(reach, grant.account, grant.region) for grant in grants}
        self._known: dict[str, RoleReading] = {}
        for account, iam in self._accounts.items():
            here = {grant.role_name: grant.role_arn for grant in grants if grant.account == account}
            if len(here) >= MANY and not isinstance(iam, str):
                self._known |= {here[name]: found for name, found in read_roles(iam, list(here), lines).items()}

    @property
    def accounts(self) -> Mapping[str, Any]:
        """IAM of each account; why there is none, as text, where an account cannot be reached."""
        return self._accounts

    def of(self, grant: Grant) -> RoleReading:
        """One role, or why it could not be read."""
        iam = self._accounts[grant.account]
        if isinstance(iam, str):
            return RoleReading(None, reason=iam)
        known = self._known.get(grant.role_arn)
        found = known or read_roles(iam, [grant.role_name], self._lines)[grant.role_name]
        if found.role is not None and found.role.arn.split(":")[4] != grant.account:
            return RoleReading(None, reason=f"the answer is about a role of another account than {grant.account}")
        return found


def iam_of(reach: Reach | None, account: str, region: str) -> Any:
    """IAM of an account; why there is none, as text, where it cannot be reached."""
    if reach is None:
        return "a vendor cannot read the customer's account"
    try:
        return reach.client(account, "iam", region)
    except CommandError as error:
        return str(error)
