"""The folder that one embedded AWS keeps its process record, keys, certificates and log in.

Nothing of what the AWS itself holds (roles, secrets, stacks) is in it: that is in the server's memory and ends with it.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rolecall.local.errors import LocalAwsError
from rolecall.state_folder import hide_from_git

LOCK_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Launch:
    """One run of the server. Written by the server itself, readable by its owner alone."""

    pid: int
    port: int
    started: str  # ISO 8601, UTC; for people
    admin_token: str = field(repr=False)  # opens /_ministack/*; new for every launch
    root_secret: str = field(repr=False)  # signs as an account's root; new for every launch


@dataclass(frozen=True)
class StateDir:
    """The paths below the folder; `prepare` makes it."""

    path: Path

    @property
    def launch(self) -> Path:
        """The process record."""
        return self.path / "server.json"

    @property
    def callers(self) -> Path:
        """The access keys of the IAM users; its presence says that `up` came to its end."""
        return self.path / "callers.json"

    @property
    def aws_config(self) -> Path:
        """A configuration file for AWS SDKs with nothing but the endpoint, so that the user's own is not read."""
        return self.path / "aws-config"

    @property
    def ca_bundle(self) -> Path:
        """The certificate that clients trust."""
        return self.path / "ca.pem"

    @property
    def server_certificate(self) -> Path:
        """The certificate that the server shows, and its key in one file."""
        return self.path / "server.pem"

    @property
    def log(self) -> Path:
        """What the server wrote to its standard output and error."""
        return self.path / "server.log"

    @property
    def ministack(self) -> Path:
        """The few files that ministack insists on."""
        return self.path / "ministack"

    @property
    def assume_role_journal(self) -> Path:
        """One JSON line for each AssumeRole."""
        return self.path / "assume-role.jsonl"

    @property
    def up_lock(self) -> Path:
        """Held by whoever starts or stops the server."""
        return self.path / "up.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server as long as it lives; the kernel lets go of it however the server ends."""
        return self.path / "server.lock"

    def prepare(self) -> None:
        """Make the folder, closed to other users and unseen by git."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)
        hide_from_git(self.path)

    def write_private(self, path: Path, text: str) -> None:
        """Replace a file in one step, readable by its owner alone from its first byte on."""
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        draft.replace(path)

    def write_launch(self, launch: Launch) -> None:
        """Record the server; only the server itself calls this, while it holds `server_lock`."""
        self.write_private(self.launch, json.dumps(asdict(launch)))

    def read_launch(self) -> Launch | None:
        """The recorded run, or None; whether it still lives is what `server_lives` says."""
        try:
            return Launch(**json.loads(self.launch.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def require_launch(self) -> Launch:
        """The recorded run; LocalAwsError if there is none."""
        launch = self.read_launch()
        if launch is None:
            raise LocalAwsError(f"the embedded AWS left no process record in {self.path}; its log is {self.log}")
        return launch

    def server_lives(self) -> bool:
        """Whether the server of this folder runs.

        A lock instead of a look at the process id: whoever reuses the id does not hold the lock, and a killed server
        does not keep it.
        """
        if not self.server_lock.exists():
            return False
        with self.server_lock.open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False


@contextlib.contextmanager
def exclusive(path: Path, *, seconds: float, busy: str) -> Iterator[None]:
    """Hold a lock file; LocalAwsError with the sentence `busy` when it stays taken for `seconds`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + seconds
        while not _lock(descriptor):
            if time.monotonic() > deadline:
                raise LocalAwsError(busy)
            time.sleep(LOCK_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
