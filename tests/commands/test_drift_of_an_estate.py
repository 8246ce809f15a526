"""Drift of an estate whose accounts are scripted: what cannot be read, what no file knows, exit codes, few calls.

What a live role lets in is tested on the embedded AWS (tests/embedded/test_drift.py).
"""

import itertools
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall import cli, terminal
from rolecall.answer import CANNOT_TELL, NO, YES, Answer, CommandError
from rolecall.commands.drift import Places, compared, exit_code, further, proved_accounts, reach_of
from rolecall.estate import sound
from rolecall.model.grant import Estate, Grant
from rolecall.model.trust import ParameterReference, Verifier
from rolecall.policy.compile import Home, permission_policies, permission_statements, trust_document
from rolecall.policy.permissions import Change
from rolecall.report.drift import Drift, RoleDrift, Status
from rolecall.runtime.live_account import MANY
from rolecall.verification.proofs import Proof, ProvedRole
from rolecall.verification.wish import Wish

ROOT = Path(__file__).parents[2]
ONE, OTHER = "111111111111", "222222222222"
OURS = "Assumed by somebody. Managed by Rolecall."


@dataclass
class Account:
    """IAM of an account, which answers for roles as they were put there, and counts its calls."""

    id: str = ONE
    roles: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    code: str = "AccessDenied"
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
        arn = f"arn:aws:iam::{self.id}:role{path}{name}"
        self.roles[name] = {"Arn": arn, "RoleName": name, "Path": path, **more}

    def asked(self, call: str) -> None:
        """Count a call, or refuse it."""
        with self.lock:
            self.calls[call] += 1
        if call in self.refused:
            raise ClientError({"Error": {"Code": self.code, "Message": ""}}, call)

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
    """A listing, one thing a page; of very many things, a hundredth of them."""

    account: Account
    call: str

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        """Its pages."""
        self.account.asked(self.call)
        if self.call == "list_roles":
            roles = list(self.account.roles.values())
            size = len(roles) // 100 or 1
            yield from ({"Roles": roles[start : start + size]} for start in range(0, len(roles), size))
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
        return {"Parameter": {"Type": "String", "Value": self.parameters[Name]}}

    def drift(self, earlier: Places | None = None) -> Drift:
        """All of it, as without a selector."""
        places = further(self.estate, earlier or {})
        return compared(self.estate, self.estate.grants, self, _untracked, places)


def _untracked(results: Iterable[RoleDrift], total: int, doing: str) -> Iterable[RoleDrift]:
    assert (total > 0, doing) == (True, "comparing")
    return results


def world_of(grants: Iterable[Grant]) -> World:
    """An estate that is deployed as it is written."""
    estate = Estate("acme", tuple(grants))
    accounts = {account: Account(account) for account in sorted({grant.account for grant in estate.grants})}
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
    assert (account.calls["list_roles"], account.calls["list_role_tags"]) == (1, 3)
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


def without_warehouse(world: World) -> World:
    """The only role of the other account is taken out of the files; live it stays."""
    world.estate = replace(world.estate, grants=tuple(g for g in world.estate.grants if g.account != OTHER))
    (left,) = world.accounts[OTHER].roles.values()
    left["Description"] = OURS
    world.accounts[OTHER].tags = {left["RoleName"]: {"rolecall:estate": "acme"}}
    return world


def proof_of(*arns: str, target: str = "aws", templates: object = None) -> Proof:
    """A run that proved these roles."""
    roles = {arn: ProvedRole(arn, arn, "verified", (), None, ()) for arn in arns}
    return Proof(
        Path("proof.json"), datetime(2026, 11, 22, tzinfo=UTC), target, "owner", roles, {"templates": templates}
    )


LEFT = f"arn:aws:iam::{OTHER}:role/vendors/workato-acme-prod-warehouse"


@pytest.mark.parametrize("path", ["/vendors/", "/old/"])
def test_a_role_that_was_the_last_of_its_account_is_found_where_it_was_proved(acme: World, path: str) -> None:
    world = without_warehouse(acme)
    (left,) = world.accounts[OTHER].roles.values()
    left |= {"Path": path, "Arn": LEFT.replace("/vendors/", path)}
    assert (world.drift().unmanaged, exit_code(world.drift())) == ((), YES)
    found = world.drift(proved_accounts([proof_of(LEFT)]))
    assert (found.unmanaged, exit_code(found)) == ((LEFT.replace("/vendors/", path),), NO)


def test_the_default_account_is_looked_through_though_it_holds_no_role(acme: World) -> None:
    world = without_warehouse(acme)
    world.estate = replace(world.estate, default_account=OTHER)
    assert world.drift().unmanaged == (LEFT,)


def test_the_paths_of_every_account_count_in_each(acme: World) -> None:
    world = without_warehouse(acme)
    world.accounts[OTHER].stranger("by-hand", "/vendors/")
    found = world.drift({OTHER: None})
    assert found.unmanaged == (f"arn:aws:iam::{OTHER}:role/vendors/by-hand", LEFT)


def test_a_selector_asks_about_its_own_accounts_only(acme: World) -> None:
    world = without_warehouse(acme)
    del world.accounts[OTHER]
    found = compared(world.estate, world.estate.grants[:1], world, _untracked)
    assert (found.unmanaged, dict(found.unlisted)) == ((), {})


def test_an_account_of_earlier_proofs_that_cannot_be_reached_cannot_be_told_and_says_whence_it_is_known(
    acme: World,
) -> None:
    world = without_warehouse(acme)
    del world.accounts[OTHER]
    found = world.drift({OTHER: None})
    whence = "no file of the estate names this account, earlier proofs in .rolecall/proofs do"
    assert dict(found.unlisted) == {OTHER: f"account {OTHER} cannot be read: no ({whence})"}
    assert exit_code(found) == CANNOT_TELL
    del world.accounts[ONE].roles["workato-acme-prod-billing"]
    assert exit_code(world.drift({OTHER: None})) == NO


def test_an_account_without_any_region_is_told_and_not_guessed(acme: World) -> None:
    acme.estate = Estate("acme", ())
    found = compared(acme.estate, (), acme, lambda results, total, doing: results, further(acme.estate, {OTHER: None}))
    assert "no region is known" in found.unlisted[OTHER]
    assert exit_code(found) == CANNOT_TELL


@pytest.mark.parametrize(
    ("proofs", "accounts"),
    [
        ([], {}),
        ([proof_of(LEFT)], {OTHER: None}),
        ([proof_of(LEFT, target="local")], {}),
        ([proof_of(LEFT, templates={f"acme-prod-{OTHER}-eu-west-1": None})], {OTHER: "eu-west-1"}),
        ([proof_of(LEFT), proof_of(templates={f"a-2-{OTHER}-us-gov-west-1": "0"})], {OTHER: "us-gov-west-1"}),
        ([proof_of(LEFT, templates={f"acme-prod-{ONE}-eu-west-1": None})], {OTHER: None}),
        ([proof_of(LEFT, templates=5), proof_of("nonsense"), proof_of(f"x {LEFT}")], {OTHER: None}),
    ],
)
def test_earlier_proofs_name_accounts_and_where_their_stacks_were(
    proofs: list[Proof], accounts: dict[str, str | None]
) -> None:
    assert proved_accounts(proofs) == accounts


def test_an_account_is_asked_where_its_stacks_were_and_else_where_the_estate_is(acme: World) -> None:
    estate = without_warehouse(acme).estate
    assert further(estate, {OTHER: "eu-west-1", ONE: "eu-west-1"}) == {OTHER: "eu-west-1"}
    assert further(estate, {OTHER: None}) == {OTHER: "eu-central-1"}
    assert further(replace(estate, default_region="us-east-1"), {OTHER: None}) == {OTHER: "us-east-1"}


@pytest.mark.parametrize(
    ("reader", "whom"),
    [
        ("arn:aws:iam::{account}:role/audit", f"arn:aws:iam::{OTHER}:role/audit"),
        (f"arn:aws:iam::{ONE}:role/audit", f"arn:aws:iam::{OTHER}:role/cdk-hnb659fds-lookup-role-{OTHER}-eu-west-1"),
    ],
)
def test_a_reader_for_every_account_reads_earlier_ones_too(
    acme: World, monkeypatch: pytest.MonkeyPatch, reader: str, whom: str
) -> None:
    asked: list[str] = []

    def assume(**request: str) -> dict[str, Any]:
        asked.append(request["RoleArn"])
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "AssumeRole")

    caller = {"Account": ONE, "Arn": f"arn:aws:iam::{ONE}:user/me"}
    sts = SimpleNamespace(get_caller_identity=lambda: caller, assume_role=assume)
    monkeypatch.setattr("boto3.Session", lambda: SimpleNamespace(client=lambda service, **more: sts))
    grants = tuple(replace(grant, reader_role=reader) for grant in without_warehouse(acme).estate.grants)
    reach = reach_of(replace(acme.estate, grants=grants), {OTHER: "eu-west-1"})
    with pytest.raises(CommandError):
        reach.client(OTHER, "iam", "eu-west-1")
    assert asked == [whom]


@pytest.mark.parametrize(
    ("description", "tags", "what"),
    [
        (OURS, {"rolecall:estate": "beta"}, "beta's"),
        (OURS, {"rolecall:estate": "acme"}, "unmanaged"),
        (OURS, {"owner": "beta"}, "unmanaged"),
        (OURS, {"rolecall:estate": ""}, "unmanaged"),
        ("", {"rolecall:estate": "beta"}, "unmanaged"),
    ],
)
def test_a_role_of_another_estate_under_our_path_is_named_and_is_nothing_to_delete(
    acme: World, description: str, tags: dict[str, str], what: str
) -> None:
    acme.accounts[ONE].stranger("shared", "/vendors/", Description=description)
    acme.accounts[ONE].tags = {"shared": tags}
    found, arn = acme.drift(), f"arn:aws:iam::{ONE}:role/vendors/shared"
    assert found.other_estates == ({arn: "beta"} if what == "beta's" else {})
    assert found.unmanaged == ((arn,) if what == "unmanaged" else ())
    assert exit_code(found) == (NO if what == "unmanaged" else YES)


def test_whose_a_marked_role_is_cannot_be_told_without_its_tags(acme: World) -> None:
    account = acme.accounts[ONE]
    account.refused = frozenset({"list_role_tags"})
    for name in ("first", "second", "third"):
        account.stranger(name, "/vendors/", Description=OURS)
    found = acme.drift()
    assert (found.unmanaged, exit_code(found)) == ((), CANNOT_TELL)
    reason = "could not read the tags of first and 2 more: AWS answered AccessDenied"
    assert dict(found.unlisted) == {ONE: reason}


@pytest.mark.parametrize("code", ["NoSuchEntity", "NoSuchEntityException"])
def test_a_role_that_went_after_it_was_listed_is_nobodys_question(acme: World, code: str) -> None:
    account = acme.accounts[ONE]
    account.refused, account.code = frozenset({"list_role_tags"}), code
    account.stranger("gone", "/vendors/", Description=OURS)
    found = acme.drift()
    assert (found.unmanaged, dict(found.unlisted), exit_code(found)) == ((), {}, YES)


def test_strangers_by_the_thousand_are_sorted_out_at_once(acme: World) -> None:
    account = acme.accounts[ONE]
    for number in range(20_000):
        account.stranger(f"r{number}", "/vendors/")
    began = time.perf_counter()
    assert len(acme.drift().unmanaged) == 20_000
    assert (
        time.perf_counter() - began < 5
    )  # seconds; it takes a tenth of one, and far longer where each is looked for among all


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


def test_the_command_line_hands_on_how_wide_the_terminal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    wishes: list[Wish] = []

    def asked(folder: Path, selectors: list[str], wish: Wish, say: object, track: object) -> Answer:
        wishes.append(wish)
        return Answer("")

    monkeypatch.setattr("rolecall.commands.drift.drift", asked)
    monkeypatch.setattr(terminal, "width", lambda: 57)
    monkeypatch.setattr(sys, "argv", ["rolecall", "drift", "--target", "local", "--format", "json"])
    with pytest.raises(SystemExit):
        cli.main()
    assert wishes == [Wish(target="local", output="json", width=57)]
