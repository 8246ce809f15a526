"""Who does what, and in which order: what the owner does in AWS, and what is done on the vendor's screens."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rolecall.handoff.line import Line, unmarked
from rolecall.handoff.steps import Guide
from rolecall.handoff.subject import Subject, facts, unknown

_STEPS = "Go through the steps below."
_SEE = "See that it worked, as described below."
_AGAIN = "sheets"
"""The folder of the command that makes a sheet anew, which the .gitignore of a new estate names."""


@dataclass(frozen=True)
class Turn:
    """One turn: the owner of the role, or whoever works on the vendor's screens."""

    who: Literal["owner", "you"]
    do: Line


def order(subject: Subject, guide: Guide) -> tuple[Turn, ...]:
    """The turns from the first to the last."""
    if not guide.steps:
        turns = _idle(subject)
    elif not subject.grant.trust.pending:
        turns = _ready(subject)
    elif subject.vendor.handshake == "role-first" and unknown(subject):
        turns = _role_first(subject, guide)
    else:
        turns = _waiting(subject, guide)
    made = facts(subject)
    return tuple(Turn(who, made.filled(text)) for who, text in turns)


_Turns = Iterator[tuple[Literal["owner", "you"], str]]


def _idle(subject: Subject) -> _Turns:
    """A role that nothing is set up with."""
    yield (
        "owner",
        f"The role was granted nothing that is set up at {_vendor(subject)}. Grant it what it is for; then "
        f"{_command(subject, 'deploy')}, and {_again(subject)} makes this sheet anew.",
    )
    yield "you", "There is nothing to do until then."


def _ready(subject: Subject) -> _Turns:
    yield (
        "owner",
        f"{_command(subject, 'deploy')} puts the role up, and {_command(subject, 'verify')} proves it. Only then:",
    )
    yield "you", _STEPS
    yield "you", _SEE
    if len(subject.external_ids) > 1:
        by = f", by {subject.finish_by} at the latest" if subject.finish_by else ""
        yield (
            "owner",
            f"Once everything that sends the old external ID sends the new one{by}: take `previous_external_id` and "
            f"`rotation` out of `{_id_file(subject)}`, then {_command(subject, 'deploy')}.",
        )


def _role_first(subject: Subject, guide: Guide) -> _Turns:
    """The vendor shows what is its own only after it has seen the role's ARN."""
    yield from _of_owner(subject)
    yield "owner", f"{_command(subject, 'deploy')} puts the role up as pending: it exists, and nobody gets in yet."
    till = f"Do the steps below up to {guide.stop}, and no further" if guide.stop else "Do the steps below"
    yield (
        "you",
        f"Enter the role's ARN, {{role_arn}}. {till}. If {_vendor(subject)} tests the role, the test has to fail "
        "until your second turn.",
    )
    what, it = _what(subject)
    yield "you", f"{_vendor(subject)} now shows {what}. Send {it} to the owner, whole; {_NOT_SECRET[it]}"
    yield "owner", f"{_write(subject)} Then {_command(subject, 'deploy')} again."
    yield "owner", f"{_command(subject, 'verify')} proves the role; {_again(subject)} makes this sheet anew, with {it}."
    yield (
        "you",
        f"Compare {_COMPARED[it]} once more with what {_vendor(subject)} shows, and have it test the role. {_SEE}",
    )


def _waiting(subject: Subject, guide: Guide) -> _Turns:
    """Something has to be found out before the role is of any use."""
    yield from _of_owner(subject)
    rest = f"With the new sheet: {_STEPS[0].lower()}{_STEPS[1:]} {_SEE}"
    if unknown(subject):
        what, it = _what(subject)
        if guide.stop:
            yield (
                "you",
                f"Do the steps below up to {guide.stop}, and no further. You see {what} there: send {it} to the owner, "
                f"whole; {_NOT_SECRET[it]}",
            )
            rest = f"With the new sheet: compare what step {guide.stop} shows once more, then do the rest. {_SEE}"
        else:
            yield "you", f"Look up {what}, and send {it} to the owner, whole; {_NOT_SECRET[it]}"
        yield "owner", _write(subject)
    yield (
        "owner",
        f"{_command(subject, 'deploy')}, {_command(subject, 'verify')}, then {_again(subject)} makes this sheet anew.",
    )
    yield "you", rest


_NOT_SECRET = {"it": "it is not secret.", "both": "they are not secret."}
_COMPARED = {"it": "it", "both": "both"}


def _of_owner(subject: Subject) -> _Turns:
    """What the owner alone can add."""
    if subject.is_called_by_own and not subject.grant.trust.principals:
        yield (
            "owner",
            "Write the ARN of your own user or role that calls this one as `trusted_principals` into "
            f"`{_file(subject)}`{_in_place(subject)}.",
        )
    if subject.vendor.external_id.origin == "customer" and not subject.external_ids and not subject.unread_id:
        yield "owner", f"`rolecall external-id new {_holder(subject)}` makes the external ID, if there is none yet."


def _what(subject: Subject) -> tuple[str, str]:
    """What is not known of the vendor, and the word for it."""
    names = unknown(subject)
    account = f"the AWS account or role that {_vendor(subject)} comes from" if "principal" in names else ""
    found = [each for each in (account, "an external ID" if "external_id" in names else "") if each]
    return " and ".join(found), "both" if len(found) > 1 else "it"


def _write(subject: Subject) -> str:
    names = unknown(subject)
    place = f"`{_file(subject)}`{_in_place(subject)}"
    account = f"the account as `trusted_account`, or ARNs as `trusted_principals`, into {place}"
    own_id = f"the external ID as `external_id` into `{_id_file(subject)}`, in the place of `pending`"
    found = [text for name, text in (("principal", account), ("external_id", own_id)) if name in names]
    return f"Write {' and '.join(found)}."


def _in_place(subject: Subject) -> str:
    """What has to go where the account is written: the two keys may not stand side by side."""
    is_pending = subject.party.within.workspace.trusted_principals == "pending"
    return ", in the place of `trusted_principals: pending`" if is_pending else ""


def proof(subject: Subject) -> str:
    """The command by which the owner sees the role's side."""
    return f"rolecall verify {subject.grant.address}{_on(subject)}"


def _command(subject: Subject, name: str) -> str:
    return f"`rolecall {name} {subject.grant.address}{_on(subject)}`"


def _again(subject: Subject) -> str:
    return f"`rolecall handoff {subject.grant.address} --out {_AGAIN}{_on(subject)}`"


def _on(subject: Subject) -> str:
    is_local = subject.target == "local" or subject.has_stand_ins
    return " --target local" if is_local else ""


def _holder(subject: Subject) -> str:
    """Whom an external ID is made for."""
    return subject.grant.address if subject.party.scope == "project" else subject.grant.id_workspace


def _vendor(subject: Subject) -> str:
    return unmarked(subject.vendor.name)


def _file(subject: Subject) -> str:
    return subject.party.within.source.name


def _id_file(subject: Subject) -> str:
    return (subject.grant.id_location or subject.grant.location).file
