"""Starting the server process: its socket, its lock, its environment, and the leash that ends it with its starter."""

import contextlib
import fcntl
import importlib.util
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO

from rolecall.local.certificates import HOST, issue
from rolecall.local.errors import LocalAwsError, NotInstalledError
from rolecall.local.health import wait_until_healthy
from rolecall.local.state import LOCK_POLL_SECONDS, Launch, StateDir

RELEASE = b"released\n"
"""What the leash carries when the server may outlive its starter."""

BACKLOG = 128
"""Connections that may wait while the server is still importing."""

START_SECONDS = 30.0
STOP_SECONDS = 5.0
"""The server gives open connections one second (GRACEFUL_SECONDS there); the rest is for a busy machine."""

INHERITED = ("PATH", "PYTHONPATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ")
"""All that the server gets of our environment. No AWS_*: ministack would take that access key for an account's root."""


@dataclass(frozen=True)
class Leash:
    """Our end of the server's standard input. The server ends when it closes, unless it was released before.

    So an interrupted or killed starter leaves no server behind.
    """

    pipe: IO[bytes]

    def release(self) -> None:
        """Let the server live on after this process; LocalAwsError if it has ended."""
        try:
            self.pipe.write(RELEASE)
        except BrokenPipeError:
            raise LocalAwsError("the embedded AWS ended as soon as it was up; its log says why") from None
        self.close()

    def close(self) -> None:
        """End the server, or do nothing if it was released or has ended."""
        with contextlib.suppress(BrokenPipeError):
            self.pipe.close()


def launch(state: StateDir, *, port: int | None, region: str, guarded: bool = True) -> tuple[Launch, Leash]:
    """Start the server and wait until it answers. The caller holds `up_lock` and has seen that none runs.

    `guarded=False` is plain ministack, for the tests, which prove with it that each check of the guard is needed.
    """
    require_packages()
    issue(state)
    for stale in (state.launch, state.callers):
        stale.unlink(missing_ok=True)
    with _listening_socket(port) as listener, contextlib.ExitStack() as stack:
        lock = _server_lock(state)
        stack.callback(os.close, lock)
        leash = _spawn(state, listener, lock, region, guarded)
        bound = listener.getsockname()[1]
    # Our copies of socket and lock are closed now: if the server dies, the connection below breaks and does not wait.
    try:
        wait_until_healthy(state, bound, seconds=START_SECONDS)
        return state.require_launch(), leash
    except BaseException:
        leash.close()
        wait_until_ended(state)
        raise


def wait_until_ended(state: StateDir, *, seconds: float = STOP_SECONDS) -> bool:
    """Whether the server of this folder was gone within that time."""
    deadline = time.monotonic() + seconds
    while state.server_lives():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOCK_POLL_SECONDS)
    return True


def require_packages() -> None:
    """Stop where the packages of the extra `local` are not installed."""
    missing = [name for name in ("ministack", "hypercorn", "trustme") if importlib.util.find_spec(name) is None]
    if missing:
        raise NotInstalledError(f"the embedded AWS is not installed ({', '.join(missing)})")


def _listening_socket(port: int | None) -> socket.socket:
    """A socket on loopback that the server inherits, so that nobody can take the port between choosing and using it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port or 0))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise LocalAwsError(
            f"port {port} of {HOST} cannot be used ({error.strerror}); choose another one, or none for a free one"
        ) from error
    return listener


def _server_lock(state: StateDir) -> int:
    """A locked descriptor for the server to inherit. Waits a little: `find` elsewhere takes the lock for an instant."""
    descriptor = os.open(state.server_lock, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + STOP_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise LocalAwsError(f"another embedded AWS still holds {state.server_lock}; stop it first") from None
            time.sleep(LOCK_POLL_SECONDS)
        else:
            return descriptor


def _spawn(state: StateDir, listener: socket.socket, lock: int, region: str, guarded: bool) -> Leash:
    """Start the process in a session of its own and hand it everything secret through its standard input."""
    order = {
        "state_dir": str(state.path),
        "listener": listener.fileno(),
        "lock": lock,
        "port": listener.getsockname()[1],
        "admin_token": secrets.token_urlsafe(32),
        "root_secret": secrets.token_urlsafe(32),
        "guarded": guarded,
    }
    reading, writing = os.pipe()
    leash = Leash(os.fdopen(writing, "wb", buffering=0))
    log = os.open(state.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "rolecall.local.server"],
            stdin=reading,
            stdout=log,
            stderr=log,
            env=_environment(state, listener.getsockname()[1], region),
            pass_fds=(listener.fileno(), lock),
            start_new_session=True,
        )
    finally:
        os.close(reading)
        os.close(log)
    with contextlib.suppress(BrokenPipeError):  # it died at once: the health check says so, and where the log is
        leash.pipe.write(json.dumps(order).encode() + b"\n")
    process.wait()  # the server itself is this process's child: it belongs to init at once and never becomes our zombie
    return leash


def _environment(state: StateDir, port: int, region: str) -> dict[str, str]:
    """The server's whole environment; ministack is configured by it."""
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        "AUTH": "true",
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(state.server_certificate),
        "MINISTACK_SSL_KEY": str(state.server_certificate),
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": region,
        "GATEWAY_PORT": str(port),
        "LOG_LEVEL": "WARNING",
        # A key for Cognito's tokens would land in a folder of /tmp that everybody can guess.
        "STATE_DIR": str(state.ministack),
        # One listening port, no more: ministack would open others for MQTT and SFTP.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # ministack would look for containers on the user's Docker, and remove those it takes for its own.
        "DOCKER_HOST": f"unix://{state.path}/no-docker",
    }
