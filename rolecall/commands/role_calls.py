"""Calling one role as everybody whose credentials are at hand."""

from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.commands.run import Run
from rolecall.model.grant import Grant
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.secret_probes import SecretProbes
from rolecall.runtime.trust_probes import TrustProbes


@dataclass(frozen=True)
class RoleCalls:
    """The calls that one role gets: as its vendor, as the customer's verifier, as a stranger."""

    grant: Grant
    expected: RoleExpectation
    run: Run

    def probes(self) -> Iterator[Probe]:
        """All of them, or a reason for each that is not made."""
        trust = TrustProbes(self.expected, self.run.patience)
        if reason := self.run.ids[self.grant.address].unknown or self.run.lines.why_dead(self._line):
            yield from trust.skipped(reason)
            return
        vendors = self._vendors()
        if vendors:
            yield from self._as_vendors(trust, vendors)
        else:
            yield from trust.skipped(self.run.callers.why_no_vendor)
        if self.run.callers.verifier is not None:
            yield from trust.as_verifier(self.run.callers.verifier)

    @property
    def _line(self) -> str:
        return f"STS in {self.grant.region}"

    def _vendors(self) -> list[Clients]:
        callers = self.run.callers
        known = [callers.vendors[arn] for arn in self.grant.trust.principals if arn in callers.vendors]
        # A pending trust lets nobody in, so that anybody can ask.
        anybody = [callers.stranger] if self.grant.trust.pending and callers.stranger else []
        return known or anybody

    def _as_vendors(self, trust: TrustProbes, vendors: list[Clients]) -> Iterator[Probe]:
        first = list(trust.as_vendor(vendors[0]))
        for probe in first:
            self.run.lines.note(self._line, probe.observation)
        yield from first
        for other in vendors[1:]:
            yield from trust.with_the_right_id(other)
        if self.run.callers.stranger is not None:
            refused = any(p.kind == "right_external_id" and p.observed is Observed.DENIED for p in first)
            yield from trust.as_stranger(self.run.callers.stranger, refused=refused)
        yield from SecretProbes(self.expected).as_vendor(vendors[0])
