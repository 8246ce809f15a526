"""The vendor's own calls, seen in the journal of the embedded AWS; our own probes are none."""

import contextlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from rolecall.estate import sound
from rolecall.runtime.contact import ContactReading
from rolecall.verification import journal_contact
from rolecall.verification.journal_contact import contacts_in, journal_contacts, vendor_accounts
from tests.embedded.world import ACCOUNT, UNIFIED, WORKATO, World

SANDBOX = f"arn:aws:iam::{ACCOUNT}:role/vendors/workato-acme-dev-sandbox"
CONNECTIONS = f"arn:aws:iam::{ACCOUNT}:role/vendors/unified-unified-prod-connections"
SANDBOX_ID = "workato_iam_external_id_54321"
ROLE = "arn:aws:iam::111111111111:role/r"
VENDORS = {ROLE: frozenset({"353360065216"})}


def contact(world: World, role_arn: str) -> ContactReading:
    """What the journal says of one role of the estate."""
    return journal_contacts(world.aws, sound(world.folder).grants)[role_arn]


def test_a_call_of_the_vendors_own_is_a_contact(world: World) -> None:
    before = datetime.now(UTC)
    world.assume(WORKATO, SANDBOX, ExternalId=SANDBOX_ID)
    found = contact(world, SANDBOX).contact
    assert found is not None
    assert (found.session, found.principal.split(":")[4]) == ("plain-boto3", "353360065216")
    assert before - timedelta(seconds=2) < datetime.fromisoformat(found.time) <= datetime.now(UTC)


def test_our_probes_and_refused_calls_are_no_contact(world: World) -> None:
    world.verify("unified-prod/connections")
    for principal, external_id in ((UNIFIED, "a-wrong-id"), ("foreign", "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41")):
        with contextlib.suppress(ClientError):
            world.assume(principal, CONNECTIONS, ExternalId=external_id)
    journal = (world.aws.state_dir / "assume-role.jsonl").read_text()
    ours = rf'"role": "{CONNECTIONS}", "session": "rolecall-verify-[0-9a-f]{{8}}", "outcome": "allowed"'
    assert re.search(ours, journal)
    found = contact(world, CONNECTIONS).contact
    # Another test of this folder may have called as the vendor; these calls are older or newer than none of its.
    assert found is None or found.session == "plain-boto3"
    lines = [line for line in map(json.loads, journal.splitlines()) if line["role"] == CONNECTIONS]
    own = [line for line in lines if line["session"] == "plain-boto3" and line["outcome"] == "allowed"]
    assert (found is None) == (not own)


def test_the_vendors_accounts_are_those_of_its_principals(world: World) -> None:
    found = {grant.vendor: vendor_accounts(grant) for grant in sound(world.folder).grants}
    assert found == {"workato": {"353360065216"}, "unified": {"944579081756"}}


def line(
    session: str, *, role: str = ROLE, caller: str | None = WORKATO, outcome: str = "allowed", hour: int = 1
) -> str:
    """A line as the guard writes it."""
    time = f"2026-11-22T{hour:02}:00:00.123+00:00"
    written = {"time": time, "caller": caller, "role": role, "session": session, "outcome": outcome, "error_code": None}
    return json.dumps(written)


def session_found(journal: Path, text: str) -> str | None:
    """The session of the contact in a journal of this text."""
    journal.write_text(text)
    found = contacts_in(journal, VENDORS)[ROLE].contact
    return found.session if found else None


def test_the_last_of_several_calls_counts(tmp_path: Path) -> None:
    text = "".join(
        f"{line(name, hour=hour)}\n" for hour, name in enumerate(["first", "second", "rolecall-verify-0a1b2c3d"])
    )
    assert session_found(tmp_path / "j", text) == "second"


def test_each_role_has_a_last_call_of_its_own(tmp_path: Path) -> None:
    roles = dict.fromkeys((ROLE, "arn:aws:iam::111111111111:role/other"), VENDORS[ROLE])
    one, other = roles
    calls = [("new", other), ("old", one), ("new", one)]
    (tmp_path / "j").write_text("".join(f"{line(name, role=role)}\n" for name, role in calls))
    found = contacts_in(tmp_path / "j", roles)
    assert {reading.contact.session for reading in found.values() if reading.contact} == {"new"}


def test_a_last_line_that_is_still_being_written_is_passed_over(tmp_path: Path) -> None:
    assert session_found(tmp_path / "j", f"{line('whole')}\n{line('half')[:-9]}") == "whole"


@pytest.mark.parametrize(
    "garbage", ["", "{", "[]", "null", '"text"', "{}", '{"outcome": "allowed"}', "\x00\x00", "[" * 9999]
)
def test_what_is_no_entry_is_passed_over(tmp_path: Path, garbage: str) -> None:
    assert session_found(tmp_path / "j", f"{line('good')}\n{garbage}\n") == "good"


@pytest.mark.parametrize(
    "other",
    [
        line("s", role="arn:aws:iam::111111111111:role/other"),
        line("s", caller="arn:aws:iam::999999999999:user/u"),
        line("s", caller="arn:aws:iam::111111111111:user/admin"),
        line("s", caller=None),
        line("s", outcome="denied"),
        line("rolecall-verify"),  # as earlier versions called it
        line("rolecall-verify-0a1b2c3d"),
    ],
)
def test_what_is_no_call_of_the_vendors_own_is_none(tmp_path: Path, other: str) -> None:
    assert session_found(tmp_path / "j", f"{other}\n") is None


@pytest.mark.parametrize("block", [1, 7, 100, 64 * 1024])
def test_lines_are_whole_wherever_a_block_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(journal_contact, "_BLOCK_BYTES", block)
    text = f"{line('far-back')}\n" + f"{line('rolecall-verify')}\n" * 20
    assert session_found(tmp_path / "j", text) == "far-back"


def test_a_long_journal_is_read_from_its_end_and_not_to_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_contact, "MAX_BYTES", 2000)
    old, many = f"{line('old')}\n", f"{line('rolecall-verify')}\n" * 100
    assert session_found(tmp_path / "j", old + many) is None
    assert session_found(tmp_path / "j", many + old + many[:1000].rpartition("\n")[0] + "\n") == "old"


def test_a_journal_that_cannot_be_read_leaves_the_question_open(tmp_path: Path) -> None:
    found = contacts_in(tmp_path / "none", VENDORS)[ROLE]
    assert (found.contact, found.told) == (None, False)
    assert found.reason == "the journal of the embedded AWS cannot be read"
