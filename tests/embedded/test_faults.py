"""What trust probes make of an endpoint that is broken: they never take it for an answer, and keep what they saw."""

from pathlib import Path

import pytest

from rolecall.runtime.observation import Observed
from rolecall.runtime.patience import Patience
from rolecall.runtime.trouble import Trouble
from rolecall.runtime.trust_probes import TrustProbes
from rolecall.runtime.verdict import Verdict, findings
from tests.embedded.fault_answers import GARBAGE, SERVER, THROTTLES, assumed
from tests.embedded.fault_proxy import fault_proxy
from tests.embedded.faults import Fault, Line, Rule, Slow, Stale
from tests.embedded.faulty import RIGHT_ID, ask, bind, every_open_question_has_a_reason, expected, observed, role
from tests.embedded.world import WORKATO, World

FAULTS: dict[str, Fault] = {**GARBAGE, **SERVER, **THROTTLES, **{line.name: line for line in Line}}
TROUBLES = {
    **dict.fromkeys(THROTTLES, Trouble.THROTTLED),
    **{line.name: Trouble.SILENT for line in Line},
    "500 as AWS says it": Trouble.SERVER,
    "503 with nothing": Trouble.SERVER,
    "503 that says AccessDenied": Trouble.SERVER,
    "200 with a page": Trouble.NONSENSE,
    "200 with another operation's XML": Trouble.NONSENSE,
    "200 with an empty result": Trouble.NONSENSE,
    "403 with a page": Trouble.NONSENSE,
    "403 with nothing": Trouble.NONSENSE,
    "403 with a bucket's AccessDenied": Trouble.NONSENSE,
}
ASSUME = "AssumeRole"


def _after(number: int, fault: Fault) -> Rule:
    return Rule(fault, "sts", ASSUME, after=number)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_from_the_first_call_on_decides_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with role(world, "fault-first", RIGHT_ID) as arn:
        verdict, probes = ask(world, monkeypatch, tmp_path, arn, _after(0, FAULTS[name]))
    assert verdict is Verdict.INCONCLUSIVE
    assert observed(probes)[0] == "undecided"
    assert set(observed(probes)[1:]) == {"skipped"}
    assert every_open_question_has_a_reason(probes)
    assert probes[0].observation.trouble is TROUBLES.get(name, probes[0].observation.trouble)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_after_the_right_id_was_let_in_is_no_refusal_of_the_others(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with role(world, "fault-second", RIGHT_ID) as arn:
        verdict, probes = ask(world, monkeypatch, tmp_path, arn, _after(1, FAULTS[name]))
    assert verdict is Verdict.INCONCLUSIVE
    assert observed(probes)[:2] == ["allowed", "undecided"]
    assert set(observed(probes)[2:]) <= {"undecided", "skipped"}
    assert every_open_question_has_a_reason(probes)


@pytest.mark.parametrize(
    "name", ["200 with a page", "500 as AWS says it", "400 Throttling", "CLOSE", "DIE", "HANG", "DRIP"]
)
def test_what_was_let_in_before_the_fault_stays_seen(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with role(world, "fault-open") as arn:
        verdict, probes = ask(world, monkeypatch, tmp_path, arn, _after(2, FAULTS[name]))
    assert verdict is Verdict.UNPROTECTED
    assert observed(probes)[:3] == ["allowed", "allowed", "undecided"]


def test_a_wrong_id_that_was_let_in_once_and_could_not_be_asked_again_is_left_open(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = Patience(positives=1, bound_seconds=60, sleep=lambda _: None)
    with role(world, "fault-again") as arn, fault_proxy(world.aws, tmp_path, _after(4, Line.DIE)) as proxy:
        probes = list(TrustProbes(expected(arn), patience).as_vendor(bind(monkeypatch, proxy, WORKATO)))
    assert observed(probes)[:3] == ["allowed", "undecided", "skipped"]
    assert str(probes[1].observation.reason).startswith("let in once, and then it could not be asked again")
    assert findings(probes, []) == []


def test_a_role_that_is_not_there_yet_when_the_endpoint_dies_is_not_called_refused(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fresh role refuses everybody, so that a refusal counts only when the bound is over."""
    patience = Patience(positives=1, bound_seconds=60, sleep=lambda _: None)
    with (
        role(world, "fault-fresh", "another-id") as arn,
        fault_proxy(world.aws, tmp_path, _after(2, Line.DIE)) as proxy,
    ):
        probes = list(TrustProbes(expected(arn), patience).as_vendor(bind(monkeypatch, proxy, WORKATO)))
    assert observed(probes)[0] == "undecided"
    assert findings(probes, []) == []


@pytest.mark.parametrize("name", ["500 as AWS says it", "503 with nothing", "400 Throttling", "CLOSE", "HALF"])
def test_a_fault_that_passes_leaves_no_trace(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    once = [Rule(FAULTS[name], "sts", ASSUME, after=number, times=1) for number in (0, 4)]
    with role(world, "fault-passes", RIGHT_ID) as arn:
        verdict, probes = ask(world, monkeypatch, tmp_path, arn, *once, tries=2)
    assert verdict is Verdict.VERIFIED
    assert observed(probes) == ["allowed", *["denied"] * (len(probes) - 1)]


def test_slow_answers_are_answers(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with role(world, "fault-slow", RIGHT_ID) as arn:
        assert ask(world, monkeypatch, tmp_path, arn, Rule(Slow(0.3)))[0] is Verdict.VERIFIED


@pytest.mark.parametrize(
    "answer",
    [
        lambda arn: assumed(arn, "another-role"),
        lambda arn: assumed(arn.replace("111111111111", "999999999999")),
        lambda arn: assumed(arn, key=""),
    ],
    ids=["of another role", "of another account", "without a key"],
)
def test_credentials_that_are_not_the_roles_open_no_door(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    assert callable(answer)
    with role(world, "fault-other", RIGHT_ID) as arn:
        verdict, probes = ask(world, monkeypatch, tmp_path, arn, _after(1, answer(arn)))
    assert verdict is Verdict.INCONCLUSIVE
    assert set(observed(probes)[1:]) == {"undecided"}


@pytest.mark.parametrize("which", Stale)
def test_the_answer_to_another_call_opens_no_door(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: Stale
) -> None:
    """Real credentials of the very role, but issued for the right ID. They come in the place of refusals."""
    with role(world, "fault-stale", RIGHT_ID) as arn:
        verdict, probes = ask(world, monkeypatch, tmp_path, arn, Rule(which, "sts", ASSUME))
    assert verdict is Verdict.INCONCLUSIVE
    assert findings(probes, []) == []
    assert observed(probes)[:2] == ["allowed", "undecided"]
    assert probes[1].observation.trouble is Trouble.NONSENSE


def test_after_a_broken_line_nothing_more_is_asked_of_it(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a role would cost a minute for each of its wrong IDs."""
    hung = fault_proxy(world.aws, tmp_path, _after(1, Line.HANG))
    with role(world, "fault-hung", RIGHT_ID) as arn, hung as proxy:
        list(TrustProbes(expected(arn), Patience(1, 0)).as_vendor(bind(monkeypatch, proxy, WORKATO)))
        assert proxy.count(ASSUME) == 2, "one that passed, and one without an answer"


def test_a_caller_whose_own_kind_cannot_be_told_is_not_refused_a_long_session(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role's session gets an hour at most, and nobody else's limit tells anything about the role."""
    rule = Rule(FAULTS["500 as AWS says it"], "sts", "GetCallerIdentity")
    with role(world, "fault-who", RIGHT_ID) as arn, fault_proxy(world.aws, tmp_path, rule) as proxy:
        clients = bind(monkeypatch, proxy, WORKATO)
        probes = list(TrustProbes(expected(arn, asked=7200, longest=7200), Patience(1, 0)).as_vendor(clients))
    lengths = [probe for probe in probes if probe.kind == "session_duration"]
    assert {probe.observed for probe in lengths} <= {Observed.SKIPPED, Observed.UNDECIDED}
