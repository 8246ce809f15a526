"""`verify` of a whole estate when something is broken: each role keeps what was seen, and nothing is made up."""

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from rolecall.commands import verify as command
from rolecall.runtime import side_by_side
from rolecall.runtime.lines import Lines
from rolecall.runtime.trouble import Trouble
from tests.embedded.fault_answers import GARBAGE, SECRET, SERVER, THROTTLES, query_error
from tests.embedded.fault_proxy import FaultProxy, fault_proxy
from tests.embedded.faults import Answer, Line, Rule
from tests.embedded.faulty import bind
from tests.embedded.world import ACCOUNT, BIN, UNIFIED, WORKATO, World, run

BILLING = "acme-prod/billing"
FAULTS: dict[str, Answer | Line] = {
    **{name: GARBAGE[name] for name in ("200 with a page", "200 with nothing", "403 with a page", "404 with a page")},
    "503 as AWS says it": SERVER["503 as AWS says it"],
    "400 Throttling": THROTTLES["400 Throttling"],
    "ExpiredToken": query_error(403, "ExpiredToken"),
    "CLOSE": Line.CLOSE,
    "HANG": Line.HANG,
    "DIE": Line.DIE,
}


def _verify(
    world: World, monkeypatch: pytest.MonkeyPatch, proxy: FaultProxy, mode: str, *selectors: str
) -> tuple[list[dict[str, Any]], int]:
    """The roles and the exit code, asked in this process with little patience."""
    bind(monkeypatch, proxy, WORKATO if mode == "vendor" else ACCOUNT)
    wish = command.Wish(mode=mode, output="json", wait_seconds=0)
    answer = command.verify(world.folder, selectors, wish, lambda _: None, lambda results, _: results)
    assert SECRET not in answer.text
    return json.loads(answer.text)["roles"], answer.exit_code


@pytest.mark.parametrize("name", FAULTS)
def test_the_vendor_is_told_what_could_not_be_asked(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    with fault_proxy(world.aws, tmp_path, Rule(FAULTS[name], "sts", "AssumeRole")) as proxy:
        roles, code = _verify(world, monkeypatch, proxy, "vendor", "acme-prod")
    assert ({role["verdict"] for role in roles}, code) == ({"inconclusive"}, 3)
    assert not [role["findings"] for role in roles if role["findings"]]
    assert {probe["observed"] for role in roles for probe in role["probes"]} <= {"undecided", "skipped"}


@pytest.mark.parametrize("action", ["GetRole", "ListAttachedRolePolicies", "ListRolePolicies", "GetPolicyVersion"])
@pytest.mark.parametrize("name", FAULTS)
def test_the_owner_is_told_what_could_not_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, action: str
) -> None:
    with fault_proxy(world.aws, tmp_path, Rule(FAULTS[name], "iam", action)) as proxy:
        roles, code = _verify(world, monkeypatch, proxy, "owner", BILLING)
    assert ([role["verdict"] for role in roles], code) == (["inconclusive"], 3)
    assert roles[0]["findings"] == []


@pytest.mark.parametrize("mode", ["vendor", "owner"])
def test_an_endpoint_that_dies_on_the_way_adds_no_finding(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: str
) -> None:
    with fault_proxy(world.aws, tmp_path) as proxy:
        whole = {role["project"]: role for role in _verify(world, monkeypatch, proxy, mode, "acme-prod")[0]}
        asked = len(proxy.calls)
    for requests in (4, asked // 3, asked // 2, asked - 2):
        with fault_proxy(world.aws, tmp_path, Rule(Line.DIE, after=requests)) as proxy:
            roles, code = _verify(world, monkeypatch, proxy, mode, "acme-prod")
        for role in roles:
            # Who is verified without the rungs that the endpoint took away had all that was required.
            assert role["verdict"] in ("inconclusive", "verified", whole[role["project"]]["verdict"]), requests
            assert set(role["findings"]) <= set(whole[role["project"]]["findings"]), requests
        assert (code == 0) == ({role["verdict"] for role in roles} == {"verified"})
        assert requests > 4 or code == 3


def test_an_open_role_stays_a_no_when_the_endpoint_dies(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = "workato-acme-prod-billing"
    live = world.iam().get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    opened = {"Effect": "Allow", "Principal": {"AWS": WORKATO}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [opened]}
    world.iam().update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
    try:
        with fault_proxy(world.aws, tmp_path, Rule(Line.DIE, "sts", "AssumeRole", after=2)) as proxy:
            roles, code = _verify(world, monkeypatch, proxy, "vendor", BILLING)
    finally:
        world.iam().update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(live))
    assert ([role["verdict"] for role in roles], code) == (["unprotected"], 1)


@pytest.mark.parametrize(("mode", "service", "action"), [("vendor", "sts", "AssumeRole"), ("owner", "iam", "GetRole")])
def test_an_endpoint_that_answers_nobody_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: str, service: str, action: str
) -> None:
    """Otherwise a thousand roles would each wait for it."""
    monkeypatch.setattr(side_by_side, "WORKERS", 1)
    with fault_proxy(world.aws, tmp_path, Rule(Line.CLOSE, service, action)) as proxy:
        roles, code = _verify(world, monkeypatch, proxy, mode)
        assert proxy.count(action) <= 3 * len({role["role_arn"].split(":")[4] for role in roles})
    assert code == 3
    assert "verified" not in {role["verdict"] for role in roles}


@pytest.mark.parametrize("line", [Line.HANG, Line.DRIP])
def test_a_role_whose_sts_fell_silent_is_not_asked_for_sessions_to_read_or_write_with(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: Line
) -> None:
    """Otherwise each would wait for it again. What is not asked is told, with the reason."""
    with fault_proxy(world.aws, tmp_path, Rule(line, "sts", "AssumeRole", after=1)) as proxy:
        bind(monkeypatch, proxy, UNIFIED)
        wish = command.Wish(mode="vendor", output="json", wait_seconds=0, read_secrets=True, write_probes=True)
        answer = command.verify(
            world.folder, ["unified-prod/connections"], wish, lambda _: None, lambda results, _: results
        )
        assert proxy.count("AssumeRole") == 2, "the right ID, and the one without an answer"
        assert [service for service, _ in proxy.calls if service == "secretsmanager"] == []
    (result,) = json.loads(answer.text)["roles"]
    unread, unwritten = [probe for probe in result["probes"] if probe["kind"] == "secret_in_scope"]
    assert (unread["asked"], unwritten["asked"]) == ("what is granted", "write below unified/ in eu-central-1")
    assert {probe["reason"] for probe in (unread, unwritten)} == {f"not asked any more: {Trouble.SILENT}"}
    assert (result["verdict"], answer.exit_code) == ("inconclusive", 3)


def test_what_is_not_written_as_secrets_manager_is_dead_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Lines, "why_dead", lambda _, name: "dead" if name.startswith("Secrets") else None)
    with fault_proxy(world.aws, tmp_path) as proxy:
        bind(monkeypatch, proxy, UNIFIED)
        wish = command.Wish(mode="vendor", output="json", wait_seconds=0, write_probes=True)
        answer = command.verify(
            world.folder, ["unified-prod/connections"], wish, lambda _: None, lambda results, _: results
        )
    (result,) = json.loads(answer.text)["roles"]
    told = {probe["asked"]: probe["reason"] for probe in result["probes"] if probe["kind"] == "secret_in_scope"}
    assert told["write below unified/ in eu-central-1"] == "dead"
    assert (result["verdict"], answer.exit_code) == ("inconclusive", 3)


@pytest.mark.parametrize("seconds", [0.4, 0.8, 1.2, 1.6, 2.4])
def test_a_killed_run_leaves_no_half_written_file(world: World, seconds: float) -> None:
    arguments = [str(BIN / "rolecall"), "verify", BILLING, "--target", "local", "--format", "json"]
    started = subprocess.Popen(arguments, cwd=world.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    started.send_signal(signal.SIGKILL)
    started.wait(timeout=10)
    kept = [file for file in (world.folder / ".rolecall").rglob("*.json") if file.is_file()]
    assert kept
    for file in kept:
        json.loads(file.read_text("utf-8"))


def test_after_all_that_the_estate_is_verified(world: World) -> None:
    ended = run("rolecall", "verify", BILLING, "--target", "local", folder=world.folder)
    assert ended.returncode == 0, ended.stderr
