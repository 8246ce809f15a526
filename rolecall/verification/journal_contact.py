"""The vendor's own calls on the embedded AWS, where the guard's journal stands for CloudTrail."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from rolecall import local
from rolecall.local.state import StateDir
from rolecall.model.grant import Grant
from rolecall.model.identifiers import Arn
from rolecall.runtime.contact import AssumeRoleEvent, ContactReading

# As much as is read of a journal, from its end: some 80,000 calls.
MAX_BYTES = 16 * 1024 * 1024
_BLOCK_BYTES = 64 * 1024
_NOT_FOUND = "no call of the vendor's own in the journal of the embedded AWS"


def vendor_accounts(grant: Grant) -> frozenset[str]:
    """The accounts of the principals that a grant trusts; a role's own account is never one."""
    return frozenset(Arn.parse(principal).account for principal in grant.trust.principals) - {grant.account}


def journal_contacts(aws: local.LocalAws, grants: Sequence[Grant]) -> dict[str, ContactReading]:
    """The last contact of each grant's role by its ARN, from one reading of the journal."""
    wanted = {grant.role_arn: vendor_accounts(grant) for grant in grants}
    return contacts_in(StateDir(aws.state_dir).assume_role_journal, wanted)


def contacts_in(journal: Path, wanted: Mapping[str, frozenset[str]]) -> dict[str, ContactReading]:
    """The last contact of each role.

    Args:
        journal: one JSON object a line, the newest last. Its last line may still be in the writing.
        wanted: the vendor's accounts by the role's ARN.
    """
    found: dict[str, ContactReading] = {}
    try:
        for line in _lines_backwards(journal):
            role, event = _call(line)
            if event and role not in found and event.is_by(wanted.get(role, frozenset())):
                found[role] = ContactReading(event.as_contact())
                if len(found) == len(wanted):
                    break
    except OSError:
        return dict.fromkeys(wanted, ContactReading(None, "the journal of the embedded AWS cannot be read", told=False))
    return {role: found.get(role, ContactReading(None, _NOT_FOUND)) for role in wanted}


def _call(line: bytes) -> tuple[str, AssumeRoleEvent | None]:
    """The role that was called, and the call if it came in; None for everything else, half a line included."""
    try:
        entry = json.loads(line)
        is_let_in = entry["outcome"] == "allowed" and isinstance(entry["session"], str)
        caller, at = Arn.parse(entry["caller"]), datetime.fromisoformat(entry["time"]).astimezone(UTC)
        event = AssumeRoleEvent(at, caller.account, str(caller), "", "", entry["session"])
        return str(entry["role"]), event if is_let_in else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return "", None


def _lines_backwards(journal: Path) -> Iterator[bytes]:
    """Whole lines from the end of a file on, until so much is read that the rest is left alone."""
    with journal.open("rb") as file:
        begun = b""
        for block, is_first in _blocks_backwards(file):
            pieces = (block + begun).split(b"\n")
            begun = pieces[0]
            yield from reversed(pieces[0 if is_first else 1 :])


def _blocks_backwards(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Blocks, and whether one is the first of the file."""
    end = file.seek(0, 2)
    least = max(0, end - MAX_BYTES)
    while end > least:
        start = max(least, end - _BLOCK_BYTES)
        file.seek(start)
        yield file.read(end - start), start == 0
        end = start
