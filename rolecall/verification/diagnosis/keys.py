"""What is wrong with a statement that was to let the role use a secret's KMS key: another key, or another condition."""

import re
from collections.abc import Iterator

from rolecall.policy.case_blind import as_written
from rolecall.policy.condition import Condition
from rolecall.policy.pattern import covers, has_wildcard, overlaps
from rolecall.policy.permissions import Atom

_ONE_KEY = re.compile(r"arn:[^:]*:kms:[^:]*:[^:]*:[^*?]+")
_VIA_SECRETS = re.compile(r"secretsmanager\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?")


def key_text(live: Atom, lost: Atom) -> str | None:
    """How a live statement misses the estate's and what to do, in words; None where it is nothing like it."""
    is_of_keys = lost.action.startswith("kms:") and live.effect == lost.effect == "Allow"
    if not is_of_keys or not overlaps(live.action, lost.action):
        return None
    if covers(live.resource, lost.resource):
        differing = " and ".join(_of_condition(live.condition, lost.condition))
        return f"the KMS statement for {lost.resource} is not the estate's: {differing}; correct that"
    if not _ONE_KEY.fullmatch(live.resource):
        return None
    return f"the KMS statement is for another key ({live.resource}): write {lost.resource}"


def stands_for_key(live: Atom, lost: Atom) -> bool:
    """Whether it is what was meant to be the lost one, and no wider in its action or its resource."""
    is_one = covers(lost.action, live.action) and not has_wildcard(live.resource)
    return is_one and key_text(live, lost) is not None


def _of_condition(live: Condition, right: Condition) -> Iterator[str]:
    """Each clause that is missing or another, then the keys that the estate does not ask for."""
    there = {key: (operator, values) for operator, key, values in live}
    for operator, key, values in right:
        if (operator, key, values) not in live:
            yield _of_clause(as_written(key), operator, values, there.get(key))
    asked = {key for _, key, _ in right}
    yield from (f"it asks for {as_written(key)} besides" for key in there if key not in asked)


def _of_clause(name: str, operator: str, right: tuple[str, ...], live: tuple[str, tuple[str, ...]] | None) -> str:
    if live is None:
        return f"it does not ask for {name}"
    other, lacking = sorted(set(live[1]) - set(right)), sorted(set(right) - set(live[1]))
    if not other and not lacking:
        return f"{name} stands under {as_written(live[0])} instead of {as_written(operator)}"
    if not other or not lacking:
        return f"{name} lacks {lacking[0]}" if lacking else f"{name} names {other[0]} besides"
    theirs, ours = _VIA_SECRETS.fullmatch(other[0]), _VIA_SECRETS.fullmatch(lacking[0])
    if theirs and ours and theirs[1] != ours[1]:
        return f"{name} names region {theirs[1]} instead of {ours[1]}"
    return f"{name} names {other[0]} instead of {lacking[0]}"
