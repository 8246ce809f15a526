"""What a trust looks like that lets in the wrong ones, or refuses the right one: read off the calls alone."""

from collections.abc import Iterator, Sequence

from rolecall.runtime.diagnosis.cause import Cause, Likelihood
from rolecall.runtime.diagnosis.patterns import ASTRAY, NEIGHBOUR, NONE, RANDOM, WEAK, first
from rolecall.runtime.diagnosis.refusal import Call, half_open_causes, partition_causes, refusal_causes
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import Verdict

_OPENED = frozenset({Verdict.UNPROTECTED})
_SHUT = frozenset({Verdict.NOT_ASSUMABLE})


def trust_causes(probes: Sequence[Probe], call: Call) -> Iterator[Cause]:
    """What the trust probes betray, the surest first."""
    ours = [probe for probe in probes if probe.rung is Rung.ASSUMED]
    right = [probe for probe in ours if probe.kind == "right_external_id"]
    refused = [probe for probe in right if probe.observed is Observed.DENIED]
    half_open = list(half_open_causes(right, call))
    let_in = frozenset(_word(probe) for probe in ours if probe.failed and _is_of_an_id(probe))
    if let_in:
        is_astray = refused and (not half_open or let_in >= {NONE, RANDOM})
        patterns, explains = (ASTRAY, _OPENED | _SHUT) if is_astray else (WEAK, _OPENED)
        yield Cause(first(patterns, let_in), Likelihood.FITS, explains)
    if any(probe.failed and probe.kind == "wrong_principal" for probe in ours):
        yield Cause(
            'the trust lets in principals that are not the vendor\'s: it names another account or "*"; take it out',
            Likelihood.FITS,
            _OPENED,
        )
    not_in = [probe for probe in right if probe.observed in (Observed.DENIED, Observed.UNDECIDED)]
    of_partition = list(partition_causes(call)) if not_in else []
    yield from of_partition
    yield from half_open
    if refused and not let_in and not of_partition and not half_open:
        yield from refusal_causes(refused[0], call)
    yield from _of_verifier([probe for probe in probes if probe.rung is Rung.ASSUMED_BY_VERIFIER and probe.failed])


def _of_verifier(failed: Sequence[Probe]) -> Iterator[Cause]:
    if any(probe.observed is Observed.ALLOWED for probe in failed):
        text = "the verifier's statement in the trust lets in more than the verifier's own external ID: correct it"
        yield Cause(text, Likelihood.FITS, _OPENED | {Verdict.DRIFTED})
    elif failed:
        text = "the verifier's statement is not in the trust, or names another principal or external ID: deploy it"
        yield Cause(text, Likelihood.FITS, frozenset({Verdict.DRIFTED}))


def _is_of_an_id(probe: Probe) -> bool:
    return probe.kind in ("no_external_id", "wrong_external_id", "neighbour_external_id")


def _word(probe: Probe) -> str:
    return {"no_external_id": NONE, "neighbour_external_id": NEIGHBOUR}.get(probe.kind, probe.asked)
