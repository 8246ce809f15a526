"""Calling one role as everybody whose credentials are at hand."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from rolecall.answer import CommandError
from rolecall.model.grant import Grant
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.secret_probes import SecretProbes
from rolecall.runtime.service_probes import ServiceProbes
from rolecall.runtime.trust_probes import TrustProbes
from rolecall.runtime.write_intents import Earlier, listed
from rolecall.runtime.write_probes import WriteProbes, Written
from rolecall.verification.run import Run

# Endpoints, of which each region has its own.
_STS, _SECRETS = "STS", "Secrets Manager"


@dataclass(frozen=True)
class RoleCalls:
    """The calls that one role gets: as its vendor, as the customer's verifier, as a stranger."""

    grant: Grant
    expected: RoleExpectation
    run: Run

    def made(self) -> Written:
        """The outcome of all of them, or a reason for each that is not made; and what write probes left behind."""
        asked = tuple(self._probes())
        written = self._written()
        return Written((*asked, *written.probes), written.leftovers)

    @cached_property
    def _trust(self) -> TrustProbes:
        """The same for all callers, so that a way to STS that breaks under one of them is tried with none after it."""
        return TrustProbes(self.expected, self.run.patience)

    def _noted(self, line: str, probes: Iterable[Probe]) -> Iterator[Probe]:
        """The probes, each of which tells whether its endpoint answers."""
        for probe in probes:
            self.run.lines.note(line, probe.observation)
            yield probe

    def _dead(self, service: str) -> str | None:
        return self.run.lines.why_dead(f"{service} in {self.grant.region}")

    @property
    def _stopped(self) -> str | None:
        return "the run was stopped" if self.run.stop.is_set() else None

    def _probes(self) -> Iterator[Probe]:
        vendors, known = self._vendors(), self.run.ids[self.grant.address]
        if reason := known.unknown or self._dead(_STS) or self._stopped:
            yield from self._trust.skipped(reason)
        elif vendors:
            yield from self._as_vendors(vendors)
        else:
            yield from self._trust.skipped(self.run.callers.why_no_vendor)
        yield from self._as_verifier()

    def _vendors(self) -> list[Clients]:
        """The vendor's principals; users before roles, as AWS lets only users ask for the longest sessions."""
        callers, region = self.run.callers, self.grant.region
        known = [callers.vendors[arn] for arn in self.grant.trust.principals if arn in callers.vendors]
        if len(known) > 1:
            known.sort(key=lambda clients: clients.is_role_session(region) is not False)
        # A pending trust lets nobody in, so that anybody can ask.
        anybody = [callers.stranger] if self.grant.trust.pending and callers.stranger else []
        return known or anybody

    def _as_vendors(self, vendors: list[Clients]) -> Iterator[Probe]:
        trust, line = self._trust, f"{_STS} in {self.grant.region}"
        first = []
        for probe in self._noted(line, trust.as_vendor(vendors[0])):
            first.append(probe)
            yield probe
        for other in vendors[1:]:
            yield from self._noted(line, trust.with_the_right_id(other))
        if self.run.callers.stranger is not None:
            refused = any(p.kind == "right_external_id" and p.observed is Observed.DENIED for p in first)
            yield from self._noted(line, trust.as_stranger(self.run.callers.stranger, refused=refused))
        if self.expected.trusts_itself:
            yield from self._noted(line, self._as_itself(vendors[0], first))
        yield from self._secrets(Rung.ASSUMED, lambda secrets: secrets.as_vendor(vendors[0]))
        yield from self._services(Rung.ASSUMED, lambda services: services.as_vendor(vendors[0]))

    def _as_itself(self, vendor: Clients, first: Sequence[Probe]) -> Iterator[Probe]:
        """The role on the vendor's behalf; and whoever else of its account is at hand, whom it must keep out."""
        refused = any(p.kind == "right_external_id" and p.observed is not Observed.ALLOWED for p in first)
        if not refused:
            yield from self._trust.as_itself(vendor)
        own = self.run.callers.of_account(self.grant.account)
        if own is not None:
            yield from self._trust.as_stranger(own, refused=refused, whose="another principal of the role's account")

    def _as_verifier(self) -> Iterator[Probe]:
        verifier, rung = self.run.callers.verifier, Rung.ASSUMED_BY_VERIFIER
        if verifier is None:
            return
        if reason := self.run.ids[self.grant.address].verifier_unknown or self._dead(_STS):
            skipped = Observation.skipped(reason)
            yield Probe("right_external_id", Observed.ALLOWED, skipped, "the verifier's external ID", rung)
            return
        line = f"{_STS} in {self.grant.region}"
        if self.grant.trust.pending:  # no statement is for the verifier, who is refused like anybody
            asked = self._noted(line, self._trust.as_vendor(verifier))
            yield from (replace(probe, rung=rung) for probe in asked)
            return
        yield from self._noted(line, self._trust.as_verifier(verifier))
        yield from self._secrets(rung, lambda secrets: secrets.as_verifier(verifier))
        yield from self._services(rung, lambda services: services.as_verifier(verifier))

    def _secrets(self, rung: Rung, ask: Callable[[SecretProbes], Iterable[Probe]]) -> Iterator[Probe]:
        if not (self.expected.readable or self.expected.unreadable):
            yield from ask(SecretProbes(self.expected))
        elif reason := self._trust.why_cut_off or self._dead(_SECRETS):
            yield Probe("secret_in_scope", Observed.ALLOWED, Observation.skipped(reason), "what is granted", rung)
        else:
            yield from self._noted(f"{_SECRETS} in {self.grant.region}", ask(SecretProbes(self.expected)))

    def _services(self, rung: Rung, ask: Callable[[ServiceProbes], Iterable[Probe]]) -> Iterator[Probe]:
        """One endpoint that is dead is no reason not to ask the others."""
        expected, reason = self.expected, self._trust.why_cut_off or self._dead(_STS) or self._stopped
        if reason and (expected.callable or expected.uncallable):
            yield Probe("service_in_scope", Observed.ALLOWED, Observation.skipped(reason), "what is granted", rung)
        else:
            yield from ask(ServiceProbes(expected, self.run.lines))

    def _written(self) -> Written:
        """Once for a role: as its vendor, or else as the verifier."""
        vendors, verifier = self._vendors(), self.run.callers.verifier
        caller = vendors[0] if vendors else verifier
        if self.run.intents is None or caller is None:
            return Written()
        if reason := self._stopped or self._trust.why_cut_off or self._dead(_STS) or self._dead(_SECRETS):
            return Written(tuple(self._unwritten(reason)))
        probes = WriteProbes(self.expected, self.run.intents, self._left_over(), self._account_secrets)
        return probes.as_vendor(caller) if vendors else probes.as_verifier(caller)

    def _unwritten(self, reason: str) -> Iterator[Probe]:
        rung = Rung.ASSUMED if self._vendors() else Rung.ASSUMED_BY_VERIFIER
        for place in self.expected.writable:
            asked = f"write below {place.prefix} in {place.region}"
            yield Probe("secret_in_scope", Observed.ALLOWED, Observation.skipped(reason), asked, rung)

    def _left_over(self) -> tuple[Earlier, ...]:
        """Secrets of earlier write probes, where the account can be read."""
        found: list[Earlier] = []
        for region in sorted({place.region for place in self.expected.writable}):
            client = self._account_secrets(region)
            found += listed(client, self.expected, region, datetime.now(UTC)) if client is not None else ()
        return tuple(found)

    def _account_secrets(self, region: str) -> Any | None:
        """Secrets Manager of the role's account, for somebody who may look there; None where nobody can."""
        reach = self.run.callers.reach
        try:
            return reach.client(self.grant.account, "secretsmanager", region) if reach else None
        except CommandError:
            return None  # the account cannot be read, which is said where the role is read
