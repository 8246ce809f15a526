"""Many calls at once, in order, and without keeping anybody who has had enough of them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

# What is asked side by side. The embedded AWS answers about 200 calls a second, however many ask.
WORKERS = 16
LAST_SECONDS = 10.0
"""How long work that has begun may take to clean up once nobody waits for it any more."""
# Python waits for such threads at its end, whatever they wait for: who leaves early goes by their name.
_NAME = "rolecall-worker"

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")


def side_by_side(
    work: Callable[[_Item], _Found], items: Sequence[_Item], stop: threading.Event | None = None
) -> Iterator[_Found]:
    """The results in the order of the items.

    Args:
        stop: heard by work that leaves something to clean up. Whoever leaves early (Ctrl-C) sets it: what has not begun
            never does, and what has is waited for a moment only. Default: the work reads, and nobody waits for it.
    """
    pool = ThreadPoolExecutor(WORKERS, thread_name_prefix=_NAME)
    running: list[Future[_Found]] = []
    try:
        running += (pool.submit(work, item) for item in items)
        for future in running:
            yield future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        if stop is not None:
            stop.set()
            wait([future for future in running if future.running()], timeout=LAST_SECONDS)
        raise
    pool.shutdown()
