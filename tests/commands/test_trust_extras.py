"""Trusts with extras, compared without any AWS: what a change to one reads as."""

from pathlib import Path
from typing import Any

import pytest
from case_tables import cases

from rolecall.estate import sound
from rolecall.policy.compile import Home, permission_policies, permission_statements, trust_document
from rolecall.runtime.live_role import LiveRole
from rolecall.verification.comparison import differences
from rolecall.verification.expectations import expectation, neighbours_by_vendor
from tests.embedded.trust_extras import changed, write_estate


@pytest.mark.parametrize("case", cases("trust_extras"))
def test_a_live_trust_reads_as_what_the_calls_show(case: dict[str, Any], tmp_path: Path) -> None:
    grant = next(g for g in sound(write_estate(tmp_path / "estate")).grants if g.address == case["role"])
    home = Home(grant.partition, grant.account, grant.region)
    live = LiveRole(
        arn=grant.role_arn,
        trust=changed(trust_document(grant.trust), case),
        policies={
            f"arn:aws:iam::{grant.account}:policy/vendors/{grant.role_name}": document
            for document in permission_policies(permission_statements(grant.permissions, home)).values()
        },
        boundary=None,
        path=grant.role_path,
        max_session_seconds=grant.max_session_seconds,
        tags=dict(grant.all_tags),
    )
    found = {each.verdict.value for each in differences(grant, live, grant.trust.written_ids)}
    assert case["verdict"] in (found or {"verified"})
    assert ("unprotected" in found) == (case["verdict"] == "unprotected")


def test_wrong_ids_of_a_pattern_are_wrong_and_its_example_is_right(tmp_path: Path) -> None:
    grants = sound(write_estate(tmp_path / "estate")).grants
    ids = {grant.address: grant.trust.written_ids for grant in grants}
    infra = next(grant for grant in grants if grant.address == "lift/infra")
    expected = expectation(infra, ids, neighbours_by_vendor(grants, ids)["spacelift"], secrets=False)
    (pattern,) = infra.trust.patterns
    assert expected.external_ids == ("acme@rolecall",)
    assert pattern.lets_in("acme@rolecall")
    assert not any(pattern.lets_in(wrong.value) for wrong in expected.wrong_ids)
    values = {wrong.value for wrong in expected.wrong_ids}
    assert {"acme0@rolecall", "acm@rolecall", "0acme@rolecall", "ACME@rolecall", "acme"} < values
    assert "acme-two@01GE7K9SR2DQBCRQ90DH70JF6Y@stack-1@write" in values
