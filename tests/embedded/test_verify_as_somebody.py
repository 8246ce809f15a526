"""`verify --target aws` with somebody's credentials, which lead to the embedded AWS: what each caller can tell."""

import copy
import json
from typing import Any

import pytest

from tests.embedded.world import ACCOUNT, OTHER_ACCOUNT, UNIFIED, WORKATO, World, run

NAME = "workato-acme-prod-billing"
BILLING = "acme-prod/billing"
RIGHT_ID = "workato_iam_external_id_12345_678"


def verify(world: World, identity: str, *arguments: str) -> tuple[dict[str, Any], int]:
    """What `verify` says to a caller, and its exit code."""
    command = ["verify", *arguments, "--wait", "0", "--format", "json"]
    ended = run("rolecall", *command, folder=world.folder, environment=world.aws.environment(identity))
    assert ended.stdout, ended.stderr
    assert "Traceback" not in ended.stderr
    return json.loads(ended.stdout), ended.returncode


def verdicts(shape: dict[str, Any]) -> dict[str, str]:
    """By address."""
    return {f"{role['workspace']}/{role['project']}": role["verdict"] for role in shape["roles"]}


def test_a_vendor_decides_its_own_roles_and_no_others(world: World) -> None:
    shape, code = verify(world, WORKATO)
    assert (shape["mode"], code) == ("vendor", 3)
    assert shape["caller_arn"].startswith("arn:aws:iam::353360065216:user/")
    found = verdicts(shape)
    assert {address for address, word in found.items() if word == "verified"} >= {BILLING, "acme-dev/sandbox"}
    unified = next(role for role in shape["roles"] if role["workspace"] == "unified-prod")
    assert (unified["verdict"], set(unified["evidence"]) - {"template"}) == ("inconclusive", set())
    assert {probe["observed"] for probe in unified["probes"]} == {"skipped"}
    assert all("does not trust the caller" in probe["reason"] for probe in unified["probes"])


def test_a_vendor_whose_roles_are_selected_gets_a_yes(world: World) -> None:
    shape, code = verify(world, UNIFIED, "unified-prod", "--as", "vendor")
    assert (verdicts(shape), code) == ({"unified-prod/connections": "verified"}, 0)
    assert set(shape["roles"][0]["evidence"]) - {"template"} == {"assumed"}  # the other one from an earlier run
    assert not {p["kind"] for p in shape["roles"][0]["probes"]} & {"secret_in_scope", "secret_out_of_scope"}


def test_an_owner_reads_every_account_and_calls_nobody(world: World) -> None:
    shape, code = verify(world, ACCOUNT, "acme-prod")
    assert (shape["mode"], code) == ("owner", 0)
    assert set(verdicts(shape).values()) == {"verified"}
    accounts = {role["role_arn"].split(":")[4] for role in shape["roles"]}
    assert accounts == {ACCOUNT, OTHER_ACCOUNT}
    assert {probe["observed"] for r in shape["roles"] for probe in r["probes"] if probe["rung"] == "assumed"} == {
        "skipped"
    }
    assert all("live" in role["evidence"] and "assumed" not in role["evidence"] for role in shape["roles"])


def test_a_stranger_cannot_tell(world: World) -> None:
    shape, code = verify(world, "foreign", BILLING)
    assert (verdicts(shape), code) == ({BILLING: "inconclusive"}, 3)
    assert "cannot be read" in shape["roles"][0]["not_climbed"]["live"]


def test_an_owner_who_says_that_he_is_the_vendor_decides_nothing(world: World) -> None:
    shape, code = verify(world, ACCOUNT, BILLING, "--as", "vendor")
    assert (verdicts(shape), code) == ({BILLING: "inconclusive"}, 3)


def test_a_rung_that_the_caller_cannot_reach_is_not_claimed(world: World) -> None:
    shape, code = verify(world, WORKATO, BILLING, "--require", "live,assumed")
    assert (verdicts(shape), code) == ({BILLING: "inconclusive"}, 3)
    assert shape["roles"][0]["not_climbed"]["live"] == "a vendor cannot read the customer's account"
    _, code = verify(world, ACCOUNT, BILLING, "--require", "assumed")
    assert code == 3


def _no_condition(trust: dict[str, Any]) -> None:
    del trust["Statement"][0]["Condition"]


def _neighbours_id(trust: dict[str, Any]) -> None:
    trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] = "workato_iam_external_id_12345_679"


def _unknown_id(trust: dict[str, Any]) -> None:
    trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] = "something-else"


@pytest.mark.parametrize(
    ("change", "to_vendor", "to_owner"),
    [
        (_no_condition, "unprotected", "unprotected"),
        (_neighbours_id, "unprotected", "unprotected"),
        (_unknown_id, "not_assumable", "unprotected"),
    ],
)
def test_a_changed_trust_is_seen_from_both_sides(world: World, change: Any, to_vendor: str, to_owner: str) -> None:
    live = world.iam().get_role(RoleName=NAME)["Role"]["AssumeRolePolicyDocument"]
    trust = copy.deepcopy(live)
    change(trust)
    world.iam().update_assume_role_policy(RoleName=NAME, PolicyDocument=json.dumps(trust))
    try:
        as_vendor, vendors_code = verify(world, WORKATO, BILLING)
        as_owner, owners_code = verify(world, ACCOUNT, BILLING)
    finally:
        world.iam().update_assume_role_policy(RoleName=NAME, PolicyDocument=json.dumps(live))
    assert (verdicts(as_vendor)[BILLING], vendors_code) == (to_vendor, 1)
    assert (verdicts(as_owner)[BILLING], owners_code) == (to_owner, 1)
