"""Calls that may not take for ever, whatever the endpoint does."""

import queue
import threading
from collections.abc import Callable
from typing import Any


class TooLateError(Exception):
    """The time was over. The call goes on in a thread that nobody waits for."""


def within(seconds: float, call: Callable[[], Any]) -> Any:
    """What a call returns or raises, if it does so in time.

    Raises:
        TooLateError: it did not.
    """
    done: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((call(), None))
        except BaseException as error:  # handed to whoever waits
            done.put((None, error))

    threading.Thread(target=run, name="rolecall-call", daemon=True).start()
    try:
        returned, error = done.get(timeout=seconds)
    except queue.Empty:
        raise TooLateError from None
    if error is not None:
        raise error
    return returned
