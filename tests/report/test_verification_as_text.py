"""Verdicts as they are printed, to the letter."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.report.verification import render
from rolecall.runtime.observation import Observed
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import RoleResult, Verdict
from tests.report.made_up_roles import (
    ALL_KINDS,
    BILLING,
    CALLED,
    EVERYTHING,
    EXPIRED_ROLES,
    GONE,
    GOOD,
    HUGE,
    LONG,
    ODD,
    OPEN,
    RUN,
    asked,
    left_open,
    role,
)


def _lines(*results: RoleResult, width: int | None = None) -> list[str]:
    return render("text", results, RUN, width=width).split("\n")


def test_roles_that_are_verified_are_a_table_and_a_line() -> None:
    assert _lines(BILLING, replace(BILLING, project="payroll")) == [
        "ROLE          VERDICT   RIGHT ID  NO ID   WRONG     NEIGHBOUR",
        "acme/billing  verified  allowed   denied  2 denied  denied",
        "acme/payroll  verified  allowed   denied  2 denied  denied",
        "",
        "2 roles: 2 verified; evidence: live, assumed",
    ]


def test_what_speaks_against_a_role_comes_worst_first_then_the_hint_then_the_rest() -> None:
    assert _lines(BILLING, OPEN, GONE) == [
        "ROLE          VERDICT      RIGHT ID  NO ID    WRONG     NEIGHBOUR  EVIDENCE",
        "acme/billing  verified     allowed   denied   2 denied  denied     live, assumed",
        "acme/open     unprotected  allowed   ALLOWED  2 denied  denied     -",
        "acme/gone     missing      -         -        -         -          -",
        "",
        "acme/gone is missing: arn:aws:iam::111111111111:role/acme-gone",
        "  there is no such role",
        "  hint: rolecall deploy",
        "",
        "acme/open is unprotected: arn:aws:iam::111111111111:role/acme-open",
        "  no_external_id: no external ID was allowed",
        "  trust: lets in arn:aws:iam::353360065216:root with any external ID",
        "  hint: the condition is gone: undo it by hand",
        "  left over: billing/rolecall-3c4d",
        "",
        "3 roles: 1 missing, 1 unprotected, 1 verified",
    ]


def test_the_same_said_of_many_roles_is_said_once_with_all_their_names() -> None:
    lines = _lines(*EXPIRED_ROLES)
    names = ", ".join(f"acme/expired-{number}" for number in range(120))
    assert lines[121:] == [
        "",
        f"120 roles are inconclusive, all alike: {names}",
        "  5 probes undecided: the credentials are missing, expired or not known to AWS (ExpiredToken)",
        "  hint: sign in again",
        "  required and not reached: live: the role cannot be read",
        "  required and not reached: assumed: nothing showed it",
        "",
        "120 roles: 120 inconclusive; evidence: -",
    ]


def test_each_finding_of_a_huge_list_is_there_and_a_repetition_is_counted() -> None:
    text = render("text", [HUGE], RUN)
    assert all(finding in text for finding in HUGE.findings)
    assert "  twice (2 times)" in _lines(replace(HUGE, findings=("twice", "once", "twice")))


def test_verified_roles_say_who_called_what_is_left_over_and_what_was_left_open() -> None:
    skipped = role("long", probes=(*GOOD, left_open(GOOD[0], "the caller is a role", Observed.SKIPPED)))
    assert _lines(CALLED, skipped)[4:] == [
        "1 probe of verified roles skipped: the caller is a role",
        "acme/called: left over: billing/rolecall-1a2b, deleted on 2026-12-22",
        "acme/called: the vendor called 2026-11-20T10:00:00Z from 203.0.113.7 in eu-central-1 as 353360065216, session "
        "workato; last used 2026-11-20T10:00:00Z in eu-central-1",
        "",
        "2 roles: 2 verified; evidence: live, assumed",
    ]


def test_probes_of_other_rungs_stand_apart_and_kinds_that_nobody_foresaw_are_shown() -> None:
    head, row = _lines(role("all", probes=ALL_KINDS))[:2]
    columns = [head.index(name) for name in ("RIGHT ID", "GRANTED", "SIMULATED", "VERIFIER", "KIND OF TOMORROW")]
    assert [row[at:].split("  ")[0] for at in columns] == ["allowed", "2 allowed", "2 right", "2 right", "denied"]


def test_a_narrow_terminal_gets_a_table_that_counts_the_probes_and_says_so() -> None:
    assert _lines(BILLING, OPEN, width=70) == [
        "ROLE          VERDICT      PROBES          EVIDENCE",
        "acme/billing  verified     5 right         live, assumed",
        "acme/open     unprotected  WRONG, 4 right  -",
        "(probes are counted here: 80 columns of width show each kind, --format",
        "  json each probe)",
        "",
        "acme/open is unprotected: arn:aws:iam::111111111111:role/acme-open",
        "  no_external_id: no external ID was allowed",
        "  trust: lets in arn:aws:iam::353360065216:root with any external ID",
        "  hint: the condition is gone: undo it by hand",
        "  left over: billing/rolecall-3c4d",
        "",
        "2 roles: 1 unprotected, 1 verified",
    ]


def test_a_name_that_is_wider_than_the_terminal_stays_whole() -> None:
    assert _lines(LONG, BILLING, width=60)[:5] == [
        "acme/" + "l" * 300,
        "  verified; probes: 5 right; evidence: live, assumed",
        "acme/billing",
        "  verified; probes: 5 right; evidence: live, assumed",
        "(probes are counted here: 354 columns of width show each",
    ]


@pytest.mark.parametrize("width", [1, 40, 80, 100, 200])
def test_no_word_is_lost_whatever_the_width(width: int) -> None:
    narrow = set(render("text", EVERYTHING, RUN, width=width).split())
    said = [line for line in render("text", EVERYTHING, RUN).split("\n")[len(EVERYTHING) + 1 :] if line]
    assert {word for line in said for word in line.split()} <= narrow


@pytest.mark.parametrize("width", [40, 80])
def test_only_what_cannot_be_broken_is_wider_than_the_terminal(width: int) -> None:
    for line in render("text", EVERYTHING, RUN, width=width).split("\n"):
        assert len(line) <= width or len(line.split()) == 1, line


@given(text=st.text())
def test_nothing_that_others_wrote_reaches_the_terminal_as_it_is(text: str) -> None:
    odd = replace(ODD, findings=(text,), hint=text, role_arn=text, leftovers=(text,))
    assert render("text", [odd], RUN).replace("\n", "").isprintable()


def test_an_empty_run_is_a_head_and_a_line() -> None:
    assert _lines() == ["ROLE  VERDICT  EVIDENCE", "", "0 roles: none"]


def test_a_rung_that_was_not_required_is_not_missed() -> None:
    text = render("text", EXPIRED_ROLES[:1], replace(RUN, required=(Rung.ASSUMED,)))
    assert "not reached: assumed" in text
    assert "not reached: live" not in text


def test_a_rung_that_was_reached_is_not_missed_though_another_one_is() -> None:
    text = render("text", [replace(EXPIRED_ROLES[0], evidence=(Rung.LIVE,), not_climbed=())], RUN)
    assert "not reached: assumed" in text
    assert "not reached: live" not in text


def test_a_wrong_answer_stands_before_the_right_ones() -> None:
    wrong = asked("wrong_external_id", "other letter case", Observed.ALLOWED)
    assert (
        "  ALLOWED, 2 denied, undecided  "
        in _lines(role("mixed", Verdict.UNPROTECTED, (*GOOD, left_open(wrong, "?"), wrong)))[1]
    )
