"""From a grant to what a caller should find: right and wrong external IDs, secrets to read and to be refused."""

import hashlib
import secrets as randomness
from collections.abc import Mapping, Sequence

from rolecall.commands.stand_ins import stands, to_read
from rolecall.model.grant import Grant
from rolecall.model.identifiers import EXTERNAL_ID_MAX_CHARACTERS
from rolecall.runtime.expectation import RoleExpectation, WrongId

# One role is asked with at most this many of its neighbours' IDs, and at most this many secrets are tried.
MAX_NEIGHBOURS = 8
MAX_SECRETS = 5
_WRONG, _NEIGHBOUR = "wrong_external_id", "neighbour_external_id"


def expectation(
    grant: Grant, ids: Mapping[str, tuple[str, ...]], others: Sequence[Grant], *, secrets: bool
) -> RoleExpectation:
    """Everything to be asked about one role.

    Args:
        ids: the external IDs of each role by its address, with parameters read.
        others: the estate's other roles.
        secrets: whether stand-ins exist that can be tried.
    """
    right = ids[grant.address] if not grant.trust.pending else ()
    tried = [to_read(grant, stand) for stand in stands(grant)] if secrets else []
    inside = [stand.granted for stand in stands(grant)] if secrets else []
    return RoleExpectation(
        workspace=grant.workspace,
        project=grant.project,
        role_arn=grant.role_arn,
        region=grant.region,
        external_ids=right,
        wrong_ids=(*wrong_ids(right), *neighbour_ids(grant, right, ids, others)),
        session_seconds=grant.session_seconds,
        max_session_seconds=grant.max_session_seconds,
        readable=tuple(s for s, granted in zip(tried, inside, strict=True) if granted)[:MAX_SECRETS],
        unreadable=tuple(s for s, granted in zip(tried, inside, strict=True) if not granted)[:MAX_SECRETS],
    )


def wrong_ids(right: tuple[str, ...]) -> list[WrongId]:
    """IDs that a typing error, a guess or a neighbouring project would send; never one that is right."""
    found = [WrongId(_WRONG, f"rolecall-{randomness.token_hex(16)}", "a random ID")]
    for external_id in right[:1]:
        found += [
            WrongId(_WRONG, f"{external_id}0", "one character more"),
            WrongId(_WRONG, external_id[:-1], "one character less"),
            WrongId(_WRONG, external_id.swapcase(), "other letter case"),
            *_derived(external_id),
        ]
    return [
        wrong for wrong in found if wrong.value not in right and 2 <= len(wrong.value) <= EXTERNAL_ID_MAX_CHARACTERS
    ]


def _derived(external_id: str) -> list[WrongId]:
    """For IDs that end in numbers: the next number, and the workspace's own ID for a project's."""
    stem, _, number = external_id.rpartition("_")
    if not number.isdigit():
        return []
    found = [WrongId(_WRONG, f"{stem}_{int(number) + 1}", "the next number")]
    if stem.rpartition("_")[2].isdigit():
        found.append(WrongId(_WRONG, stem, "the workspace-wide ID"))
    return found


def neighbour_ids(
    grant: Grant, right: tuple[str, ...], ids: Mapping[str, tuple[str, ...]], others: Sequence[Grant]
) -> list[WrongId]:
    """Other IDs of the same vendor in the estate; where they are many, a sample that stays the same from run to run."""
    theirs = {
        external_id: g.address for g in others if g.vendor == grant.vendor for external_id in ids.get(g.address, ())
    }
    neighbours = sorted(
        set(theirs) - set(right), key=lambda i: hashlib.sha256(f"{grant.address} {i}".encode()).digest()
    )
    return [
        WrongId(_NEIGHBOUR, external_id, f"the ID of {theirs[external_id]}")
        for external_id in neighbours[:MAX_NEIGHBOURS]
    ]


def neighbours_left_out(
    grant: Grant, right: tuple[str, ...], ids: Mapping[str, tuple[str, ...]], others: Sequence[Grant]
) -> int:
    """How many neighbours' IDs are not tried."""
    theirs = {i for g in others if g.vendor == grant.vendor for i in ids.get(g.address, ())} - set(right)
    return max(0, len(theirs) - MAX_NEIGHBOURS)
