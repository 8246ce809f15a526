"""Drift as text for terminals and logs. What live documents say is somebody else's: no sign of it moves a cursor."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rolecall.report.drift.result import Drift, RoleDrift, Status
from rolecall.report.drift.rows import rows
from rolecall.report.paragraph import paragraph
from rolecall.report.plain import printable

_SHOWN_TEXTS = 10


def as_text(drift: Drift, target: str, *, width: int | None = None) -> str:
    """A table of roles and of what changed; below it what exactly, what no file knows, and how to undo it.

    Args:
        target: local or aws: CloudFormation can put back on AWS what it cannot on the embedded one.
        width: columns of the terminal: a table that is wider counts the changes, or becomes a list. None: as wide as
            it gets.
    """
    parts = [rows(drift.roles, width)] if drift.roles else []
    for title, lines in [*_details(drift.roles), *_beside(drift)]:
        told = [line for text in lines for line in paragraph(printable(text), "  ", width)]
        parts.append([*paragraph(printable(title), "", width), *told])
    hints = [line for text in _hints(drift, target) for line in paragraph(text, "  ", width)]
    parts.append([*paragraph(_summary(drift), "", width), *hints])
    return "\n\n".join("\n".join(part) for part in parts)


def _details(roles: Sequence[RoleDrift]) -> Iterator[tuple[str, Sequence[str]]]:
    """What exactly changed, a line each; roles of which the same is to be said are together."""
    alike: dict[tuple[Status, tuple[str, ...]], list[RoleDrift]] = defaultdict(list)
    for role in roles:
        if said := tuple(_said(role)):
            alike[role.status, said].append(role)
    for (status, said), (first, *others) in alike.items():
        what = status.value + ("; policies by hand change no access" if status is Status.SAME else "")
        names = ", ".join(role.address for role in (first, *others))
        alone = f"{first.address} is {what}: {first.role_arn}"
        yield (f"{1 + len(others)} roles are {what}, all alike: {names}" if others else alone), said


def _said(role: RoleDrift) -> Iterator[str]:
    """Nothing of a role whose status says it all."""
    found = [
        (what, word, text)
        for what, change in role.changes.items()
        for word, texts in (("gained", change.gained), ("lost", change.lost), ("changed", change.other))
        for text in _first(texts)
    ]
    found += [
        ("policy", "by hand", name if name.startswith("arn:") else f"{name} (inline)") for name in role.policies_by_hand
    ]
    yield from (f"{what:<11}  {word:<7}  {text}" for what, word, text in found)
    if role.reason:
        yield role.reason


def _beside(drift: Drift) -> Iterator[tuple[str, Sequence[str]]]:
    """What the accounts hold besides."""
    if drift.unmanaged:
        yield "unmanaged, no file of the estate knows them:", drift.unmanaged
    if drift.other_estates:
        others = [f"{arn} ({estate})" for arn, estate in drift.other_estates.items()]
        yield "under the estate's paths, made for another estate, as their tags say:", _first(others)
    if drift.unlisted:
        why = [f"{account}: {reason}" for account, reason in drift.unlisted.items()]
        yield "whether there are unmanaged roles cannot be told:", why


def _first(texts: Sequence[str]) -> Sequence[str]:
    """As many as anybody reads: a policy of AWS's own can allow a thousand actions."""
    left = len(texts) - _SHOWN_TEXTS
    return texts if left <= 1 else [*texts[:_SHOWN_TEXTS], f"and {left} more, which --format json lists"]


def _summary(drift: Drift) -> str:
    counts = [f"{drift.count(status)} {status.value}" for status in Status if drift.count(status)]
    counts += [f"{len(drift.unmanaged)} unmanaged"] if drift.unmanaged else []
    return f"{len(drift.roles)} role{'' if len(drift.roles) == 1 else 's'}: {', '.join(counts) or 'none'}"


def _hints(drift: Drift, target: str) -> Iterator[str]:
    """What to do. CloudFormation compares a template with the one before and not with IAM."""
    if drift.count(Status.DRIFTED):
        how = " or with `cdk deploy --revert-drift`" if target == "aws" else ""
        yield "a deployment of an unchanged template undoes no drift: CloudFormation sees no change in it"
        yield f"undo it by hand{how}, then look again: CloudFormation does not see every drift"
        yield "if the change is wanted: write it into the estate, then deploy"
    if drift.count(Status.MISSING):
        yield "missing: deploy it; an unchanged template brings nothing back that was deleted by hand"
        yield "if the stack says that the role exists: change the template, or import the role"
    if drift.unmanaged:
        yield "unmanaged: delete the role, or the stack that made it, if nobody needs it; else write it into the estate"
