"""A trust probe whose call never ends: left open where it was, with all that comes before and after it."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rolecall.runtime import deadline
from rolecall.runtime.expectation import RoleExpectation, WrongId
from rolecall.runtime.observation import Observed
from rolecall.runtime.patience import Patience
from rolecall.runtime.probe import Probe
from rolecall.runtime.trouble import Trouble
from rolecall.runtime.trust_probes import LET_IN_ONCE, TrustProbes
from rolecall.runtime.verdict import Verdict, findings
from tests.runtime.fake_sts import Answer, FakeClients, FakeSts

NEW, OLD, VERIFIERS = "the-new-id", "the-old-id", "the-verifiers-id"
ROLE = RoleExpectation(
    workspace="w",
    project="p",
    role_arn="arn:aws:iam::111111111111:role/r",
    region="eu-central-1",
    external_ids=(NEW, OLD),
    verifier_id=VERIFIERS,
    wrong_ids=(
        WrongId("wrong_external_id", "a-wrong-id", "another"),
        WrongId("wrong_external_id", "one-more", "one more"),
        WrongId("neighbour_external_id", "a-neighbours", "the ID of a neighbour"),
    ),
    session_seconds=3600,
    max_session_seconds=3600,
)
Ask = Callable[[TrustProbes, FakeClients], list[Probe]]
ASKS: dict[str, Ask] = {
    "vendor, another of the vendor's, stranger": lambda trust, clients: [
        *trust.as_vendor(clients),
        *trust.with_the_right_id(clients),
        *trust.as_stranger(clients),
    ],
    "verifier": lambda trust, clients: trust.as_verifier(clients),
}


def sound(request: dict[str, Any]) -> Answer:
    """Lets in with the right IDs, for an hour."""
    if request.get("ExternalId") not in (NEW, OLD, VERIFIERS):
        return "AccessDenied"
    return None if request["DurationSeconds"] <= 3600 else "ValidationError"


def without_the_new_id(request: dict[str, Any]) -> Answer:
    """One that a rotation has not reached yet."""
    return "AccessDenied" if request.get("ExternalId") == NEW else sound(request)


ROLES: dict[str, Callable[[dict[str, Any]], Answer]] = {
    "sound": sound,
    "open": lambda _: None,
    "without the new ID": without_the_new_id,
}


class Stuck(FakeSts):
    """One whose call of a given number, from 0, does not end before somebody wakes it; or is silent from there on."""

    def __init__(self, answer: Callable[[dict[str, Any]], Answer], at: int, *, ends: bool) -> None:
        super().__init__(answer)
        self._at, self._ends = at, ends
        self.woken, self.ended = threading.Event(), threading.Event()

    def assume_role(self, **request: Any) -> dict[str, Any]:
        """Hang, once."""
        if len(self.requests) != self._at or self._ends:
            self._answer = (lambda _: "silent") if len(self.requests) >= self._at else self._answer
            return super().assume_role(**request)
        self.requests.append(request)
        self.woken.wait(30)
        self.requests.pop()
        try:
            return super().assume_role(**request)
        finally:
            self.ended.set()

    def get_caller_identity(self) -> dict[str, str]:
        """Nobody asks it who calls, once it hangs."""
        assert len(self.requests) <= self._at, "asked who calls, after all"
        return super().get_caller_identity()


def asked(sts: FakeSts, ask: Ask) -> list[Probe]:
    """What is seen, without the time that it took; a wrong ID that is let in is asked again twice."""
    rests = iter([False, False])
    patience = Patience(positives=2, bound_seconds=600.0, sleep=lambda _: next(rests, True))
    seen = ask(TrustProbes(ROLE, patience), FakeClients(sts))
    return [replace(probe, observation=replace(probe.observation, elapsed_ms=0.0)) for probe in seen]


@pytest.fixture(autouse=True)
def short_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a minute and a half."""
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.1)


@pytest.mark.parametrize("answer", ROLES.values(), ids=ROLES)
@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_a_call_that_never_ends_is_one_that_the_endpoint_broke_off(
    ask: Ask, answer: Callable[[dict[str, Any]], Answer]
) -> None:
    """The probes are the same, each with its reason; and the thread that hangs may wake up at any time."""
    whole = FakeSts(answer)
    asked(whole, ask)
    for at in range(len(whole.requests)):
        stuck = Stuck(answer, at, ends=False)
        seen = asked(stuck, ask)
        assert seen == asked(Stuck(answer, at, ends=True), ask), at
        assert all(probe.observation.reason for probe in seen if not probe.decided)
        stuck.woken.set()
        assert stuck.ended.wait(30)
        assert len(stuck.requests) == at + 1


def test_after_it_each_further_question_is_skipped_with_its_reason_and_nobody_waits() -> None:
    stuck = Stuck(sound, 4, ends=False)
    trust, clients = TrustProbes(ROLE, Patience(1, 0.0)), FakeClients(stuck)
    seen = trust.as_vendor(clients)
    assert [probe.observed.value for probe in seen] == [
        *["allowed"] * 2,
        *["denied"] * 2,
        "undecided",
        *["skipped"] * 3,
    ]
    assert (seen[4].asked, seen[4].observation.trouble) == ("one more", Trouble.SILENT)
    assert trust.why_cut_off == f"not asked any more: {Trouble.SILENT}"
    later = [*trust.as_stranger(clients), *trust.with_the_right_id(clients), *trust.as_verifier(clients)]
    assert [probe.kind for probe in later] == [
        *["wrong_principal"] * 2,
        *["right_external_id"] * 3,
        "no_external_id",
    ]
    assert {probe.observed for probe in later} == {Observed.SKIPPED}
    assert len(stuck.requests) == 5
    stuck.woken.set()


def test_a_refusal_before_it_still_counts() -> None:
    stuck = Stuck(without_the_new_id, 1, ends=False)
    seen = TrustProbes(ROLE, Patience(1, 0.0)).as_vendor(FakeClients(stuck))
    stuck.woken.set()
    assert [probe.observed for probe in seen[:2]] == [Observed.DENIED, Observed.UNDECIDED]
    assert [word for word, _ in findings(seen, [])] == [Verdict.NOT_ASSUMABLE]


def test_a_wrong_id_that_was_let_in_before_it_is_told_so() -> None:
    stuck = Stuck(lambda _: None, 5, ends=False)
    seen = asked(stuck, lambda trust, clients: trust.as_vendor(clients))
    stuck.woken.set()
    assert (seen[2].kind, seen[2].observed) == ("no_external_id", Observed.UNDECIDED)
    assert str(seen[2].observation.reason).startswith(LET_IN_ONCE)
