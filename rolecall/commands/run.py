"""What is the same for every role of one verification: who calls, what is known, what is asked."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from rolecall.commands.answer import USAGE, CommandError
from rolecall.commands.callers import Callers, Mode
from rolecall.commands.contacts import Contacts
from rolecall.commands.expectations import neighbours_by_vendor
from rolecall.commands.parameters import external_ids, verifier_id
from rolecall.commands.proofs import Proof, proved_on_the_embedded_aws
from rolecall.commands.questions import Neighbourhood
from rolecall.commands.reach import Reach
from rolecall.model.grant import Estate, Grant
from rolecall.model.invalid import InvalidValueError
from rolecall.report.proof import Fingerprint, fingerprint
from rolecall.runtime.lines import Lines
from rolecall.runtime.patience import AT_ONCE, Patience
from rolecall.runtime.rung import Rung
from rolecall.runtime.wrong_ids import Neighbours

# Roles that are probed side by side. The embedded AWS answers about 200 calls a second, however many ask.
WORKERS = 16


@dataclass(frozen=True)
class Wish:
    """What somebody wants to be proved, and how.

    Args:
        target: local or aws.
        mode: vendor, owner or auto.
        require: names of rungs; none means those that the mode asks for.
        read_secrets: on AWS, whether granted secrets are read; on the embedded AWS they always are.
        write_probes: on AWS, whether secrets are written and deleted; likewise.
        wait_seconds: on AWS, how long a wrong answer is asked again, as IAM is eventually consistent.
        output: text, json, junit or markdown.
        width: columns of the terminal that shows the text; None where there is none.
    """

    target: str = "aws"
    mode: str = "auto"
    require: tuple[str, ...] = ()
    read_secrets: bool = False
    write_probes: bool = False
    wait_seconds: float = 120.0
    output: str = "text"
    width: int | None = None

    @property
    def is_local(self) -> bool:
        """Whether the embedded AWS is meant."""
        return self.target == "local"

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """The rungs of `require`.

        Raises:
            CommandError: there is no such rung.
        """
        try:
            return tuple(Rung(name) for name in self.require)
        except ValueError as error:
            raise CommandError(str(error), f"--require takes {', '.join(Rung)}, with commas", USAGE) from None

    @property
    def patience(self) -> Patience:
        """How long IAM may take."""
        at_once = self.is_local or not self.wait_seconds
        return AT_ONCE if at_once else Patience(bound_seconds=self.wait_seconds, began=time.monotonic())


@dataclass(frozen=True)
class KnownIds:
    """The external IDs of one role, with parameters read; or why they are not known, and then nobody is asked."""

    vendor: tuple[str, ...] = ()
    verifier: str | None = None
    unknown: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        """The vendor's and the verifier's."""
        return (*self.vendor, *filter(None, [self.verifier]))

    @classmethod
    def of(cls, grant: Grant, reach: Reach | None) -> "KnownIds":
        """Read them."""
        try:
            return cls(external_ids(grant, reach), verifier_id(grant, reach))
        except (CommandError, InvalidValueError) as error:
            return cls(unknown=str(error))


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
        secrets: whether granted secrets are read.
        writes: whether secrets are written and deleted where the vendor may do so.
        patience: how long IAM may take.
        proofs: what earlier runs have left, the newest first.
        lines: the endpoints that were found dead.
    """

    callers: Callers
    ids: Mapping[str, KnownIds]
    neighbours: Mapping[str, Neighbours]
    contacts: Contacts | None
    near: Neighbourhood | None
    required: tuple[Rung, ...]
    secrets: bool
    writes: bool
    patience: Patience
    proofs: Sequence[Proof] = ()
    lines: Lines = field(default_factory=Lines)

    def knows(self, grant: Grant) -> bool:
        """Whether the role's external IDs are known."""
        return self.ids[grant.address].unknown is None

    def fingerprint(self, grant: Grant) -> Fingerprint:
        """What the role is compiled to."""
        known = self.ids[grant.address]
        return fingerprint(grant, known.vendor, known.verifier)

    def was_proved(self, grant: Grant) -> bool:
        """Whether the role, as it is compiled now, was verified on the embedded AWS."""
        compiled = self.fingerprint(grant).compiled_sha256
        return proved_on_the_embedded_aws(self.proofs, compiled, grant.address)


def begin(estate: Estate, grants: Sequence[Grant], callers: Callers, wish: Wish, proofs: Sequence[Proof]) -> Run:
    """Everything that is read or made up once, before the first role is called.

    Args:
        grants: the roles to be verified; their neighbours may be any of the estate.
        proofs: what earlier runs have left, the newest first.
    """
    required = wish.rungs or callers.default_rungs
    is_owner = callers.mode is Mode.OWNER
    with ThreadPoolExecutor(WORKERS) as pool:
        read = pool.map(lambda grant: KnownIds.of(grant, callers.reach), estate.grants)
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
        writes=wish.is_local or wish.write_probes,
        patience=wish.patience,
        proofs=proofs,
    )
