"""Two roles compared by meaning: the compiled one and the live one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rolecall.policy.condition import normalised
from rolecall.policy.document import Document, as_list, statements
from rolecall.policy.permissions import Change, permission_change
from rolecall.policy.principal import covers_principal, principals_of
from rolecall.policy.trust import Door, doors


@dataclass(frozen=True)
class RoleShape:
    """Everything about a role that decides who may use it and for what."""

    trust: Document
    permissions: tuple[Document, ...]
    """Managed and inline policies together: IAM does not care which."""
    boundary: str | None
    path: str
    max_session_seconds: int
    tags: Mapping[str, str]


def compare_roles(compiled: RoleShape, live: RoleShape) -> dict[str, Change]:
    """What differs, by the words of the contract: trust, permissions, boundary, session, path, tags."""
    changes = {
        "trust": trust_change(compiled.trust, live.trust),
        "permissions": permission_change(compiled.permissions, live.permissions),
        "boundary": _plain(compiled.boundary or "none", live.boundary or "none"),
        "session": _plain(f"{compiled.max_session_seconds} s", f"{live.max_session_seconds} s"),
        "path": _plain(compiled.path, live.path),
        "tags": _tag_change(compiled.tags, live.tags),
    }
    return {what: change for what, change in changes.items() if change}


def trust_change(compiled: Document, live: Document) -> Change:
    """Which doors the live trust opens beyond the compiled one, and which it no longer opens."""
    ours, theirs = doors(compiled), doors(live)
    gained = [door for door in theirs if not any(_covers(other, door) for other in ours)]
    shut = [door for door in ours if not any(_covers(other, door) for other in theirs)]
    # The same door under one more condition may still open: the calls decide, the comparison names it.
    narrowed = [door for door in shut if any(_covers(replace(other, further=()), door) for other in theirs)]
    lost = [door for door in shut if door not in narrowed]
    other = [f"asks {door} for more than before" for door in narrowed]
    if not (gained or shut) and _atoms(compiled) != _atoms(live):
        other.append("written differently, with the same doors")
    return Change(_words(gained), _words(lost), tuple(sorted(other)))


def _words(some: list[Door]) -> tuple[str, ...]:
    return tuple(sorted(map(str, some)))


def _covers(wide: Door, narrow: Door) -> bool:
    return (
        covers_principal(wide.principal, narrow.principal)
        and wide.external_id in (None, narrow.external_id)
        and wide.further in ((), narrow.further)
    )


def _atoms(trust: Document) -> frozenset[tuple[object, ...]]:
    """The statements of a trust, each taken apart so that order and scalar-or-list make no difference."""
    return frozenset(
        (statement.get("Effect"), principal, str(action).lower(), normalised(statement.get("Condition")))
        for statement in statements(trust)
        for principal in principals_of(statement)
        for action in as_list(statement.get("Action") or statement.get("NotAction")) or [""]
    )


def _plain(compiled: str, live: str) -> Change:
    return Change() if compiled == live else Change(other=(f"{compiled} became {live}",))


def _tag_change(compiled: Mapping[str, str], live: Mapping[str, str]) -> Change:
    """Tags that AWS or CloudFormation puts on by itself (aws:…) are not the estate's."""
    theirs = {key: value for key, value in live.items() if not key.startswith("aws:")}
    differing = sorted(key for key in compiled.keys() | theirs.keys() if compiled.get(key) != theirs.get(key))
    return Change(other=tuple(f"{key}: {compiled.get(key)} became {theirs.get(key)}" for key in differing))
