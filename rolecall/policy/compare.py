"""Two roles compared by meaning: the compiled one and the live one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rolecall.policy.compare_trusts import trust_change
from rolecall.policy.document import Document
from rolecall.policy.permissions import Change, permission_change


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


def compare_roles(compiled: RoleShape, live: RoleShape, now: datetime) -> dict[str, Change]:
    """What differs, by the words of the contract: trust, permissions, boundary, session, path, tags.

    Args:
        now: when the live role was read.
    """
    changes = {
        "trust": trust_change(compiled.trust, live.trust),
        "permissions": permission_change(compiled.permissions, live.permissions, now),
        "boundary": _boundary_change(compiled.boundary, live.boundary),
        "session": _session_change(compiled.max_session_seconds, live.max_session_seconds),
        "path": _plain(compiled.path, live.path),
        "tags": _tag_change(compiled.tags, live.tags),
    }
    return {what: change for what, change in changes.items() if change}


def _boundary_change(compiled: str | None, live: str | None) -> Change:
    """A boundary only ever takes away; what another one takes away instead, its name does not tell."""
    if compiled and live:
        return _plain(compiled, live)
    gained = (f"no longer bounded by {compiled}",) if compiled else ()
    return Change(gained, lost=(f"now bounded by {live}",) if live else ())


def _session_change(compiled: int, live: int) -> Change:
    said = (f"sessions of up to {live} s, not {compiled} s",)
    return Change(gained=said if live > compiled else (), lost=said if live < compiled else ())


def _plain(compiled: str, live: str) -> Change:
    return Change() if compiled == live else Change(other=(f"{compiled} became {live}",))


def _tag_change(compiled: Mapping[str, str], live: Mapping[str, str]) -> Change:
    """Tags that AWS or CloudFormation puts on by itself (aws:…) are not the estate's."""
    theirs = {key: value for key, value in live.items() if not key.startswith("aws:")}
    differing = sorted(key for key in compiled.keys() | theirs.keys() if compiled.get(key) != theirs.get(key))
    return Change(other=tuple(_tag_words(key, compiled.get(key), theirs.get(key)) for key in differing))


def _tag_words(key: str, compiled: str | None, live: str | None) -> str:
    if compiled is None:
        return f"{key} was added: {live}"
    return f"{key} is gone, was {compiled}" if live is None else f"{key}: {compiled} became {live}"
