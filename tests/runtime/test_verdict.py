"""One word out of everything that was seen: the worst first, and nothing invented."""

import pytest

from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import Difference, Verdict, evidence, findings, verdict

RIGHT = Probe("right_external_id", Observed.ALLOWED, Observation(Observed.ALLOWED))
REFUSED = Probe("no_external_id", Observed.DENIED, Observation(Observed.DENIED, "AccessDenied"))
BOTH = (Rung.LIVE, Rung.ASSUMED)


def wrong(kind: str, seen: Observed) -> Probe:
    """A probe whose answer is the wrong one."""
    expected = Observed.DENIED if seen is Observed.ALLOWED else Observed.ALLOWED
    return Probe(kind, expected, Observation(seen))


@pytest.mark.parametrize(
    ("kind", "seen", "word"),
    [
        ("right_external_id", Observed.DENIED, Verdict.NOT_ASSUMABLE),
        ("no_external_id", Observed.ALLOWED, Verdict.UNPROTECTED),
        ("wrong_external_id", Observed.ALLOWED, Verdict.UNPROTECTED),
        ("neighbour_external_id", Observed.ALLOWED, Verdict.UNPROTECTED),
        ("wrong_principal", Observed.ALLOWED, Verdict.UNPROTECTED),
        ("secret_in_scope", Observed.DENIED, Verdict.UNDERPOWERED),
        ("secret_shape", Observed.DENIED, Verdict.UNDERPOWERED),
        ("secret_out_of_scope", Observed.ALLOWED, Verdict.OVERREACHING),
    ],
)
def test_a_wrong_answer_has_one_meaning(kind: str, seen: Observed, word: Verdict) -> None:
    against = findings([RIGHT, wrong(kind, seen)], [])
    assert verdict(against, (), BOTH) is word


def test_the_worst_comes_first_and_nothing_is_lost() -> None:
    seen = [Difference(word, "permissions", word.value) for word in reversed(Verdict) if word is not Verdict.VERIFIED]
    against = findings([], seen)
    assert [word for word, _ in against] == [word for word in Verdict if word is not Verdict.VERIFIED]
    assert verdict(against, BOTH, BOTH) is Verdict.MISSING


def test_verified_needs_every_rung_that_is_required() -> None:
    assert evidence([RIGHT, REFUSED], []) == BOTH
    assert verdict([], BOTH, BOTH) is Verdict.VERIFIED
    assert verdict([], (Rung.LIVE,), BOTH) is Verdict.INCONCLUSIVE
    assert verdict([], (Rung.LIVE,), (Rung.LIVE,)) is Verdict.VERIFIED


@pytest.mark.parametrize("seen", [Observed.UNDECIDED, Observed.SKIPPED])
@pytest.mark.parametrize("kind", ["right_external_id", "no_external_id", "secret_in_scope", "secret_out_of_scope"])
def test_an_open_question_is_no_evidence(kind: str, seen: Observed) -> None:
    open_question = Probe(kind, Observed.ALLOWED, Observation(seen, reason="because"))
    assert evidence([RIGHT, REFUSED, open_question], None) == ()


def test_a_role_that_could_not_be_read_is_not_live() -> None:
    assert Rung.LIVE not in evidence([RIGHT, REFUSED], None)
    assert Rung.LIVE not in evidence([RIGHT, REFUSED], [Difference(Verdict.DRIFTED, "tags", "owner")])
