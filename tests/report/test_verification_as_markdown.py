"""Markdown for the summary of a job: to the letter, as a parser reads it, and never larger than GitHub takes."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rolecall.report.plain import escaped, printable
from rolecall.report.verification import render
from rolecall.report.verification.markdown import MOST_BYTES, as_markdown
from rolecall.runtime.verdict import RoleResult
from tests.report.made_up_roles import (
    BILLING,
    CALLED,
    EVERYTHING,
    EXPIRED_ROLES,
    GONE,
    HOSTILE,
    HUGE,
    ODD,
    OPEN,
    RUN,
    role,
)

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
STEP_BYTES = 1024 * 1024


def _texts(markdown: str) -> list[list[Token]]:
    """The content of each heading, cell, list item and paragraph, as the parser takes it apart."""
    return [token.children or [] for token in PARSER.parse(markdown) if token.type == "inline"]


def _lines(*results: RoleResult) -> list[str]:
    return render("markdown", results, RUN).split("\n")


def test_a_page_is_this_to_the_letter() -> None:
    assert _lines(BILLING, OPEN, GONE) == [
        "## Rolecall: 3 roles: 1 missing, 1 unprotected, 1 verified",
        "",
        "| Role | Verdict | RIGHT ID | NO ID | WRONG | NEIGHBOUR | Evidence |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| acme/billing | verified | allowed | denied | 2 denied | denied | live, assumed |",
        "| acme/open | **unprotected** | allowed | ALLOWED | 2 denied | denied | - |",
        "| acme/gone | **missing** | - | - | - | - | - |",
        "",
        "### acme/gone is missing",
        "",
        "arn:aws:iam::111111111111:role/acme-gone",
        "",
        "- there is no such role",
        "",
        "**Hint:** rolecall deploy",
        "",
        "### acme/open is unprotected",
        "",
        "arn:aws:iam::111111111111:role/acme-open",
        "",
        r"- no\_external\_id: no external ID was allowed",
        "- trust: lets in arn:aws:iam::353360065216:root with any external ID",
        "",
        "**Hint:** the condition is gone: undo it by hand",
        "",
        "- left over: billing/rolecall-3c4d",
        "",
        "Mode: vendor on local, called as each vendor's own principal, started 2026-11-22T11:00:00.123456Z. "
        "Required: live, assumed. Evidence: as the table says.",
    ]


def test_one_evidence_for_all_and_a_caller_are_told_at_the_end() -> None:
    run = replace(RUN, caller_arn="arn:aws:sts::1:assumed-role/a_b/c", target="aws")
    assert render("markdown", [BILLING], run).split("\n")[-1] == (
        r"Mode: vendor on aws, called as arn:aws:sts::1:assumed-role/a\_b/c, started 2026-11-22T11:00:00.123456Z. "
        "Required: live, assumed. Evidence: live, assumed."
    )


def test_what_is_too_long_for_a_glance_is_folded_and_complete() -> None:
    page = render("markdown", [HUGE, CALLED, *EXPIRED_ROLES], RUN)
    assert "<details><summary>490 more findings</summary>\n" in page
    assert "<details><summary>110 more roles</summary>\n" in page
    assert "<details><summary>Notes on verified roles</summary>\n" in page
    assert page.count("<details>") == page.count("</details>") == 3
    assert all(escaped(text) in page for text in HUGE.findings)
    assert page.count("5 probes undecided") == 1


@given(
    text=st.text()
    | st.sampled_from([HOSTILE, "     indented", "1. one", "+ two", "==="])
    | st.text("\\`*_{}[]()#+-.!|~<>&$@: \n0:/w")
)
@pytest.mark.parametrize("around", ["- {}", "### {}", "{}", "| a |\n| --- |\n| {} |"])
def test_what_others_wrote_is_text_and_nothing_else_wherever_it_stands(around: str, text: str) -> None:
    shown = printable(text).strip()
    assume(shown)
    content = _texts(around.format(escaped(text)))[-1]
    assert {token.type for token in content} <= {"text", "text_special"}
    assert "".join(token.content for token in content) == shown


def test_every_row_has_as_many_cells_as_the_head_whatever_a_role_is_called() -> None:
    odd = replace(ODD, project=HOSTILE)
    tokens = PARSER.parse(render("markdown", [BILLING, odd], RUN))
    rows = [at for at, token in enumerate(tokens) if token.type == "tr_open"]
    cells = [sum(token.type in ("td_open", "th_open") for token in tokens[at : at + 3 * 7]) for at in rows]
    assert cells == [7, 7, 7]
    assert not [token for token in tokens if token.type in ("html_block", "fence", "code_block")]


@pytest.mark.parametrize("sign", ["<script", "$h", "@i", "http://f"])
def test_github_gets_nothing_to_make_a_link_a_mention_or_a_formula_of(sign: str) -> None:
    assert sign not in render("markdown", [ODD], RUN)


def test_verified_rows_are_left_out_first_and_counted() -> None:
    good = [role(f"good-{number}") for number in range(20_000)]
    page = as_markdown([OPEN, *good, GONE], RUN)
    assert len(page.encode()) <= MOST_BYTES < STEP_BYTES
    assert "Left out, as GitHub takes 1 MiB from a step: verified roles (20000); `--format json` has all." in page
    assert "good-" not in page
    assert "### acme/open is unprotected" in page
    assert "| acme/gone | **missing** |" in page


def test_a_page_that_is_too_large_all_the_same_is_cut_at_whole_sections_and_says_how_many() -> None:
    bad = [replace(HUGE, project=f"bad-{number}", hint=f"hint {number}") for number in range(200)]
    page = as_markdown([CALLED, *bad], RUN, most_bytes=20_000)
    assert 15_000 < len(page.encode()) <= 20_000
    rows, sections = page.count("\n| acme/bad-"), page.count("\n### ")
    assert 0 < rows < 200
    assert 0 < sections < 200
    assert (
        f"verified roles (1), rows ({200 - rows}), sections about roles that are not verified ({200 - sections}), "
        "notes on verified roles (2); `--format json` has all."
    ) in page
    assert "- 490 more findings; `--format json` has all" in page
    assert page.split("\n")[-1].startswith("Mode: vendor")


@pytest.mark.parametrize("most_bytes", [2_000, 10_000, 100_000, MOST_BYTES])
def test_no_page_is_larger_than_it_may_be(most_bytes: int) -> None:
    large = replace(HUGE, findings=("x" * 2_000_000,))
    assert len(as_markdown([*EVERYTHING, large], RUN, most_bytes=most_bytes).encode()) <= most_bytes
