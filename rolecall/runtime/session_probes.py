"""What is asked with a session of the role itself, whoever opens that session."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung


class SessionProbes(ABC):
    """Probes that need the role to be assumed, which one right external ID is enough for.

    Args:
        role: what it was granted.
    """

    def __init__(self, role: RoleExpectation) -> None:
        self._role = role

    def as_vendor(self, vendor: Clients) -> Iterator[Probe]:
        """The probes of the vendor's principal; skipped with a reason where the role cannot be assumed."""
        for external_id in self._role.external_ids[:1]:
            yield from self._probes(vendor, external_id, Rung.ASSUMED)

    def as_verifier(self, verifier: Clients) -> Iterator[Probe]:
        """The same with the customer's own principal; none where the role does not let it in."""
        if self._role.verifier_id is not None:
            yield from self._probes(verifier, self._role.verifier_id, Rung.ASSUMED_BY_VERIFIER)

    @abstractmethod
    def _probes(self, clients: Clients, external_id: str, rung: Rung) -> Iterator[Probe]:
        """Each question and its answer, of a session that these clients open with this external ID."""
