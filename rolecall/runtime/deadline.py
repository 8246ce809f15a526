"""Calls that may not take for ever, whatever the endpoint does."""

import os
import queue
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

_Outcome = tuple[Any, BaseException | None]


class TooLateError(Exception):
    """The time was over. The call goes on in a thread that nobody waits for."""


def within(seconds: float, call: Callable[[], Any]) -> Any:
    """What a call returns or raises, if it does so in time.

    Raises:
        TooLateError: it did not.
    """
    try:
        hand = _idle.pop()
    except IndexError:
        hand = _Hand()
    outcome: queue.SimpleQueue[_Outcome] = queue.SimpleQueue()
    hand.give(call, outcome)
    try:
        returned, error = outcome.get(timeout=seconds)
    except queue.Empty:
        raise TooLateError from None
    _idle.append(hand)
    if error is not None:
        raise error
    return returned


class _Hand:
    """A thread that makes one call after another: a new one for each would cost ten times as much."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], queue.SimpleQueue[_Outcome]]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="rolecall-call", daemon=True).start()

    def give(self, call: Callable[[], Any], outcome: queue.SimpleQueue[_Outcome]) -> None:
        self._calls.put((call, outcome))

    def _run(self) -> None:
        while True:
            self._make(*self._calls.get())

    @staticmethod
    def _make(call: Callable[[], Any], outcome: queue.SimpleQueue[_Outcome]) -> None:
        try:
            outcome.put((call(), None))
        except BaseException as error:  # handed to whoever waits
            outcome.put((None, error))


# Those that wait for a call. One whose call came too late is left out: it is busy, perhaps for ever.
_idle: deque[_Hand] = deque()
os.register_at_fork(after_in_child=_idle.clear)  # a child has none of its parent's threads
