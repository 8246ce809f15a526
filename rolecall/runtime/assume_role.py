"""sts:AssumeRole of one role, called again and again until the line breaks or the time is over."""

import json
from collections.abc import Callable
from typing import Any

from rolecall.runtime.clients import Clients
from rolecall.runtime.deadline import TooLateError, Watch
from rolecall.runtime.observation import DENIED, Observation, observe, undecided
from rolecall.runtime.trouble import Trouble

# A session with this policy may do nothing at all: what a trust probe obtains is worthless.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
DENY_EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}, separators=(",", ":")
)
SESSION_NAME = "rolecall-verify"
"""Of every session that verification asks for, so that nobody takes it for the vendor's."""
# The shortest session that STS gives, and the longest of a role that another role assumes, in seconds.
SHORTEST_SESSION_SECONDS = 900
CHAINED_SESSION_SECONDS = 3600
MAX_SESSION_SECONDS = 43200
OUT_OF_TIME = "the time was over before everything was asked"


def always() -> bool:
    """There is no hurry."""
    return True


class AssumeRole:
    """Asks STS for worthless sessions of one role.

    Args:
        role_arn: the role.
        region: whose endpoint is asked.
        has_time: asked before each call; once it is false no more calls are made.
    """

    def __init__(self, role_arn: str, region: str, has_time: Callable[[], bool] = always) -> None:
        self._role_arn, self._region, self._has_time = role_arn, region, has_time
        self._watch = Watch()
        self._broken: Trouble | None = None
        """Why STS is asked no more, if it is not: nobody is to wait for it again with every further ID."""
        self._failures = 0

    def __call__(
        self,
        caller: Clients,
        external_id: str | None,
        denied: frozenset[str] = DENIED,
        seconds: int = SHORTEST_SESSION_SECONDS,
    ) -> Observation:
        """Call it once.

        Args:
            caller: whose credentials are used.
            external_id: what is sent; None sends none.
            denied: AWS's codes that mean a refusal.
            seconds: how long the session is to be.
        """
        if self._broken is not None:
            return Observation.skipped(self.why_broken)
        if not self._has_time():
            return Observation.skipped(OUT_OF_TIME)
        request = {
            "RoleArn": self._role_arn,
            "RoleSessionName": SESSION_NAME,
            "DurationSeconds": seconds,
            "Policy": DENY_EVERYTHING,
        }
        if external_id is not None:
            request["ExternalId"] = external_id

        def assume() -> Any:  # a client cannot be made of a broken profile, either
            return caller.client("sts", self._region).assume_role(**request)

        seen, _worthless = observe(assume, denied=denied, is_sound=self._is_session, bounded=self._watch.call)
        self._note(seen.trouble)
        return seen

    @property
    def why_broken(self) -> str:
        """The reason of calls that are not made any more."""
        return f"not asked any more: {self._broken}"

    def until_late(self, work: Callable[[], None]) -> Observation | None:
        """Do work that makes calls: None, or what is seen of one that did not end, after which no more are made."""
        try:
            self._watch.over(work)
        except TooLateError:
            self._broken = Trouble.SILENT
            return undecided(Trouble.SILENT)
        return None

    def _note(self, trouble: Trouble | None) -> None:
        """A line that broke is not tried again; a service that fails or throttles to the end is, once."""
        self._failures = self._failures + 1 if trouble is not None and trouble.may_last else 0
        if trouble is not None and (trouble.is_of_the_line or self._failures > 1):
            self._broken = trouble

    def _is_session(self, answer: Any) -> bool:
        return is_session(answer, self._role_arn)


def is_session(answer: Any, role_arn: str) -> bool:
    """Whether STS's answer holds credentials of this role, so that something else's 200 opens no door."""
    issued, of = answer["Credentials"], answer["AssumedRoleUser"]["Arn"]
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    is_whole = all(issued[part] for part in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    return is_whole and f":sts::{account}:assumed-role/{name}/" in of
