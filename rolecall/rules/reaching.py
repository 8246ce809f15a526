"""RC202: prefixes and tags that include what another project was granted.

All pairs of roles are decided by an index over the patterns; none by comparing roles two by two.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from rolecall.model.finding import Finding, Severity
from rolecall.model.invalid import four_parts
from rolecall.policy.pattern_index import PatternIndex
from rolecall.rules.grants import Place, Use, by_key, uses
from rolecall.rules.role import Role

# More neighbours than anybody reads; the finding says that there are more.
_NAMED = 3
# Of more tags than anybody uses, only the smaller sets are looked for: there are 2 ** n of them.
_MOST_TAGS = 10


def reaching_prefixes(roles: list[Role]) -> Iterator[Finding]:
    """A prefix, and what others have that begins with it: `proj1/` and `proj1/x/`, `db-` and `db`."""
    names = by_key(roles, ("name", "arn"))
    for place, prefixes in by_key(roles, ("prefix",)).items():
        below_names, below_prefixes = PatternIndex(names.get(place, {})), PatternIndex(prefixes)
        for prefix, users in prefixes.items():
            for use in users:
                longer = (found for key, found in below_prefixes.beginning_with(prefix) if key != prefix)
                named = (found for _, found in below_names.beginning_with(prefix))
                yield from _reaches(use, (other for found in (*longer, *named) for other in found))


def reaching_tags(roles: list[Role]) -> Iterator[Finding]:
    """Fewer tags mean more secrets: a grant by some tags includes each grant by the same tags and one more."""
    by_tags: dict[tuple[Place, frozenset[tuple[str, str]]], list[Use]] = defaultdict(list)
    for use in uses(roles, ("tag",)):
        by_tags[use.place, frozenset(use.secret.tags)].append(use)
    narrower: dict[tuple[Place, frozenset[tuple[str, str]]], list[Use]] = defaultdict(list)
    for (place, tags), users in by_tags.items():
        for wide in _proper_subsets(tags):
            if (place, wide) in by_tags:
                narrower[place, wide] += users
    for where, others in narrower.items():
        for use in by_tags[where]:
            yield from _reaches(use, others)


def _proper_subsets(tags: frozenset[tuple[str, str]]) -> Iterator[frozenset[tuple[str, str]]]:
    most = min(len(tags) - 1, _MOST_TAGS)
    return (
        frozenset(some) for size in range(1, most + 1) for some in combinations(sorted(tags)[: _MOST_TAGS + 1], size)
    )


def _reaches(use: Use, others: Iterable[Use]) -> Iterator[Finding]:
    found: dict[str, Use] = {}
    for other in others:
        if other.role is not use.role:
            found.setdefault(other.role.grant.address, other)
            if len(found) > _NAMED:
                break
    if found:
        message = reach_message(use.role, use.key, [other.spoken for other in found.values()])
        yield use.role.finding("RC202", Severity.ERROR, message, at=use.location)


def reach_message(role: Role, what: str, others: list[str]) -> str:
    """Who reaches with what into whose grants."""
    more = " and more" if len(others) > _NAMED else ""
    return four_parts(
        f"{role.grant.address} reaches into what was granted to {', '.join(others[:_NAMED])}{more}",
        what,
        "what belongs to this project alone",
        "narrow it, or move the others out of its reach",
    )
