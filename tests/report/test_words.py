"""Small words of messages: numbers of things, and tips for names that nobody knows."""

import pytest

from rolecall.model.near import did_you_mean, some_of
from rolecall.model.numbers import number_of


@pytest.mark.parametrize(("count", "said"), [(0, "0 roles"), (1, "1 role"), (2, "2 roles")])
def test_one_of_a_thing_has_no_s(count: int, said: str) -> None:
    assert number_of(count, "role") == said


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ([], "nothing"),
        (list("abcde"), "a, b, c, d, e"),
        (list("abcdef"), "a, b, c, d, e and 1 more"),
        (["w"] * 2000, "w, w, w, w, w and 1995 more"),
    ],
)
def test_a_tip_names_a_handful_and_how_many_more(known: list[str], said: str) -> None:
    assert some_of(known) == said


def test_a_tip_asks_for_the_name_that_is_near() -> None:
    assert did_you_mean("workatoo", ["unified", "workato"], "choose one") == "did you mean 'workato'?"
    assert did_you_mean("zzz", ["unified", "workato"], "choose one") == "choose one"
