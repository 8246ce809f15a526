"""IAM's patterns against brute force: every text up to five letters over a small alphabet."""

import time
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rolecall.policy.pattern import covers, has_wildcard, matches, overlaps

LETTERS = "ab-"
TEXTS = ["".join(letters) for length in range(6) for letters in product(LETTERS, repeat=length)]
PATTERNS = st.text("ab-*?", max_size=5)
ONE_KIND = st.text("ab*", max_size=5) | st.text("ab?", max_size=5)


def meant_by(pattern: str) -> set[str]:
    """All texts that a pattern means, by a definition that shares nothing with the code: split at the first letter."""
    return {text for text in TEXTS if _means(pattern, text)}


def _means(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_means(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and _means(pattern[1:], text[1:])


@given(PATTERNS, st.text(LETTERS, max_size=5))
def test_a_pattern_matches_exactly_the_texts_that_it_means(pattern: str, text: str) -> None:
    assert matches(pattern, text) == _means(pattern, text)


@given(PATTERNS, PATTERNS)
@example("?*", "*?")
@example("*a", "a*")
def test_what_covers_another_pattern_means_all_of_its_texts(wide: str, narrow: str) -> None:
    if covers(wide, narrow):
        assert meant_by(narrow) <= meant_by(wide)


# The alphabet has a letter that no pattern names, so that a star cannot be mistaken for a list of letters.
@given(ONE_KIND.filter(lambda p: len(p) <= 4), ONE_KIND.filter(lambda p: len(p) <= 4))
def test_a_pattern_with_one_kind_of_wildcard_is_covered_whenever_it_could_be(wide: str, narrow: str) -> None:
    if meant_by(narrow) <= meant_by(wide):
        assert covers(wide, narrow)


@given(PATTERNS)
def test_every_pattern_covers_itself_and_is_covered_by_a_star(pattern: str) -> None:
    assert covers(pattern, pattern)
    assert covers("*", pattern)


# Two patterns of five characters that overlap have a common text of at most ten; four and four stay within eight.
@given(st.text("ab*?", max_size=4), st.text("ab*?", max_size=4))
@example("", "*")
@example("*", "*")
@example("a*b", "?")
def test_patterns_overlap_exactly_when_some_text_is_meant_by_both(one: str, other: str) -> None:
    texts = ["".join(letters) for length in range(9) for letters in product("ab", repeat=length)]
    common = any(_means(one, text) and _means(other, text) for text in texts)
    assert overlaps(one, other) == common
    assert overlaps(other, one) == common


@pytest.mark.parametrize(
    ("one", "other"), [("iam:*", "iam:passrole"), ("iam:*", "*"), ("iam:*", "i*:get*"), ("s?s:*", "sts:assumerole")]
)
def test_a_guardrail_hits_wider_and_narrower_actions(one: str, other: str) -> None:
    assert overlaps(one, other)


def test_an_exact_secret_name_does_not_match_a_longer_name() -> None:
    pattern = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:prod/jira-??????"
    base = pattern.removesuffix("-??????")
    assert matches(pattern, f"{base}-AbCdEf")
    assert not matches(pattern, f"{base}2-AbCdEf")
    assert not matches(pattern, f"{base}-old-AbCdEf")


def test_letter_case_counts_unless_told_otherwise() -> None:
    assert not matches("sts:AssumeRole", "sts:assumerole")
    assert matches("sts:assume*", "sts:AssumeRole", ignore_case=True)


@pytest.mark.parametrize(("text", "wild"), [("plain", False), ("a*", True), ("?", True), ("${x}", False)])
def test_only_star_and_question_mark_are_wildcards(text: str, wild: bool) -> None:
    assert has_wildcard(text) is wild


def test_patterns_that_are_made_to_take_long_take_no_time() -> None:
    started = time.process_time()
    assert not matches("sts:************X", "sts:AssumeRole", ignore_case=True)
    assert not matches("*a" * 50_000, "sts:AssumeRole")
    assert not matches("*a" * 30 + "b", "a" * 2_000)
    assert not covers("*a" * 50_000, "*b?" * 50_000)
    assert not overlaps("*a" * 50_000, "?*b" * 50_000)
    assert time.process_time() - started < 1


def test_of_patterns_that_are_longer_than_iam_takes_the_careful_answer_is_given() -> None:
    long = "?*" * 1_500
    assert not covers(f"{long}a*b", f"{long}aa*b")
    assert overlaps(f"{long}a*b", f"{long}c*b")
