"""How `verify` and `drift` end: while an endpoint hangs, and without a standard stream."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rolecall.runtime.side_by_side import LAST_SECONDS
from tests.embedded.fault_proxy import FaultProxy, fault_proxy
from tests.embedded.faults import Line, Rule
from tests.embedded.world import ACCOUNT, ROOT, WORKATO, World

SLACK_SECONDS = 5
"""For a machine with much to do; botocore waits for 45 at least."""
# Few roles are worth a listing here, so that the pool of an account's readers is interrupted as well.
PROGRAM = """
import sys
from rolecall.accounts import live_roles
from rolecall.runtime import live_account
live_account.MANY = live_roles.MANY = int(sys.argv.pop(1))
from rolecall.cli import main
main()
"""


def interrupted(
    world: World, proxy: FaultProxy, identity: str, action: str, many: int, *arguments: str
) -> tuple[int, float, str, str]:
    """The exit code, the seconds from Ctrl-C to the end, and what was written and said."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(many), *arguments],
        cwd=world.folder,
        env={**clean, **proxy.environment(identity), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        while not proxy.count(action) and run.poll() is None:
            time.sleep(0.05)
        time.sleep(0.3)  # and now its workers wait
        began = time.monotonic()
        run.send_signal(signal.SIGINT)
        written, said = run.communicate(timeout=120)
        return run.returncode, time.monotonic() - began, written, said


@pytest.fixture
def stranger(world: World) -> Iterator[None]:
    """A role that bears our mark and that no file knows: its tags are asked for."""
    vendors = world.iam().get_role(RoleName="workato-acme-prod-billing")["Role"]
    trust = json.dumps(vendors["AssumeRolePolicyDocument"])
    world.iam().create_role(RoleName="left", AssumeRolePolicyDocument=trust, Description=vendors["Description"])
    yield
    world.iam().delete_role(RoleName="left")


@pytest.mark.usefixtures("stranger")
@pytest.mark.parametrize(
    ("arguments", "identity", "service", "action", "many"),
    [
        (["verify", "acme-prod", "--as", "vendor"], WORKATO, "sts", "AssumeRole", 10),
        (["verify", "acme-prod", "--as", "owner"], ACCOUNT, "iam", "GetRole", 10),
        (["verify", "acme-prod", "--as", "owner"], ACCOUNT, "iam", "GetRole", 1),
        (["drift", "acme-prod"], ACCOUNT, "iam", "GetRole", 10),
        (["drift", "acme-prod"], ACCOUNT, "iam", "GetRole", 1),
        (["drift", "acme-prod/billing"], ACCOUNT, "iam", "ListRoleTags", 10),
    ],
)
def test_whoever_has_had_enough_of_an_endpoint_that_hangs_is_let_go(
    world: World, tmp_path: Path, arguments: list[str], identity: str, service: str, action: str, many: int
) -> None:
    with fault_proxy(world.aws, tmp_path, Rule(Line.HANG, service, action)) as proxy:
        code, seconds, written, said = interrupted(world, proxy, identity, action, many, *arguments)
    assert (code, written) == (130, ""), said
    assert "Traceback" not in said and "Abort" not in said
    # Verification leaves its probes a moment to clean up; who only reads has nothing to clean up.
    assert seconds < SLACK_SECONDS + (LAST_SECONDS if arguments[0] == "verify" else 0)


@pytest.mark.parametrize("command", ["drift", "verify"])
def test_without_a_standard_error_the_result_is_the_same(world: World, command: str) -> None:
    arguments = [command, "acme-prod/billing", "--target", "local"]
    line = [sys.executable, "-m", "rolecall.cli", *arguments, "--format", "json"]
    script = f"import os; os.close(2); os.execv({sys.executable!r}, {line!r})"
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=world.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode in (0, 1), run.stdout
    assert run.stdout.startswith('{\n  "schema": 1')


@pytest.mark.parametrize("arguments", [["drift"], ["verify", "acme-prod/billing"]])
def test_a_full_standard_output_is_called_by_its_name(world: World, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "rolecall.cli", *arguments, "--target", "local"],
            cwd=world.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
        )
    assert run.returncode == 3
    assert run.stderr.endswith("error: No space left on device: standard output\n")
