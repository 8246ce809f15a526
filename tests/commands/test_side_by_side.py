"""Work on many roles at once: in order, and over when somebody has had enough."""

import threading

import pytest

from rolecall.accounts.side_by_side import WORKERS, side_by_side
from rolecall.runtime.patience import Patience, Wait


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


def test_a_wait_that_was_cut_short_asks_no_more() -> None:
    stop = threading.Event()
    wait = Wait(Patience(bound_seconds=60, sleep=lambda _: stop.wait(0)))
    assert wait.again()
    stop.set()
    assert not wait.again()
