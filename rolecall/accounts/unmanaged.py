"""Roles in the accounts of an estate that look like the estate's and that no file of it knows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rolecall.model.grant import Estate
from rolecall.model.naming import is_vendor_role
from rolecall.runtime.lines import Lines
from rolecall.runtime.live_account import LINE, ListedRole, list_roles, role_tags
from rolecall.runtime.live_role import NO_SUCH_ENTITY
from rolecall.runtime.observation import Observation
from rolecall.runtime.side_by_side import side_by_side

_ESTATE_TAG = "rolecall:estate"


@dataclass(frozen=True)
class Unmanaged:
    """What an account holds besides the estate's roles: their ARNs; or why it cannot be told.

    Args:
        of_others: the other estate that made it, by the ARN of a role under a path of this one.
    """

    arns: tuple[str, ...] = ()
    of_others: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True)
class _Marked:
    """A stranger that bears our mark: the estate of its tag, which may be nobody's; or why its tags were not read."""

    role: ListedRole
    estate: str | None = None
    unread: str | None = None


def unmanaged(iam: Any, account: str, estate: Estate, lines: Lines) -> Unmanaged:
    """Look through an account: one listing, and the tags of those roles that bear our mark.

    Under a path that the estate gives its roles anywhere, every role that no file knows counts, unless Rolecall made it
    for another estate. Elsewhere, and under `/`, where everything of the account lives, only those that Rolecall made
    for this estate: what a file left behind.

    Args:
        iam: a boto3 IAM client of the account; needs iam:ListRoles and iam:ListRoleTags.
        lines: where it is known whether IAM answers at all.
    """
    seen, listed = list_roles(iam)
    if listed is None:
        return Unmanaged(reason=f"could not list roles: {_why(seen)}")
    known = {grant.role_name for grant in estate.grants if grant.account == account}
    paths = tuple({grant.role_path for grant in estate.grants} - {"/"})
    strangers = [role for role in listed if role.name not in known]
    below = {role.arn for role in strangers if role.path.startswith(paths)}
    marked = [role for role in strangers if is_vendor_role(role.description)]
    tagged = list(_tagged(iam, marked, lines))
    read = {each.role.arn: each.estate for each in tagged if not each.unread}
    ours = {arn for arn, made_for in read.items() if made_for == estate.name or (arn in below and not made_for)}
    foreign = below - ours
    others = {arn: made_for for arn, made_for in sorted(read.items()) if made_for and arn in foreign}
    unmarked = below.difference(role.arn for role in marked)
    return Unmanaged(tuple(sorted(unmarked | ours)), others, "; ".join(_unread(tagged)) or None)


def _tagged(iam: Any, roles: Sequence[ListedRole], lines: Lines) -> Iterator[_Marked]:
    """Each with its estate. A role that was deleted after it was listed leaves no question open."""

    def one(role: ListedRole) -> _Marked | None:
        if reason := lines.why_dead(LINE):
            return _Marked(role, unread=reason)
        seen, tags = role_tags(iam, role.name)
        lines.note(LINE, seen)
        if tags is None:
            return None if seen.error_code in NO_SUCH_ENTITY else _Marked(role, unread=_why(seen))
        return _Marked(role, tags.get(_ESTATE_TAG))

    yield from (found for found in side_by_side(one, roles) if found is not None)


def _unread(tagged: Iterable[_Marked]) -> Iterator[str]:
    """Each reason once: whoever may not read one role's tags may read none."""
    names: dict[str, list[str]] = defaultdict(list)
    for each in tagged:
        if each.unread:
            names[each.unread].append(each.role.name)
    for reason, (first, *others) in names.items():
        whose = f"{first} and {len(others)} more" if others else first
        yield f"could not read the tags of {whose}: {reason}"


def _why(seen: Observation) -> str:
    return seen.reason or f"AWS answered {seen.error_code}"
