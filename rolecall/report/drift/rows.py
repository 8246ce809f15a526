"""Compared roles as rows, as many columns of them as a terminal has room for."""

from collections.abc import Iterator, Sequence

from rolecall.policy.permissions import Change
from rolecall.report.drift.result import RoleDrift
from rolecall.report.paragraph import paragraph
from rolecall.report.plain import printable
from rolecall.report.table import table

_PARTS = ("trust", "permissions", "boundary", "session", "path", "tags")


def rows(roles: Sequence[RoleDrift], width: int | None) -> list[str]:
    """The first of three layouts that fits: a column for each part of a role, one for all parts, or a list.

    Args:
        width: columns of the terminal; None: as wide as it gets.
    """
    parts = [part for part in _PARTS if any(part in role.changes for role in roles)]
    whole = _table(roles, parts)
    if width is None or _widest(whole) <= width:
        return whole
    narrow = _table(roles, None) if parts else whole
    found = narrow if _widest(narrow) <= width else [line for role in roles for line in _listed(role, width)]
    note = f"(changes are counted here: {_widest(whole)} columns of width show each part, --format json each change)"
    return [*found, *(paragraph(note, "", width) if parts else [])]


def _table(roles: Sequence[RoleDrift], parts: Sequence[str] | None) -> list[str]:
    """A row for each role, with these parts; None for all of them in one column."""
    by_hand = any(role.policies_by_hand for role in roles)
    head = (
        "ROLE",
        "STATUS",
        *(["CHANGES"] if parts is None else map(str.upper, parts)),
        *(["BY HAND"] if by_hand else []),
    )
    body = [
        (
            printable(role.address),
            role.status.value,
            *([_tally(role)] if parts is None else [_cell(role.changes.get(part, Change())) for part in parts]),
            *([str(len(role.policies_by_hand) or "-")] if by_hand else []),
        )
        for role in roles
    ]
    return table(head, body).split("\n")


def _tally(role: RoleDrift) -> str:
    """All parts in one cell."""
    changes = role.changes.values()
    gained, lost, other = (
        tuple(text for change in changes for text in getattr(change, side)) for side in ("gained", "lost", "other")
    )
    return _cell(Change(gained, lost, other))


def _cell(change: Change) -> str:
    """How much was gained and lost; a change that is neither counts only where nothing else is to be said."""
    sides = (("gained", change.gained), ("lost", change.lost))
    counts = [f"{len(texts)} {word}" for word, texts in sides if texts]
    return ", ".join(counts) or ("changed" if change else "-")


def _listed(role: RoleDrift, width: int) -> Iterator[str]:
    yield from paragraph(printable(role.address), "", width)
    changed = f"; {_tally(role)}" if role.changes else ""
    by_hand = f"; {len(role.policies_by_hand)} by hand" if role.policies_by_hand else ""
    yield from paragraph(f"{role.status.value}{changed}{by_hand}", "  ", width)


def _widest(lines: Sequence[str]) -> int:
    return max(map(len, lines))
