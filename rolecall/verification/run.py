"""What is the same for every role of one verification: who calls, what is known, what is asked."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from rolecall.accounts.live_roles import LiveRoles
from rolecall.accounts.parameters import external_ids, verifier_id
from rolecall.accounts.reach import Reach
from rolecall.answer import CommandError, Say
from rolecall.model.grant import Estate, Grant
from rolecall.model.invalid import InvalidValueError
from rolecall.report.proof import Fingerprint, fingerprint
from rolecall.runtime.lines import Lines
from rolecall.runtime.patience import Patience
from rolecall.runtime.rung import Rung
from rolecall.runtime.side_by_side import side_by_side
from rolecall.runtime.wrong_ids import Neighbours
from rolecall.verification.callers import Callers, Mode
from rolecall.verification.contacts import Contacts
from rolecall.verification.expectations import neighbours_by_vendor
from rolecall.verification.named_secrets import NamedSecrets
from rolecall.verification.named_services import NamedServices
from rolecall.verification.proofs import Proof, proved_on_the_embedded_aws, read_proofs
from rolecall.verification.sample_secrets import Neighbourhood
from rolecall.verification.wish import Wish
from rolecall.verification.write_intents import FileIntents

_Ids = TypeVar("_Ids")


@dataclass(frozen=True)
class KnownIds:
    """The external IDs of one role, with parameters read.

    Args:
        vendor: what the vendor sends.
        verifier: what the customer's own caller sends; None where the role has no statement for it.
        unknown: why the vendor's are not known, where they are not; then nobody asks with them.
        verifier_unknown: likewise for the verifier's.
    """

    vendor: tuple[str, ...] = ()
    verifier: str | None = None
    unknown: str | None = None
    verifier_unknown: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        """The vendor's and the verifier's."""
        return (*self.vendor, *filter(None, [self.verifier]))

    @property
    def why_unknown(self) -> str | None:
        """Why the role cannot be compiled, where one of its IDs is not known."""
        return self.unknown or self.verifier_unknown

    @classmethod
    def of(cls, grant: Grant, reach: Reach | None) -> "KnownIds":
        """Read them."""
        vendor, unknown = _read(lambda: external_ids(grant, reach))
        verifier, verifier_unknown = _read(lambda: verifier_id(grant, reach))
        return cls(vendor or (), verifier, unknown, verifier_unknown)


def _read(ids: Callable[[], _Ids]) -> tuple[_Ids | None, str | None]:
    try:
        return ids(), None
    except (CommandError, InvalidValueError) as error:
        return None, str(error)


@dataclass(frozen=True)
class Run:
    """A verification under way.

    Args:
        callers: whose credentials are at hand.
        ids: of each role of the estate, by its address.
        neighbours: the external IDs that each vendor sends.
        contacts: where the vendors' own calls are looked for; None where nobody asked for that.
        near: what lies around each role's secrets; None where IAM's simulator is not asked.
        required: the rungs that `verified` needs.
        secrets: whether granted secrets are read, and services called.
        existing: the secrets that the estate names.
        services: what the estate's roles were granted of services.
        intents: where secrets that are about to be made are noted; None where nothing is written.
        patience: how long IAM may take.
        stop: set when nobody waits for the results any more.
        proofs: what earlier runs have left, the newest first.
        live: the roles as they are.
        lines: the endpoints that were found dead.
    """

    callers: Callers
    ids: Mapping[str, KnownIds]
    neighbours: Mapping[str, Neighbours]
    contacts: Contacts | None
    near: Neighbourhood | None
    required: tuple[Rung, ...]
    secrets: bool
    existing: NamedSecrets
    services: NamedServices
    intents: FileIntents | None
    patience: Patience
    stop: threading.Event
    proofs: Sequence[Proof]
    live: LiveRoles
    lines: Lines

    @cached_property
    def vendor_ids(self) -> dict[str, tuple[str, ...]]:
        """What each role's vendor sends, by the role's address."""
        return {address: known.vendor for address, known in self.ids.items()}

    def knows(self, grant: Grant) -> bool:
        """Whether all external IDs of the role are known, so that it can be compiled."""
        return self.ids[grant.address].why_unknown is None

    def fingerprint(self, grant: Grant) -> Fingerprint:
        """What the role is compiled to."""
        known = self.ids[grant.address]
        return fingerprint(grant, known.vendor, known.verifier)

    def was_proved(self, grant: Grant) -> bool:
        """Whether the role, as it is compiled now, was verified on the embedded AWS."""
        compiled = self.fingerprint(grant).compiled_sha256
        return proved_on_the_embedded_aws(self.proofs, compiled, grant.address)


def begin(folder: Path, estate: Estate, grants: Sequence[Grant], callers: Callers, wish: Wish, say: Say) -> Run:
    """Everything that is read or made up once, before the first role is called.

    Args:
        folder: the estate's, where earlier runs left their proofs and notes.
        grants: the roles to be verified; their neighbours may be any of the estate.
    """
    required = wish.rungs or callers.default_rungs
    is_owner, lines, stop = callers.mode is Mode.OWNER, Lines(), threading.Event()
    read = side_by_side(lambda grant: KnownIds.of(grant, callers.reach), estate.grants)
    ids = {grant.address: known for grant, known in zip(estate.grants, read, strict=True)}
    wants_contact, wants_simulator = (is_owner or rung in required for rung in (Rung.CONTACT, Rung.PERMISSIONS))
    return Run(
        callers=callers,
        ids=ids,
        neighbours=neighbours_by_vendor(estate.grants, {address: known.vendor for address, known in ids.items()}),
        contacts=Contacts(callers, grants, required=Rung.CONTACT in required) if wants_contact else None,
        near=Neighbourhood(estate.grants) if wants_simulator else None,
        required=required,
        secrets=wish.is_local or wish.read_secrets,
        existing=NamedSecrets.of(estate.grants),
        services=NamedServices.of(estate.grants),
        intents=FileIntents(folder, say) if wish.is_local or wish.write_probes else None,
        patience=wish.patience(stop),
        stop=stop,
        proofs=read_proofs(folder, say),
        live=LiveRoles(grants, callers.reach, lines),
        lines=lines,
    )
