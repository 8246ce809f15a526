"""Vendors as rows: what tells them apart, as far as a terminal is wide. The rest is in JSON and on each one's page."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from rolecall.report.table import table

Entry = dict[str, Any]
"""A vendor as plain data, together with its `id`, and where the entry is `from`."""

MAKERS = {"vendor": "vendor", "customer": "you", "derived": "its rule"}
"""Who makes the external ID, by the rule's origin."""


def as_json(entries: Sequence[Entry]) -> str:
    """Everything about each vendor."""
    return json.dumps({"schema": 1, "vendors": list(entries)}, indent=2, ensure_ascii=False)


_DROPPED_FIRST = ("SOURCE", "CHECKED", "NAME", "FIRST", "SECRETS", "PER", "PRINCIPAL")
"""Columns in the order in which they go where a terminal is too narrow; each vendor's page and JSON have them all."""


def as_table(entries: Sequence[Entry], width: int | None) -> str:
    """A row for each vendor, with as many columns as there is room for.

    Args:
        width: columns of the terminal; None where there is none: then nothing is left out.
    """
    head = ("ID", "NAME", "PRINCIPAL", "WHO MAKES THE ID", "PER", "SECRETS", "FIRST", "CHECKED", "SOURCE")
    rows = [
        (
            entry["id"],
            entry["name"],
            _kinds(entry),
            MAKERS[entry["external_id"]["origin"]],
            entry["external_id"]["per"],
            entry["permission_profile"] or "-",
            "role" if entry["handshake"] == "role-first" else "ID",
            str(entry["checked"] or "-"),
            _source(entry),
        )
        for entry in entries
    ]
    shown: list[tuple[str, ...]] = [head, *rows]
    for name in _DROPPED_FIRST:
        if width is None or _columns(shown) <= width:
            break
        at = shown[0].index(name)
        shown = [(*row[:at], *row[at + 1 :]) for row in shown]
    return table(shown[0], shown[1:])


def _columns(rows: Sequence[Sequence[str]]) -> int:
    return max(map(len, table(rows[0], rows[1:]).splitlines()))


def centers_of(published: object) -> Iterator[tuple[str, list[str]]]:
    """Each data centre with its principals; an empty name where they are the same everywhere."""
    if isinstance(published, dict):
        yield from published.items()
    elif isinstance(published, list):
        yield "", published


def kind_of(principal: str) -> str:
    """What a principal is: an account, a role or a user."""
    resource = principal.rsplit(":", 1)[-1].split("/", maxsplit=1)[0]
    return resource if resource in ("role", "user") else "account"


def _kinds(entry: Entry) -> str:
    """Such as `account` or `3 roles`, of all partitions; what is still to be learnt is pending."""
    if entry["own_principals"]:
        return "yours"
    everywhere = (entry["principals"], *entry["other_partitions"].values())
    found = {p for published in everywhere for _, listed in centers_of(published) for p in listed}
    kinds = sorted({kind_of(principal) for principal in found})
    if len(found) == 1:
        return kinds[0]
    return f"{len(found)} {kinds[0] if len(kinds) == 1 else 'principal'}s" if found else "pending"


def _source(entry: Entry) -> str:
    """The host of the page, of a repository its owner too; before it the estate, where that has its say."""
    parts = urlsplit(entry["source"] or "")
    owner = f"/{parts.path.split('/')[1]}" if parts.hostname == "github.com" else ""
    named = [f"{parts.hostname}{owner}"] if parts.hostname else []
    return ", ".join([*(["estate.yaml"] if entry["from"] != "catalog" else []), *named])
