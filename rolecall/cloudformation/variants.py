"""Equal outcomes become one variant, with the values that lead there in words."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import Any

from rolecall.cloudformation.part import printable
from rolecall.cloudformation.role import RoleVariant
from rolecall.cloudformation.world import Assignment, Exploration

_SHOWN = 3


def merged(found: Exploration[RoleVariant]) -> tuple[RoleVariant, ...]:
    """One variant for each different outcome, in the order in which they were found.

    Names and descriptions that differ make no other outcome: the first one's are kept.
    """
    answers: dict[Any, list[Assignment]] = {}
    variants: dict[Any, RoleVariant] = {}
    for outcome in found.outcomes:
        key = _what_counts(outcome.result)
        variants.setdefault(key, outcome.result)
        answers.setdefault(key, []).append(outcome.answers)
    if len(variants) == 1:
        return tuple(variants.values())
    everywhere = [outcome.answers for outcome in found.outcomes]
    return tuple(replace(variant, when=_in_words(answers[key], everywhere)) for key, variant in variants.items())


def _what_counts(variant: RoleVariant) -> Any:
    policies = [(policy.kind, _frozen(policy.document)) for policy in variant.policies]
    return _frozen(variant.trust), tuple(policies), variant.managed_policy_arns, variant.max_session_seconds


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return "{}", frozenset((key, _frozen(entry)) for key, entry in value.items())
    if isinstance(value, list):
        return "[]", tuple(_frozen(item) for item in value)
    return value


def _in_words(answers: list[Assignment], everywhere: list[Assignment]) -> str:
    """`Env=prod or test, Region=eu-west-1`: every combination of these, if that is true; otherwise the first few."""
    values = _values(answers)
    combinations = {_pairs(dict(zip(values, chosen, strict=True))) for chosen in _limited_product(values.values())}
    if all(set(answer) == set(values) for answer in answers) and combinations == {_pairs(a) for a in answers}:
        all_values = _values(everywhere)
        telling = {name: found for name, found in values.items() if len(found) < len(all_values[name])}
        return ", ".join(
            f"{printable(name)}={' or '.join(map(_shown, found))}" for name, found in (telling or values).items()
        )
    several = [", ".join(f"{printable(name)}={_shown(value)}" for name, value in answer.items()) for answer in answers]
    rest = f" or {len(several) - _SHOWN} other ways" if len(several) > _SHOWN else ""
    return "; or ".join(several[:_SHOWN]) + rest


def _values(answers: Iterable[Assignment]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for answer in answers:
        for name, value in answer.items():
            found.setdefault(name, {})[value] = None
    return {name: list(values) for name, values in found.items()}


def _limited_product(values: Iterable[list[str]]) -> Iterable[tuple[str, ...]]:
    choices = list(values)
    size = 1
    for choice in choices:
        size *= len(choice)
    return product(*choices) if size <= 1000 else ()


def _pairs(answer: Assignment) -> frozenset[tuple[str, str]]:
    return frozenset(answer.items())


def _shown(value: str) -> str:
    return printable(value) if value else '""'
