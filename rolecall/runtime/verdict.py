"""From everything that was seen about a role to one word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.trust_probes import PENDING


class Verdict(StrEnum):
    """The worst thing that was seen, in this order."""

    MISSING = "missing"
    UNPROTECTED = "unprotected"
    OVERREACHING = "overreaching"
    NOT_ASSUMABLE = "not_assumable"
    UNDERPOWERED = "underpowered"
    DRIFTED = "drifted"
    INCONCLUSIVE = "inconclusive"
    VERIFIED = "verified"


class Rung(StrEnum):
    """Evidence, by how it was obtained."""

    TEMPLATE = "template"
    LIVE = "live"
    ASSUMED = "assumed"


TRUST_KINDS = frozenset(
    {"right_external_id", "no_external_id", "wrong_external_id", "neighbour_external_id", "wrong_principal"}
)
# What a probe whose answer was wrong says about the role, by kind and by what was seen.
_MEANING = {
    ("right_external_id", Observed.DENIED): Verdict.NOT_ASSUMABLE,
    ("no_external_id", Observed.ALLOWED): Verdict.UNPROTECTED,
    ("wrong_external_id", Observed.ALLOWED): Verdict.UNPROTECTED,
    ("neighbour_external_id", Observed.ALLOWED): Verdict.UNPROTECTED,
    ("wrong_principal", Observed.ALLOWED): Verdict.UNPROTECTED,
    ("session_duration", Observed.DENIED): Verdict.UNDERPOWERED,
    ("session_duration", Observed.ALLOWED): Verdict.DRIFTED,
    ("secret_in_scope", Observed.DENIED): Verdict.UNDERPOWERED,
    ("secret_shape", Observed.DENIED): Verdict.UNDERPOWERED,
    ("secret_out_of_scope", Observed.ALLOWED): Verdict.OVERREACHING,
}


@dataclass(frozen=True)
class Difference:
    """Something that a comparison showed: which verdict it asks for, what part of the role, and what in words."""

    verdict: Verdict
    what: str
    text: str


@dataclass(frozen=True)
class RoleResult:
    """One role, judged."""

    workspace: str
    project: str
    role_arn: str
    verdict: Verdict
    evidence: tuple[Rung, ...]
    findings: tuple[str, ...]
    probes: tuple[Probe, ...]
    hint: str | None = None

    @property
    def address(self) -> str:
        """`workspace/project`; the role's name where no estate knows it."""
        return f"{self.workspace}/{self.project}" if self.workspace else self.project

    def as_json(self) -> dict[str, object]:
        """The shape of the contract."""
        return {
            "workspace": self.workspace,
            "project": self.project,
            "role_arn": self.role_arn,
            "verdict": self.verdict.value,
            "evidence": [rung.value for rung in self.evidence],
            "findings": list(self.findings),
            "probes": [probe.as_json() for probe in self.probes],
            "hint": self.hint,
        }


def findings(probes: Iterable[Probe], differences: Iterable[Difference]) -> list[tuple[Verdict, str]]:
    """Everything that speaks against a role, the worst first."""
    seen = [(_MEANING[probe.kind, probe.observed], _said(probe)) for probe in probes if probe.failed]
    seen += [(difference.verdict, f"{difference.what}: {difference.text}") for difference in differences]
    order = list(Verdict)
    return sorted(seen, key=lambda pair: order.index(pair[0]))


def evidence(probes: Sequence[Probe], differences: Sequence[Difference] | None) -> tuple[Rung, ...]:
    """The rungs that were climbed.

    Args:
        differences: what a comparison with the live role showed; None where there was none to compare.
    """
    rungs = [Rung.LIVE] if differences is not None and not differences else []
    trust = [probe for probe in probes if probe.kind in TRUST_KINDS and not _may_be_skipped(probe)]
    asked = [probe for probe in probes if not _may_be_skipped(probe)]
    if trust and all(probe.decided and not probe.failed for probe in asked):
        rungs.append(Rung.ASSUMED)
    return tuple(rungs)


def verdict(against: Sequence[tuple[Verdict, str]], climbed: Sequence[Rung], required: Iterable[Rung]) -> Verdict:
    """The first of what speaks against the role; else whether everything required could be decided."""
    if against:
        return against[0][0]
    return Verdict.VERIFIED if set(required) <= set(climbed) else Verdict.INCONCLUSIVE


def _may_be_skipped(probe: Probe) -> bool:
    """Skipped, and no question is left open by it: a pending trust has no right ID, some callers no long sessions."""
    if probe.observed is not Observed.SKIPPED:
        return False
    return probe.kind == "session_duration" or probe.observation.reason == PENDING


def _said(probe: Probe) -> str:
    code = f" ({probe.observation.error_code})" if probe.observation.error_code else ""
    return f"{probe.kind}: {probe.asked} was {probe.observed.value}{code}"
