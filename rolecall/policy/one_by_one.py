"""Conditions whose lists of values are compared value by value, so that it does not matter how a policy was divided.

Of most operators any one value is enough: a statement with some of them and one with the others allow together what one
statement with all of them allows. https://docs.aws.amazon.com/IAM/latest/UserGuide/
reference_policies_condition-logic-multiple-context-keys-or-values.html, read 2026-11-22.
"""

from collections.abc import Iterable, Iterator
from itertools import product

from rolecall.policy.condition import Clause, Condition, implies, one_value_is_enough, values_meeting

_MOST_PARTS = 1000
"""Of a condition with several lists: what would make more parts is compared as it is, and may be told as different."""


def beyond(condition: Condition, others: Iterable[Condition]) -> list[Condition]:
    """What of a condition is met by requests that meet none of the others, as conditions; the whole where that is all.

    Where it cannot tell it says beyond, which makes a comparison report a difference rather than overlook one.
    """
    others = list(others)
    if any(implies(condition, other) for other in others):
        return []
    parts = list(_parts(condition))
    left = [rest for part in parts for rest in _left(part, others)]
    return [condition] if left == parts else left


def is_part_of(condition: Condition, whole: Condition) -> bool:
    """Whether a condition is another one with some of its values, of operators of which any value is enough."""
    pairs = list(zip(condition, whole, strict=False))
    return len(condition) == len(whole) and all(
        ours[:2] == theirs[:2] and (ours == theirs or (_is_list(theirs) and set(ours[2]) <= set(theirs[2])))
        for ours, theirs in pairs
    )


def _is_list(clause: Clause) -> bool:
    return len(clause[2]) > 1 and one_value_is_enough(clause[0])


def _longest(condition: Condition) -> Clause | None:
    return max(filter(_is_list, condition), key=lambda clause: len(clause[2]), default=None)


def _parts(condition: Condition) -> Iterator[Condition]:
    """The condition with one value of each list but the longest: as many conditions as that takes."""
    longest, count = _longest(condition), 1
    choices: list[list[Clause]] = []
    for clause in condition:
        is_divided = clause != longest and _is_list(clause) and count * len(clause[2]) <= _MOST_PARTS
        count *= len(clause[2]) if is_divided else 1
        choices.append([(*clause[:2], (value,)) for value in clause[2]] if is_divided else [clause])
    yield from product(*choices)


def _left(part: Condition, others: Iterable[Condition]) -> Iterator[Condition]:
    """The part with those values of its longest list that no other condition meets; nothing where none is left."""
    longest = _longest(part)
    if longest is None:
        if not any(implies(part, other) for other in others):
            yield part
        return
    rest = tuple(clause for clause in part if clause != longest)
    left = set(longest[2])
    for other in others:
        left -= _meeting(longest, left, tuple(clause for clause in other if not implies(rest, (clause,))))
        if not left:
            return
    yield tuple((*clause[:2], tuple(sorted(left))) if clause == longest else clause for clause in part)


def _meeting(clause: Clause, values: set[str], asked: Condition) -> set[str]:
    """The values of which each alone, under a clause's operator and key, meets all that is asked."""
    operator, key, _ = clause
    if any(key != theirs for _, theirs, _ in asked):
        return set()
    met = set(values)
    for one in asked:
        is_wider = one[0] == f"{operator}ifexists"
        met = values_meeting(operator, met, (operator, *one[1:]) if is_wider else one)
    return met
