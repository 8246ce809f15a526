"""A call that takes too long is given up, and everything else comes through as it is."""

import time

import pytest

from rolecall.runtime.deadline import TooLateError, within
from rolecall.runtime.observation import Observed, observe
from rolecall.runtime.trouble import Trouble


def test_what_is_returned_and_raised_in_time_comes_through() -> None:
    assert within(5, lambda: 41 + 1) == 42
    with pytest.raises(KeyError, match="gone"):
        within(5, lambda: {}["gone"])


def test_a_call_without_an_end_is_given_up() -> None:
    began = time.monotonic()
    with pytest.raises(TooLateError):
        within(0.05, lambda: time.sleep(5))
    assert time.monotonic() - began < 3


def test_an_answer_that_never_ends_is_no_answer() -> None:
    seen, answer = observe(lambda: time.sleep(5), seconds=0.05)
    assert (seen.observed, seen.trouble, answer) == (Observed.UNDECIDED, Trouble.SILENT, None)
