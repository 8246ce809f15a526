"""The order and the patience of trust probes: a refusal counts only after the right ID was let in."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from rolecall.runtime import assume_role, deadline
from rolecall.runtime.assume_role import SESSION_NAME
from rolecall.runtime.expectation import RoleExpectation, WrongId
from rolecall.runtime.observation import Observed
from rolecall.runtime.patience import AT_ONCE, Patience
from rolecall.runtime.trouble import Trouble
from rolecall.runtime.trust_probes import TrustProbes
from tests.runtime.fake_sts import FakeClients, FakeSts

RIGHT = "the-right-id"
OWN = "arn:aws:sts::111111111111:assumed-role/r/rolecall-verify-0a1b2c3d"
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
        {"Credentials": KEYS},
        {},
        {"Credentials": {**KEYS, "SessionToken": ""}, "AssumedRoleUser": {"Arn": OWN}},
        {"Credentials": KEYS, "AssumedRoleUser": {"Arn": None}},
        {"Credentials": KEYS, "AssumedRoleUser": {"Arn": OWN.replace("/r/", "/another/")}},
        {"Credentials": KEYS, "AssumedRoleUser": {"Arn": OWN.replace("111111111111", "222222222222")}},
        {"Credentials": KEYS, "AssumedRoleUser": {"Arn": f"{OWN}0"}},
        {"Credentials": KEYS, "AssumedRoleUser": {"Arn": OWN.replace("verify-0", "verify-1")}},
    ],
    ids=str,
)
def test_only_credentials_of_this_very_session_are_a_yes(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    monkeypatch.setattr(assume_role, "new_session_name", lambda: OWN.rpartition("/")[2])
    sts = FakeSts(strict)
    sts.assume_role = lambda **_: answer  # type: ignore[method-assign]
    seen = TrustProbes(ROLE, AT_ONCE).as_vendor(FakeClients(sts))
    assert {probe.observed for probe in seen} == {Observed.UNDECIDED, Observed.SKIPPED}
    sts.assume_role = lambda **_: {"Credentials": KEYS, "AssumedRoleUser": {"Arn": OWN}}  # type: ignore[method-assign]
    assert TrustProbes(ROLE, AT_ONCE).as_vendor(FakeClients(sts))[0].observed is Observed.ALLOWED


def test_every_session_has_a_name_of_its_own_that_tells_whose_it_is() -> None:
    sts = FakeSts(strict)
    probes(sts, Patience(positives=3, bound_seconds=0.0))
    names = [request["RoleSessionName"] for request in sts.requests]
    assert len(set(names)) == len(names) == 5
    assert all(re.fullmatch(f"{SESSION_NAME}-[0-9a-f]{{8}}", name) for name in names)


@pytest.mark.parametrize("which", [0, -2], ids=["the first answer again and again", "each answer one request late"])
def test_an_answer_to_another_call_lets_nobody_in(which: int) -> None:
    """What a proxy kept, or a connection that is out of step: its credentials are real, and not for this call."""
    sts, answers = FakeSts(lambda _: None), list[dict[str, Any]]()

    def answered(**request: Any) -> dict[str, Any]:
        answers.append(FakeSts.assume_role(sts, **request))
        return answers[which if len(answers) > 1 else 0]

    sts.assume_role = answered  # type: ignore[method-assign]
    first, *others = TrustProbes(ROLE, AT_ONCE).as_vendor(FakeClients(sts))
    assert first.observed is Observed.ALLOWED
    assert {(probe.observed, probe.observation.trouble) for probe in others} == {(Observed.UNDECIDED, Trouble.NONSENSE)}


def test_rests_between_calls_are_nobodys_lateness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.1)
    answers: Iterator[str | None] = iter(["AccessDenied", None])
    sts = FakeSts(lambda request: next(answers) if request.get("ExternalId") == RIGHT else "AccessDenied")
    seen = probes(sts, Patience(positives=1, bound_seconds=60, sleep=lambda _: time.sleep(0.5)))
    assert seen["right_external_id"] is Observed.ALLOWED


def test_on_aws_three_in_a_row_and_two_minutes_are_the_rule() -> None:
    assert (Patience().positives, Patience().bound_seconds) == (3, 120.0)
