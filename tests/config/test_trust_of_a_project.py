"""Whom a project's role trusts and with which external ID: the vendor's rules, applied to what was written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rolecall.estate import sound
from rolecall.model.grant import Grant
from rolecall.model.trust import Verifier

Grants = Callable[[dict[str, str]], dict[str, Grant]]
WORKATO = 'workspace: w\nvendor: workato\nworkspace_id: "12345"\ndata_center: us\n'
UNIFIED = "workspace: w\nvendor: unified\n"
PROJECTS = 'projects:\n  - {project: a, project_id: "678"}\n  - {project: b, project_id: "679"}\n'
OBS = """
schema: 1
estate: acme
defaults: {account: "111111111111", region: eu-central-1}
vendors:
  obs:
    name: Observability Inc.
    principals: {us: ["210987654321"], eu: ["arn:aws:iam::210987654322:role/reader"]}
    external_id: {origin: vendor, per: project, pattern: "[0-9a-f]{8}"}
    access: read
    actions: {read: ["secretsmanager:GetSecretValue"]}
    session: 2h
"""


def ids(found: dict[str, Grant]) -> dict[str, tuple[str, ...]]:
    return {address: grant.trust.written_ids for address, grant in found.items()}


def test_with_project_scope_each_workato_project_has_an_id_of_its_own(grants: Grants) -> None:
    found = grants({"workspaces/w.yaml": WORKATO + PROJECTS})
    expected = {"w/a": ("workato_iam_external_id_12345_678",), "w/b": ("workato_iam_external_id_12345_679",)}
    assert ids(found) == expected
    assert found["w/a"].trust.principals == ("arn:aws:iam::353360065216:root",)


def test_with_workspace_scope_all_workato_projects_share_one_id(grants: Grants) -> None:
    found = grants({"workspaces/w.yaml": WORKATO + "external_id_scope: workspace\n" + PROJECTS})
    assert set(ids(found).values()) == {("workato_iam_external_id_12345",)}


def test_with_parent_scope_the_id_is_the_parent_workspaces(grants: Grants) -> None:
    parent = 'workspace: hq\nvendor: workato\nworkspace_id: "999"\ndata_center: us\nexternal_id_scope: workspace\n'
    child = WORKATO + "external_id_scope: parent\nparent: hq\n" + PROJECTS
    found = grants({"workspaces/hq.yaml": parent, "workspaces/w.yaml": child})
    assert set(ids(found).values()) == {("workato_iam_external_id_999",)}
    assert {grant.id_workspace for grant in found.values()} == {"hq"}


@pytest.mark.parametrize("written", ["workato_iam_external_id_12345_678", "workato-user-555", "pending"])
def test_a_written_workato_id_that_may_be_right_is_taken(grants: Grants, written: str) -> None:
    text = WORKATO + f'projects: [{{project: a, project_id: "678", external_id: {written}}}]\n'
    trust = grants({"workspaces/w.yaml": text})["w/a"].trust
    assert (trust.written_ids, trust.pending) == (((written,), False) if written != "pending" else ((), True))


def test_unifieds_id_is_the_one_that_was_written_and_is_masked(grants: Grants) -> None:
    text = (
        "workspace: w\nvendor: unified\nexternal_id: 3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41\nprojects: [{project: a}]\n"
    )
    grant = grants({"workspaces/w.yaml": text})["w/a"]
    assert grant.trust.written_ids == ("3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41",)
    assert grant.trust.principals == ("arn:aws:iam::944579081756:user/unified_assume_role_user",)
    assert grant.masked_external_id


def test_a_project_may_have_an_id_of_its_own_beside_the_workspaces(grants: Grants) -> None:
    text = UNIFIED + "external_id: k7-Zq2-w9Xr4T\nprojects: [{project: a}, {project: b, external_id: p9-Xx4-b2Yn6K}]\n"
    assert ids(grants({"workspaces/w.yaml": text})) == {"w/a": ("k7-Zq2-w9Xr4T",), "w/b": ("p9-Xx4-b2Yn6K",)}


def test_during_a_rotation_both_ids_open_the_role(grants: Grants) -> None:
    text = (
        "workspace: w\nvendor: unified\nexternal_id: k7-Zq2-w9Xr4T\nprevious_external_id: k6-Aa1\n"
        "rotation: {started: 2026-11-22, finish_by: 2026-12-06}\nprojects: [{project: a}]\n"
    )
    assert ids(grants({"workspaces/w.yaml": text})) == {"w/a": ("k7-Zq2-w9Xr4T", "k6-Aa1")}


def test_an_id_in_a_parameter_reaches_the_trust_as_its_dynamic_reference(grants: Grants) -> None:
    text = UNIFIED + "external_id: {ssm_parameter: /vendors/w, version: 3}\nprojects: [{project: a}]\n"
    assert ids(grants({"workspaces/w.yaml": text})) == {"w/a": ("{{resolve:ssm:/vendors/w:3}}",)}


@pytest.mark.parametrize("pending", ["external_id: pending", "external_id: k7-Zq2-w9Xr4T\ntrusted_principals: pending"])
def test_a_pending_vendor_lets_nobody_in(grants: Grants, pending: str) -> None:
    trust = grants({"workspaces/w.yaml": f"workspace: w\nvendor: unified\n{pending}\nprojects: [{{project: a}}]\n"})[
        "w/a"
    ].trust
    assert trust.pending


@pytest.mark.parametrize(
    ("written", "principals"),
    [
        ('trusted_account: "353360065217"', ("arn:aws:iam::353360065217:root",)),
        ('trusted_principals: ["353360065217"]', ("arn:aws:iam::353360065217:root",)),
        (
            'trusted_principals: ["arn:aws:iam::353360065217:role/a/b"]',
            ("arn:aws:iam::353360065217:role/a/b",),
        ),
        (
            'trusted_principals: ["353360065217", "arn:aws:iam::353360065217:root"]',
            ("arn:aws:iam::353360065217:root",),
        ),
    ],
)
def test_what_the_vendors_console_shows_comes_before_the_catalog(
    grants: Grants, written: str, principals: tuple[str, ...]
) -> None:
    found = grants({"workspaces/w.yaml": f"{WORKATO}{written}\n{PROJECTS}"})
    assert found["w/a"].trust.principals == principals


def test_a_vendor_of_ones_own_works_like_one_of_the_catalog(grants: Grants) -> None:
    text = "workspace: w\nvendor: obs\ndata_center: eu\nprojects: [{project: a, external_id: 0a1b2c3d}]\n"
    grant = grants({"estate.yaml": OBS, "workspaces/w.yaml": text})["w/a"]
    assert grant.trust.principals == ("arn:aws:iam::210987654322:role/reader",)
    assert grant.trust.written_ids == ("0a1b2c3d",)
    assert grant.permissions.read_actions == ("secretsmanager:GetSecretValue",)
    assert (grant.max_session_seconds, grant.session_seconds) == (7200, 7200)


def test_an_estate_may_change_one_thing_of_a_catalog_entry(grants: Grants) -> None:
    estate = (
        'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'
        'vendors: {workato: {principals: {us: ["353360065216"], eu: ["353360065217"]}}}\n'
    )
    text = WORKATO.replace("us", "eu") + PROJECTS
    found = grants({"estate.yaml": estate, "workspaces/w.yaml": text})
    assert found["w/a"].trust.principals == ("arn:aws:iam::353360065217:root",)
    assert found["w/a"].trust.written_ids == ("workato_iam_external_id_12345_678",)


def test_a_previous_id_is_known_and_never_pending(grants: Grants) -> None:
    ids = "external_id: k7-Zq2-w9Xr4T\nprevious_external_id: pending"
    text = f"workspace: w\nvendor: unified\n{ids}\nprojects: [{{project: a}}]\n"
    with pytest.raises(AssertionError, match="RC111"):
        grants({"workspaces/w.yaml": text})


VERIFIED = """
schema: 1
estate: acme
defaults: {account: "111111111111", region: eu-central-1}
verifier: {principal: "arn:aws:iam::222222222222:role/ci", external_id: 9c1f7d52-0b1e-4a3c-8d4e-5f6071829304}
"""


def test_a_verifier_is_in_every_trust_beside_the_vendor_and_in_no_pending_one(
    write: Callable[[dict[str, str]], Path],
) -> None:
    waiting = "workspace: v\nvendor: unified\nexternal_id: pending\nprojects: [{project: c}]\n"
    estate = sound(
        write({"estate.yaml": VERIFIED, "workspaces/w.yaml": WORKATO + PROJECTS, "workspaces/v.yaml": waiting})
    )
    verifier = Verifier("arn:aws:iam::222222222222:role/ci", "9c1f7d52-0b1e-4a3c-8d4e-5f6071829304")
    assert estate.verifier == verifier
    trusts = {grant.address: grant.trust for grant in estate.grants}
    assert {address: trust.verifier for address, trust in trusts.items()} == {
        "v/c": None,
        "w/a": verifier,
        "w/b": verifier,
    }
    assert trusts["w/a"].written_ids == ("workato_iam_external_id_12345_678",)


def test_without_a_verifier_no_trust_has_one(grants: Grants) -> None:
    found = grants({"workspaces/w.yaml": WORKATO + PROJECTS})
    assert {grant.trust.verifier for grant in found.values()} == {None}
