"""Many roles at once, in order, and without keeping anybody who has had enough of it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

# What is asked side by side. The embedded AWS answers about 200 calls a second, however many ask.
WORKERS = 16
LAST_SECONDS = 10.0
"""How long work that has begun may take to clean up once nobody waits for it any more."""

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")


def side_by_side(
    work: Callable[[_Item], _Found], items: Sequence[_Item], stop: threading.Event | None = None
) -> Iterator[_Found]:
    """The results in the order of the items.

    Whoever leaves early (Ctrl-C) sets `stop`: what has not begun never does, and what has is waited for a moment only.
    """
    pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="rolecall-worker")
    running: list[Future[_Found]] = [pool.submit(work, item) for item in items]
    try:
        for future in running:
            yield future.result()
    except BaseException:
        if stop is not None:
            stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
        wait([future for future in running if future.running()], timeout=LAST_SECONDS)
        raise
    pool.shutdown()
