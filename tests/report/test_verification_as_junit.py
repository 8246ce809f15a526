"""JUnit XML: to the letter where it is short, by a schema where it is long, and never passing what is not verified."""

import re
from collections import Counter
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rolecall.report.verification import render
from rolecall.runtime.observation import Observed
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import RoleResult, Verdict
from tests.report.made_up_roles import BILLING, EVERYTHING, GONE, GOOD, HOSTILE, ODD, OPEN, RUN, left_open, role

# What Ant's and Jenkins's schemas have in common, in words of our own: for each element its attributes, all of which
# are needed (`?` at the end of a name: not this one), the elements in it, and whether it holds text.
SCHEMA: dict[str, dict[str, Any]] = yaml.safe_load(r"""
testsuites: {holds: "(testsuite )*"}
testsuite:
  holds: "properties (testcase )*system-out system-err "
  attributes:
    {name: &token '\S(.*\S)?', id: '\d+', package: *token, hostname: localhost, tests: '\d+', failures: '\d+',
     errors: '\d+', skipped: '\d+', time: &time '\d+\.\d{4}', timestamp: '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'}
properties: {holds: "(property )*"}
property: {attributes: {name: *token, value: '.*'}}
testcase: {holds: "((failure|error|skipped) )?", attributes: {name: *token, classname: *token, time: *time}}
failure: {attributes: {type: *token, message: '.+'}, text: true}
error: {attributes: {type: *token, message: '.+'}, text: true}
skipped: {attributes: {message: '.+'}}
system-out: {text: true}
system-err: {text: true}
""")


def _parsed(*results: RoleResult) -> ElementTree.Element:
    root = ElementTree.fromstring(render("junit", results, RUN).encode("ascii"))  # noqa: S314 -- our own
    _conforms(root)
    return root


def _conforms(element: ElementTree.Element) -> None:
    wanted = SCHEMA[element.tag]
    attributes = wanted.get("attributes", {})
    assert set(element.attrib) == set(attributes)
    for name, pattern in attributes.items():
        assert re.fullmatch(pattern, element.attrib[name]), (element.tag, name, element.attrib[name])
    assert re.fullmatch(wanted.get("holds", ""), "".join(f"{child.tag} " for child in element))
    assert wanted.get("text") or not (element.text or "").strip()
    for child in element:
        _conforms(child)


def _ended(suite: ElementTree.Element) -> dict[str, str]:
    """How each test case of a suite ended."""
    return {case.attrib["name"]: case[0].tag if len(case) else "passed" for case in suite.iter("testcase")}


def test_a_suite_is_this_to_the_letter() -> None:
    result = replace(OPEN, probes=(OPEN.probes[1], left_open(GOOD[3], "no answer", Observed.SKIPPED)))
    assert render("junit", [result], RUN).split("\n") == [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<testsuites>",
        '  <testsuite name="acme/open" id="0" package="rolecall" hostname="localhost" timestamp="2026-11-22T11:00:00" '
        'tests="4" failures="3" errors="0" skipped="1" time="0.0114">',
        "    <properties>",
        '      <property name="role_arn" value="arn:aws:iam::111111111111:role/acme-open" />',
        '      <property name="verdict" value="unprotected" />',
        '      <property name="evidence" value="-" />',
        '      <property name="target" value="local" />',
        '      <property name="mode" value="vendor" />',
        '      <property name="caller_arn" value="" />',
        '      <property name="required" value="live, assumed" />',
        "    </properties>",
        '    <testcase name="no_external_id: no external ID" classname="acme.open" time="0.0099">',
        '      <failure type="unprotected" message="was allowed, and should have been denied" />',
        "    </testcase>",
        '    <testcase name="wrong_external_id: one character more" classname="acme.open" time="0.0015">',
        '      <skipped message="skipped: no answer" />',
        "    </testcase>",
        '    <testcase name="live equals compiled" classname="acme.open" time="0.0000">',
        '      <failure type="unprotected" message="the live role differs from the compiled one: trust">trust: lets in '
        "arn:aws:iam::353360065216:root with any external ID</failure>",
        "    </testcase>",
        '    <testcase name="verdict" classname="acme.open" time="0.0000">',
        '      <failure type="unprotected" message="unprotected: no_external_id: no external ID was allowed">'
        "no_external_id: no external ID was allowed",
        "trust: lets in arn:aws:iam::353360065216:root with any external ID",
        "1 probe skipped: no answer",
        "hint: the condition is gone: undo it by hand",
        "left over: billing/rolecall-3c4d</failure>",
        "    </testcase>",
        "    <system-out />",
        "    <system-err />",
        "  </testsuite>",
        "</testsuites>",
    ]


def test_every_result_has_the_shape_of_the_schema_and_its_counts_are_right() -> None:
    root = _parsed(*EVERYTHING)
    assert [suite.attrib["name"] for suite in root] == [result.address for result in EVERYTHING]
    for suite in root:
        ended = Counter(_ended(suite).values())
        counts = {"failure": "failures", "error": "errors", "skipped": "skipped"}
        assert {tag: int(suite.attrib[name]) for tag, name in counts.items()} == {tag: ended[tag] for tag in counts}
        assert int(suite.attrib["tests"]) == ended.total() == len(list(suite.iter("testcase")))


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("seen", [Observed.UNDECIDED, Observed.SKIPPED, None])
def test_a_suite_fails_if_and_only_if_the_role_is_not_verified(verdict: Verdict, seen: Observed | None) -> None:
    probes = (*GOOD, left_open(GOOD[0], "no answer", seen)) if seen else GOOD
    [suite] = _parsed(role("any", verdict, probes))
    ended = _ended(suite)
    assert ({"failure", "error"} & set(ended.values()) == set()) == (verdict is Verdict.VERIFIED)
    wanted = {Verdict.VERIFIED: "passed", Verdict.INCONCLUSIVE: "error"}
    assert ended["verdict"] == wanted.get(verdict, "failure")


def test_undecided_is_an_error_skipped_is_skipped_and_both_say_why() -> None:
    probes = tuple(left_open(GOOD[0], word.value, word) for word in (Observed.UNDECIDED, Observed.SKIPPED))
    [suite] = _parsed(role("any", Verdict.INCONCLUSIVE, probes))
    endings = [(case[0].tag, case[0].attrib["message"]) for case in list(suite.iter("testcase"))[:2]]
    assert endings == [("error", "undecided"), ("skipped", "skipped: skipped")]


def test_the_comparison_is_a_case_only_where_it_was_made() -> None:
    assert _ended(_parsed(BILLING)[0])["live equals compiled"] == "passed"
    assert _ended(_parsed(OPEN)[0])["live equals compiled"] == "failure"
    assert "live equals compiled" not in _ended(_parsed(GONE)[0])
    assert "live equals compiled" not in _ended(_parsed(replace(BILLING, evidence=(Rung.ASSUMED,)))[0])


def test_no_two_cases_of_a_suite_have_one_name_and_other_rungs_are_named() -> None:
    simulated = replace(GOOD[0], rung=Rung.PERMISSIONS)
    [suite] = _parsed(role("any", probes=(GOOD[0], GOOD[0], simulated)))
    assert [case.attrib["name"] for case in suite.iter("testcase")][:3] == [
        "right_external_id: right external ID",
        "right_external_id: right external ID (2)",
        "right_external_id: right external ID [permissions]",
    ]


def test_a_role_without_a_workspace_is_its_own_class() -> None:
    [suite] = _parsed(replace(BILLING, workspace=""))
    assert {case.attrib["classname"] for case in suite.iter("testcase")} == {"billing"}


def test_hostile_names_stay_text_and_what_xml_forbids_is_written_out() -> None:
    [suite] = _parsed(ODD)
    [first, *_] = suite.iter("testcase")
    assert "]]> <script>x</script>" in first.attrib["name"]
    assert "\\x1b[31m \\x00 \\n# g \\u202e \\ud800 \U0001f512" in first.attrib["name"]
    assert suite.find("script") is None


@given(text=st.text() | st.just(HOSTILE))
def test_whatever_others_wrote_the_document_can_be_read(text: str) -> None:
    _parsed(replace(ODD, role_arn=text, findings=(text,), hint=text, probes=(left_open(GOOD[0], text or "-"),)))
