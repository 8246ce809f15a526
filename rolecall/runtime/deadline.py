"""Calls that may not take for ever, whatever the endpoint does."""

import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

DEADLINE_SECONDS = 90.0
"""For one call: more than botocore's tries and pauses take together (see Clients).

botocore's own limit is for each piece of an answer, which an endpoint that hands them out one by one never reaches.
"""

_Returned = TypeVar("_Returned")


class TooLateError(Exception):
    """The time was over. The call goes on in a thread that nobody waits for."""


class _StillRunningError(Exception):
    """So far there is no outcome. No work raises it, so that nobody takes the work's own lateness for it."""


class GivenUpError(Exception):
    """Nobody waits for this thread any more: the call that it made has ended after all, and it is to make no other."""


def in_time(call: Callable[[], _Returned]) -> _Returned:
    """What a call returns or raises, if it does so before the deadline; see `within`."""
    return within(DEADLINE_SECONDS, call)


def within(seconds: float, call: Callable[[], _Returned]) -> _Returned:
    """What a call returns or raises, if it does so in time.

    Raises:
        TooLateError: it did not.
    """
    try:
        return _Handed(call).outcome(seconds)
    except _StillRunningError:
        raise TooLateError from None


class Watch:
    """Calls of one thread, one after the other, each with the deadline, and watched from another.

    To hand over each call, as `within` does, made the trust probes of a thousand roles a quarter slower: a thread that
    waits for another has to stand in line for the interpreter again.

    A thread whose call is too late is given up within that call, and never gets further than its end: whoever watched
    may go on with what the thread held.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began: float | None = None
        self._is_given_up = False

    def call(self, call: Callable[[], _Returned]) -> _Returned:
        """Make one of the calls.

        Raises:
            GivenUpError: it came too late, and its outcome is dropped.
        """
        self._began = time.monotonic()
        try:
            return call()
        finally:
            self._end()

    def over(self, work: Callable[[], _Returned]) -> _Returned:
        """What the work returns or raises that makes the calls; between them it may take as long as it likes.

        Raises:
            TooLateError: a call did not end before its deadline.
        """
        handed = _Handed(work)
        while True:
            try:
                return handed.outcome(self._left())
            except _StillRunningError:
                if self._give_up():
                    raise TooLateError from None

    def _end(self) -> None:
        with self._lock:
            self._began = None
            if self._is_given_up:
                raise GivenUpError from None

    def _give_up(self) -> bool:
        """Give the thread up, unless its call has ended at the last moment."""
        with self._lock:
            self._is_given_up = self._left() <= 0
            return self._is_given_up

    def _left(self) -> float:
        began = self._began
        return DEADLINE_SECONDS if began is None else max(0.0, began + DEADLINE_SECONDS - time.monotonic())


class _Handed(Generic[_Returned]):
    """A call in the hands of a thread, which may be waited for more than once until it is done."""

    def __init__(self, call: Callable[[], _Returned]) -> None:
        try:
            self._hand = _idle.pop()
        except IndexError:
            self._hand = _Hand()
        self._done: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        self._hand.calls.put((call, self._done))

    def outcome(self, seconds: float) -> _Returned:
        try:
            returned, error = self._done.get(timeout=seconds)
        except queue.Empty:
            raise _StillRunningError from None
        if error is not None:
            raise error
        found: _Returned = returned
        return found


class _Hand:
    """A thread that makes one call after another, as a new one for each would cost ten times as much."""

    def __init__(self) -> None:
        self.calls: queue.SimpleQueue[tuple[Callable[[], Any], queue.SimpleQueue[Any]]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="rolecall-call", daemon=True).start()

    def _run(self) -> None:
        while True:
            call, done = self.calls.get()
            outcome: tuple[Any, BaseException | None]
            try:
                outcome = call(), None
            except BaseException as error:  # handed to whoever waits
                outcome = None, error
            _idle.append(self)  # before whoever waits makes the next call
            done.put(outcome)
            del call, done, outcome  # what was obtained is not kept until then


# Those that wait for a call. One whose call came too late is among them again when that has ended, if ever.
_idle: deque[_Hand] = deque()
os.register_at_fork(after_in_child=_idle.clear)  # a child has none of its parent's threads
