"""The hint for one planted cause after the other, from documents and answers alone: tests/cases/diagnosis.yaml."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from case_tables import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.estate import sound
from rolecall.model.grant import Grant
from rolecall.policy.compile import Home, permission_document, trust_document
from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.live_role import LiveRole
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.verdict import Difference, Verdict, findings, verdict
from rolecall.verification.comparison import differences
from rolecall.verification.diagnosis import hint

ACME = Path(__file__).parents[2] / "examples" / "acme"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LET_IN = ("no_external_id", "wrong_external_id", "secret_out_of_scope")


@cache
def estate() -> dict[str, Grant]:
    """The roles of the example by their addresses."""
    return {grant.address: grant for grant in sound(ACME).grants}


IDS = {address: grant.trust.written_ids for address, grant in estate().items()}


def expected(grant: Grant) -> RoleExpectation:
    """What is to be asked about a role, as far as a hint depends on it."""
    return RoleExpectation(grant.workspace, grant.project, grant.role_arn, grant.region, grant.trust.written_ids)


def live(grant: Grant, case: dict[str, Any]) -> LiveRole:
    """The compiled role with the case's changes."""
    home = Home(grant.partition, grant.account, grant.region)
    own = f"arn:aws:iam::{grant.account}:policy{grant.role_path}{grant.role_name}"
    document = {"Statement": case["own"]} if "own" in case else permission_document(grant.permissions, home)
    policies = {} if case.get("detached") else {own: document}
    for name, statements in {**case.get("inline", {}), **case.get("attached", {})}.items():
        policies[name] = {"Statement": statements}
    path = case.get("path", grant.role_path)
    return LiveRole(
        arn=f"arn:aws:iam::{grant.account}:role{path}{grant.role_name}",
        trust={"Statement": case["trust"]} if "trust" in case else trust_document(grant.trust),
        policies=policies,
        boundary="arn:aws:iam::111111111111:policy/narrow" if "boundary" in case else None,
        path=path,
        max_session_seconds=case.get("session", grant.max_session_seconds),
        tags=dict(grant.all_tags),
        created=case.get("created", "2026-01-01T00:00:00Z"),
    )


def probe(kind: str, observed: str, code: Any = None, by: Any = None, reason: Any = None, asked: str = "") -> Probe:
    """One call whose answer was the wrong one."""
    wanted = Observed.DENIED if kind in LET_IN else Observed.ALLOWED
    seen = Observation(Observed(observed), code, reason=reason, denied_by=DeniedBy(by) if by else None)
    return Probe(kind, wanted, seen, asked)


def told(case: dict[str, Any]) -> tuple[str, Verdict]:
    """The hint and the verdict of a case."""
    grant = estate()[case["role"]]
    role, probes = live(grant, case), [probe(*call) for call in case.get("calls", [])]
    differing = differences(grant, role, grant.trust.written_ids)
    word = verdict(findings(probes, differing), (), ())
    return hint(grant, expected(grant), role, differing, probes, word, ids=IDS, now=NOON) or "", word


@pytest.mark.parametrize("case", cases("diagnosis"))
def test_the_planted_cause_is_named_first(case: dict[str, Any]) -> None:
    text, word = told(case)
    assert word is not Verdict.VERIFIED
    assert text.startswith(case["hint"]), text
    assert not [part for part in case.get("has", []) if part not in text], text
    assert not [part for part in case.get("hasnot", []) if part in text], text


@pytest.mark.parametrize("case", cases("diagnosis"))
def test_a_hint_is_short_enough_for_a_terminal(case: dict[str, Any]) -> None:
    text, _ = told(case)
    assert len(text) < 800
    assert "\n" not in text


ODD = st.sampled_from([None, "", "*", 7, [], {}, ["*", 7], {"AWS": "*"}, {"AWS": [1]}, "AIDA2ZQXEXAMPLEEXMPL", "${x}"])
STATEMENTS = st.fixed_dictionaries(
    {},
    optional={
        "Effect": st.sampled_from(["Allow", "Deny", "allow", 1]),
        "Principal": ODD,
        "Action": st.sampled_from(["sts:AssumeRole", "*", None, [], 7, "secretsmanager:*"]),
        "NotAction": ODD,
        "Resource": ODD,
        "Condition": st.sampled_from([{}, [], "x", {"StringLike": {"sts:ExternalId": ["*"]}}, {"Null": 1}]),
        "Sid": ODD,
    },
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(STATEMENTS, st.sampled_from(["x", None, 3])), max_size=3), st.sampled_from(list(estate())))
def test_no_document_is_too_odd_for_a_hint(statements: list[Any], address: str) -> None:
    told({"role": address, "trust": statements, "own": statements, "inline": {"x": statements}})


def test_a_trust_is_not_judged_by_external_ids_that_are_not_known() -> None:
    grant = estate()["acme-prod/billing"]
    unknown = RoleExpectation(grant.workspace, grant.project, grant.role_arn, grant.region, ())
    role = live(grant, {})
    calls = [Probe("right_external_id", Observed.ALLOWED, Observation.skipped("the parameter cannot be read"))]
    differing = [Difference(Verdict.DRIFTED, "trust", "unknown")]
    text = hint(grant, unknown, role, differing, calls, Verdict.INCONCLUSIVE)
    assert text == "not everything was asked: the parameter cannot be read"


def test_a_verified_role_needs_no_hint() -> None:
    grant = estate()["acme-prod/billing"]
    role = live(grant, {})
    assert differences(grant, role, grant.trust.written_ids) == []
    assert hint(grant, expected(grant), role, [], [], Verdict.VERIFIED) is None


def test_a_missing_role_is_to_be_deployed() -> None:
    grant = estate()["acme-prod/billing"]
    text = hint(grant, expected(grant), None, [], [], Verdict.MISSING)
    assert text is not None
    assert text.startswith("deploy it: `rolecall deploy acme-prod/billing`")


def test_a_role_that_could_not_be_read_is_told_by_the_calls() -> None:
    grant = estate()["acme-prod/billing"]
    calls = [probe("right_external_id", "denied", "AccessDenied")]
    text = hint(grant, expected(grant), None, [], calls, Verdict.NOT_ASSUMABLE, reason="a vendor cannot read it")
    assert text is not None
    assert text.startswith("compare the external ID with the one in the role's trust")
    text = hint(grant, expected(grant), None, [], [], Verdict.INCONCLUSIVE, reason="a vendor cannot read it")
    assert text == "the role could not be read: a vendor cannot read it"
