"""Patterns of external IDs that overlap: none is missed, and none is made up where no ID of the vendor's fits both."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.model.external_ids import MAX_CHARACTERS
from rolecall.model.patterned_id import PatternedExternalId
from rolecall.policy.pattern import overlaps

PARTS = 3
# Every ID of three parts of up to two letters each: enough for patterns with as few letters as those below.
IDS = ["@".join(parts) for parts in itertools.product(["", "a", "b", "aa", "ab", "ba", "bb"], repeat=PARTS)]
TAILS = st.text("ab@*", max_size=5).filter(lambda tail: "**" not in f"*{tail}" and tail.count("*") < 4)


def pattern(tail: str, parts: int = PARTS, divider: str = "@") -> PatternedExternalId:
    return PatternedExternalId(f"a@*{tail}", "a@.*", "because", divider, parts)


@given(TAILS, TAILS)
def test_two_patterns_that_an_id_of_the_vendors_form_fits_are_always_found(one: str, other: str) -> None:
    first, second = pattern(one), pattern(other)
    fitting = [each for each in IDS if first.lets_in(each) and second.lets_in(each)]
    if fitting:
        assert first.meets(second), fitting
        assert second.meets(first), fitting
    if first.meets(second):
        assert overlaps(first.value, second.value)


@given(TAILS, TAILS)
def test_without_a_known_number_of_parts_every_text_counts(one: str, other: str) -> None:
    first, second = pattern(one, 0, ""), pattern(other, 0, "")
    assert first.meets(second) is overlaps(first.value, second.value)
    assert pattern(one, 3).meets(pattern(other, 4)) is overlaps(first.value, second.value)


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        ("acme@*@stack-a@*", "acme@*@stack-b@*", False),
        ("acme@*@stack-a@*", "acme@01GE@*", True),
        ("acme@*@stack-a@*", "acme@*@read", True),
        ("acme@*@stack-a@read", "acme@*@stack-a@write", False),
        ("acme@*", "acme@*@stack-a@*", True),
        ("acme@*@*@*@*", "acme@*", False),
        ("acme@*", "acme-two@*", False),
    ],
)
def test_of_spacelifts_four_parts(one: str, other: str, met: bool) -> None:
    first, second = (PatternedExternalId(each, "[a-z-]+@.*", "because", "@", 4) for each in (one, other))
    assert (first.meets(second), second.meets(first)) == (met, met)


@pytest.mark.parametrize(("parts", "met"), [(3, False), (4, True), (5, False), (6, True)])
def test_ids_of_fewer_parts_than_the_vendors_count_as_little_as_those_of_more(parts: int, met: bool) -> None:
    # Fit by a/@b@d@c, of four parts, and from a/@b@d@b@d@c on, of six; by nothing in between.
    first, second = pattern_of("a/*@b@d@c", parts), pattern_of("a/@b@d@*c", parts)
    assert (first.meets(second), second.meets(first)) == (met, met)


def pattern_of(value: str, parts: int) -> PatternedExternalId:
    return PatternedExternalId(value, ".*", "because", "@", parts)


def test_an_id_of_aws_longest_is_tried_against_many_stars_in_no_time() -> None:
    patterned = pattern_of("a@*x*x*x*x*x*x*y", 0)
    longest = "a@" + "x" * (MAX_CHARACTERS - 2)
    assert not patterned.lets_in(longest)
    assert patterned.lets_in(f"{longest[:-1]}y")


def test_the_longest_patterns_with_the_most_stars_are_compared_in_no_time() -> None:
    first, second = (
        PatternedExternalId(f"acme@{sign.join(['*'] * 8)}", ".*", "because", "@", 4) for sign in ("a" * 70, "a" * 71)
    )
    assert first.meets(second)
