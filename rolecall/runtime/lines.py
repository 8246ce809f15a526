"""Endpoints that do not answer: known after a few tries, so that a thousand roles do not each wait for the same one."""

import threading

from rolecall.runtime.observation import Observation, Observed

TRIES = 3
"""So many calls in a row without an answer, each tried again by botocore, and the line is taken for dead."""


class Lines:
    """Counts, per endpoint, the calls that came to nothing. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._silent: dict[str, int] = {}

    def note(self, name: str, seen: Observation) -> None:
        """Take the outcome of a call; any answer at all revives the line. One that was not made counts for nothing."""
        if seen.observed is Observed.SKIPPED:
            return
        failed = seen.trouble is not None and seen.trouble.may_last
        with self._lock:
            self._silent[name] = self._silent.get(name, 0) + 1 if failed else 0

    def why_dead(self, name: str) -> str | None:
        """The reason not to ask; None while there is hope."""
        with self._lock:
            is_dead = self._silent.get(name, 0) >= TRIES
        return f"not asked: {name} answered none of the last {TRIES} calls" if is_dead else None
