"""`verify-role` when something is broken: exit code 3 and the cause, 1 only for what was seen, no traceback."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.fault_answers import GARBAGE, SECRET, SERVER, THROTTLES, assumed, query_error
from tests.embedded.fault_proxy import FaultProxy, fault_proxy
from tests.embedded.faults import Answer, Line, Rule
from tests.embedded.faulty import RIGHT_ID, role
from tests.embedded.world import BIN, WORKATO, World, run

# Every fault has its probes in test_faults; here stand those that differ on the way to an exit code. Botocore tries
# again for seconds what the server or a throttle caused, so that those are asked where one call ends it all.
FIRST: dict[str, Answer | Line] = {
    "200 with a page": GARBAGE["200 with a page"],
    "200 with an empty result": GARBAGE["200 with an empty result"],
    "403 with a page": GARBAGE["403 with a page"],
    "500 as AWS says it": SERVER["500 as AWS says it"],
    "400 Throttling": THROTTLES["400 Throttling"],
    "CLOSE": Line.CLOSE,
}
LATER: dict[str, Answer | Line] = {
    "200 with a page": GARBAGE["200 with a page"],
    "403 with a page": GARBAGE["403 with a page"],
    "HALF": Line.HALF,
    "DIE": Line.DIE,
}
_SHIFTED = """
import datetime, sys
import botocore.auth, botocore.compat
by = datetime.timedelta(hours=float(sys.argv.pop(1)))
botocore.auth.get_current_datetime = lambda *asked: botocore.compat.get_current_datetime(*asked) + by
from rolecall.cli import main
main()
"""


@pytest.fixture
def guarded(world: World) -> Iterator[str]:
    """The ARN of a role that is as it should be."""
    with role(world, "asked-guarded", RIGHT_ID) as arn:
        yield arn


def _arguments(role_arn: str) -> list[str]:
    return ["verify-role", role_arn, "--external-id", RIGHT_ID, "--wait", "0", "--format", "json"]


def _verify(
    folder: Path, role_arn: str, environment: dict[str, str], *program: str
) -> subprocess.CompletedProcess[str]:
    """Run it, and look at what must hold whatever was answered."""
    ended = run(*(program or ("rolecall",)), *_arguments(role_arn), folder=folder, environment=environment)
    said = ended.stdout + ended.stderr
    assert "Traceback" not in said
    assert "fault of Rolecall" not in said
    token, secret = environment.get("AWS_SESSION_TOKEN"), environment.get("AWS_SECRET_ACCESS_KEY")
    assert not [hidden for hidden in (SECRET, token, secret) if hidden and hidden in said]
    return ended


def _without(*parts: str, environment: dict[str, str]) -> dict[str, str]:
    """The variables whose names hold none of these; nor does the user's own configuration stand in for them."""
    kept = {name: value for name, value in environment.items() if not any(part in name for part in parts)}
    return {**kept, "HOME": os.devnull}


def _role(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return json.loads(ended.stdout)["roles"][0]


def _refused(ended: subprocess.CompletedProcess[str], *words: str) -> bool:
    """Whether it could not tell who calls, and says why."""
    assert (ended.returncode, ended.stdout) == (3, ""), ended.stderr
    return all(word in ended.stderr for word in ("error: ", "  try: ", *words))


@pytest.mark.parametrize("name", FIRST)
def test_who_calls_cannot_be_told(world: World, guarded: str, tmp_path: Path, name: str) -> None:
    with fault_proxy(world.aws, tmp_path, Rule(FIRST[name], "sts", "GetCallerIdentity")) as proxy:
        assert _refused(_verify(tmp_path, guarded, proxy.environment(WORKATO)), "who you are cannot be told")


@pytest.mark.parametrize("name", LATER)
def test_a_fault_in_the_middle_is_inconclusive(world: World, guarded: str, tmp_path: Path, name: str) -> None:
    with fault_proxy(world.aws, tmp_path, Rule(LATER[name], "sts", "AssumeRole", after=2)) as proxy:
        ended = _verify(tmp_path, guarded, proxy.environment(WORKATO))
    found = _role(ended)
    assert (found["verdict"], found["findings"], ended.returncode) == ("inconclusive", [], 3)
    assert [probe["observed"] for probe in found["probes"][:3]] == ["allowed", "denied", "undecided"]
    assert all(probe["reason"] for probe in found["probes"] if probe["observed"] in ("undecided", "skipped"))
    assert found["hint"]


@pytest.mark.parametrize("name", ["200 with a page", "DIE"])
def test_what_was_seen_before_the_fault_is_a_no(world: World, tmp_path: Path, name: str) -> None:
    rule = Rule(LATER[name], "sts", "AssumeRole", after=2)
    with role(world, "asked-open") as arn, fault_proxy(world.aws, tmp_path, rule) as proxy:
        ended = _verify(tmp_path, arn, proxy.environment(WORKATO))
    assert (_role(ended)["verdict"], ended.returncode) == ("unprotected", 1)


def test_credentials_of_another_role_are_no_yes(world: World, guarded: str, tmp_path: Path) -> None:
    rule = Rule(assumed(guarded, "another-role"), "sts", "AssumeRole")
    with fault_proxy(world.aws, tmp_path, rule) as proxy:
        ended = _verify(tmp_path, guarded, proxy.environment(WORKATO))
    assert (_role(ended)["verdict"], ended.returncode) == ("inconclusive", 3)


def test_a_throttled_endpoint_that_recovers_is_no_trouble(world: World, guarded: str, tmp_path: Path) -> None:
    rule = Rule(THROTTLES["400 Throttling"], "sts", times=2)
    with fault_proxy(world.aws, tmp_path, rule) as proxy:
        assert _verify(tmp_path, guarded, proxy.environment(WORKATO)).returncode == 0


def test_a_hung_endpoint_costs_a_minute_and_not_one_for_each_id(world: World, guarded: str, tmp_path: Path) -> None:
    """The one test that waits as long as a user would: four tries of ten seconds each."""
    with fault_proxy(world.aws, tmp_path, Rule(Line.HANG, "sts", "AssumeRole", after=1)) as proxy:
        began = time.monotonic()
        ended = _verify(tmp_path, guarded, proxy.environment(WORKATO))
        assert (time.monotonic() - began) < 100
        assert proxy.count("AssumeRole") == 1 + 4
    assert (_role(ended)["verdict"], ended.returncode) == ("inconclusive", 3)


@pytest.mark.parametrize("hours", ["-1", "1"])
def test_a_clock_that_is_an_hour_off_is_named(world: World, guarded: str, tmp_path: Path, hours: str) -> None:
    ended = _verify(tmp_path, guarded, world.aws.environment(WORKATO), sys.executable, "-c", _SHIFTED, hours)
    assert _refused(ended, "AWS refused the request's time", "  try: this machine's clock is off")


def test_a_certificate_of_another_authority_is_named(world: World, guarded: str, tmp_path: Path) -> None:
    with fault_proxy(world.aws, tmp_path) as proxy:
        bound = _without("PROFILE", "CONFIG", "CA_BUNDLE", environment=proxy.environment(WORKATO))
        for bundle in ({}, {"AWS_CA_BUNDLE": str(world.aws.ca_bundle)}):
            ended = _verify(tmp_path, guarded, {**bound, **bundle})
            assert _refused(ended, "certificate is not trusted", "  try: the endpoint's certificate is signed by a CA")
        assert proxy.calls == []


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_is_not_there_or_none_is_named(
    world: World, guarded: str, tmp_path: Path, content: str | None
) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content, "utf-8")
    ended = _verify(tmp_path, guarded, {**world.aws.environment(WORKATO), "AWS_CA_BUNDLE": str(bundle)})
    assert _refused(ended, "the file of CA certificates cannot be read", "AWS_CA_BUNDLE")
    assert "not trusted" not in ended.stderr


_UNKNOWN_KEY, _NO_CREDENTIALS = "AWS does not know the caller's access key", "there are no credentials that AWS knows"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"AWS_SESSION_TOKEN": "no-such-token"}, [_UNKNOWN_KEY]),
        ({"AWS_ACCESS_KEY_ID": "AKIAUNKNOWNUNKNOWN00"}, [_UNKNOWN_KEY]),
        (
            {"AWS_SECRET_ACCESS_KEY": "not-the-secret-of-this-key-0123456789abc"},
            [
                "AWS refused the request's signature",
                "  try: the secret access key does not belong to the access key id",
            ],
        ),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, [_NO_CREDENTIALS]),
        ({"AWS_SECRET_ACCESS_KEY": ""}, [_NO_CREDENTIALS]),
        (
            {"AWS_PROFILE": "no-such-profile", "AWS_DEFAULT_PROFILE": "no-such-profile"},
            ["there is no AWS profile called no-such-profile", "AWS_PROFILE", "aws configure list-profiles"],
        ),
    ],
    ids=["a token that is none", "an unknown key", "a wrong secret", "no credentials", "half of them", "no profile"],
)
def test_credentials_that_do_not_work_are_named_with_the_way_out(
    world: World, guarded: str, tmp_path: Path, changed: dict[str, str], words: list[str]
) -> None:
    ended = _verify(tmp_path, guarded, {**world.aws.environment(WORKATO), **changed})
    assert _refused(ended, *words), ended.stderr


def test_a_token_that_has_expired_is_told_so_before_any_role_is_called(
    world: World, guarded: str, tmp_path: Path
) -> None:
    expired = Rule(query_error(403, "ExpiredToken"), "sts", "GetCallerIdentity")
    with fault_proxy(world.aws, tmp_path, expired) as proxy:
        ended = _verify(tmp_path, guarded, proxy.environment(WORKATO))
    assert _refused(ended, "  try: the caller's credentials have expired: sign in again")


def test_a_deleted_key_is_named(world: World, guarded: str, tmp_path: Path) -> None:
    iam = world.iam()
    iam.create_user(UserName="leaver")
    key = iam.create_access_key(UserName="leaver")["AccessKey"]
    iam.delete_access_key(UserName="leaver", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="leaver")
    keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    assert _refused(_verify(tmp_path, guarded, {**world.aws.environment(WORKATO), **keys}), "credentials")


@pytest.mark.parametrize("code", ["ExpiredToken", "RequestExpired", "RegionDisabledException"])
def test_a_token_that_expires_in_the_middle_refuses_nothing(
    world: World, guarded: str, tmp_path: Path, code: str
) -> None:
    with fault_proxy(world.aws, tmp_path, Rule(query_error(403, code), "sts", "AssumeRole", after=1)) as proxy:
        ended = _verify(tmp_path, guarded, proxy.environment(WORKATO))
    assert (_role(ended)["verdict"], ended.returncode) == ("inconclusive", 3)
    assert _role(ended)["probes"][1]["error_code"] == code


def test_no_region_is_no_hindrance(world: World, guarded: str, tmp_path: Path) -> None:
    bound = _without("REGION", "PROFILE", "CONFIG_FILE", environment=world.aws.environment(WORKATO))
    assert _verify(tmp_path, guarded, bound).returncode == 0


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_ends_it_without_a_word(
    world: World, guarded: str, tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    with fault_proxy(world.aws, tmp_path, Rule(Line.HANG, "sts", "AssumeRole", after=1)) as proxy:
        started = _started(proxy, guarded, tmp_path)
        started.send_signal(sent)
        said, complained = started.communicate(timeout=15)
    assert (started.returncode, said, complained) == (code, "", "")


def _started(proxy: FaultProxy, role_arn: str, folder: Path) -> subprocess.Popen[str]:
    """The command line, waiting for an answer that does not come."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    started = subprocess.Popen(
        [str(BIN / "rolecall"), *_arguments(role_arn)],
        cwd=folder,
        env={**clean, **proxy.environment(WORKATO)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 30
    while proxy.count("AssumeRole") < 2 and time.monotonic() < until:
        time.sleep(0.05)
    return started


def test_a_reader_that_has_gone_changes_nothing(world: World, guarded: str, tmp_path: Path) -> None:
    command = f"{BIN / 'rolecall'} {' '.join(_arguments(guarded))} >&-"
    ended = run("/bin/sh", "-c", command, folder=tmp_path, environment=world.aws.environment(WORKATO))
    assert (ended.returncode, ended.stderr) == (0, "")
