"""What is true of a whole run, and what several formats say alike."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rolecall.model.numbers import number_of
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import RoleResult, Verdict


@dataclass(frozen=True)
class RunFacts:
    """One run of `verify`.

    Args:
        mode: who called: vendor or owner.
        caller_arn: the caller; None where each role was called by its own vendor's principal.
        required: the rungs that `verified` needed.
        target: `local` or `aws`.
        started: ISO 8601, UTC.
    """

    mode: str
    caller_arn: str | None
    required: tuple[Rung, ...]
    target: str
    started: str


def utc(moment: datetime) -> str:
    """A moment as ISO 8601, UTC."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def summary(results: Sequence[RoleResult]) -> dict[str, int]:
    """How many roles got which verdict, the worst first."""
    counts = Counter(result.verdict for result in results)
    return {verdict.value: counts[verdict] for verdict in Verdict if counts[verdict]}


def counted(results: Sequence[RoleResult]) -> str:
    """The summary as a sentence."""
    counts = ", ".join(f"{count} {word}" for word, count in summary(results).items())
    return f"{number_of(len(results), 'role')}: {counts or 'none'}"


def evidence(result: RoleResult) -> str:
    """The rungs that were climbed for a role."""
    return ", ".join(result.evidence) or "-"


def common_evidence(results: Sequence[RoleResult]) -> str | None:
    """The rungs of every role, where they are the same for all."""
    found = {evidence(result) for result in results}
    return found.pop() if len(found) == 1 else None
