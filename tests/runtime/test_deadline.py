"""A call that takes too long is given up, and everything else comes through as it is."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from rolecall.runtime import deadline
from rolecall.runtime.deadline import TooLateError, Watch, within
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


def test_calls_share_threads_and_none_waits_for_one_that_hangs() -> None:
    """A thread for each call would cost the trust probes, of which there are thousands, a fifth of their speed."""
    within(5, threading.get_ident)
    before = threading.active_count()
    assert len({within(5, threading.get_ident) for _ in range(20)}) == 1
    with pytest.raises(TooLateError):
        within(0.05, lambda: time.sleep(1))
    assert within(0.5, lambda: "at once") == "at once"
    assert threading.active_count() <= before + 1


def test_a_thread_whose_call_came_too_late_is_used_again_once_it_has_ended() -> None:
    within(5, threading.get_ident)
    before, release = threading.active_count(), threading.Event()
    for _ in range(5):
        with pytest.raises(TooLateError):
            within(0.01, lambda: release.wait(30))
    release.set()
    for _ in range(1000):
        within(5, threading.get_ident)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: within(5, lambda: time.sleep(0.01)), range(20)))
    assert threading.active_count() <= before + 5


def test_work_that_is_late_by_itself_ends_all_the_same() -> None:
    with pytest.raises(TooLateError):
        Watch().over(lambda: within(0.01, lambda: time.sleep(1)))


def test_an_answer_that_never_ends_is_no_answer() -> None:
    seen, answer = observe(lambda: time.sleep(5), bounded=partial(within, 0.05))
    assert (seen.observed, seen.trouble, answer) == (Observed.UNDECIDED, Trouble.SILENT, None)


def test_a_thread_that_was_given_up_gets_no_further_than_its_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever watched goes on with what it held. Here calls end about when they are given up, just before or after."""
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.01)
    outcomes = {_raced(0.009 + 0.00005 * step) for step in range(60)}
    assert outcomes <= {"in time", "given up"}
    assert _raced(0.1) == "given up"


def _raced(seconds: float) -> str:
    """What became of work whose only call takes so long."""
    watch, went_on, ended = Watch(), threading.Event(), threading.Event()

    def work() -> None:
        try:
            watch.call(lambda: time.sleep(seconds))
            went_on.set()
        finally:
            ended.set()

    try:
        watch.over(work)
    except TooLateError:
        assert ended.wait(5)
        return "too late, and went on" if went_on.is_set() else "given up"
    return "in time" if went_on.is_set() else "in time, and given up"
