"""Notes of runs that were killed: each is settled or says what a person has to do; a failing service settles none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall.runtime.probe_secret import QUOTA_REACHED
from rolecall.runtime.write_intents import Earlier, NotNotedError
from rolecall.runtime.write_probes import WriteProbes, Written
from tests.runtime.fake_secrets import REGION, FakeRole, FakeSecrets
from tests.runtime.test_write_probes import LEFT, ROLE, Notes, beside_is_refused, observed, written

BESIDE = "app-rolecall-probe-0123456789abcdef"
FILE = ".rolecall/write-probes/0123.json"
NOTED = Earlier(BESIDE, REGION, beside=True, note=FILE)
IDLE = replace(ROLE, writable=())
"""Nothing is written with it any more: only what was left is looked at."""


def swept(notes: Notes, account: FakeSecrets | None = None, role: FakeSecrets | None = None) -> Written:
    as_role = role or FakeSecrets(beside_is_refused)
    return WriteProbes(IDLE, notes, account=lambda _: account).as_vendor(FakeRole(as_role))


def refused(*operations: str) -> Callable[[str, dict[str, Any]], str | None]:
    """Somebody who may not call these."""
    return lambda operation, _: "AccessDeniedException" if operation in operations else None


def test_what_was_asked_beside_the_grant_is_noted_as_such_and_what_was_asked_below_is_not() -> None:
    class Kinds(Notes):
        def begin(self, name: str, region: str, role_arn: str, *, beside: bool = False) -> None:
            super().begin(name, region, role_arn)
            assert beside is name.startswith("app-")

    assert len(written(FakeSecrets(beside_is_refused), Kinds()).probes) == 6


def test_without_the_account_a_person_is_told_that_it_was_probably_never_made_and_which_note_to_delete() -> None:
    notes = Notes(NOTED)
    result = swept(notes)
    assert result.leftovers == (f"{BESIDE} in {REGION}, was probably never made; look for it, then delete {FILE}",)
    assert (result.probes, list(notes.open)) == ((), [BESIDE])


def test_who_may_look_settles_what_was_never_made() -> None:
    notes, account = Notes(NOTED), FakeSecrets(refused("delete_secret"))
    assert swept(notes, account).leftovers == ()
    assert notes.open == {}


def test_who_may_look_settles_what_waits_for_its_end() -> None:
    answer = {"Name": BESIDE, "DeletedDate": datetime(2026, 11, 29, tzinfo=UTC)}
    notes, account = Notes(NOTED), FakeSecrets(describe_secret=answer)
    account.content[BESIDE] = "{}"
    assert swept(notes, account).leftovers == (f"{BESIDE} in {REGION}, scheduled for deletion on 2026-11-29",)
    assert (notes.open, [operation for operation, _ in account.requests]) == ({}, ["describe_secret"])


def test_an_administrator_deletes_what_was_made_all_the_same() -> None:
    notes, account = Notes(NOTED), FakeSecrets()
    account.content[BESIDE] = "{}"
    assert swept(notes, account).leftovers == (f"{BESIDE} in {REGION}, scheduled for deletion on 2026-11-29",)
    assert (account.content, notes.open) == ({}, {})


def test_what_is_seen_there_and_cannot_be_deleted_is_never_said_not_to_have_been_made() -> None:
    notes, account = Notes(NOTED), FakeSecrets(refused("delete_secret"))
    account.content[BESIDE] = "{}"
    assert swept(notes, account).leftovers == (
        f"{BESIDE} in {REGION}, not deleted: AccessDeniedException; delete it by hand, then {FILE}",
    )
    assert list(notes.open) == [BESIDE]


def test_who_may_neither_look_nor_delete_settles_nothing() -> None:
    notes = Notes(NOTED)
    (left,) = swept(notes, FakeSecrets(refused("describe_secret", "delete_secret"))).leftovers
    assert "was probably never made" in left
    assert list(notes.open) == [BESIDE]


def test_below_the_prefix_a_refused_deletion_is_no_sign_that_nothing_was_made() -> None:
    notes = Notes(Earlier(LEFT, REGION, note=FILE))
    (left,) = swept(notes, role=FakeSecrets(refused("delete_secret"))).leftovers
    assert left == f"{LEFT} in {REGION}, not deleted: AccessDeniedException; delete it by hand, then {FILE}"
    assert list(notes.open) == [LEFT]


def test_the_account_is_not_asked_where_the_role_can_settle_it() -> None:
    account = FakeSecrets()
    swept(Notes(Earlier(LEFT, REGION)), account)
    swept(Notes(NOTED), account, FakeSecrets(lambda *_: "ThrottlingException"))
    assert account.requests == []


def test_what_was_made_beside_the_grant_is_noted_anew_so_that_nobody_takes_it_for_never_made() -> None:
    kinds: list[tuple[str, bool]] = []

    class Kinds(Notes):
        def begin(self, name: str, region: str, role_arn: str, *, beside: bool = False) -> None:
            kinds.append((name, beside))
            super().begin(name, region, role_arn)

    secrets, notes = FakeSecrets(refused("delete_secret")), Kinds()
    written(secrets, notes)
    (below, _), (name, was_beside), (again, is_beside) = kinds
    assert (name, was_beside, is_beside) == (again, True, False)
    assert set(secrets.content) == set(notes.open) == {below, name}


def test_what_was_made_beside_the_grant_is_named_even_where_it_cannot_be_noted_anew() -> None:
    class Full(Notes):
        def begin(self, name: str, region: str, role_arn: str, *, beside: bool = False) -> None:
            if name in self.open:
                raise NotNotedError("the disk is full")
            super().begin(name, region, role_arn)

    secrets = FakeSecrets(refused("delete_secret"))
    result = written(secrets, Full())
    assert len(result.leftovers) == len(secrets.content) == 2
    assert observed(result)[-1] == ("create", "allowed")


class Failing(FakeSecrets):
    """Fails at deletion with a status of the server's, whatever the code says."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(beside_is_refused)
        self._error = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}

    def delete_secret(self, **request: Any) -> Any:
        raise ClientError(self._error, "DeleteSecret")  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "InvalidRequestException"])
def test_a_service_that_fails_settles_no_deletion_whatever_its_code_says(code: str) -> None:
    secrets, notes = Failing(code, 500), Notes()
    result = written(secrets, notes)
    (name,) = secrets.content
    assert result.leftovers == (f"{name} in {REGION}, not deleted: {code}",)
    assert list(notes.open) == [name]
    sound = Notes()
    written(Failing(code, 400), sound)
    assert sound.open == {}


@pytest.mark.parametrize("status", [500, 503])
def test_a_service_that_fails_settles_nothing_that_is_looked_for_either(status: int) -> None:
    error = {"Error": {"Code": "ResourceNotFoundException"}, "ResponseMetadata": {"HTTPStatusCode": status}}

    class Broken(FakeSecrets):
        def describe_secret(self, **request: Any) -> Any:
            raise ClientError(error, "DescribeSecret")  # type: ignore[arg-type]

    notes = Notes(NOTED)
    swept(notes, Broken(refused("delete_secret")))
    assert list(notes.open) == [BESIDE]


def test_a_quota_that_is_used_up_is_no_throttling_and_nothing_was_made() -> None:
    def full(operation: str, _: dict[str, Any]) -> str | None:
        return "LimitExceededException" if operation == "create_secret" else None

    secrets, notes = FakeSecrets(full), Notes()
    result = written(secrets, notes)
    assert {probe.observation.reason for probe in result.probes} == {QUOTA_REACHED}
    assert {probe.observation.trouble for probe in result.probes} == {None}
    assert ([operation for operation, _ in secrets.requests], result.leftovers, notes.open) == (
        ["create_secret"] * 2,
        (),
        {},
    )
