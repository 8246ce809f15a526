"""RC108 and RC114 for external IDs that are a pattern: what else fits it that the same accounts send."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from rolecall.model.finding import Finding
from rolecall.model.patterned_id import PatternedExternalId
from rolecall.model.trust import ParameterReference
from rolecall.policy.pattern import overlaps
from rolecall.policy.pattern_index import PatternIndex, literal_head
from rolecall.policy.principal import account_of
from rolecall.rules.ledger import shared, shared_by_scope
from rolecall.rules.role import Role

# By the beginning of an external ID: the ID, and the first role that has it.
_Known = PatternIndex[dict[str, Role]]


def overlapping_patterns(roles: list[Role]) -> Iterator[Finding]:
    """Once for each pattern that another role's ID fits, or that has IDs in common with another role's pattern.

    Where the vendor's entry says how many parts an ID has, only IDs of so many parts count for two patterns.

    Only roles that let in one account meet, or roles of one vendor: nobody else sends what fits. Of equal patterns
    `shared_ids` speaks, as of equal IDs, and what a rotation replaces is on its way out.
    """
    if not any(role.grant.trust.patterns for role in roles):
        return
    known = _by_sender(roles)
    for role in roles:
        current = next(iter(role.grant.trust.external_ids), None)
        if isinstance(current, PatternedExternalId):
            near = chain.from_iterable(_near(known[sender], current.value) for sender in _senders(role))
            others = {text: other for text, other in near if other is not role}
            met = [each for each in others.items() if each[0] != current.value and _meets(current, *each)]
            yield from _said(role, current, met)


def _meets(pattern: PatternedExternalId, text: str, other: Role) -> bool:
    """Whether an ID of the vendor's fits both. An ID that is written whole is sent as it is, whatever its form."""
    written = other.grant.trust.external_ids[0]
    return overlaps(pattern.value, text) and (not isinstance(written, PatternedExternalId) or pattern.meets(written))


def _said(role: Role, pattern: PatternedExternalId, met: list[tuple[str, Role]]) -> Iterator[Finding]:
    """The first role that must not have an ID in common, or else the first that may by scope."""
    if not met:
        return
    by_mistake = [each for each in met if not shared_by_scope(role.grant, each[1].grant)]
    text, other = (by_mistake or met)[0]
    more = len(by_mistake or met) - 1
    received = f"{text}{f' and {more} more' if more else ''}"
    allowed = "patterns that no other role's ID fits"
    change = "write one ID for each role, or more of it before the first *"
    yield shared(role, other, f"external ID {pattern} is a pattern that", received, allowed, change)


def _near(known: _Known, pattern: str) -> Iterator[tuple[str, Role]]:
    head = literal_head(pattern)
    for _, entries in chain(known.beginnings_of(head), known.beginning_with(head)):
        yield from entries.items()


def _senders(role: Role) -> tuple[str, ...]:
    """Who sends what opens a role: the accounts that it trusts, and while there are none its vendor."""
    accounts = filter(None, map(account_of, role.grant.trust.principals))
    return tuple(dict.fromkeys((role.grant.vendor, *accounts)))


def _by_sender(roles: list[Role]) -> dict[str, _Known]:
    found: dict[str, dict[str, dict[str, Role]]] = defaultdict(lambda: defaultdict(dict))
    for role in roles:
        for external_id in role.grant.trust.external_ids[:1]:
            if not isinstance(external_id, ParameterReference):
                text = str(external_id)
                for sender in _senders(role):
                    found[sender][literal_head(text)].setdefault(text, role)
    return {sender: PatternIndex(by_head) for sender, by_head in found.items()}
