"""Drift of an estate whose accounts are scripted: what cannot be read, what no file knows, exit codes, few calls.

What a live role lets in is tested on the embedded AWS (tests/embedded/test_drift.py).
"""

import itertools
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall.answer import CANNOT_TELL, NO, YES, CommandError
from rolecall.commands.drift import compared, exit_code
from rolecall.estate import sound
from rolecall.model.grant import Estate, Grant, ParameterReference, Verifier
from rolecall.policy.compile import Home, permission_policies, permission_statements, trust_document
from rolecall.policy.permissions import Change
from rolecall.report.drift import Drift, RoleDrift, Status
from rolecall.runtime.live_account import MANY

ROOT = Path(__file__).parents[2]
ONE, OTHER = "111111111111", "222222222222"
OURS = "Assumed by somebody. Managed by Rolecall."


@dataclass
class Account:
    """IAM of an account, which answers for roles as they were put there, and counts its calls."""

    roles: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    calls: Counter[str] = field(default_factory=Counter)
    lock: Any = field(default_factory=threading.Lock)

    def put(self, grant: Grant) -> None:
        """A role as the estate has it."""
        role = {
            "Arn": grant.role_arn,
            "RoleName": grant.role_name,
            "Path": grant.role_path,
            "AssumeRolePolicyDocument": trust_document(grant.trust),
            "MaxSessionDuration": grant.max_session_seconds,
            "Tags": [{"Key": key, "Value": value} for key, value in grant.all_tags],
        }
        statements = permission_statements(grant.permissions, Home(grant.partition, grant.account, grant.region))
        self.roles[grant.role_name] = role | {"policies": permission_policies(statements)}

    def stranger(self, name: str, path: str, **more: str) -> None:
        """A role that no file knows."""
        arn = f"arn:aws:iam::{ONE}:role{path}{name}"
        self.roles[name] = {"Arn": arn, "RoleName": name, "Path": path, **more}

    def asked(self, call: str) -> None:
        """Count a call, or refuse it."""
        with self.lock:
            self.calls[call] += 1
        if call in self.refused:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, call)

    def get_role(self, RoleName: str) -> dict[str, Any]:  # noqa: N803 -- boto3's name
        """A role."""
        self.asked("get_role")
        if RoleName not in self.roles:
            raise ClientError({"Error": {"Code": "NoSuchEntity", "Message": ""}}, "GetRole")
        return {"Role": self.roles[RoleName]}

    def get_policy(self, PolicyArn: str) -> dict[str, Any]:  # noqa: N803
        """A policy has one version."""
        self.asked("get_policy")
        return {"Policy": {"DefaultVersionId": PolicyArn}}

    def get_policy_version(self, PolicyArn: str, VersionId: str) -> dict[str, Any]:  # noqa: N803
        """The part of a role's policies that the ARN names."""
        name, _, part = PolicyArn.rpartition("/")[2].partition("+")
        return {"PolicyVersion": {"Document": self.roles[name]["policies"][part]}}

    def get_paginator(self, call: str) -> "Pages":
        """The pages of a listing."""
        return Pages(self, call)


@dataclass
class Pages:
    """A listing, one thing a page."""

    account: Account
    call: str

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        """Its pages."""
        self.account.asked(self.call)
        if self.call == "list_roles":
            yield from ({"Roles": [role]} for role in self.account.roles.values())
        if self.call == "list_role_tags":
            tags = self.account.tags.get(request["RoleName"], {})
            yield from ({"Tags": [{"Key": key, "Value": value}]} for key, value in tags.items())
        if self.call == "list_attached_role_policies":
            yield {
                "AttachedPolicies": [{"PolicyArn": arn} for arn in self._arns(self.account.roles[request["RoleName"]])]
            }
        if self.call == "list_role_policies":
            yield {"PolicyNames": []}
        if self.call == "get_account_authorization_details":
            yield {"RoleDetailList": [self._detail(role) for role in self.account.roles.values()], "Policies": []}

    def _detail(self, role: dict[str, Any]) -> dict[str, Any]:
        attached = [{"PolicyArn": arn} for arn in self._arns(role)]
        return {"RoleName": role["RoleName"], "AttachedManagedPolicies": attached, "RolePolicyList": []}

    def _arns(self, role: dict[str, Any]) -> list[str]:
        names = [f"{role['RoleName']}+{part}".rstrip("+") for part in role.get("policies", {})]
        return [f"arn:aws:iam::{ONE}:policy/vendors/{name}" for name in names]


@dataclass
class World:
    """The accounts of an estate, as they are reached."""

    estate: Estate
    accounts: dict[str, Account]
    parameters: dict[str, str] = field(default_factory=dict)

    def client(self, account: str, service: str, region: str) -> Any:
        """IAM, or this for Parameter Store."""
        if account not in self.accounts:
            raise CommandError(f"account {account} cannot be read: no", "sign in", CANNOT_TELL)
        return self.accounts[account] if service == "iam" else self

    def environment(self, account: str) -> dict[str, str]:
        """Not asked for."""
        raise NotImplementedError

    def get_parameter(self, Name: str) -> dict[str, Any]:  # noqa: N803
        """A parameter."""
        if Name not in self.parameters:
            raise ClientError({"Error": {"Code": "ParameterNotFound", "Message": ""}}, "GetParameter")
        return {"Parameter": {"Value": self.parameters[Name]}}

    def drift(self) -> Drift:
        """All of it."""
        return compared(self.estate, self.estate.grants, self, _untracked)


def _untracked(results: Iterable[RoleDrift], total: int, doing: str) -> Iterable[RoleDrift]:
    assert (total > 0, doing) == (True, "comparing")
    return results


def world_of(grants: Iterable[Grant]) -> World:
    """An estate that is deployed as it is written."""
    estate = Estate("acme", tuple(grants))
    accounts = {account: Account() for account in sorted({grant.account for grant in estate.grants})}
    for grant in estate.grants:
        accounts[grant.account].put(grant)
    return World(estate, accounts)


@pytest.fixture(scope="module")
def grants() -> tuple[Grant, ...]:
    """The example estate."""
    return sound(ROOT / "examples" / "acme").grants


@pytest.fixture
def acme(grants: tuple[Grant, ...]) -> World:
    """The example estate, deployed."""
    return world_of(grants)


def statuses(drift: Drift) -> list[str]:
    """In the order of the estate."""
    return [role.status.value for role in drift.roles]


def test_an_estate_as_it_was_deployed_is_the_same_in_the_order_of_its_files(acme: World) -> None:
    found = acme.drift()
    assert [role.role_arn for role in found.roles] == [grant.role_arn for grant in acme.estate.grants]
    assert (set(statuses(found)), found.unmanaged, dict(found.unlisted)) == ({"same"}, (), {})
    assert exit_code(found) == YES


def test_an_account_that_cannot_be_reached_leaves_its_roles_unknown_and_the_others_told(acme: World) -> None:
    del acme.accounts[OTHER]
    found = acme.drift()
    unknown = [role for role in found.roles if role.status is Status.UNKNOWN]
    assert [role.address for role in unknown] == ["acme-prod/warehouse"]
    assert unknown[0].reason == f"account {OTHER} cannot be read: no"
    assert dict(found.unlisted) == {OTHER: f"account {OTHER} cannot be read: no"}
    assert exit_code(found) == CANNOT_TELL
    acme.accounts[ONE].roles["workato-acme-prod-billing"]["MaxSessionDuration"] = 7200
    assert exit_code(acme.drift()) == NO


@pytest.mark.parametrize(
    ("refused", "status"),
    [("get_role", "unknown"), ("list_attached_role_policies", "unknown"), ("get_policy", "unknown")],
)
def test_a_role_that_cannot_be_read_whole_is_unknown(acme: World, refused: str, status: str) -> None:
    acme.accounts[OTHER].refused = frozenset({refused})
    found = acme.drift()
    assert statuses(found) == ["same", "same", "same", "same", status, "same"]
    assert exit_code(found) == CANNOT_TELL


def test_an_external_id_in_a_parameter_is_read_for_the_comparison(grants: tuple[Grant, ...]) -> None:
    live = grants[0]
    (external_id,) = live.trust.external_ids
    reference = replace(live.trust, external_ids=(ParameterReference("/vendors/id", 3),))
    world = world_of([live])
    world.estate = Estate("acme", (replace(live, trust=reference),))
    unread = world.drift()
    assert statuses(unread) == ["unknown"]
    assert "parameter /vendors/id:3 in account 111111111111 cannot be read" in (unread.roles[0].reason or "")
    world.parameters["/vendors/id:3"] = "what no caller can send"
    assert statuses(world.drift()) == ["unknown"]
    world.parameters["/vendors/id:3"] = str(external_id)
    assert statuses(world.drift()) == ["same"]
    world.parameters["/vendors/id:3"] = "another-id"
    assert statuses(world.drift()) == ["drifted"]


def test_the_verifiers_external_id_in_a_parameter_is_read_too(grants: tuple[Grant, ...]) -> None:
    written, kept = (Verifier(f"arn:aws:iam::{ONE}:role/ci", i) for i in ("own-id", ParameterReference("/own", 1)))
    live = replace(grants[0], trust=replace(grants[0].trust, verifier=written))
    world = world_of([live])
    world.estate = Estate("acme", (replace(live, trust=replace(live.trust, verifier=kept)),))
    assert statuses(world.drift()) == ["unknown"]
    world.parameters["/own:1"] = "own-id"
    assert statuses(world.drift()) == ["same"]


def test_an_account_is_listed_once_and_tags_are_read_of_marked_strangers_only(acme: World) -> None:
    account = acme.accounts[ONE]
    account.stranger("unmarked", "/")
    account.stranger("theirs", "/", Description=OURS)
    account.stranger("left", "/old/", Description=OURS)
    account.stranger("below", "/vendors/", Description=OURS)
    account.tags = {"left": {"a": "b", "rolecall:estate": "acme"}, "theirs": {"rolecall:estate": "another"}}
    found = acme.drift()
    assert found.unmanaged == (f"arn:aws:iam::{ONE}:role/old/left", f"arn:aws:iam::{ONE}:role/vendors/below")
    assert (account.calls["list_roles"], account.calls["list_role_tags"]) == (1, 2)
    assert exit_code(found) == NO


def test_an_account_that_cannot_be_listed_is_named_and_its_roles_are_compared(acme: World) -> None:
    acme.accounts[ONE].refused = frozenset({"list_roles"})
    found = acme.drift()
    assert set(statuses(found)) == {"same"}
    assert dict(found.unlisted) == {ONE: "could not list roles: AWS answered AccessDenied"}
    assert exit_code(found) == CANNOT_TELL


def test_what_is_unmanaged_for_certain_is_told_though_some_tags_cannot_be_read(acme: World) -> None:
    account = acme.accounts[ONE]
    account.refused = frozenset({"list_role_tags"})
    account.stranger("left", "/old/", Description=OURS)
    account.stranger("below", "/vendors/")
    found = acme.drift()
    assert found.unmanaged == (f"arn:aws:iam::{ONE}:role/vendors/below",)
    assert dict(found.unlisted) == {ONE: "could not read the tags of left: AWS answered AccessDenied"}


def test_under_the_root_path_only_roles_of_this_estate_count(grants: tuple[Grant, ...]) -> None:
    world = world_of(replace(grant, role_path="/") for grant in grants if grant.account == ONE)
    world.accounts[ONE].stranger("somebodys", "/")
    world.accounts[ONE].stranger("somebodys-below", "/vendors/")
    assert world.drift().unmanaged == ()


def test_a_role_that_the_files_know_in_another_account_is_not_known_here(acme: World) -> None:
    (warehouse,) = acme.accounts[OTHER].roles.values()
    acme.accounts[ONE].stranger(warehouse["RoleName"], "/vendors/")
    assert acme.drift().unmanaged == (f"arn:aws:iam::{ONE}:role/vendors/{warehouse['RoleName']}",)


def test_a_role_at_another_path_is_the_estates_own_and_has_drifted(acme: World) -> None:
    acme.accounts[ONE].roles["workato-acme-prod-billing"]["Path"] = "/old/"
    found = acme.drift()
    assert [role.changes for role in found.roles if role.status is Status.DRIFTED] == [
        {"path": Change(other=("/vendors/ became /old/",))}
    ]
    assert found.unmanaged == ()


@pytest.mark.parametrize("count", [MANY - 1, MANY, 40])
def test_many_roles_of_an_account_are_listed_at_once_and_say_the_same(grants: tuple[Grant, ...], count: int) -> None:
    world = world_of(replace(grants[0], project=f"p{number}", role_name=f"r{number}") for number in range(count))
    account = world.accounts[ONE]
    account.roles["r3"]["MaxSessionDuration"] = 7200
    account.roles["r4"]["policies"] = {}
    del account.roles["r5"]
    found = world.drift()
    assert statuses(found) == ["same"] * 3 + ["drifted", "drifted", "missing"] + ["same"] * (count - 6)
    assert account.calls["get_account_authorization_details"] == (1 if count >= MANY else 0)
    account.calls.clear()
    account.refused = frozenset({"get_account_authorization_details"})
    assert world.drift() == found


CODES = list(itertools.product(["same", "drifted", "missing", "unknown"], [(), ("arn",)], [{}, {ONE: "no"}]))


@pytest.mark.parametrize(("status", "unmanaged", "unlisted"), CODES)
def test_no_comes_before_it_cannot_be_told(status: str, unmanaged: tuple[str, ...], unlisted: dict[str, str]) -> None:
    roles = (RoleDrift("w", "p", "arn", Status.SAME), RoleDrift("w", "q", "arn", Status(status)))
    is_no = status in ("drifted", "missing") or unmanaged
    expected = NO if is_no else CANNOT_TELL if status == "unknown" or unlisted else YES
    assert exit_code(Drift(roles, unmanaged, unlisted)) == expected


def test_an_estate_without_roles_has_no_drift() -> None:
    assert exit_code(Drift(())) == YES
