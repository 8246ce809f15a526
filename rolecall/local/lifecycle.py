"""Starting, finding and stopping the embedded AWS of an estate."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

from rolecall.local.accounts import create_callers
from rolecall.local.callers import CallerFile, Callers
from rolecall.local.certificates import endpoint_url
from rolecall.local.errors import LocalAwsError
from rolecall.local.launch import START_SECONDS, Leash, launch, wait_until_ended
from rolecall.local.local_aws import LocalAws, write_aws_config
from rolecall.local.state import Launch, StateDir, exclusive

LOCK_SECONDS = 2 * START_SECONDS
"""How long to wait for somebody else's start or stop."""

BUSY = "somebody else has been starting or stopping the embedded AWS of this estate for a minute; try again"


def _silent(_: str) -> None:
    """Say nothing."""


def up(state_dir: Path, callers: Callers, *, port: int | None = None, say: Callable[[str], None] = _silent) -> LocalAws:
    """Start the embedded AWS in the background, or find it running, and make sure that the callers exist.

    It survives the calling process; `down` ends it. A given `port` counts for a start only. Two calls at the same time
    start one server. LocalAwsError says what is in the way; what was started is ended again then, and on Ctrl-C.
    """
    aws, leash = _up(state_dir, callers, port, say)
    if leash is not None:
        leash.release()
    return aws


def find(state_dir: Path) -> LocalAws | None:
    """The running embedded AWS of this folder, or None; one that is just being started is not found yet."""
    state = StateDir(state_dir.absolute())
    running_launch = _running(state)
    if running_launch is None or not state.callers.exists():
        return None
    return _local_aws(state, running_launch, CallerFile.read(state).region)


def down(state_dir: Path) -> bool:
    """Stop the embedded AWS of this folder; True if there was one. It gets five seconds, then it is killed."""
    state = StateDir(state_dir.absolute())
    if not state.path.is_dir():
        return False
    with exclusive(state.up_lock, seconds=LOCK_SECONDS, busy=BUSY):
        running_launch = _running(state)
        if running_launch is not None:
            _end(state, running_launch)
        for stale in (state.launch, state.callers, state.aws_config):
            stale.unlink(missing_ok=True)
        return running_launch is not None


@contextlib.contextmanager
def running(
    state_dir: Path, callers: Callers, *, port: int | None = None, say: Callable[[str], None] = _silent
) -> Iterator[LocalAws]:
    """`up`, and `down` in the end whatever happens.

    A server started here also ends when this process is killed.
    """
    aws, leash = _up(state_dir, callers, port, say)
    try:
        yield aws
    finally:
        if leash is not None:
            leash.close()
        down(state_dir)


def _up(
    state_dir: Path, callers: Callers, port: int | None, say: Callable[[str], None]
) -> tuple[LocalAws, Leash | None]:
    state = StateDir(state_dir.absolute())
    state.prepare()
    with exclusive(state.up_lock, seconds=LOCK_SECONDS, busy=BUSY):
        leash = None
        current = _running(state)
        if current is None:
            say("starting the embedded AWS")
            current, leash = launch(state, port=port, region=callers.region)
        try:
            return _furnished(state, current, callers, say), leash
        except BaseException:
            if leash is not None:
                leash.close()
                wait_until_ended(state)
            raise


def _furnished(state: StateDir, current: Launch, callers: Callers, say: Callable[[str], None]) -> LocalAws:
    write_aws_config(state, current.port, callers.region)
    create_callers(state, current, callers, say)
    say(f"the embedded AWS answers at {endpoint_url(current.port)} (process {current.pid})")
    return _local_aws(state, current, callers.region)


def _running(state: StateDir) -> Launch | None:
    """The record of the server that lives; the record alone proves nothing, as it outlives a killed server."""
    return state.read_launch() if state.server_lives() else None


def _local_aws(state: StateDir, current: Launch, region: str) -> LocalAws:
    return LocalAws(
        endpoint_url=endpoint_url(current.port),
        ca_bundle=state.ca_bundle,
        region=region,
        port=current.port,
        pid=current.pid,
        state_dir=state.path,
    )


def _end(state: StateDir, current: Launch) -> None:
    """Ask, wait, then kill. The lock was seen held an instant ago, so the recorded process is the server."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(current.pid, number)
        if wait_until_ended(state):
            return
    raise LocalAwsError(f"the embedded AWS does not end; stop it by hand: kill -9 {current.pid}")
