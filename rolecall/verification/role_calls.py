"""Calling one role as everybody whose credentials are at hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from rolecall.answer import CommandError
from rolecall.model.grant import Grant
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.secret_probes import SecretProbes
from rolecall.runtime.trust_probes import TrustProbes
from rolecall.runtime.write_intents import Earlier, listed
from rolecall.runtime.write_probes import WriteProbes, Written
from rolecall.verification.run import Run


@dataclass(frozen=True)
class RoleCalls:
    """The calls that one role gets: as its vendor, as the customer's verifier, as a stranger."""

    grant: Grant
    expected: RoleExpectation
    run: Run

    def made(self) -> Written:
        """The outcome of all of them, or a reason for each that is not made; and what write probes left behind."""
        if reason := self.run.ids[self.grant.address].unknown or self.run.lines.why_dead(self._line):
            return Written(tuple(self._trust.skipped(reason)))
        asked = tuple(self._probes())
        written = self._written()
        return Written((*asked, *written.probes), written.leftovers)

    @property
    def _trust(self) -> TrustProbes:
        return TrustProbes(self.expected, self.run.patience)

    @property
    def _line(self) -> str:
        return f"STS in {self.grant.region}"

    def _probes(self) -> Iterator[Probe]:
        vendors, verifier = self._vendors(), self.run.callers.verifier
        yield from self._as_vendors(vendors) if vendors else self._trust.skipped(self.run.callers.why_no_vendor)
        if verifier is not None:
            yield from self._trust.as_verifier(verifier)
            yield from SecretProbes(self.expected).as_verifier(verifier)

    def _vendors(self) -> list[Clients]:
        callers = self.run.callers
        known = [callers.vendors[arn] for arn in self.grant.trust.principals if arn in callers.vendors]
        # A pending trust lets nobody in, so that anybody can ask.
        anybody = [callers.stranger] if self.grant.trust.pending and callers.stranger else []
        return known or anybody

    def _as_vendors(self, vendors: list[Clients]) -> Iterator[Probe]:
        trust, first = self._trust, []
        for probe in trust.as_vendor(vendors[0]):
            self.run.lines.note(self._line, probe.observation)
            first.append(probe)
            yield probe
        for other in vendors[1:]:
            yield from trust.with_the_right_id(other)
        if self.run.callers.stranger is not None:
            refused = any(p.kind == "right_external_id" and p.observed is Observed.DENIED for p in first)
            yield from trust.as_stranger(self.run.callers.stranger, refused=refused)
        yield from SecretProbes(self.expected).as_vendor(vendors[0])

    def _written(self) -> Written:
        """Once for a role: as its vendor, or else as the verifier."""
        if self.run.intents is None:
            return Written()
        probes = WriteProbes(self.expected, self.run.intents, self._left_over())
        if vendors := self._vendors():
            return probes.as_vendor(vendors[0])
        verifier = self.run.callers.verifier
        return probes.as_verifier(verifier) if verifier is not None else Written()

    def _left_over(self) -> tuple[Earlier, ...]:
        """Secrets of earlier write probes, where the account can be read."""
        reach, regions = self.run.callers.reach, sorted({place.region for place in self.expected.writable})
        found: list[Earlier] = []
        for region in regions if reach is not None else ():
            try:
                client = reach.client(self.grant.account, "secretsmanager", region) if reach else None
            except CommandError:
                continue  # the account cannot be read, which is said where the role is read
            found += listed(client, self.expected, region, datetime.now(UTC))
        return tuple(found)
