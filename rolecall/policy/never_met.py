"""Conditions that no call of a role ever meets, told from its own requests' context, which a policy need not see."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from rolecall.policy.condition import Condition
from rolecall.policy.pattern import has_wildcard, matches

_Values = tuple[str, ...]
# What every request of a role's session carries. https://docs.aws.amazon.com/IAM/latest/UserGuide/
# reference_policies_condition-keys.html, read 2026-11-22.
_ALWAYS_THERE = frozenset({"aws:principalarn", "aws:principalaccount", "aws:requestedregion", "aws:tokenissuetime"})
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REGION, _ACCOUNT = 3, 4
"""Parts of an ARN. A resource is asked for in its own region, and a granted secret is of the role's own account."""
_SECRETS_MANAGER = ":secretsmanager:"


def is_never_met(condition: Condition, resource: str, now: datetime) -> bool:
    """Whether a condition excludes every call that the role makes on a resource.

    Args:
        resource: an ARN, or a pattern, which the role's own policies name.
        now: sessions begin after it.
    """
    return any(_clause_is_never_met(operator, key, values, resource, now) for operator, key, values in condition)


def _clause_is_never_met(operator: str, key: str, values: _Values, resource: str, now: datetime) -> bool:
    plain = operator.removesuffix("ifexists")
    if key not in _ALWAYS_THERE:
        return False
    if plain == "null":
        return values == ("true",)
    if key == "aws:tokenissuetime":
        return plain in ("datelessthan", "datelessthanequals") and all(_is_before(value, now) for value in values)
    part = {"aws:requestedregion": _REGION, "aws:principalaccount": _ACCOUNT}.get(key)
    is_known = part == _REGION or (part == _ACCOUNT and _SECRETS_MANAGER in resource)
    known = _part(resource, part) if part and is_known else ""
    return bool(known) and _excludes(plain, values, known)


def _part(resource: str, number: int) -> str:
    """The region or account of an ARN; empty where it names none, or many."""
    parts = resource.split(":", 5)
    return parts[number] if len(parts) > number and not has_wildcard(parts[number]) else ""


def _excludes(operator: str, values: _Values, known: str) -> bool:
    """Whether a value that is known does not meet the operator."""
    if any("${" in value for value in values):
        return False
    fits: dict[str, Callable[[], bool]] = {
        "stringequals": lambda: known in values,
        "stringlike": lambda: any(matches(value, known) for value in values),
    }
    if operator in fits:
        return not fits[operator]()
    negated = {"stringnotequals": "stringequals", "stringnotlike": "stringlike"}.get(operator)
    return negated is not None and fits[negated]()


def _is_before(value: str, now: datetime) -> bool:
    if not _DATE.match(value):  # seconds since 1970 look like another form of ISO 8601
        return False
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return False
    return found.replace(tzinfo=found.tzinfo or UTC) <= now
