"""Which external IDs can be guessed: random ones never, names, numbers of accounts and phrases always."""

import base64
import hashlib
import uuid

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rolecall.policy.guessable import MIN_BITS, bits_of, why_guessable, words_of

NAMES = frozenset(words_of("acme", "acme-prod", "billing", "unified", "unified-acme-prod-billing", "111111111111"))
WORDS = [
    *["acme", "billing", "unified", "prod", "production", "staging", "test", "secret", "external", "vendor", "role"],
    *["correct", "horse", "battery", "staple", "summer", "winter", "hello", "world", "dragon", "monkey", "welcome"],
]
# What the generators of `uuid4`, `secrets.token_hex(16)` and `secrets.token_urlsafe(16)` are fed with.
sixteen = st.binary().map(lambda seed: hashlib.sha256(seed).digest()[:16])


def looks_random(some: bytes) -> bool:
    """Whether sixteen bytes could have come out of a generator: 6 equal ones among 16 happen once in 10**10 times."""
    return max(map(some.count, some)) < 4 and len(set(some.hex())) >= 8


@given(sixteen.filter(looks_random))
@settings(max_examples=500)
def test_a_uuid4_is_never_guessable(some: bytes) -> None:
    written = str(uuid.UUID(bytes=some, version=4))
    for text in (written, written.upper(), written.replace("-", "")):
        assert why_guessable(text, NAMES) is None


@given(sixteen.filter(looks_random))
@settings(max_examples=500)
def test_32_hexadecimal_digits_are_never_guessable(some: bytes) -> None:
    assert why_guessable(some.hex(), NAMES) is None


@given(sixteen.filter(looks_random))
@settings(max_examples=500)
def test_22_characters_of_base64_are_never_guessable(some: bytes) -> None:
    text = base64.urlsafe_b64encode(some).rstrip(b"=").decode()
    assert why_guessable(text, NAMES) is None


@given(sixteen.filter(looks_random), st.sampled_from(sorted(NAMES)), st.sampled_from("-_:/"))
def test_a_name_before_a_random_id_makes_it_no_easier_to_guess(some: bytes, name: str, sign: str) -> None:
    assert why_guessable(f"{name}{sign}{uuid.UUID(bytes=some, version=4)}", NAMES) is None


@given(st.from_regex(r"\A[0-9]{12}\Z"))
def test_the_number_of_an_account_is_always_guessable(number: str) -> None:
    assert why_guessable(number, NAMES) == "it is the number of an account, which is no secret"


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
    st.sampled_from(["", "-", "_", ".", ":", "/"]),
    st.booleans(),
)
@example(["correct", "horse", "battery", "staple"], "-", False)
@settings(max_examples=400)
def test_a_phrase_of_up_to_four_words_is_always_guessable(words: list[str], sign: str, capitals: bool) -> None:
    text = sign.join(word.title() if capitals else word for word in words)
    if sign or len(words) == 1:
        assert why_guessable(text, NAMES)


@given(
    st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=4),
    st.sampled_from(["-", "_", ".", ":", "/"]),
    st.sampled_from(["", "1", "01", "2026", "123", "v2", "eu"]),
)
@settings(max_examples=400)
def test_names_that_others_know_are_always_guessable_whatever_year_or_number_follows(
    names: list[str], sign: str, end: str
) -> None:
    text = sign.join([*names, end] if end else names)
    assert why_guessable(text, NAMES)
    assert why_guessable(text.upper(), NAMES)


@given(st.from_regex(r"\A[A-Za-z0-9]{2,5}\Z"))
def test_up_to_five_characters_are_always_guessable(text: str) -> None:
    assert why_guessable(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "0123456789abcdef0123456789abcdef",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabcabcabc",
        "qwertyuiopasdfghjkl",
    ],
)
def test_rows_and_repetitions_are_guessable_however_long_they_are(text: str) -> None:
    assert why_guessable(text, NAMES)


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=2, max_size=40), st.sampled_from(sorted(NAMES)))
@settings(max_examples=300)
def test_to_know_more_never_makes_an_id_harder_to_guess(text: str, name: str) -> None:
    if why_guessable(text, ()):
        assert why_guessable(text, {name})


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEF0123456789-_", max_size=60))
def test_the_estimate_is_the_reason(text: str) -> None:
    why = why_guessable(text)
    assert why is None or "account" in why or f"{MIN_BITS}" in why or "names" in why
    assert bits_of(text) >= 0
