"""sts:AssumeRole of one role, called again and again until the line breaks or the time is over."""

import json
import secrets as randomness
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from rolecall.runtime.deadline import TooLateError, Watch
from rolecall.runtime.observation import DENIED, Observation, observe, undecided
from rolecall.runtime.trouble import Trouble

# A session with this policy may do nothing at all: what a trust probe obtains is worthless.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
DENY_EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}, separators=(",", ":")
)
SESSION_NAME = "rolecall-verify"
"""With it begins the name of every session that verification asks for, so that nobody takes it for the vendor's."""
# The shortest session that STS gives, and the longest of a role that another role assumes, in seconds.
SHORTEST_SESSION_SECONDS = 900
CHAINED_SESSION_SECONDS = 3600
MAX_SESSION_SECONDS = 43200
OUT_OF_TIME = "the time was over before everything was asked"


def always() -> bool:
    """There is no hurry."""
    return True


class Caller(Protocol):
    """Whoever can make a boto3 client: somebody's own credentials, or a session of a role."""

    def client(self, service: str, region: str, /) -> Any:
        """The client of a service in a region."""


@dataclass(frozen=True)
class Call:
    """One sts:AssumeRole.

    Args:
        caller: whose credentials are used.
        external_id: what is sent; None sends none.
        denied: AWS's codes that mean a refusal.
        seconds: how long the session is to be.
    """

    caller: Caller
    external_id: str | None
    denied: frozenset[str] = DENIED
    seconds: int = SHORTEST_SESSION_SECONDS


_Found = TypeVar("_Found")
Asking = Generator[Call, Observation, _Found]
"""Yields the calls that it wants, one by one, is sent what each of them showed, and returns what it made of that."""


class AssumeRole:
    """Asks STS for worthless sessions of one role.

    Args:
        role_arn: the role.
        region: whose endpoint is asked.
        has_time: asked before each call; once it is false no more calls are made.
    """

    def __init__(self, role_arn: str, region: str, has_time: Callable[[], bool] = always) -> None:
        self._role_arn, self._region, self._has_time = role_arn, region, has_time
        self._broken: Trouble | None = None
        """Why STS is asked no more, if it is not: nobody is to wait for it again with every further ID."""
        self._failures = 0

    @property
    def is_broken(self) -> bool:
        """Whether no more calls are made."""
        return self._broken is not None

    @property
    def why_cut_off(self) -> str | None:
        """The reason to ask STS nothing more about this role, where the way to it broke."""
        is_cut_off = self._broken is not None and self._broken.is_of_the_line
        return self._why_broken if is_cut_off else None

    def outcome(self, asking: Asking[_Found]) -> _Found:
        """What comes of it when all its calls are made. One that does not end is left open, and is the last one."""
        watch = Watch()
        try:
            return watch.over(lambda: self._carried_on(asking, None, watch))
        except TooLateError:
            # The asking stands still at that call: the thread that makes it never comes back to it (see Watch).
            self._broken = Trouble.SILENT
            return self._carried_on(asking, undecided(Trouble.SILENT), watch)

    def _carried_on(self, asking: Asking[_Found], seen: Observation | None, watch: Watch) -> _Found:
        """Make the calls from the first on, or from the one after that of which this was seen."""
        try:
            while True:
                call = next(asking) if seen is None else asking.send(seen)
                seen = self._seen(call, watch)
        except StopIteration as end:
            found: _Found = end.value
            return found

    def _seen(self, call: Call, watch: Watch) -> Observation:
        if self.is_broken:
            return Observation.skipped(self._why_broken)
        if not self._has_time():
            return Observation.skipped(OUT_OF_TIME)
        name = new_session_name()
        request = {"RoleArn": self._role_arn, "RoleSessionName": name, "DurationSeconds": call.seconds}
        if call.external_id is not None:
            request["ExternalId"] = call.external_id

        def assume() -> Any:  # a client cannot be made of a broken profile, either
            return call.caller.client("sts", self._region).assume_role(**request, Policy=DENY_EVERYTHING)

        def is_sound(answer: Any) -> bool:
            return is_session(answer, self._role_arn, name)

        seen, _worthless = observe(assume, denied=call.denied, is_sound=is_sound, bounded=watch.call)
        self._note(seen.trouble)
        return seen

    @property
    def _why_broken(self) -> str:
        return f"not asked any more: {self._broken}"

    def _note(self, trouble: Trouble | None) -> None:
        """A line that broke is not tried again; a service that fails or throttles to the end is, once."""
        self._failures = self._failures + 1 if trouble is not None and trouble.may_last else 0
        if trouble is not None and (trouble.is_of_the_line or self._failures > 1):
            self._broken = trouble


def new_session_name() -> str:
    """For one call alone, so that the answer to another one cannot be taken for its own."""
    return f"{SESSION_NAME}-{randomness.token_hex(4)}"


def is_session(answer: Any, role_arn: str, name: str) -> bool:
    """Whether STS's answer holds credentials of this very session, so that something else's 200 opens no door.

    Args:
        role_arn: the role that was to be assumed.
        name: what the session was to be called.
    """
    issued, of = answer["Credentials"], answer["AssumedRoleUser"]["Arn"]
    account, role = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    is_whole = all(issued[part] for part in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    return is_whole and bool(of.endswith(f":sts::{account}:assumed-role/{role}/{name}"))
