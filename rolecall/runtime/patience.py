"""How long to wait for IAM, which is eventually consistent."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """When an answer counts.

    A changed role takes seconds, rarely a minute, to be the same everywhere, and meanwhile the answers alternate. AWS
    names no bound: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html, read 2026-11-22.

    Args:
        positives: how often in a row the right external ID must be let in before a refusal counts.
        bound_seconds: how long a wrong answer is asked again.
        began: when the wait began, in seconds of the monotonic clock. Default: with each role's first wrong answer. Who
            verifies many roles gives the beginning of the run, before which all of them were deployed.
        sleep: waits the given seconds; true where somebody cut the wait short, and then nothing is asked again.
    """

    positives: int = 3
    bound_seconds: float = 120.0
    began: float | None = None
    sleep: Callable[[float], object] = time.sleep


# The embedded AWS is consistent at once.
AT_ONCE = Patience(positives=1, bound_seconds=0.0)


class Wait:
    """Patience that has begun to run."""

    def __init__(self, patience: Patience) -> None:
        self._patience, self._rests = patience, 0
        began = time.monotonic() if patience.began is None else patience.began
        self._until = began + patience.bound_seconds

    def again(self) -> bool:
        """Rest before asking again: one second, two, four, then eight each; False when patience is over.

        Each rest is longer by up to a quarter, so that many who wait do not ask all at once.
        """
        seconds = min(8, 2**self._rests) * (1 + random.random() / 4)  # noqa: S311 -- jitter, no secret
        if time.monotonic() + seconds > self._until:
            return False
        self._rests += 1
        return not self._patience.sleep(seconds)
