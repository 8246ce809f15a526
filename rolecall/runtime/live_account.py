"""The roles of an account as they are: all of them by name, and many of them read at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rolecall.runtime.deadline import within
from rolecall.runtime.lines import Lines
from rolecall.runtime.live_role import Policies, RoleReading, document, managed_policy, read_role
from rolecall.runtime.observation import Observation, observe
from rolecall.runtime.paging import pages
from rolecall.runtime.side_by_side import side_by_side

MANY = 10
"""So many roles of one account are worth a listing of all its policies; fewer are read one by one."""
# The largest page that IAM gives, and it may give less.
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html, MaxItems, read 2026-11-22.
_PAGES = {"PageSize": 1000}
_listing = partial(within, 600.0)
"""A listing is many calls, and IAM slows them down where an account is large."""
LINE = "IAM"
"""One endpoint answers for all accounts of a partition."""


@dataclass(frozen=True)
class ListedRole:
    """What a listing tells of a role: neither its tags nor what it may do."""

    arn: str
    name: str
    path: str
    description: str


def list_roles(iam: Any) -> tuple[Observation, list[ListedRole] | None]:
    """Every role of an account; None where the listing was refused or broke off, as half of it proves nothing.

    Args:
        iam: a boto3 IAM client of the account; needs iam:ListRoles.
    """

    found = pages(iam, "list_roles", PaginationConfig=_PAGES)
    return observe(lambda: [_listed(role) for page in found for role in page["Roles"]], bounded=_listing)


def _listed(role: dict[str, Any]) -> ListedRole:
    return ListedRole(role["Arn"], role["RoleName"], role["Path"], role.get("Description", ""))


def role_tags(iam: Any, role_name: str) -> tuple[Observation, dict[str, str] | None]:
    """The tags of one role; None where they cannot be read. Needs iam:ListRoleTags."""

    found = pages(iam, "list_role_tags", RoleName=role_name)
    return observe(lambda: {tag["Key"]: tag["Value"] for page in found for tag in page["Tags"]})


def read_roles(iam: Any, names: Sequence[str], lines: Lines | None = None) -> dict[str, RoleReading]:
    """Read roles of one account with everything attached to them, by their names.

    Few are read one by one. For many, one listing gives the policies of all, and a call for each role the rest: six
    calls a role become one. Where the listing is refused, all are read one by one; both give the same.

    Args:
        iam: a boto3 IAM client of the account; needs what `read_role` needs, and for many
            iam:GetAccountAuthorizationDetails.
        names: without the path.
        lines: where it is known whether IAM answers at all; shared by the accounts of a run. Default: of this call's.
    """
    lines = lines or Lines()
    known = _policies(iam, frozenset(names), lines) if len(names) >= MANY else {}

    def one(name: str) -> RoleReading:
        return _unless_dead(lines, lambda: read_role(iam, name, known.get(name)))

    if len(names) <= 1:
        return {name: one(name) for name in names}
    return dict(zip(names, side_by_side(one, names), strict=True))


def _unless_dead(lines: Lines, read: Callable[[], RoleReading]) -> RoleReading:
    if reason := lines.why_dead(LINE):
        return RoleReading(None, reason=reason)
    reading = read()
    if reading.seen is not None:
        lines.note(LINE, reading.seen)
    return reading


def _policies(iam: Any, names: frozenset[str], lines: Lines) -> dict[str, Policies]:
    """The policies of each role by its name; none at all where the account may not be listed."""
    if lines.why_dead(LINE):
        return {}
    seen, found = observe(lambda: dict(_listed_policies(iam, names)), bounded=_listing)
    lines.note(LINE, seen)
    return found or {}


def _listed_policies(iam: Any, names: frozenset[str]) -> Iterator[tuple[str, Policies]]:
    """Documents of AWS's own policies are left out of the listing, as there are over a thousand: read as attached."""
    roles: list[dict[str, Any]] = []
    documents: dict[str, dict[str, Any] | None] = {}
    wanted = {"Filter": ["Role", "LocalManagedPolicy"], "PaginationConfig": _PAGES}
    for page in pages(iam, "get_account_authorization_details", **wanted):
        roles += [role for role in page.get("RoleDetailList", []) if role["RoleName"] in names]
        documents |= {policy["Arn"]: _default_version(policy) for policy in page.get("Policies", [])}
    for role in roles:
        attached = [policy["PolicyArn"] for policy in role["AttachedManagedPolicies"]]
        for arn in attached:
            if arn not in documents:
                documents[arn] = managed_policy(iam, arn)
        inline = {policy["PolicyName"]: document(policy["PolicyDocument"]) for policy in role["RolePolicyList"]}
        yield role["RoleName"], {arn: documents[arn] for arn in attached} | inline


def _default_version(policy: dict[str, Any]) -> dict[str, Any]:
    return next(document(each["Document"]) for each in policy["PolicyVersionList"] if each["IsDefaultVersion"])
