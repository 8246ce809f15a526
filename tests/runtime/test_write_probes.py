"""Write probes when something breaks on the way: the secret is gone in the end, or named and still noted."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from rolecall.runtime.expectation import RoleExpectation, WritablePrefix
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.session_policy import writing
from rolecall.runtime.verdict import evidence
from rolecall.runtime.write_intents import MARK, Earlier, NotNotedError, is_ours, listed
from rolecall.runtime.write_probes import CREATE, DELETE, READ, UPDATE, WriteProbes, Written
from tests.runtime.fake_secrets import REGION, SILENCE, FakeRole, FakeSecrets, Fault

ROLE = RoleExpectation(
    workspace="w",
    project="p",
    role_arn="arn:aws:iam::111111111111:role/r",
    region=REGION,
    external_ids=("the-right-id",),
    writable=(WritablePrefix("app/", REGION, (CREATE, READ, UPDATE, DELETE), beside="app-"),),
)
LEFT, BELOW = "app/rolecall-probe-0123456789abcdef", "app/rolecall-probe-"


class Notes:
    """Intents in memory, with what an ended run noted."""

    def __init__(self, *earlier: Earlier) -> None:
        self._earlier = earlier
        self.open: dict[str, str] = {secret.name: "earlier" for secret in earlier}
        self.begun: list[str] = []

    def begin(self, name: str, region: str, role_arn: str, *, beside: bool = False) -> None:
        self.open[name] = role_arn
        self.begun.append(name)

    def done(self, name: str) -> None:
        self.open.pop(name, None)

    def earlier(self, role_arn: str) -> Sequence[Earlier]:
        return self._earlier


def beside_is_refused(operation: str, request: dict[str, Any]) -> str | None:
    """A role that does what it should."""
    if request["SecretId"].startswith("app-") or request.get("ForceDeleteWithoutRecovery"):
        return "AccessDeniedException"
    return None


def broken(at: str, code: str, times: int = 99) -> Fault:
    """The same, with something broken in one operation below the prefix."""
    left = [times]

    def fault(operation: str, request: dict[str, Any]) -> str | None:
        sound = beside_is_refused(operation, request)
        if sound is None and operation == at and left[0]:
            left[0] -= 1
            return code
        return sound

    return fault


def written(secrets: FakeSecrets, notes: Notes | None = None, role: RoleExpectation = ROLE, **more: Any) -> Written:
    return WriteProbes(role, notes or Notes(), **more).as_vendor(FakeRole(secrets))


def observed(result: Written) -> list[tuple[str, str]]:
    return [(probe.asked.split(" ")[0], probe.observed.value) for probe in result.probes]


def test_everything_is_noted_before_it_is_made_and_dropped_when_it_is_gone() -> None:
    notes = Notes()

    def noted_first(operation: str, request: dict[str, Any]) -> str | None:
        assert request["SecretId"] in notes.open
        return beside_is_refused(operation, request)

    result = written(FakeSecrets(noted_first), notes)
    assert [probe for probe in result.probes if probe.failed or not probe.decided] == []
    assert len(notes.begun) == 2
    assert all(is_ours(name) for name in notes.begun)
    assert notes.open == {}
    assert result.leftovers == (f"{notes.begun[0]} in {REGION}, scheduled for deletion on 2026-11-29",)


def test_a_creation_whose_answer_was_lost_is_deleted() -> None:
    secrets, notes = FakeSecrets(broken("create_secret", SILENCE)), Notes()
    result = written(secrets, notes)
    assert observed(result) == [("create", "undecided"), ("create", "denied")]
    assert (secrets.content, notes.open) == ({}, {})
    assert "scheduled for deletion" in result.leftovers[0]


def test_a_creation_that_may_still_be_on_its_way_is_looked_for_again_by_the_next_run() -> None:
    notes = Notes()
    result = written(FakeSecrets(broken("create_secret", "InternalServiceError")), notes)
    assert result.leftovers == ()
    assert list(notes.open) == notes.begun[:1]


@pytest.mark.parametrize("operation", ["get_secret_value", "update_secret"])
@pytest.mark.parametrize("code", ["AccessDeniedException", "InternalServiceError", SILENCE])
def test_whatever_fails_in_between_the_secret_is_deleted(operation: str, code: str) -> None:
    secrets, notes = FakeSecrets(broken(operation, code)), Notes()
    result = written(secrets, notes)
    assert (secrets.content, notes.open) == ({}, {})
    assert len(result.leftovers) == 1


@pytest.mark.parametrize("code", ["AccessDeniedException", "InternalServiceError"])
def test_what_cannot_be_deleted_is_named_with_the_reason_and_stays_noted(code: str) -> None:
    secrets, notes = FakeSecrets(broken("delete_secret", code)), Notes()
    result = written(secrets, notes)
    (name,) = secrets.content
    assert result.leftovers == (f"{name} in {REGION}, not deleted: {code}",)
    assert list(notes.open) == [name]


def test_a_deletion_is_tried_again_where_its_probe_failed() -> None:
    secrets, notes = FakeSecrets(broken("delete_secret", "ThrottlingException", times=1)), Notes()
    result = written(secrets, notes)
    assert ("delete", "undecided") in observed(result)
    assert (secrets.content, notes.open) == ({}, {})
    assert "scheduled for deletion on" in result.leftovers[0]


def test_a_lost_answer_to_a_deletion_is_settled_by_asking_again() -> None:
    def scheduled_already(operation: str, request: dict[str, Any]) -> str | None:
        sound = beside_is_refused(operation, request)
        return "InvalidRequestException" if sound is None and operation == "delete_secret" else sound

    notes = Notes()
    result = written(FakeSecrets(scheduled_already), notes)
    assert result.leftovers == (f"{notes.begun[0]} in {REGION}, scheduled for deletion",)
    assert notes.open == {}


def test_an_interruption_deletes_what_may_have_been_made() -> None:
    class Interrupted(FakeSecrets):
        def create_secret(self, **request: Any) -> Any:
            super().create_secret(**request)
            raise KeyboardInterrupt

    secrets, notes = Interrupted(beside_is_refused), Notes()
    with pytest.raises(KeyboardInterrupt):
        written(secrets, notes)
    assert (secrets.content, notes.open) == ({}, {})


def test_nothing_is_made_that_could_not_be_noted_and_the_role_stays_inconclusive() -> None:
    class Unwritable(Notes):
        def begin(self, name: str, region: str, role_arn: str, *, beside: bool = False) -> None:
            raise NotNotedError("the disk is full")

    secrets = FakeSecrets(beside_is_refused)
    result = written(secrets, Unwritable())
    assert (secrets.requests, result.leftovers) == ([], ())
    assert [(probe.kind, probe.observed) for probe in result.probes] == [
        ("secret_in_scope", Observed.SKIPPED),
        ("secret_out_of_scope", Observed.SKIPPED),
    ]
    assert {probe.observation.reason for probe in result.probes} == {"the disk is full"}
    let_in = Probe("right_external_id", Observed.ALLOWED, Observation(Observed.ALLOWED))
    assert evidence([let_in], None) == (Rung.ASSUMED,)
    assert evidence([let_in, *result.probes], None) == ()


def test_what_an_earlier_run_left_is_deleted_and_settled() -> None:
    secrets, notes = FakeSecrets(beside_is_refused), Notes(Earlier(LEFT, REGION))
    secrets.content[LEFT] = "{}"
    result = written(secrets, notes)
    assert result.leftovers[0] == f"{LEFT} in {REGION}, scheduled for deletion on 2026-11-29"
    assert notes.open == {}


def test_what_an_earlier_run_noted_and_never_made_is_dropped() -> None:
    notes = Notes(Earlier(LEFT, REGION))
    assert len(written(FakeSecrets(beside_is_refused), notes).leftovers) == 1
    assert notes.open == {}


@pytest.mark.parametrize(("seconds", "may_be"), [(0, True), (12 * 90 - 1, True), (12 * 90, False)])
def test_a_listed_secret_may_be_in_use_as_long_as_a_run_may_take(seconds: int, may_be: bool) -> None:
    """A dozen calls, each of which may take as long as any call."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    page = {"SecretList": [{"Name": LEFT, "CreatedDate": now - timedelta(seconds=seconds)}]}
    listing = SimpleNamespace(paginate=lambda **asked: [page] if asked["Filters"][0]["Values"] == [BELOW] else [])
    client = SimpleNamespace(get_paginator=lambda _operation: listing)
    assert listed(client, ROLE, REGION, now) == (Earlier(LEFT, REGION, may_be_in_use=may_be),)


def test_what_is_noted_and_listed_is_deleted_once_and_what_is_in_use_left_alone() -> None:
    other = "app/rolecall-probe-fedcba9876543210"
    secrets = FakeSecrets(beside_is_refused)
    secrets.content |= {LEFT: "{}", other: "{}"}
    listed = (Earlier(LEFT, REGION, may_be_in_use=True), Earlier(other, REGION, may_be_in_use=True))
    result = written(secrets, Notes(Earlier(LEFT, REGION)), earlier=listed)
    assert list(secrets.content) == [other]
    assert result.leftovers[1] == f"{other} in {REGION}, made by a run that may still be going on, and left alone"


@pytest.mark.parametrize(
    "name", ["prod/db", "app/rolecall-probe-", "app/rolecall-probe-0123456789abcdef0", f"my{LEFT[4:]}"]
)
def test_a_name_that_no_write_probe_makes_is_never_deleted(name: str) -> None:
    secrets = FakeSecrets(beside_is_refused)
    secrets.content[name] = "{}"
    written(secrets, Notes(Earlier(name, REGION)), earlier=(Earlier(name, REGION),))
    assert name in secrets.content


def test_a_role_that_is_not_let_in_leaves_what_earlier_runs_left_named() -> None:
    caller = FakeRole(FakeSecrets())
    caller.sts._answer = lambda _: "AccessDenied"
    result = WriteProbes(ROLE, Notes(Earlier(LEFT, REGION))).as_vendor(caller)
    assert [probe.observed for probe in result.probes] == [Observed.SKIPPED]
    assert result.leftovers == (f"{LEFT} in {REGION}, not deleted: the role could not be assumed: AccessDenied",)


def test_what_an_earlier_run_left_is_deleted_even_where_nothing_is_written_any_more() -> None:
    secrets = FakeSecrets(beside_is_refused)
    secrets.content[LEFT] = "{}"
    result = written(secrets, Notes(Earlier(LEFT, REGION)), replace(ROLE, writable=()))
    assert (result.probes, secrets.content, len(result.leftovers)) == ((), {}, 1)


@pytest.mark.parametrize(
    "answer", [{}, {"Name": "app/other", "ARN": "arn"}, "made", None], ids=["empty", "another", "text", "none"]
)
def test_a_made_up_answer_to_a_creation_proves_nothing(answer: Any) -> None:
    result = written(FakeSecrets(beside_is_refused, create_secret=answer))
    assert observed(result)[0] == ("create", "undecided")


def test_other_content_than_was_written_is_no_success() -> None:
    def other(name: str) -> dict[str, str]:
        return {"Name": name, "ARN": "arn", "SecretString": json.dumps({"rolecall": "other"})}

    class Mixed(FakeSecrets):
        def get_secret_value(self, **request: Any) -> Any:
            return other(request["SecretId"])

    assert ("read", "undecided") in observed(written(Mixed(beside_is_refused)))


def test_only_granted_actions_are_asked() -> None:
    role = replace(ROLE, writable=(replace(ROLE.writable[0], actions=(CREATE, DELETE), beside=None),))
    assert [words for words, _ in observed(written(FakeSecrets(beside_is_refused), role=role))] == [
        "create",
        "delete",
        "delete",
    ]


def test_the_session_reaches_secrets_of_write_probes_alone() -> None:
    caller = FakeRole(FakeSecrets(beside_is_refused))
    WriteProbes(ROLE, Notes()).as_vendor(caller)
    (request,) = caller.sts.requests
    assert request["Policy"] == writing(ROLE.role_arn, MARK)
    resources = json.loads(request["Policy"])["Statement"][0]["Resource"]
    assert resources == ["arn:aws:secretsmanager:*:111111111111:secret:*rolecall-probe-*"]
