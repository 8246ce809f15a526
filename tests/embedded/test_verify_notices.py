"""One thing changed at a time in a live role, and the verdict of `verify`: tests/cases/live_mutants.yaml."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from case_tables import cases

from rolecall.estate import sound
from rolecall.model.grant import Grant
from rolecall.policy.compile import Home, permission_document, trust_document
from tests.embedded.live_changes import changed
from tests.embedded.world import World

BILLING = "acme-prod/billing"
# Roles that examples/acme has none of: one whose trust is pending, and one whose external ID is being changed.
FURTHER = {
    "later/connections": """
workspace: later
vendor: unified
external_id: pending
projects: [{project: connections, secrets: [{prefix: later/}]}]
""",
    "turning/connections": """
workspace: turning
vendor: unified
external_id: c81e4b7f-52d0-4e9a-b3a6-0f6d9c2e7a15
previous_external_id: 3f0c5d2a-9b1e-4c57-8a60-7d1b2e9f4c31
rotation: {started: 2026-11-22, finish_by: 2099-12-31}
projects: [{project: connections, secrets: [{prefix: turning/}]}]
""",
}


@pytest.fixture(scope="module", autouse=True)
def further_roles(world: World, quick_clients: None) -> Iterator[None]:
    """The roles that the example lacks, as they would be deployed."""
    with ExitStack() as undone:
        for address, workspace in FURTHER.items():
            undone.enter_context(_deployed(world, address, workspace))
        assert {role["verdict"] for role in world.judged()} == {"verified"}  # makes the stand-ins, too
        yield


@contextmanager
def _deployed(world: World, address: str, workspace: str) -> Iterator[None]:
    """A workspace's file, and the one role that it asks for, without CDK."""
    file = world.folder / "workspaces" / f"{address.partition('/')[0]}.yaml"
    file.write_text(workspace)
    grant = _grant(world, address)
    iam, document = world.iam(), permission_document(grant.permissions, Home("aws", grant.account, grant.region))
    iam.create_role(
        RoleName=grant.role_name,
        Path=grant.role_path,
        AssumeRolePolicyDocument=json.dumps(trust_document(grant.trust)),
        Tags=[{"Key": key, "Value": value} for key, value in grant.all_tags],
    )
    policy = {"RoleName": grant.role_name, "PolicyName": "compiled"}
    iam.put_role_policy(**policy, PolicyDocument=json.dumps(document))
    yield
    iam.delete_role_policy(**policy)
    iam.delete_role(RoleName=grant.role_name)
    file.unlink()


def _grant(world: World, address: str) -> Grant:
    return next(grant for grant in sound(world.folder).grants if grant.address == address)


def test_an_untouched_role_is_verified(world: World) -> None:
    role, exit_code = world.verify(BILLING)
    assert (role["verdict"], role["findings"], exit_code) == ("verified", [], 0)
    assert role["evidence"] == ["template", "live", "assumed"]


@pytest.mark.parametrize("case", cases("live_mutants"))
def test_a_changed_role_gets_the_verdict(world: World, case: dict[str, Any]) -> None:
    address = case.get("role", BILLING)
    with changed(world, _grant(world, address), case):
        (role,) = world.judged(address)
    said = [*role["findings"], role["hint"] or ""]
    assert role["verdict"] == case["verdict"], said
    assert bool(role["findings"]) == bool(role["hint"]) == (case["verdict"] != "verified"), said
    assert any(case.get("says", "") in text for text in said), said


def test_nothing_is_left_behind(world: World) -> None:
    assert {role["verdict"] for role in world.judged()} == {"verified"}


def test_the_command_line_says_it_too(world: World) -> None:
    case = {"trust": {"Condition": None}, "session": 7200, "tags": {"owner": "somebody-else"}}
    with changed(world, _grant(world, BILLING), case):
        role, exit_code = world.verify(BILLING)
    assert (role["verdict"], exit_code) == ("unprotected", 1)
    assert {finding.partition(":")[0] for finding in role["findings"]} >= {"trust", "session", "tags"}
    assert {"no_external_id", "wrong_external_id"} <= {p["kind"] for p in role["probes"] if p["observed"] == "allowed"}


def test_a_role_that_does_not_exist_is_missing(world: World) -> None:
    extra = world.folder / "workspaces" / "never.yaml"
    extra.write_text(
        'workspace: never\nvendor: workato\nworkspace_id: "7"\ndata_center: us\n'
        'projects: [{project: p, project_id: "8", secrets: [{prefix: never/}]}]\n'
    )
    try:
        role, exit_code = world.verify("never/p")
    finally:
        extra.unlink()
    assert (role["verdict"], exit_code) == ("missing", 1)
