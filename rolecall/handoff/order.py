"""Who does what, and in which order: what the owner does in AWS, and what is done on the vendor's screens."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rolecall.handoff.line import Line
from rolecall.handoff.subject import Subject, facts

_STEPS = "Go through the steps below."
_SEE = "See that it worked, as described below."


@dataclass(frozen=True)
class Turn:
    """One turn: the owner of the role, or whoever works on the vendor's screens."""

    who: Literal["owner", "you"]
    do: Line


def order(subject: Subject) -> tuple[Turn, ...]:
    """The turns from the first to the last."""
    pending, is_role_first = subject.grant.trust.pending, subject.vendor.handshake == "role-first"
    if not pending:
        turns = _ready(subject)
    elif is_role_first and subject.grant.trust.principals:
        turns = _role_first(subject)
    else:
        turns = _waiting(subject)
    made = facts(subject)
    return tuple(Turn(who, made.filled(text)) for who, text in turns)


_Turns = Iterator[tuple[Literal["owner", "you"], str]]


def _ready(subject: Subject) -> _Turns:
    yield "owner", f"{_deploy(subject)} puts the role up, and {_verify(subject)} proves it. Only then:"
    yield "you", _STEPS
    yield "you", _SEE


def _role_first(subject: Subject) -> _Turns:
    """The vendor shows its external ID only after it has seen the role's ARN."""
    yield "owner", f"{_deploy(subject)} puts the role up as pending: it exists, and nobody gets in yet."
    yield "you", "Enter the role's ARN, {role_arn}, as the steps below say."
    yield "you", f"{subject.vendor.name} now shows an external ID. Send it to the owner, whole; it is not secret."
    yield "owner", f"Write it into {_place(subject)} in the place of `pending`, then {_deploy(subject)} again."
    yield "owner", f"{_verify(subject)} proves the role; {_again(subject)} makes this sheet anew, with the ID."
    yield "you", f"Compare the ID once more with what {subject.vendor.name} shows. {_SEE}"


def _waiting(subject: Subject) -> _Turns:
    """Something has to be found out before the role is of any use."""
    if not subject.grant.trust.principals:
        yield "you", f"Look up which AWS account or role {subject.vendor.name} comes from, and tell the owner."
        yield "owner", f"Write it as `trusted_account` or `trusted_principals` into {_place(subject)}."
    if subject.vendor.external_id.origin == "customer":
        yield "owner", f"`rolecall external-id new {_holder(subject)}` makes the external ID, if there is none yet."
    elif not subject.external_ids:
        yield "you", f"Look up the external ID that {subject.vendor.name} shows, and send it to the owner, whole."
        yield "owner", f"Write it as `external_id` into {_place(subject)}, in the place of `pending`."
    yield "owner", f"{_deploy(subject)}, {_verify(subject)}, then {_again(subject)} makes this sheet anew."
    yield "you", f"With the new sheet: {_STEPS[0].lower()}{_STEPS[1:]} {_SEE}"


def _deploy(subject: Subject) -> str:
    return f"`rolecall deploy {subject.grant.address}`"


def _verify(subject: Subject) -> str:
    return f"`rolecall verify {subject.grant.address}`"


def _again(subject: Subject) -> str:
    return f"`rolecall handoff {subject.grant.address}`"


def _holder(subject: Subject) -> str:
    """Whom an external ID is made for."""
    return subject.grant.address if subject.party.scope == "project" else subject.grant.id_workspace


def _place(subject: Subject) -> str:
    place = subject.grant.id_location or subject.grant.location
    return f"`{place.file}`"
