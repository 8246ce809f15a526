"""Roles in the accounts of an estate that look like the estate's and that no file of it knows."""

from dataclasses import dataclass
from typing import Any

from rolecall.model.grant import Estate
from rolecall.model.naming import is_vendor_role
from rolecall.runtime.live_account import list_roles, role_tags
from rolecall.runtime.observation import Observation

_ESTATE_TAG = "rolecall:estate"
_GONE = frozenset({"NoSuchEntity", "NoSuchEntityException"})


@dataclass(frozen=True)
class Unmanaged:
    """What an account holds besides the estate's roles: their ARNs; or why it cannot be told."""

    arns: tuple[str, ...] = ()
    reason: str | None = None


def unmanaged(iam: Any, account: str, estate: Estate) -> Unmanaged:
    """Look through an account: one listing, and the tags of those few roles that carry our mark.

    Under a path that the estate gives its roles there, every role that no file knows counts. Elsewhere, and under `/`,
    where everything of the account lives, only those that Rolecall made for this estate: what a file left behind.

    Args:
        iam: a boto3 IAM client of the account; needs iam:ListRoles and iam:ListRoleTags.
    """
    seen, listed = list_roles(iam)
    if listed is None:
        return Unmanaged(reason=_why(seen, "list roles"))
    here = [grant for grant in estate.grants if grant.account == account]
    known = {grant.role_name for grant in here}
    paths = tuple({grant.role_path for grant in here} - {"/"})
    strangers = [role for role in listed if role.name not in known]
    below = [role.arn for role in strangers if role.path.startswith(paths)]
    marked = [role for role in strangers if role.arn not in below and is_vendor_role(role.description)]
    tags = [(role, *role_tags(iam, role.name)) for role in marked]
    left = [role.arn for role, _, found in tags if found is not None and found.get(_ESTATE_TAG) == estate.name]
    unread = [_why(seen, f"read the tags of {role.name}") for role, seen, found in tags if _is_unread(seen, found)]
    return Unmanaged(tuple(sorted(below + left)), "; ".join(unread) or None)


def _is_unread(seen: Observation, found: object) -> bool:
    """A role that was deleted after it was listed leaves no question open."""
    return found is None and seen.error_code not in _GONE


def _why(seen: Observation, call: str) -> str:
    return f"could not {call}: {seen.reason or f'AWS answered {seen.error_code}'}"
