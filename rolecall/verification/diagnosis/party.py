"""Whose statement of a live trust it is, the vendor's or the verifier's, and what belongs there."""

from collections.abc import Sequence
from dataclasses import dataclass

from rolecall.model.external_ids import masked
from rolecall.policy.document import Statement
from rolecall.policy.trust import Door, doors_of
from rolecall.runtime.verdict import Verdict
from rolecall.verification.comparison import is_verifiers
from rolecall.verification.diagnosis.case import Case
from rolecall.verification.expectations import examples


@dataclass(frozen=True)
class Party:
    """One of those who may come in, each by a statement of its own.

    Args:
        name: in words.
        where: its statements, in words.
        external_ids: the right ones; of those that are a pattern, the pattern.
        is_verifier: whether it is the customer's own principal, and not the vendor.
        is_masked: whether the customer chose its IDs.
    """

    name: str
    where: str
    principals: tuple[str, ...]
    external_ids: tuple[str, ...]
    is_verifier: bool
    is_masked: bool

    @property
    def shut(self) -> Verdict:
        """What the role is where this party is kept out: that the verifier is tells nothing of the vendor."""
        return Verdict.DRIFTED if self.is_verifier else Verdict.NOT_ASSUMABLE

    @property
    def one(self) -> str:
        """One statement of its, in words: the verifier has no more."""
        return self.where if self.is_verifier else f"a statement of {self.where}"

    @property
    def operator(self) -> str:
        """The one to ask for the right external ID with."""
        return "StringLike" if any("*" in external_id for external_id in self.external_ids) else "StringEquals"

    @property
    def right_id(self) -> str:
        """What to put in the place of a wrong ID."""
        own = self.shown(self.external_ids[0]) if self.external_ids else ""
        return f"the verifier's ID ({own})" if self.is_verifier else own or "the right one"

    def shown(self, external_id: str) -> str:
        """An external ID as texts show it: of one that the customer chose, the beginning alone."""
        return masked(external_id) if self.is_masked else external_id

    def lets_in(self, door: Door) -> bool:
        """Whether this way in is meant to be there."""
        return door.principal in self.principals and set(asked_by(door)) <= set(self.external_ids)

    def is_whole(self, statement: Statement) -> bool:
        """Whether the statement lets in everybody of this party with every ID of its, and nobody else."""
        opened = list(doors_of(statement))
        everybody = {door.principal for door in opened} >= set(self.principals)
        all_ids = {each for door in opened for each in asked_by(door)} >= set(self.external_ids)
        return bool(opened) and everybody and all_ids and all(map(self.lets_in, opened))


def asked_by(door: Door) -> tuple[str | None, ...]:
    """What a way in asks for: one external ID, or one of some patterns."""
    return door.patterns or (door.external_id,)


@dataclass(frozen=True)
class Spot:
    """A statement of a live trust in which something may be wrong.

    Args:
        is_extra: whether another statement already says all that this one should.
    """

    case: Case
    party: Party
    statement: Statement
    is_extra: bool = False

    def cure(self, right: str, *, is_beside: bool = False) -> str:
        """What to do about a wrong principal or ID: what to put there, unless the right one is there already."""
        if self.is_extra:
            return "take that statement away, as another one is right"
        return "take it out of the list" if is_beside else f"put {right} there"


def parties(case: Case) -> tuple[Party, ...]:
    """The vendor, and the verifier where the estate has one."""
    grant, verifier = case.grant, case.grant.trust.verifier
    patterns = examples(grant)
    ids = tuple(patterns.get(each, each) for each in case.expected.external_ids)
    masked = grant.masked_external_id
    vendor = Party("the vendor", "the live trust", grant.trust.principals, ids, is_verifier=False, is_masked=masked)
    if verifier is None:
        return (vendor,)
    own = (case.expected.verifier_id or verifier.written_id,)
    where = "the verifier's statement of the live trust"
    return vendor, Party("the verifier", where, (verifier.principal,), own, is_verifier=True, is_masked=True)


def of_party(party: Party, found: Sequence[Statement], case: Case) -> list[Statement]:
    """Those of the statements that are this party's, or what became of them."""
    known = case.expected.verifier_id
    return [statement for statement in found if is_verifiers(statement, case.grant, known) is party.is_verifier]
