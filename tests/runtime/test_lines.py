"""A dead endpoint is given up after a few calls, and any answer brings it back."""

from rolecall.runtime.lines import TRIES, Lines
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.trouble import Trouble

SILENT = Observation(Observed.UNDECIDED, trouble=Trouble.SILENT)
THROTTLED = Observation(Observed.UNDECIDED, trouble=Trouble.THROTTLED)
STALE = Observation(Observed.UNDECIDED, trouble=Trouble.CREDENTIALS)


def test_a_line_is_dead_after_so_many_calls_without_an_answer() -> None:
    lines = Lines()
    for _ in range(TRIES - 1):
        lines.note("STS", SILENT)
    assert lines.why_dead("STS") is None
    lines.note("STS", SILENT)
    assert "STS answered none" in str(lines.why_dead("STS"))
    assert lines.why_dead("IAM") is None


def test_any_answer_brings_a_line_back() -> None:
    lines = Lines()
    for seen in (SILENT, SILENT, STALE, SILENT):
        lines.note("STS", seen)
    assert lines.why_dead("STS") is None


def test_a_service_that_throttles_to_the_end_again_and_again_is_given_up_too() -> None:
    lines = Lines()
    for seen in (THROTTLED, SILENT, THROTTLED):
        lines.note("STS", seen)
    assert lines.why_dead("STS")
