"""RC202: prefixes and tags that include what another project was granted.

All pairs of roles are decided by an index over the patterns; none by comparing roles two by two.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, combinations

from rolecall.model.finding import Finding, Severity
from rolecall.policy.pattern_index import PatternIndex
from rolecall.rules.grants import Granted, Place, Use
from rolecall.rules.meeting import others_reached, reach_message

# Of more tags than anybody uses, only the smaller sets are looked for: there are 2 ** n of them.
_MOST_TAGS = 10


def reaching_prefixes(granted: Granted) -> Iterator[Finding]:
    """A prefix, and what others have that begins with it: `proj1/` and `proj1/x/`, `db-` and `db`."""
    for place, prefixes in granted.prefixes.items():
        names, longer = PatternIndex(granted.names.get(place, {})), PatternIndex(prefixes)
        for prefix, users in prefixes.items():
            for use in users:
                below = chain(longer.beginning_with(prefix), names.beginning_with(prefix))
                yield from _reaches(use, (other for _, found in below if found is not users for other in found))


def reaching_tags(granted: Granted) -> Iterator[Finding]:
    """Fewer tags mean more secrets: a grant by some tags includes each grant by the same tags and one more."""
    by_tags = {
        (place, frozenset(users[0].secret.tags)): users
        for place, found in granted.tags.items()
        for users in found.values()
    }
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
    if found := others_reached(use.role, others):
        yield use.role.finding("RC202", Severity.ERROR, reach_message(use.role, use.key, found), at=use.location)
