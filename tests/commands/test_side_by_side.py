"""Work on many roles at once: in order, and over when somebody has had enough."""

import threading
import time

import pytest

from rolecall import terminal
from rolecall.runtime.patience import Patience, Wait
from rolecall.runtime.side_by_side import LAST_SECONDS, WORKERS, side_by_side


def test_results_come_in_the_order_of_the_items() -> None:
    assert list(side_by_side(lambda number: number * 2, range(100))) == [number * 2 for number in range(100)]


def test_what_one_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        list(side_by_side(lambda number: 1 // number, [1, 0, 1]))


def test_whoever_leaves_early_stops_what_waits_and_what_has_not_begun() -> None:
    stop, begun = threading.Event(), []

    def work(number: int) -> int:
        begun.append(number)
        if number:
            stop.wait(30)
        return number

    results = side_by_side(work, range(10 * WORKERS), stop)
    assert next(results) == 0
    results.close()
    assert stop.is_set()
    assert len(begun) <= 2 * WORKERS


def test_whoever_leaves_early_does_not_wait_for_work_that_cleans_nothing_up() -> None:
    go_on = threading.Event()
    results = side_by_side(lambda number: number and go_on.wait(30), range(2 * WORKERS))
    assert next(results) == 0
    began = time.monotonic()
    results.close()
    assert time.monotonic() - began < LAST_SECONDS / 2
    go_on.set()


def test_work_goes_by_the_name_that_the_programs_end_looks_for() -> None:
    names = side_by_side(lambda _: threading.current_thread().name, range(3))
    assert all(name.startswith(terminal.WORKER) for name in names)


def test_a_wait_that_was_cut_short_asks_no_more() -> None:
    stop = threading.Event()
    wait = Wait(Patience(bound_seconds=60, sleep=lambda _: stop.wait(0)))
    assert wait.again()
    stop.set()
    assert not wait.again()
