"""Which rungs were climbed for a role, and why the others were not."""

from collections.abc import Mapping, Sequence

from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung

_OPEN = {
    Rung.TEMPLATE: "no run on the embedded AWS has verified the role as it is compiled now",
    Rung.LIVE: "the live role is not the compiled one",
    Rung.PERMISSIONS: "IAM's simulator is asked by the account's owner",
    Rung.ASSUMED: "the role was not called as the vendor's principal",
    Rung.ASSUMED_BY_VERIFIER: "the caller is no verifier of the estate",
    Rung.CONTACT: "nobody looked for the vendor's own calls",
}


def not_climbed(
    climbed: Sequence[Rung], probes: Sequence[Probe], reasons: Mapping[Rung, str | None]
) -> tuple[tuple[Rung, str], ...]:
    """Every other rung with its reason: the one given, or what its probes say, or what is true of it in general."""
    return tuple(
        (rung, reasons.get(rung) or _of_probes(rung, probes) or _OPEN[rung]) for rung in Rung if rung not in climbed
    )


def _of_probes(rung: Rung, probes: Sequence[Probe]) -> str | None:
    own = [probe for probe in probes if probe.rung is rung]
    if any(probe.failed for probe in own):
        return "a probe got the wrong answer"
    return next((probe.observation.reason for probe in own if not probe.decided and probe.observation.reason), None)
