"""The hint for one planted cause after the other, from documents and answers alone: tests/cases/diagnosis.yaml."""

from dataclasses import replace
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
from rolecall.model.trust import Verifier
from rolecall.policy.compile import Home, permission_document, trust_document
from rolecall.report.verification.details import details
from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.live_role import LiveRole
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.verdict import Difference, RoleResult, Verdict, findings, verdict
from rolecall.verification.comparison import differences
from rolecall.verification.diagnosis import hint, missing

ACME = Path(__file__).parents[2] / "examples" / "acme"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CI = Verifier("arn:aws:iam::111111111111:role/ci", "9c1f7d52-0b1e-4a3c-8d4e-5f6071829304")
LET_IN = ("no_external_id", "wrong_external_id", "secret_out_of_scope")


@cache
def estate() -> dict[str, Grant]:
    """The roles of the example by their addresses."""
    return {grant.address: grant for grant in sound(ACME).grants}


IDS = {address: grant.trust.written_ids for address, grant in estate().items()}


def expected(grant: Grant) -> RoleExpectation:
    """What is to be asked about a role, as far as a hint depends on it."""
    own = grant.trust.verifier.written_id if grant.trust.verifier else None
    ids = grant.trust.written_ids
    return RoleExpectation(grant.workspace, grant.project, grant.role_arn, grant.region, ids, verifier_id=own)


def with_verifier(grant: Grant) -> Grant:
    """A role of the same estate, if that had a principal of the customer's own to prove its roles."""
    return replace(grant, trust=replace(grant.trust, verifier=CI))


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


def probe(
    kind: str,
    observed: str,
    code: Any = None,
    by: Any = None,
    reason: Any = None,
    asked: str = "",
    explicit: bool = False,
) -> Probe:
    """One call whose answer was the wrong one."""
    wanted = Observed.DENIED if kind in LET_IN else Observed.ALLOWED
    seen = Observation(
        Observed(observed), code, reason=reason, denied_by=DeniedBy(by) if by else None, explicitly=explicit
    )
    return Probe(kind, wanted, seen, asked)


def told(case: dict[str, Any], *, is_local: bool = False) -> tuple[str, Verdict]:
    """The hint and the verdict of a case."""
    grant = estate()[case["role"]]
    grant = with_verifier(grant) if case.get("verifier") else grant
    elsewhere = tuple((principal, center) for center, principal in case.get("elsewhere", {}).items())
    grant = replace(grant, data_center="us" if elsewhere else None, principals_elsewhere=elsewhere)
    role, probes = live(grant, case), [probe(*call) for call in case.get("calls", [])]
    differing = differences(grant, role, grant.trust.written_ids)
    word = verdict(findings(probes, differing), (), ())
    said = hint(grant, expected(grant), role, differing, probes, word, ids=IDS, now=NOON, is_local=is_local)
    return said or "", word


@pytest.mark.parametrize("case", cases("diagnosis"))
def test_the_planted_cause_is_named_first(case: dict[str, Any]) -> None:
    text, word = told(case)
    assert word is not Verdict.VERIFIED
    assert text.startswith(case["hint"]), text
    assert not [part for part in (*case.get("has", []), *case.get("on_aws", [])) if part not in text], text
    assert not [part for part in case.get("hasnot", []) if part in text], text


@pytest.mark.parametrize("case", cases("diagnosis"))
def test_a_hint_is_short_enough_for_a_terminal(case: dict[str, Any]) -> None:
    text, _ = told(case)
    assert len(text) < 800
    assert "\n" not in text


@pytest.mark.parametrize("case", cases("diagnosis"))
def test_no_hint_claims_what_the_live_role_alone_does_not_tell(case: dict[str, Any]) -> None:
    text, _ = told(case)
    assert not [claim for claim in ("no longer", "has lost", "was put on", "was changed;") if claim in text], text


@pytest.mark.parametrize("case", cases("diagnosis"))
def test_on_the_embedded_aws_no_hint_names_what_only_aws_has(case: dict[str, Any]) -> None:
    text, _ = told(case, is_local=True)
    assert not [only in text for only in ("revert-drift", "CloudTrail") if only in text], text


def test_on_the_embedded_aws_a_change_by_hand_is_put_back_by_hand() -> None:
    text, _ = told({"role": "acme-prod/billing", "trust": NOTHING_ASKED}, is_local=True)
    assert text == (
        "a statement of the live trust asks for no external ID: write StringEquals on sts:ExternalId there. If the"
        " estate was changed since the last deployment: `rolecall deploy acme-prod --target local`. If not, it was"
        " changed by hand: put it back, or `rolecall local down`, `rolecall local up`, `rolecall deploy acme-prod"
        " --target local`"
    )


def test_a_difference_that_nothing_explains_names_the_calls_that_can_have_made_it() -> None:
    grant = estate()["acme-prod/billing"]
    differing = [Difference(Verdict.DRIFTED, "session", "no longer lets in anybody")]
    skipped = [Probe("right_external_id", Observed.ALLOWED, Observation.skipped("nobody may call"))]
    text = hint(grant, expected(grant), live(grant, {}), differing, skipped, Verdict.DRIFTED)
    assert text is not None
    assert text.startswith("the live role's session is not the estate's: does not let in anybody. If the estate")
    assert text.endswith("CloudTrail tells who did it (UpdateRole)")


NOTHING_ASKED = [{"Effect": "Allow", "Principal": {"AWS": "353360065216"}, "Action": "sts:AssumeRole"}]
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


def test_a_hint_shows_of_chosen_ids_the_beginning_whoever_wrote_the_text() -> None:
    grant = with_verifier(estate()["unified-prod/connections"])
    ids = f"{CI.external_id} and {grant.trust.written_ids[0]}"
    differing = [Difference(Verdict.DRIFTED, "trust", ids)]
    text = hint(grant, expected(grant), live(grant, {}), differing, [], Verdict.DRIFTED)
    assert text is not None
    assert text.startswith("the live role's trust is not the estate's: 9c1f… and 3d3b…. If")
    text = hint(grant, expected(grant), None, [], [], Verdict.INCONCLUSIVE, reason=ids)
    assert text == "the role could not be read: 9c1f… and 3d3b…"


def test_a_trust_is_not_judged_by_external_ids_that_are_not_known() -> None:
    grant = estate()["acme-prod/billing"]
    unknown = RoleExpectation(grant.workspace, grant.project, grant.role_arn, grant.region, ())
    role = live(grant, {})
    calls = [Probe("right_external_id", Observed.ALLOWED, Observation.skipped("the parameter cannot be read"))]
    differing = [Difference(Verdict.DRIFTED, "trust", "unknown")]
    text = hint(grant, unknown, role, differing, calls, Verdict.INCONCLUSIVE)
    assert text == "not everything was asked: the parameter cannot be read"


OWN_VENDOR = """
schema: 1
estate: e
defaults: {account: "111111111111", region: eu-central-1}
vendors:
  two:
    name: Two
    principals: {us: ["arn:aws:iam::333333333333:role/reader"], eu: ["444444444444"]}
    external_id: {origin: vendor, per: project}
"""
OF_TWO = (
    "workspace: w\nvendor: two\ndata_center: us\nprojects: [{project: p, external_id: 4b1f-two, secrets: [{name: a}]}]"
)


def test_what_a_vendor_has_in_its_other_data_centers_is_known_from_the_estate(tmp_path: Path) -> None:
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(OWN_VENDOR)
    (tmp_path / "workspaces" / "w.yaml").write_text(OF_TWO)
    [grant] = sound(tmp_path).grants
    assert (grant.data_center, grant.principals_elsewhere) == ("us", (("444444444444", "eu"),))
    trust = trust_document(replace(grant.trust, principals=("arn:aws:iam::444444444444:root",)))
    role = live(grant, {"trust": trust["Statement"]})
    differing = differences(grant, role, grant.trust.written_ids)
    text = hint(grant, expected(grant), role, differing, [], Verdict.NOT_ASSUMABLE)
    assert text is not None
    assert text.startswith(
        "the live trust names arn:aws:iam::444444444444:root, the vendor's principal of data centre eu, and this"
        " workspace is us: put arn:aws:iam::333333333333:role/reader there"
    )


def test_a_verified_role_needs_no_hint() -> None:
    grant = estate()["acme-prod/billing"]
    role = live(grant, {})
    assert differences(grant, role, grant.trust.written_ids) == []
    assert hint(grant, expected(grant), role, [], [], Verdict.VERIFIED) is None


def test_a_missing_role_is_to_be_deployed_and_one_that_was_deleted_by_hand_in_two_steps() -> None:
    grant = estate()["acme-prod/billing"]
    assert hint(grant, expected(grant), None, [], [], Verdict.MISSING) == missing(grant)
    assert missing(grant) == (
        "deploy it: `rolecall deploy acme-prod`. If its stack was deployed already, somebody deleted the role"
        " (CloudTrail: DeleteRole), and a plain deploy does not notice: deploy once without the project and again with"
        " it. Or: it is in another account than 111111111111, `account` in the estate"
    )
    assert "CloudTrail" not in missing(grant, is_local=True)
    assert missing(grant, is_local=True).startswith("deploy it: `rolecall deploy acme-prod --target local`. If")


def test_many_missing_roles_of_a_workspace_have_one_hint() -> None:
    result = RoleResult("w", "p", "arn", Verdict.MISSING, (), ("there is no such role",), ())
    grants = [estate()["acme-prod/billing"], estate()["acme-prod/payroll"]]
    results = [replace(result, project=grant.project, hint=missing(grant)) for grant in grants]
    assert [detail.roles for detail in details(results, ())] == [tuple(results)]


def test_a_role_that_could_not_be_read_is_told_by_the_calls() -> None:
    grant = estate()["acme-prod/billing"]
    calls = [probe("right_external_id", "denied", "AccessDenied")]
    text = hint(grant, expected(grant), None, [], calls, Verdict.NOT_ASSUMABLE, reason="a vendor cannot read it")
    assert text is not None
    assert text.startswith("compare the external ID with the one in the role's trust")
    text = hint(grant, expected(grant), None, [], [], Verdict.INCONCLUSIVE, reason="a vendor cannot read it")
    assert text == "the role could not be read: a vendor cannot read it"


def test_whoever_was_refused_when_the_role_was_read_is_told_so_first() -> None:
    grant = estate()["acme-prod/billing"]
    skipped = [Probe("right_external_id", Observed.ALLOWED, Observation.skipped("an owner cannot call"))]
    reason = "AWS answered AccessDenied when the role was read"
    text = hint(grant, expected(grant), None, [], skipped, Verdict.INCONCLUSIVE, reason=reason)
    assert text == (
        f"the role could not be read: {reason}; grant the caller iam:GetRole, ListAttachedRolePolicies, GetPolicy,"
        " GetPolicyVersion, ListRolePolicies and GetRolePolicy (docs/verification.md)"
    )
    reason = "account 111111111111 cannot be read: AWS answered AccessDenied"
    text = hint(grant, expected(grant), None, [], skipped, Verdict.INCONCLUSIVE, reason=reason)
    assert text is not None
    assert text.startswith(f"the role could not be read: {reason}; let the caller assume the account's `reader_role`")
