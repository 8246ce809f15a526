"""A cause and what to do about it, and the one hint that is made of several."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from rolecall.runtime.verdict import Verdict

# A hint is read on a terminal, by somebody who wants to try one thing first.
MAX_OTHERS = 2


class Likelihood(IntEnum):
    """How a cause is known, the surest first."""

    TOLD = 0
    """AWS named it."""
    SEEN = 1
    """It stands in a document that was read."""
    FITS = 2
    """What was allowed and what was refused fits this, and hardly anything else."""
    USUAL = 3
    """Nothing more is known: it is what it usually turns out to be."""


@dataclass(frozen=True)
class Cause:
    """What may be wrong and what to do about it.

    Args:
        text: both, in words.
        explains: the verdicts that it would be the cause of.
        then: a closing sentence, where this comes first: how it is undone, and who can tell how it came about.
    """

    text: str
    likelihood: Likelihood
    explains: frozenset[Verdict]
    then: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether somebody said or wrote it, so that no guess is needed."""
        return self.likelihood <= Likelihood.SEEN


def told(causes: Iterable[Cause], verdict: Verdict) -> str | None:
    """One hint: the likeliest cause, then at most two others; None where there is none.

    Causes that explain the verdict come before others, the surer before the less sure, and else the order stays. Beside
    a certain cause stand certain ones alone; beside a guess, what else would explain the same.
    """
    found = list(dict.fromkeys(causes))
    found.sort(key=lambda cause: (not _explains(cause, verdict), cause.likelihood))
    if not found:
        return None
    first, *others = found
    if first.is_certain:
        others = [cause for cause in others if cause.is_certain]
    else:
        others = [cause for cause in others if _explains(cause, verdict)]
    word = "Also" if first.is_certain else "Or"
    parts = [first.text, *(f"{word}: {cause.text}" for cause in others[:MAX_OTHERS]), first.then]
    return ". ".join(filter(None, parts))


def _explains(cause: Cause, verdict: Verdict) -> bool:
    """A role that is merely drifted has anything that was seen in it for a cause."""
    return verdict in cause.explains or verdict is Verdict.DRIFTED
