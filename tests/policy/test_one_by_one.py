"""Comparison value by value: however a policy was divided it says the same, and one value more or less is found."""

import itertools
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rolecall.policy.condition import Condition, normalised
from rolecall.policy.document import document
from rolecall.policy.one_by_one import beyond
from rolecall.policy.permissions import Change, permission_change

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KEY = "arn:aws:kms:eu-central-1:111111111111:key/6f1c1d3e-7d0f-4c55-9c6e-2b9d3a1f0c11"
VALUES = [f"arn:aws:sqs:eu-central-1:111111111111:orders-{number}" for number in range(6)]
OF_ANY = ["StringEquals", "StringLike", "ArnLike", "StringEqualsIfExists", "ForAnyValue:StringLike"]
OF_ALL = ["StringNotEquals", "ArnNotLikeIfExists", "ForAllValues:StringEquals", "ForAnyValue:StringNotLike"]
LISTS = st.lists(st.sampled_from(VALUES), min_size=1, max_size=6, unique=True)
EFFECTS = st.sampled_from(["Allow", "Deny"])


def statement(effect: str, condition: dict[str, Any]) -> dict[str, Any]:
    return {"Effect": effect, "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": KEY, "Condition": condition}


def change(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> Change:
    """What a Deny takes away shows only where something is allowed."""
    allowed = {"Effect": "Allow", "Action": "kms:*", "Resource": KEY}
    either = [
        [*each, allowed] if any(one["Effect"] == "Deny" for one in (*ours, *theirs)) else each
        for each in (ours, theirs)
    ]
    return permission_change(*([document(*each)] for each in either), NOW)


def divided(listed: dict[str, list[str]], whose: Callable[[str], set[int]]) -> list[dict[str, list[str]]]:
    """Two lists as products of some of the one and some of the other."""
    halves = {
        key: [[value for value in values if half in whose(value)] for half in (0, 1)] for key, values in listed.items()
    }
    return [dict(zip(listed, each, strict=True)) for each in itertools.product(*halves.values()) if all(each)]


@given(EFFECTS, st.sampled_from(OF_ANY), LISTS, LISTS, st.data())
def test_dividing_lists_in_whatever_way_changes_nothing(
    effect: str, operator: str, some: list[str], others: list[str], data: st.DataObject
) -> None:
    places = {value: data.draw(st.sets(st.sampled_from([0, 1]), min_size=1)) for value in VALUES}
    listed = {"kms:EncryptionContext:a": some, "kms:EncryptionContext:b": others}
    further = {"StringNotEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}
    whole = [statement(effect, {operator: listed, **further})]
    parts = [statement(effect, {operator: each, **further}) for each in divided(listed, places.__getitem__)]
    assert not change(whole, parts)
    assert not change(parts, whole)


@given(st.sampled_from(OF_ANY), st.lists(st.sampled_from(VALUES), min_size=2, unique=True), st.data())
def test_one_value_less_is_lost_and_one_more_is_gained(operator: str, some: list[str], data: st.DataObject) -> None:
    whole = [statement("Allow", {operator: {"kms:EncryptionContext:a": some}})]
    at = data.draw(st.integers(1, len(some) - 1))
    parts = [
        statement("Allow", {operator: {"kms:EncryptionContext:a": each}}) for each in (some[1:at], some[at:]) if each
    ]
    words = tuple(
        f"Allow kms:{what} on {KEY} if kms:EncryptionContext:a {operator} {some[0]}"
        for what in ("Decrypt", "GenerateDataKey")
    )
    assert change(whole, parts) == Change(lost=words)
    assert change(parts, whole) == Change(gained=words)


@given(st.sampled_from(OF_ALL), st.lists(st.sampled_from(VALUES), min_size=2, unique=True))
def test_a_list_of_which_all_values_count_is_another_one_when_it_is_divided(operator: str, some: list[str]) -> None:
    """Of negated operators each value keeps somebody out, so that the parts let in more, or fewer where they deny."""
    whole = [statement("Allow", {operator: {"kms:EncryptionContext:a": some}})]
    parts = [statement("Allow", {operator: {"kms:EncryptionContext:a": [value]}}) for value in some]
    assert change(whole, parts) or change(parts, whole)


# What a request carries: one value of `one`, or none; any number of values of `many`, or none.
SINGLE, SEVERAL = (
    ["StringEquals", "StringLike", "StringNotEquals", "StringEqualsIfExists", "StringNotEqualsIfExists"],
    [
        "ForAnyValue:StringEquals",
        "ForAllValues:StringEquals",
    ],
)
LETTERS = ["a", "b", "c"]
PATTERNS = st.lists(st.sampled_from([*LETTERS, "*", "?"]), max_size=3, unique=True)
CLAUSES = st.one_of(
    st.tuples(st.sampled_from(SINGLE), st.sampled_from(["one", "other"]), PATTERNS),
    st.tuples(st.sampled_from(SEVERAL), st.just("many"), PATTERNS),
    st.tuples(st.just("Null"), st.sampled_from(["one", "many"]), st.sampled_from([["true"], ["false"]])),
)
CONDITIONS = st.lists(CLAUSES, max_size=3)
ONE = [(), *((letter,) for letter in LETTERS)]
MANY = [each for size in range(3) for each in itertools.combinations(LETTERS, size)]


def condition(clauses: list[tuple[str, str, list[str]]]) -> Condition:
    block: dict[str, dict[str, list[str]]] = {}
    for operator, key, values in clauses:
        block.setdefault(operator, {})[key] = values
    return normalised(block)


def requests() -> Iterator[dict[str, tuple[str, ...]]]:
    yield from (dict(zip(("one", "other", "many"), each, strict=True)) for each in itertools.product(ONE, ONE, MANY))


def meets(request: dict[str, tuple[str, ...]], asked: Condition) -> bool:
    """As IAM's reference of condition operators has it, written for itself."""
    return all(_clause_is_met(request[key], operator, values) for operator, key, values in asked)


def _clause_is_met(there: tuple[str, ...], operator: str, values: tuple[str, ...]) -> bool:
    if operator == "null":
        return bool(there) is (values == ("false",))
    plain = operator.rpartition(":")[2]
    if plain.endswith("ifexists") and not there:
        return True
    fits = [any(_fits(value, each, plain) for value in values) for each in there]
    if operator.startswith("forallvalues"):
        return all(fits)
    return not any(fits) if "not" in plain else any(fits)


def _fits(value: str, there: str, operator: str) -> bool:
    pattern = re.escape(value).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(pattern, there) is not None if "like" in operator else value == there


@given(CONDITIONS, st.lists(CONDITIONS, max_size=4))
def test_what_is_not_told_to_be_beyond_is_met_by_one_of_the_others(narrow: Any, others: list[Any]) -> None:
    ours, theirs = condition(narrow), [condition(each) for each in others]
    told = beyond(ours, theirs)
    for request in requests():
        is_new = meets(request, ours) and not any(meets(request, each) for each in theirs)
        assert not is_new or any(meets(request, each) for each in told)
        assert meets(request, ours) or not any(meets(request, each) for each in told)


def test_an_empty_list_under_ifexists_lets_in_whoever_has_no_such_key() -> None:
    keyless = condition([("StringLikeIfExists", "one", [])])
    for operator in ("StringLike", "StringEquals", "StringEqualsIfExists"):
        assert beyond(keyless, [condition([(operator, "one", ["a"])])]) == [keyless]
    assert not beyond(keyless, [condition([("StringLikeIfExists", "one", ["a"])])])
    assert not beyond(condition([("StringLike", "one", [])]), [condition([("StringEquals", "one", ["a"])])])


def test_thousands_of_values_take_no_time_worth_telling() -> None:
    names = [f"arn:aws:sqs:eu-central-1:111111111111:orders-{number:04}" for number in range(4000)]
    key = "kms:EncryptionContext:aws:sqs:arn"
    whole = [statement("Allow", {"StringLike": {key: names}})]
    parts = [statement("Allow", {"StringLike": {key: names[start::40]}}) for start in range(40)]
    began = datetime.now(UTC)
    assert not change(whole, parts)
    assert len(change(whole, parts[1:]).lost) == len(whole[0]["Action"])
    assert (datetime.now(UTC) - began).total_seconds() < 10
