"""Live roles against the estate, for people and for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rolecall.policy.permissions import Change
from rolecall.report.table import table

_SHOWN_TEXTS = 10
_PARTS = ("trust", "permissions", "boundary", "session", "path", "tags")


class Status(StrEnum):
    """What a live role is to the compiled one."""

    SAME = "same"
    DRIFTED = "drifted"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RoleDrift:
    """One role of the estate, compared.

    Args:
        changes: what it gained and lost, by part: trust, permissions, boundary, session, path, tags.
        policies_by_hand: policies under names that the estate does not make, whether they change access or not.
        reason: why nothing is known of it.
    """

    workspace: str
    project: str
    role_arn: str
    status: Status
    changes: Mapping[str, Change] = field(default_factory=dict)
    policies_by_hand: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def address(self) -> str:
        """`workspace/project`."""
        return f"{self.workspace}/{self.project}"


@dataclass(frozen=True)
class Drift:
    """Everything that was compared.

    Args:
        unmanaged: ARNs of roles that no file of the estate knows.
        unlisted: why the roles of an account could not be listed, by its id.
    """

    roles: tuple[RoleDrift, ...]
    unmanaged: tuple[str, ...] = ()
    unlisted: Mapping[str, str] = field(default_factory=dict)

    def count(self, status: Status) -> int:
        """How many roles have a status."""
        return sum(role.status is status for role in self.roles)


def as_json(drift: Drift) -> str:
    """The shape of the contract, and what speaks of policies by hand and of accounts that cannot be listed."""
    shape = {
        "schema": 1,
        "roles": [_role(role) for role in drift.roles],
        "unmanaged": list(drift.unmanaged),
        "unmanaged_unknown": [{"account": account, "reason": reason} for account, reason in drift.unlisted.items()],
        "summary": {status.value: drift.count(status) for status in Status if drift.count(status)},
    }
    return json.dumps(shape, indent=2, ensure_ascii=False)


def _role(role: RoleDrift) -> dict[str, object]:
    return {
        "workspace": role.workspace,
        "project": role.project,
        "role_arn": role.role_arn,
        "status": role.status.value,
        "changes": [
            {"what": what, "gained": list(change.gained), "lost": list(change.lost), "other": list(change.other)}
            for what, change in role.changes.items()
        ],
        "policies_by_hand": list(role.policies_by_hand),
        "reason": role.reason,
    }


def as_text(drift: Drift, target: str) -> str:
    """A table of roles and of what changed; below it what exactly, what no file knows, and how to undo it.

    Args:
        target: local or aws: CloudFormation can put back on AWS what it cannot on the embedded one.
    """
    parts = [_table(drift.roles)] if drift.roles else []
    parts += ["\n".join(lines) for role in drift.roles if (lines := list(_details(role)))]
    if drift.unmanaged:
        parts.append("\n".join(["unmanaged, no file of the estate knows them:", *(f"  {a}" for a in drift.unmanaged)]))
    if drift.unlisted:
        why = [f"  {account}: {reason}" for account, reason in drift.unlisted.items()]
        parts.append("\n".join(["whether there are unmanaged roles cannot be told:", *why]))
    parts.append("\n".join([_summary(drift), *_hints(drift, target)]))
    return "\n\n".join(parts)


def _table(roles: Sequence[RoleDrift]) -> str:
    parts = [part for part in _PARTS if any(part in role.changes for role in roles)]
    by_hand = any(role.policies_by_hand for role in roles)
    head = ("ROLE", "STATUS", *map(str.upper, parts), *(["BY HAND"] if by_hand else []))
    rows = [
        (
            role.address,
            role.status.value,
            *(_cell(role.changes.get(part, Change())) for part in parts),
            *([str(len(role.policies_by_hand) or "-")] if by_hand else []),
        )
        for role in roles
    ]
    return table(head, rows)


def _cell(change: Change) -> str:
    """How much was gained and lost; a change that is neither counts only where nothing else is to be said."""
    counts = [f"{len(texts)} {word}" for word, texts in _sides(change) if texts and word != "other"]
    return ", ".join(counts) or ("changed" if change else "-")


def _sides(change: Change) -> Sequence[tuple[str, tuple[str, ...]]]:
    return (("gained", change.gained), ("lost", change.lost), ("other", change.other))


def _details(role: RoleDrift) -> Iterator[str]:
    """What exactly changed, a line each."""
    if role.status is Status.SAME and not role.policies_by_hand:
        return
    said = "; policies by hand change no access" if role.status is Status.SAME else ""
    yield f"{role.address} is {role.status.value}{said}: {role.role_arn}"
    rows = [
        (what, word if word != "other" else "changed", text)
        for what, change in role.changes.items()
        for word, texts in _sides(change)
        for text in _first(texts)
    ]
    rows += [
        ("policy", "by hand", name if name.startswith("arn:") else f"{name} (inline)") for name in role.policies_by_hand
    ]
    yield from (f"  {what:<11}  {word:<7}  {text}" for what, word, text in rows)
    if role.reason:
        yield f"  {role.reason}"


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
        yield "  a deployment of an unchanged template undoes no drift: CloudFormation sees no change in it"
        yield f"  undo it by hand{how}, then look again: CloudFormation does not see every drift"
        yield "  if the change is wanted: write it into the estate, then deploy"
    if drift.count(Status.MISSING):
        yield "  missing: `rolecall deploy` makes roles that never were, and brings back none that was deleted by hand"
    if drift.unmanaged:
        yield "  unmanaged: delete the role if nobody needs it, else write it into the estate"
