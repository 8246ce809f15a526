"""RC202 and RC203 for the statements that an estate writes itself: whose resources they meet."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.invalid import four_parts
from rolecall.policy.document import as_list
from rolecall.policy.pattern import covers, overlaps
from rolecall.policy.pattern_index import PatternIndex, literal_head
from rolecall.policy.services.content import changes_resources
from rolecall.rules.meeting import reach_message
from rolecall.rules.narrowed import is_narrowed
from rolecall.rules.role import Role

# The function, of the ARN of an alias or a version of it.
_FUNCTION = re.compile(r"arn:[^:]+:lambda:[^:]*:[^:]*:function:[^:]+(?=:)")


@dataclass(frozen=True)
class _Stated:
    """One resource of one Allow statement of a role."""

    role: Role
    resource: str
    services: frozenset[str]
    location: Location
    is_the_estates: bool
    is_of_services: bool
    changes: bool = False
    """Whether it may change the resource, and not only use it."""
    runs_as: bool = False
    """Whether it is the function whose alias or version the role may call: met by whoever may change that."""
    is_one: bool = False
    """Whether it is one named resource with all that is in it: who names a part of it is the one who reaches."""

    @property
    def spoken(self) -> str:
        return f"{self.role.grant.address} ({self.location})"

    def meets(self, other: "_Stated") -> bool:
        """Whether another role's resource is partly the same."""
        foreign = other.role is not self.role and bool(other.services & self.services)
        if other.runs_as and not self.changes:
            return False
        return foreign and overlaps(self.resource, other.resource)


def meeting_statements(roles: list[Role]) -> Iterator[Finding]:
    """Resources in `statements` against those of all other roles, by what both begin with.

    Statements that a condition narrows to some of their resources are left out: nobody can compare these here.
    """
    if not any(role.grant.permissions.statements for role in roles):
        return
    stated = [each for role in roles for each in _stated(role)]
    index = _Index(stated)
    for each in stated:
        if each.is_the_estates:
            yield from _met(each, [other for other in index.near(each.resource) if each.meets(other)])


class _Index:
    """Resources by what their patterns begin with, and within that by what they end with.

    Two patterns can meet only if one's beginning begins with the other's, and likewise for their ends, read backwards.
    """

    def __init__(self, stated: list[_Stated]) -> None:
        found: dict[str, dict[str, list[_Stated]]] = defaultdict(lambda: defaultdict(list))
        for each in stated:
            found[literal_head(each.resource)][literal_head(each.resource[::-1])].append(each)
        self._heads = PatternIndex({head: PatternIndex(tails) for head, tails in found.items()})

    def near(self, resource: str) -> Iterator[_Stated]:
        head, tail = literal_head(resource), literal_head(resource[::-1])
        for _, tails in chain(self._heads.beginnings_of(head), self._heads.beginning_with(head)):
            for _, found in chain(tails.beginnings_of(tail), tails.beginning_with(tail)):
                yield from found


def _stated(role: Role) -> Iterator[_Stated]:
    for reasoned in role.statements:
        statement = reasoned.statement
        if statement["Effect"] == "Allow" and not is_narrowed(statement):
            services = frozenset(str(action).split(":")[0].lower() for action in as_list(statement["Action"]))
            place = reasoned.location or role.grant.location
            own = reasoned.is_the_estates
            changes = own and any(changes_resources(str(action)) for action in as_list(statement["Action"]))
            for resource in map(str, as_list(statement["Resource"])):
                # `*` is nobody's resource; RC205 speaks of it.
                if resource != "*" and "kms" not in services:
                    named, is_group = reasoned.service is not None, reasoned.service == "cloudwatch"
                    yield _Stated(role, resource, services, place, own, named, changes, is_one=is_group)
                    function = _FUNCTION.match(resource) if reasoned.service == "lambda" else None
                    if function:
                        yield _Stated(role, function[0], services, place, own, is_of_services=True, runs_as=True)


def _met(use: _Stated, others: list[_Stated]) -> Iterator[Finding]:
    """Each pair is named once, at the wider one; where neither is wider it is the same secret, which RC203 names."""
    within = [other.spoken for other in others if _reaches(use, other)]
    if within:
        message = reach_message(use.role, use.resource, list(dict.fromkeys(within)))
        yield use.role.finding("RC202", Severity.ERROR, message, at=use.location)
    for other in others:
        if "*" in other.resource and other.resource != use.resource and covers(other.resource, use.resource):
            if not other.is_the_estates and not other.is_one:
                message = reach_message(other.role, other.resource, [use.spoken])
                yield other.role.finding("RC202", Severity.ERROR, message, at=other.location)
        elif other.runs_as:
            yield _changes_what_runs(use, other)
        elif _is_one_owners(use, other) and (other.resource == use.resource or "*" not in use.resource):
            what, under = ("secrets", "secrets") if ":secretsmanager:" in use.resource else ("resources", "services")
            message = four_parts(
                f"{use.role.grant.address} and {other.spoken} are granted the same {what}",
                use.resource,
                f"one project for each of the {what}",
                f"grant them under `{under}` with `shared: true`, if both need them",
            )
            yield use.role.finding("RC203", Severity.WARNING, message, at=use.location)


def _reaches(use: _Stated, other: _Stated) -> bool:
    """Whether it is the estate's statement that is too wide, or that names a part of somebody's one resource."""
    if covers(other.resource, use.resource):
        return other.is_one and other.resource != use.resource
    return "*" in use.resource


def _changes_what_runs(use: _Stated, other: _Stated) -> Finding:
    message = four_parts(
        f"{use.role.grant.address} may change the function of which {other.spoken} calls an alias or a version",
        use.resource,
        "calls of it, or a function of the project's own",
        "take the actions that change it out, if both need not have it",
    )
    return use.role.finding("RC203", Severity.WARNING, message, at=use.location)


def _is_one_owners(use: _Stated, other: _Stated) -> bool:
    """Whether two projects that meet there are worth a word: secrets are, and what `services` grants to one of them."""
    return ":secretsmanager:" in use.resource or other.is_of_services
