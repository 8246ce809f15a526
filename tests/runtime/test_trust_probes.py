"""The order and the patience of trust probes: a refusal counts only after the right ID was let in."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from rolecall.runtime import deadline
from rolecall.runtime.expectation import RoleExpectation, WrongId
from rolecall.runtime.observation import Observed
from rolecall.runtime.patience import AT_ONCE, Patience
from rolecall.runtime.trouble import Trouble
from rolecall.runtime.trust_probes import TrustProbes
from tests.runtime.fake_sts import FakeClients, FakeSts

RIGHT = "the-right-id"
OWN = "arn:aws:sts::111111111111:assumed-role/r/rolecall-verify"
KEYS = {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T"}
ROLE = RoleExpectation(
    workspace="w",
    project="p",
    role_arn="arn:aws:iam::111111111111:role/r",
    region="eu-central-1",
    external_ids=(RIGHT,),
    wrong_ids=(WrongId("wrong_external_id", "a-wrong-id", "another"),),
    max_session_seconds=43200,
)


def strict(request: dict[str, Any]) -> str | None:
    """A role that does what it should."""
    return None if request.get("ExternalId") == RIGHT else "AccessDenied"


def probes(sts: FakeSts, patience: Patience = AT_ONCE) -> dict[str, Observed]:
    """What was seen, by kind."""
    return {probe.kind: probe.observed for probe in TrustProbes(ROLE, patience).as_vendor(FakeClients(sts))}


def test_the_right_id_is_asked_first_and_wrong_ones_are_refused() -> None:
    sts = FakeSts(strict)
    assert probes(sts) == {
        "right_external_id": Observed.ALLOWED,
        "no_external_id": Observed.DENIED,
        "wrong_external_id": Observed.DENIED,
    }
    assert sts.requests[0]["ExternalId"] == RIGHT


def test_every_probe_passes_a_session_policy_that_denies_everything() -> None:
    sts = FakeSts(strict)
    probes(sts)
    policies = {request["Policy"] for request in sts.requests}
    assert [json.loads(policy)["Statement"] for policy in policies] == [
        [{"Effect": "Deny", "Action": "*", "Resource": "*"}]
    ]


def test_no_refusal_is_claimed_where_the_right_id_is_refused_too() -> None:
    seen = probes(FakeSts(lambda _: "AccessDenied"))
    assert seen["right_external_id"] is Observed.DENIED
    assert {seen["no_external_id"], seen["wrong_external_id"]} == {Observed.SKIPPED}


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId", "Throttling", "InternalFailure", "offline"])
def test_what_is_no_refusal_leaves_the_question_open(code: str) -> None:
    seen = list(TrustProbes(ROLE, AT_ONCE).as_vendor(FakeClients(FakeSts(lambda _: code))))
    assert seen[0].observed is Observed.UNDECIDED
    assert seen[0].observation.reason
    assert "secret text" not in repr(seen)


def test_a_fresh_role_is_asked_again_until_it_has_let_in_three_times_in_a_row() -> None:
    answers: Iterator[str | None] = iter(["AccessDenied", None, "AccessDenied", None, None, None])
    waits: list[float] = []
    sts = FakeSts(lambda request: next(answers) if request.get("ExternalId") == RIGHT else "AccessDenied")
    seen = probes(sts, Patience(positives=3, bound_seconds=60, sleep=waits.append))
    assert seen["right_external_id"] is Observed.ALLOWED
    assert [request.get("ExternalId") for request in sts.requests][:6] == [RIGHT] * 6
    assert len(waits) == 2


def test_a_wrong_id_that_is_let_in_is_asked_again_before_it_counts() -> None:
    wrong = iter([None, None, "AccessDenied"])
    sts = FakeSts(lambda request: next(wrong) if request.get("ExternalId") == "a-wrong-id" else strict(request))
    seen = probes(sts, Patience(positives=1, bound_seconds=60, sleep=lambda _: None))
    assert seen["wrong_external_id"] is Observed.DENIED


def test_patience_ends_at_its_bound() -> None:
    sts = FakeSts(lambda _: None)
    seen = probes(sts, Patience(positives=1, bound_seconds=0.0, sleep=lambda _: None))
    assert seen["no_external_id"] is Observed.ALLOWED
    assert len(sts.requests) == 3


def test_a_caller_that_is_a_role_session_is_not_held_against_the_role() -> None:
    sts = FakeSts(strict)
    sts.get_caller_identity = lambda: {"Arn": "arn:aws:sts::353360065216:assumed-role/reader/x"}  # type: ignore[method-assign]
    seen = list(TrustProbes(ROLE, AT_ONCE).as_vendor(FakeClients(sts)))
    assert seen[-1].kind == "session_duration"
    assert seen[-1].observed is Observed.SKIPPED
    assert "role session" in str(seen[-1].observation.reason)


@pytest.mark.parametrize(
    "answer",
    [
        {"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T"}},
        {},
        {
            "Credentials": {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": ""},
            "AssumedRoleUser": {"Arn": OWN},
        },
        {"Credentials": KEYS, "AssumedRoleUser": {"Arn": OWN.replace("/r/", "/another/")}},
        {"Credentials": KEYS, "AssumedRoleUser": {"Arn": OWN.replace("111111111111", "222222222222")}},
    ],
)
def test_only_credentials_of_this_very_role_are_a_yes(answer: dict[str, Any]) -> None:
    sts = FakeSts(strict)
    sts.assume_role = lambda **_: answer  # type: ignore[method-assign]
    seen = list(TrustProbes(ROLE, AT_ONCE).as_vendor(FakeClients(sts)))
    assert {probe.observed for probe in seen} == {Observed.UNDECIDED, Observed.SKIPPED}


def test_credentials_of_this_very_role_are_a_yes() -> None:
    sts = FakeSts(strict)
    sts.assume_role = lambda **_: {"Credentials": KEYS, "AssumedRoleUser": {"Arn": OWN}}  # type: ignore[method-assign]
    assert next(iter(TrustProbes(ROLE, AT_ONCE).as_vendor(FakeClients(sts)))).observed is Observed.ALLOWED


@pytest.mark.parametrize("hangs", [0, 1, 2])
def test_a_call_that_never_ends_is_left_open_and_nothing_is_asked_after_it(
    monkeypatch: pytest.MonkeyPatch, hangs: int
) -> None:
    """The thread that hangs may wake up at any time, long after its role was judged."""
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.1)
    woken, answered = threading.Event(), threading.Event()
    sts = FakeSts(strict)

    def hang(request: dict[str, Any]) -> str | None:
        if len(sts.requests) == hangs + 1:
            woken.wait(30)
            answered.set()
        return strict(request)

    sts._answer = hang
    trust = TrustProbes(ROLE, AT_ONCE)
    seen = trust.as_vendor(FakeClients(sts))
    assert [probe.decided for probe in seen][:hangs] == [True] * hangs
    late, *rest = seen[hangs:]
    assert (late.observed, late.observation.trouble) == (Observed.UNDECIDED, Trouble.SILENT)
    assert {probe.observed for probe in rest} <= {Observed.SKIPPED}
    kinds = ["right_external_id", "no_external_id", "wrong_external_id"]
    assert [probe.kind for probe in seen] == kinds
    woken.set()
    assert answered.wait(30)
    assert {probe.observed for probe in trust.as_stranger(FakeClients(sts))} == {Observed.SKIPPED}
    assert len(sts.requests) == hangs + 1


def test_rests_between_calls_are_nobodys_lateness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.1)
    answers: Iterator[str | None] = iter(["AccessDenied", None])
    sts = FakeSts(lambda request: next(answers) if request.get("ExternalId") == RIGHT else "AccessDenied")
    seen = probes(sts, Patience(positives=1, bound_seconds=60, sleep=lambda _: time.sleep(0.5)))
    assert seen["right_external_id"] is Observed.ALLOWED


def test_on_aws_three_in_a_row_and_two_minutes_are_the_rule() -> None:
    assert (Patience().positives, Patience().bound_seconds) == (3, 120.0)
