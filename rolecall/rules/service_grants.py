"""RC202, RC203 and RC220 for AWS services: whose resources a project reaches, arranged so that none are compared twice.

Most names are exactly one resource. A prefix in a bucket, a whole bucket and a bot without an alias are wide: they
reach everything whose text begins with theirs.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.invalid import four_parts
from rolecall.model.services import HttpAccess, LexAccess, S3Access, ServiceAccess
from rolecall.policy.pattern_index import PatternIndex
from rolecall.rules.meeting import granted_twice, others_reached, reach_message
from rolecall.rules.role import Role

# Where equal names mean the same resource: service, partition, region and account; a bucket's is one for all regions.
_Place = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class _Use:
    """One resource of one service that a role may use."""

    role: Role
    access: ServiceAccess
    key: str

    @property
    def location(self) -> Location:
        return self.access.location or self.role.grant.location

    @property
    def spoken(self) -> str:
        return f"{self.role.grant.address} ({self.location})"

    @property
    def shared(self) -> bool:
        return self.access.shared

    @property
    def value(self) -> str:
        key = self.key.rstrip("\0")
        return f"{self.access.service} {key if isinstance(self.access, S3Access) else key.rstrip(':')}"

    @property
    def place(self) -> _Place:
        grant, service = self.role.grant, self.access.service
        if isinstance(self.access, S3Access):
            return service, grant.partition, "", grant.account
        return service, grant.partition, self.access.region_in(grant.region), grant.account

    @property
    def is_wide(self) -> bool:
        """Whether it reaches what begins with it."""
        return isinstance(self.access, S3Access) or self.key.endswith((":", "/"))


def meeting_services(roles: list[Role]) -> Iterator[Finding]:
    """RC203 where two projects use one resource, RC202 where one project's reaches into another's."""
    arranged: dict[_Place, dict[str, list[_Use]]] = defaultdict(lambda: defaultdict(list))
    for use in (use for role in roles for use in _uses(role)):
        arranged[use.place][use.key].append(use)
    for by_key in arranged.values():
        index = PatternIndex(by_key)
        for key, users in by_key.items():
            yield from granted_twice(users, "resource")
            if users[0].is_wide:
                below = [other for found, others in index.beginning_with(key) if found != key for other in others]
                for use in users:
                    yield from _reaches(use, below)


def buckets_of_two_accounts(roles: list[Role]) -> Iterator[Finding]:
    """RC203: a bucket belongs to one account, and each grant holds in the account of its role alone."""
    named: dict[tuple[str, str], dict[str, list[_Use]]] = defaultdict(lambda: defaultdict(list))
    for role in roles:
        for access in role.grant.permissions.services:
            for name in dict.fromkeys(access.names) if isinstance(access, S3Access) else ():
                named[role.grant.partition, name][role.grant.account].append(_Use(role, access, name))
    for (_, name), by_account in named.items():
        for account, users in by_account.items() if len(by_account) > 1 else ():
            other = next(found[0] for each, found in by_account.items() if each != account)
            for use in users:
                yield _void_for_one(use, other, name)


def _void_for_one(use: _Use, other: _Use, bucket: str) -> Finding:
    mine, theirs = use.role.grant, other.role.grant
    message = four_parts(
        f"{mine.address} of account {mine.account} is granted a bucket that {other.spoken} of account {theirs.account} "
        "is granted too, and it belongs to one account at most, so that a grant in any other opens nothing",
        bucket,
        "buckets of the role's own account",
        "correct the name, or the account",
    )
    return use.role.finding("RC203", Severity.WARNING, message, at=use.location)


def _uses(role: Role) -> Iterator[_Use]:
    for access in role.grant.permissions.services:
        for key in dict.fromkeys(_keys(access)):
            yield _Use(role, access, key)


def _keys(access: ServiceAccess) -> Iterator[str]:
    """What stands for each resource: texts of which one begins with another where it is within it."""
    for name in access.names:
        if isinstance(access, S3Access):
            yield from (f"{name}/{prefix}" for prefix in access.prefixes or ("",))
        elif isinstance(access, LexAccess):
            separator = "/" if access.is_v2(name) else ":"
            yield name if separator in name else f"{name}{separator}"
        elif access.service != "cloudwatch":
            yield name
        else:
            yield f"{name}\0"  # the name of a log group may end in a slash, and reaches nothing but itself


def _reaches(use: _Use, below: list[_Use]) -> Iterator[Finding]:
    if found := others_reached(use.role, below):
        change = f"narrow it, or move the others out of its reach{_not_shared(use)}"
        message = reach_message(use.role, use.value, found, change)
        yield use.role.finding("RC202", Severity.ERROR, message, at=use.location)


def _not_shared(use: _Use) -> str:
    """What `shared: true` does not do, where somebody tried it: it is about one resource, and not a part of it."""
    return "; `shared: true` holds for equal entries alone, so name the same in both" if use.shared else ""


def http_without_statements(roles: list[Role]) -> Iterator[Finding]:
    """RC220: the generic connector may call whatever `statements` allow, and nothing else."""
    for role in roles:
        permissions = role.grant.permissions
        for access in permissions.services if not permissions.statements else ():
            if isinstance(access, HttpAccess):
                message = four_parts(
                    f"services.http of {role.grant.address} grants nothing by itself",
                    "no statements",
                    "`statements` with the actions and resources that the connector is to call",
                    "add them, or take `http` out",
                )
                yield role.finding("RC220", Severity.WARNING, message, at=access.location)
