"""boto3 clients of one caller, and of the sessions that it obtains."""

import threading
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from rolecall.runtime.observation import observe

# Adaptive retries slow down by themselves when AWS throttles. Seconds, and tries in all: an endpoint that hangs costs
# three quarters of a minute, and after that nobody asks it again (see Lines).
CONFIG = Config(
    retries={"mode": "adaptive", "total_max_attempts": 4},
    connect_timeout=5,
    read_timeout=10,
    max_pool_connections=64,
    user_agent_extra="rolecall",
)


class Clients:
    """Makes boto3 clients for one set of credentials, each service and region once.

    Safe to share between threads. Credentials are kept by botocore alone: nothing here prints or represents them.
    """

    def __init__(self, session: boto3.Session) -> None:
        """Take the credentials, region, endpoint and CA of a boto3 session."""
        self._session: Any = session
        self._lock = threading.Lock()
        self._chained: bool | None = None
        self._made: dict[tuple[str, str | None], Any] = {}

    @property
    def region(self) -> str | None:
        """The session's default region."""
        region: str | None = self._session.region_name
        return region

    def client(self, service: str, region: str | None = None) -> Any:
        """The client of a service in a region; STS is always called in a region, never globally."""
        with self._lock:
            key = (service, region)
            if key not in self._made:
                self._made[key] = self._session.client(service, region_name=region, config=CONFIG)
            return self._made[key]

    def is_role_session(self, region: str) -> bool | None:
        """Whether the caller is itself a role's session, which AWS lets assume further roles for an hour at most.

        None if that could not be told.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
        """
        if self._chained is None:
            _, arn = observe(lambda: str(self.client("sts", region).get_caller_identity()["Arn"]))
            self._chained = None if arn is None else ":assumed-role/" in arn
        return self._chained

    def temporary(self, service: str, region: str, credentials: Mapping[str, Any]) -> Any:
        """A new client with the temporary credentials that sts:AssumeRole returned; a RoleSession keeps it."""
        with self._lock:
            return self._session.client(
                service,
                region_name=region,
                config=CONFIG,
                aws_access_key_id=credentials["AccessKeyId"],
                aws_secret_access_key=credentials["SecretAccessKey"],
                aws_session_token=credentials["SessionToken"],
            )
