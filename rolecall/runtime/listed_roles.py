"""Roles to call, from what `rolecall list --format json --show-external-ids` prints: no estate is needed any more."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from rolecall.runtime.assume_role import MAX_SESSION_SECONDS
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.wrong_ids import Neighbours, example_of, wrong_ids

_SCHEMA = 1
_AGAIN = "make the list again: rolecall list --format json --show-external-ids"
_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]{1,574}")
# As botocore's own tables of regions have them: two letters, words, a number.
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
# botocore's model of sts:AssumeRole, externalIdType, read 2026-11-22.
_SENDABLE = re.compile(r"[A-Za-z0-9_+=,.@:/-]{2,1224}")
# As Rolecall takes them: somebody's own part before the first star, and no question mark.
_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+=,.@:/-]*[@/:.,=+_]\*[A-Za-z0-9_+=,.@:/*-]{0,600}")
_TEXTS, _LISTS = ("workspace", "project", "vendor", "region", "role_arn"), ("principals", "external_ids")


class ListedRolesError(ValueError):
    """The list cannot be used; the message names the row, what was found, what is allowed and what to do."""


@dataclass(frozen=True)
class _Row:
    """One role of the list, whose shape is right."""

    workspace: str
    project: str
    vendor: str
    region: str
    role_arn: str
    principals: tuple[str, ...]
    external_ids: tuple[str, ...]

    @property
    def patterns(self) -> tuple[str, ...]:
        """Those of the external IDs of which only a pattern is known."""
        return tuple(external_id for external_id in self.external_ids if "*" in external_id)

    @property
    def address(self) -> str:
        return f"{self.workspace}/{self.project}"


def expectations_from_list(document: Mapping[str, Any]) -> list[RoleExpectation]:
    """What is to be asked of each role: its own IDs, wrong ones and its neighbours', in the order of the list.

    Neighbours are the other IDs that the same vendor sends in this list. A role without a principal or without an
    external ID is pending: its expectation has no right ID. The role's longest session is not in the list, so its limit
    is not tried.

    Args:
        document: the whole JSON object.

    Raises:
        ListedRolesError: it has another shape, an ID is masked, or one stands in a parameter.
    """
    rows = _rows(document)
    pairs: dict[str, list[tuple[str, str]]] = {row.vendor: [] for row in rows}
    for row in rows:
        pairs[row.vendor] += [(example_of(value), row.address) for value in row.external_ids]
    neighbours = {vendor: Neighbours.of(found) for vendor, found in pairs.items()}
    return [_expectation(row, neighbours[row.vendor]) for row in rows]


def principals_from_list(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The principals that each role of the list trusts, by the role's ARN; none where they are pending.

    Raises:
        ListedRolesError: as for `expectations_from_list`.
    """
    return {row.role_arn: row.principals for row in _rows(document)}


def _expectation(row: _Row, neighbours: Neighbours) -> RoleExpectation:
    right = tuple(map(example_of, row.external_ids)) if row.principals else ()
    patterns = row.patterns if row.principals else ()
    exact = tuple(value for value in row.external_ids if value in right and value not in patterns)
    return RoleExpectation(
        workspace=row.workspace,
        project=row.project,
        role_arn=row.role_arn,
        region=row.region,
        external_ids=right,
        wrong_ids=(*wrong_ids(exact, patterns), *neighbours.beside(row.address, right, patterns)),
        max_session_seconds=MAX_SESSION_SECONDS,
        patterns=patterns,
    )


def _rows(document: Mapping[str, Any]) -> list[_Row]:
    schema = document.get("schema") if isinstance(document, Mapping) else None
    if schema != _SCHEMA:
        raise ListedRolesError(f"this is no list of roles: schema is {schema!r}, and has to be {_SCHEMA}; {_AGAIN}")
    roles = document.get("roles")
    if not isinstance(roles, list):
        raise ListedRolesError(f"`roles` is {_kind(roles)}, and has to be a list; {_AGAIN}")
    return [_row(f"roles[{index}]", entry) for index, entry in enumerate(roles)]


def _row(place: str, entry: object) -> _Row:
    if not isinstance(entry, Mapping):
        raise ListedRolesError(f"{place} is {_kind(entry)}, and has to be an object; {_AGAIN}")
    texts = {name: _text(f"{place}.{name}", entry.get(name)) for name in _TEXTS}
    principals, external_ids = (_list(f"{place}.{name}", entry.get(name)) for name in _LISTS)
    row = _Row(**texts, principals=principals, external_ids=external_ids)
    if not _ARN.fullmatch(row.role_arn):
        raise ListedRolesError(f"{place}.role_arn is {row.role_arn!r}, and has to be the ARN of a role; {_AGAIN}")
    if not _REGION.fullmatch(row.region):
        allowed = "has to be the name of a region, such as eu-central-1"
        raise ListedRolesError(f"{place}.region is {row.region!r}, and {allowed}; {_AGAIN}")
    for value in row.external_ids:
        _refuse_unknown(f"{place}.external_ids ({row.address})", value)
    return row


def _refuse_unknown(place: str, value: str) -> None:
    """An ID that cannot be sent as it stands. A masked one and a reference may be shown; others may be anything."""
    if "…" in value:
        raise ListedRolesError(f"{place}: {value} is masked, and has to be whole; {_AGAIN}")
    if value.startswith("{{resolve:"):
        change = "write the parameter's value in its place; nothing is read from Systems Manager here"
        raise ListedRolesError(f"{place}: {value} is a reference, and has to be the external ID itself; {change}")
    if not _SENDABLE.fullmatch(value) and not _PATTERN.fullmatch(value):
        allowed = "2 to 1,224 characters of A-Z a-z 0-9 _ + = , . @ : / -"
        raise ListedRolesError(f"{place} has one that STS does not take, and has to have {allowed}; {_AGAIN}")


def _text(place: str, value: object) -> str:
    if isinstance(value, str) and value:
        return value
    raise ListedRolesError(f"{place} is {_kind(value)}, and has to be text; {_AGAIN}")


def _list(place: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(cast(Sequence[str], value))
    raise ListedRolesError(f"{place} is {_kind(value)}, and has to be a list of texts; {_AGAIN}")


def _kind(value: object) -> str:
    """What kind of value it is, without the value, which may be an external ID."""
    if isinstance(value, str):
        return "text" if value else "empty"
    kinds = {dict: "an object", list: "a list", type(None): "missing", bool: "true or false"}
    return kinds.get(type(value), "a number")
