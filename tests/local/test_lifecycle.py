"""Starting, finding and stopping the server, and what it leaves behind."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from embedded_world import CALLERS, CUSTOMER, REGION, World

from rolecall.local import Callers, LocalAws, LocalAwsError, NotInstalledError, down, find, running, up
from rolecall.local.callers import CallerFile
from rolecall.local.launch import launch, wait_until_ended
from rolecall.local.state import StateDir

ONE = Callers(customer_accounts=(CUSTOMER,), vendor_principals={}, region=REGION)
LISTENING = "0A"

pytestmark = pytest.mark.embedded

on_linux = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads /proc")


def secrets_of(state: StateDir) -> list[str]:
    """Everything that nobody else may see."""
    record = state.read_launch()
    assert record is not None
    return [
        record.admin_token,
        record.root_secret,
        *(k.secret_access_key for k in CallerFile.read(state).keys.values()),
    ]


def lives(aws: LocalAws) -> bool:
    return StateDir(aws.state_dir).server_lives()


def test_a_second_up_finds_the_first_and_adds_what_is_missing(state_dir: Path) -> None:
    first = up(state_dir, ONE)
    keys = CallerFile.read(StateDir(state_dir)).keys
    second = up(state_dir, replace(CALLERS, region="eu-west-1"))
    assert (second.pid, second.port, second.region) == (first.pid, first.port, "eu-west-1")
    assert CallerFile.read(StateDir(state_dir)).keys.items() >= keys.items()
    assert {"vendor:account", "vendor:user", "vendor:role"} <= set(second.identities())
    assert find(state_dir) == second


def test_down_stops_it_once(state_dir: Path) -> None:
    aws = up(state_dir, ONE)
    assert [down(state_dir), down(state_dir)] == [True, False]
    assert not lives(aws)
    assert find(state_dir) is None


def test_nothing_is_found_or_stopped_where_nothing_was(state_dir: Path) -> None:
    assert (find(state_dir), down(state_dir), state_dir.exists()) == (None, False, False)


def test_an_idle_client_does_not_delay_the_stop(state_dir: Path) -> None:
    aws = up(state_dir, ONE)
    client = aws.client(CUSTOMER, "sts")
    client.get_caller_identity()
    before = time.monotonic()
    assert down(state_dir)
    assert time.monotonic() - before < 3  # seconds; without care it is 30


def test_a_killed_server_is_noticed_and_replaced(state_dir: Path) -> None:
    killed = up(state_dir, ONE)
    os.kill(killed.pid, signal.SIGKILL)
    assert wait_until_ended(StateDir(state_dir))
    assert find(state_dir) is None
    assert up(state_dir, ONE).pid != killed.pid


def test_a_process_that_reuses_the_recorded_id_is_left_alone(state_dir: Path) -> None:
    state = StateDir(state_dir)
    stopped = up(state_dir, ONE)
    record = state.launch.read_text()
    down(state_dir)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as innocent:
        state.write_private(state.launch, record.replace(f'"pid": {stopped.pid}', f'"pid": {innocent.pid}'))
        state.write_private(state.callers, "{}")
        assert (find(state_dir), down(state_dir), innocent.poll()) == (None, False, None)
        assert up(state_dir, ONE).pid != innocent.pid
        assert innocent.poll() is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(state_dir: Path, number: signal.Signals) -> None:
    aws = up(state_dir, ONE)
    os.kill(aws.pid, number)
    assert wait_until_ended(StateDir(state_dir))
    assert StateDir(state_dir).log.read_text() == ""
    assert find(state_dir) is None


def test_two_at_the_same_time_start_one(state_dir: Path) -> None:
    with ThreadPoolExecutor() as pool:
        started = list(pool.map(lambda _: up(state_dir, ONE), range(3)))
    assert len({aws.pid for aws in started}) == 1


def test_it_goes_down_whatever_happens_inside(state_dir: Path) -> None:
    with pytest.raises(KeyboardInterrupt), running(state_dir, ONE) as aws:
        assert lives(aws)
        raise KeyboardInterrupt
    assert not lives(aws)


def test_an_interrupted_start_leaves_nothing_running(state_dir: Path) -> None:
    def interrupt(message: str) -> None:
        if message.startswith("callers"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        up(state_dir, ONE, say=interrupt)
    assert not StateDir(state_dir).server_lives()


def test_it_ends_with_a_killed_process_that_was_running_it(state_dir: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rolecall.local import Callers, running\n"
        f"with running(Path(sys.argv[1]), Callers(('{CUSTOMER}',), {{}}, '{REGION}')): print('up', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(state_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        assert StateDir(state_dir).server_lives()
        process.kill()
    assert wait_until_ended(StateDir(state_dir))


def test_it_outlives_the_process_that_put_it_up(state_dir: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rolecall.local import Callers, up\n"
        f"print(up(Path(sys.argv[1]), Callers(('{CUSTOMER}',), {{}}, '{REGION}')).pid)"
    )
    finished = subprocess.run([sys.executable, "-c", code, str(state_dir)], capture_output=True, text=True, check=True)
    found = find(state_dir)
    assert found is not None
    assert found.pid == int(finished.stdout)
    assert os.getsid(found.pid) != os.getsid(0)


def test_a_taken_port_is_named(state_dir: Path, guarded: World) -> None:
    with pytest.raises(
        LocalAwsError,
        match=f"port {guarded.aws.port} of 127.0.0.1 cannot be used .*choose another one",
    ):
        up(state_dir, ONE, port=guarded.aws.port)


def test_a_port_can_be_chosen(state_dir: Path) -> None:
    port = up(state_dir, ONE).port
    down(state_dir)
    assert up(state_dir, ONE, port=port).port == port


def test_a_server_that_does_not_start_is_reported_with_its_log(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(LocalAwsError, match=r"did not start .*server\.log"):
        up(state_dir, ONE)


def test_missing_packages_are_named_with_the_extra(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ministack" else name)
    with pytest.raises(NotInstalledError, match=r"is not installed \(ministack\)"):
        up(state_dir, ONE)


def test_a_hook_that_does_not_fit_keeps_the_server_from_starting(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = state_dir.parent / "site" / "sitecustomize.py"
    site.parent.mkdir()
    site.write_text("import rolecall.local.guard.hooks as hooks\nhooks.MINISTACK_VERSION = '0'\n")
    monkeypatch.setenv("PYTHONPATH", str(site.parent))
    with pytest.raises(LocalAwsError, match="did not start"):
        up(state_dir, ONE)
    assert "the guard knows ministack 0" in StateDir(state_dir).log.read_text()


def test_only_its_owner_can_read_what_it_writes(guarded: World) -> None:
    """The folder is closed, which covers what ministack puts below it, and each file of ours is closed by itself."""
    folder = guarded.state.path
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.is_file()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert {"server.json", "callers.json", "server.pem", "ca.pem", "server.log"} <= modes.keys()


def test_no_secret_is_in_the_log_or_in_what_objects_show(guarded: World) -> None:
    shown = f"{guarded.state.log.read_text()}{guarded.state.read_launch()}{CallerFile.read(guarded.state)}{guarded.aws}"
    assert not [secret for secret in secrets_of(guarded.state) if secret in shown]


@on_linux
def test_no_secret_is_on_the_command_line_or_in_the_environment(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    process = Path(f"/proc/{up(state_dir, ONE).pid}")
    seen = (process / "cmdline").read_text() + (process / "environ").read_text()
    assert not [secret for secret in secrets_of(StateDir(state_dir)) if secret in seen]
    assert "AWS_" not in seen


@on_linux
def test_it_listens_on_one_port_of_loopback(guarded: World) -> None:
    """Also after the services that would open ports of their own were used."""
    answers = [guarded.http("GET", "/_ministack/health")[0], guarded.admin("iam").list_roles()["IsTruncated"]]
    sockets = {str(fd.readlink()).strip("socket:[]") for fd in Path(f"/proc/{guarded.aws.pid}/fd").iterdir()}
    tables = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()]
    addresses = [row[1] for row in tables if row[3] == LISTENING and row[9] in sockets]
    assert (answers, addresses) == ([200, False], [f"0100007F:{guarded.aws.port:04X}"])


def test_the_process_record_says_what_runs(guarded: World) -> None:
    record = json.loads(guarded.state.launch.read_text())
    assert (record["pid"], record["port"]) == (guarded.aws.pid, guarded.aws.port)
    assert record["started"].endswith("+00:00")


def test_each_launch_has_its_own_secrets_and_certificates(state_dir: Path) -> None:
    state = StateDir(state_dir)
    state.prepare()
    seen = []
    for _ in range(2):
        record, leash = launch(state, port=None, region=REGION)
        seen.append({record.admin_token, record.root_secret, state.ca_bundle.read_text()})
        leash.close()
        assert wait_until_ended(state)
    assert seen[0].isdisjoint(seen[1])
