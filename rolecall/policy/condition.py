"""Condition blocks, brought to one form: operators and keys without regard to letter case, values as sorted text."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rolecall.policy.case_blind import CaseBlind
from rolecall.policy.pattern import has_wildcard, matches
from rolecall.policy.pattern_index import PatternIndex, literal_head

# Operator, key, values.
Clause = tuple[str, str, tuple[str, ...]]
# Sorted: two conditions mean the same if these are equal.
Condition = tuple[Clause, ...]

NEVER: Condition = (("unreadable", "", ()),)


def normalised(block: object) -> Condition:
    """A condition block in its one form; a block that is no object equals nothing but another such."""
    if block is None:
        return ()
    if not isinstance(block, Mapping):
        return NEVER
    found = [
        (CaseBlind(str(operator)), CaseBlind(str(key)), _values(values))
        for operator, keys in block.items()
        for key, values in (keys.items() if isinstance(keys, Mapping) else [("", keys)])
    ]
    return tuple(sorted(found))


def implies(narrow: Condition, wide: Condition) -> bool:
    """Whether whatever meets `narrow` meets `wide`: each clause of `wide` is there, with no values more.

    Negated operators turn it round: they name what is kept out. ForAllValues counts only where it is the same.
    """
    return all(any(_clause_implies(ours, theirs) for ours in narrow) for theirs in wide)


def _clause_implies(narrow: Clause, wide: Clause) -> bool:
    narrow, wide = _without_idle_ifexists(narrow), _without_idle_ifexists(wide)
    if narrow == wide:
        return True
    operator = narrow[0]
    if narrow[1] == wide[1] and f"{operator}ifexists" == wide[0]:  # what is there and fits, fits if it is there
        return operator != "null" and narrow[2] == wide[2]
    if narrow[:2] == wide[:2] and _NEGATED.match(operator):
        return set(wide[2]) <= set(narrow[2])
    if narrow[1] != wide[1] or not one_value_is_enough(operator):
        return False
    if not narrow[2] and operator.endswith("ifexists"):  # met where the key is not there, and nowhere else
        return operator == wide[0]
    return len(values_meeting(operator, narrow[2], wide)) == len(narrow[2])


def values_meeting(operator: str, values: Iterable[str], wide: Clause) -> set[str]:
    """The values of which each alone, under a positive operator and the same key, is met by nothing beyond `wide`."""
    if operator == wide[0]:
        return set(values).intersection(wide[2])
    if (operator, wide[0]) not in _ALSO_BY_PATTERN:
        return set()
    known = [value for value in wide[2] if "${" not in value]
    texts = {value for value in known if not has_wildcard(value)}
    patterns: dict[str, list[str]] = {}
    for pattern in known if operator == "stringequals" else ():
        if has_wildcard(pattern):
            patterns.setdefault(literal_head(pattern), []).append(pattern)
    index = PatternIndex(patterns)
    return {value for value in values if "${" not in value and (value in texts or _is_met(value, patterns, index))}


def _is_met(value: str, patterns: Mapping[str, list[str]], index: PatternIndex[list[str]]) -> bool:
    """Whether a text is met by one of the patterns, by their beginnings: there may be thousands of both."""
    near = (pattern for _, some in index.beginnings_of(value) for pattern in some)
    return any(matches(pattern, value) for pattern in (*patterns.get(value, ()), *near))


def one_value_is_enough(operator: str) -> bool:
    """Whether a condition with this operator is met by whoever meets it with one of its values."""
    return _ANY_OF.fullmatch(operator) is not None


def _without_idle_ifexists(clause: Clause) -> Clause:
    """A negated operator is met where there is no key, as with IfExists."""
    operator, key, values = clause
    return (operator.removesuffix("ifexists") if _NEGATED.match(operator) else operator, key, values)


# Not the negated ones, of which a value more keeps one more out, nor ForAllValues, which asks for all at once.
_ANY_OF = re.compile(
    "(foranyvalue:)?(string(equals|equalsignorecase|like)|arn(equals|like)|binaryequals|bool|ipaddress"
    "|(numeric|date)(equals|(less|greater)than(equals)?))(ifexists)?"
)
_NEGATED = re.compile("(string|numeric|date|arn)not|notipaddress")
# Operators whose values stand for themselves, and such as take patterns.
_ALSO_BY_PATTERN = {("stringequals", "stringlike"), ("stringlike", "stringequals")}


def _values(values: Any) -> tuple[str, ...]:
    listed = values if isinstance(values, list | tuple) else [] if values is None else [values]
    return tuple(sorted({str(value).lower() if isinstance(value, bool) else str(value) for value in listed}))
