"""What is to be said of roles below the table: everything that speaks against them, the worst first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rolecall.report.plain import printable
from rolecall.runtime.contact import Contact
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import RoleResult, Verdict

NO_REASON = "no reason was given"


@dataclass(frozen=True)
class Detail:
    """What is said of one role, or alike of several.

    Args:
        against: what was seen, the worst first, then what could not be decided. Repetitions are counted.
        beside: rungs that were required and not climbed, what was left over, and the vendor's last call.
    """

    roles: tuple[RoleResult, ...]
    verdict: Verdict
    against: tuple[str, ...]
    hint: str | None
    beside: tuple[str, ...]


def details(results: Sequence[RoleResult], required: Sequence[Rung]) -> list[Detail]:
    """Of every role that is not verified, the worst first; those of which the same is to be said are together."""
    alike: dict[Detail, list[RoleResult]] = defaultdict(list)
    for result in results:
        if result.verdict is not Verdict.VERIFIED:
            alike[_detail(result, required)].append(result)
    order = list(Verdict)
    together = [replace(said, roles=tuple(roles)) for said, roles in alike.items()]
    return sorted(together, key=lambda detail: order.index(detail.verdict))


def notes(results: Sequence[RoleResult]) -> list[str]:
    """What is worth a line though the roles are verified: questions that were left open, leftovers, last calls."""
    verified = [result for result in results if result.verdict is Verdict.VERIFIED]
    left_open = _open([probe for result in verified for probe in result.probes], " of verified roles")
    own = (f"{printable(result.address)}: {note}" for result in verified for note in _left_and_last(result))
    return [*left_open, *own]


def _detail(result: RoleResult, required: Sequence[Rung]) -> Detail:
    """What is to be said of a role, without the role."""
    hint = printable(result.hint) if result.hint else None
    return Detail((), result.verdict, tuple(_against(result)), hint, tuple(_beside(result, required)))


def _against(result: RoleResult) -> Iterator[str]:
    yield from _counted(result.findings)
    yield from _open(result.probes)


def _open(probes: Sequence[Probe], whose: str = "") -> Iterator[str]:
    """Why questions have no answer, each reason once."""
    for word in (Observed.UNDECIDED, Observed.SKIPPED):
        reasons = Counter(probe.observation.reason or NO_REASON for probe in probes if probe.observed is word)
        for reason, count in reasons.items():
            yield f"{count} probe{'' if count == 1 else 's'}{whose} {word.value}: {printable(reason)}"


def _counted(texts: Iterable[str]) -> Iterator[str]:
    for text, count in Counter(texts).items():
        yield printable(text) + (f" ({count} times)" if count > 1 else "")


def _beside(result: RoleResult, required: Sequence[Rung]) -> Iterator[str]:
    reasons = dict(result.not_climbed)
    for rung in required:
        if rung not in result.evidence and (rung in reasons or result.verdict is Verdict.INCONCLUSIVE):
            yield f"required and not reached: {rung.value}: {printable(reasons.get(rung, 'nothing showed it'))}"
    yield from _left_and_last(result)


def _left_and_last(result: RoleResult) -> Iterator[str]:
    for leftover in result.leftovers:
        yield f"left over: {printable(leftover)}"
    last = [_call(result.contact)] if result.contact else []
    last += [f"last used {result.last_used}"] if result.last_used else []
    if last:
        yield printable("; ".join(last))


def _call(contact: Contact) -> str:
    source = f" from {contact.source}" if contact.source else ""
    region = f" in {contact.region}" if contact.region else ""
    return f"the vendor called {contact.time}{source}{region} as {contact.principal}, session {contact.session}"
