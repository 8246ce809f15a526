"""From everything that was seen about a role to one word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rolecall.runtime.contact import Contact
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung


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


TRUST_KINDS = frozenset(
    {"right_external_id", "no_external_id", "wrong_external_id", "neighbour_external_id", "wrong_principal"}
)
# What a probe whose answer was wrong says about the role: where something was refused, and where it was let in.
_REFUSED = {
    "right_external_id": Verdict.NOT_ASSUMABLE,
    "session_duration": Verdict.UNDERPOWERED,
    "secret_in_scope": Verdict.UNDERPOWERED,
    "secret_shape": Verdict.UNDERPOWERED,
    "kms_decrypt": Verdict.UNDERPOWERED,
    "service_in_scope": Verdict.UNDERPOWERED,
}
_LET_IN = {
    "no_external_id": Verdict.UNPROTECTED,
    "wrong_external_id": Verdict.UNPROTECTED,
    "neighbour_external_id": Verdict.UNPROTECTED,
    "wrong_principal": Verdict.UNPROTECTED,
    "session_duration": Verdict.DRIFTED,
    "secret_out_of_scope": Verdict.OVERREACHING,
    "region": Verdict.OVERREACHING,
    "service_out_of_scope": Verdict.OVERREACHING,
}


@dataclass(frozen=True)
class Difference:
    """Something that a comparison showed: which verdict it asks for, what part of the role, and what in words."""

    verdict: Verdict
    what: str
    text: str


@dataclass(frozen=True)
class RoleResult:
    """One role, judged.

    Args:
        findings: everything that speaks against it, in words, the worst first.
        hint: what to do, the likeliest cause first; None where nothing is wrong.
        differs: the parts in which the live role is not the compiled one, as `drift` names them.
        not_climbed: rungs without evidence, each with the reason.
        contact: the vendor's own last call, where it was looked for and found.
        last_used: when and where anybody last used the role, as IAM tells it.
        leftovers: secrets of write probes that are still there, or wait for their deletion.
    """

    workspace: str
    project: str
    role_arn: str
    verdict: Verdict
    evidence: tuple[Rung, ...]
    findings: tuple[str, ...]
    probes: tuple[Probe, ...]
    hint: str | None = None
    differs: tuple[str, ...] = ()
    not_climbed: tuple[tuple[Rung, str], ...] = ()
    contact: Contact | None = None
    last_used: str | None = None
    leftovers: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """`workspace/project`; the role's name where no estate knows it."""
        return f"{self.workspace}/{self.project}" if self.workspace else self.project

    def as_json(self) -> dict[str, object]:
        """The shape of the contract, and what the ladder has besides."""
        return {
            "workspace": self.workspace,
            "project": self.project,
            "role_arn": self.role_arn,
            "verdict": self.verdict.value,
            "evidence": [rung.value for rung in self.evidence],
            "findings": list(self.findings),
            "probes": [probe.as_json() for probe in self.probes],
            "hint": self.hint,
            "differs": list(self.differs),
            "not_climbed": {rung.value: reason for rung, reason in self.not_climbed},
            "contact": self.contact.as_json() if self.contact else None,
            "last_used": self.last_used,
            "leftovers": list(self.leftovers),
        }


def findings(probes: Iterable[Probe], differences: Iterable[Difference]) -> list[tuple[Verdict, str]]:
    """Everything that speaks against a role, the worst first."""
    seen = [(_meaning(probe), _said(probe)) for probe in probes if probe.failed]
    seen += [(difference.verdict, f"{difference.what}: {difference.text}") for difference in differences]
    order = list(Verdict)
    return sorted(seen, key=lambda pair: order.index(pair[0]))


def _meaning(probe: Probe) -> Verdict:
    if probe.observed is Observed.ALLOWED:
        return _LET_IN[probe.kind]
    # That the verifier is refused tells nothing of the vendor: a statement of the role's has gone.
    is_verifiers = probe.rung is Rung.ASSUMED_BY_VERIFIER and probe.kind in ("right_external_id", "session_duration")
    return Verdict.DRIFTED if is_verifiers else _REFUSED[probe.kind]


def evidence(probes: Sequence[Probe], differences: Sequence[Difference] | None) -> tuple[Rung, ...]:
    """The rungs that were climbed, of those that probes and a comparison can climb.

    Args:
        differences: what a comparison with the live role showed; None where there was none to compare.
    """
    rungs = [Rung.LIVE] if differences is not None and not differences else []
    for rung in (Rung.PERMISSIONS, Rung.ASSUMED, Rung.ASSUMED_BY_VERIFIER):
        asked = [probe for probe in probes if probe.rung is rung and not probe.observation.moot]
        needs_trust = rung is not Rung.PERMISSIONS
        has_trust = any(probe.kind in TRUST_KINDS for probe in asked)
        if asked and (has_trust or not needs_trust) and all(probe.decided and not probe.failed for probe in asked):
            rungs.append(rung)
    return tuple(rungs)


def verdict(against: Sequence[tuple[Verdict, str]], climbed: Sequence[Rung], required: Iterable[Rung]) -> Verdict:
    """The first of what speaks against the role; else whether everything required could be decided."""
    if against:
        return against[0][0]
    return Verdict.VERIFIED if set(required) <= set(climbed) else Verdict.INCONCLUSIVE


def _said(probe: Probe) -> str:
    why = probe.observation.error_code or probe.observation.reason
    return f"{probe.kind}: {probe.asked} was {probe.observed.value}" + (f" ({why})" if why else "")
