"""Who gets in: sts:AssumeRole with the right external ID, without one, with wrong ones, and as somebody else."""

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import DENIED, OUT_OF_LIMITS, Observation, Observed, observe
from rolecall.runtime.probe import Probe

# A session with this policy may do nothing at all: what a trust probe obtains is worthless.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
DENY_EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}, separators=(",", ":")
)
SESSION_NAME = "rolecall-verify"
# Why a role without an external ID is not called with the right one.
PENDING = "the trust is pending"
# The shortest session that STS gives, in seconds.
SHORTEST_SESSION_SECONDS = 900
MAX_SESSION_SECONDS = 43200


@dataclass(frozen=True)
class Patience:
    """How long to wait for IAM, which is eventually consistent.

    Args:
        positives: how often in a row the right external ID must be let in before a refusal counts.
        bound_seconds: how long a wrong answer is asked again.
        sleep: waits the given seconds; a test hands in its own.
    """

    positives: int = 3
    bound_seconds: float = 120.0
    sleep: Callable[[float], None] = time.sleep


# The embedded AWS is consistent at once.
AT_ONCE = Patience(positives=1, bound_seconds=0.0)


class TrustProbes:
    """Asks one role's trust, as the vendor's principal and as a stranger."""

    def __init__(self, role: RoleExpectation, patience: Patience) -> None:
        self._role, self._patience = role, patience

    def as_vendor(self, vendor: Clients) -> Iterator[Probe]:
        """The probes of the vendor's principal; the right external ID first, so that a refusal means something."""
        sts = vendor.client("sts", self._role.region)
        positives = list(self.with_the_right_id(vendor))
        yield from positives or [Probe("right_external_id", Observed.ALLOWED, Observation.skipped(PENDING))]
        if positives and not all(probe.observed is Observed.ALLOWED for probe in positives):
            # Refused or unreachable: whatever follows would be refused too, and would prove nothing.
            yield from self._not_asked("the right external ID was not let in, so that a refusal proves nothing")
            return
        yield self._wrong(sts, "no_external_id", None, "no external ID")
        for wrong in self._role.wrong_ids:
            yield self._wrong(sts, wrong.kind, wrong.value, wrong.how)
        if positives:
            yield from self._durations(vendor, sts)

    def with_the_right_id(self, vendor: Clients) -> Iterator[Probe]:
        """The right external ID alone, two of them while a rotation lasts."""
        sts = vendor.client("sts", self._role.region)
        return (self._right(sts, external_id) for external_id in self._role.external_ids)

    def as_stranger(self, stranger: Clients) -> Iterator[Probe]:
        """The right external ID, sent by a principal that is not the vendor's."""
        sts = stranger.client("sts", self._role.region)
        for external_id in self._role.external_ids[:1] or (None,):
            yield self._wrong(sts, "wrong_principal", external_id, "right external ID, foreign account")

    def skipped(self, reason: str) -> Iterator[Probe]:
        """Every trust probe, not made."""
        yield Probe("right_external_id", Observed.ALLOWED, Observation.skipped(reason), "right external ID")
        yield from self._not_asked(reason)

    def _not_asked(self, reason: str) -> Iterator[Probe]:
        for kind in dict.fromkeys(["no_external_id", *(wrong.kind for wrong in self._role.wrong_ids)]):
            yield Probe(kind, Observed.DENIED, Observation.skipped(reason))

    def _right(self, sts: Any, external_id: str) -> Probe:
        def once() -> Observation:
            return self._assume(sts, external_id, DENIED)

        seen = once()
        passed, deadline = 1, time.monotonic() + self._patience.bound_seconds
        for delay in _backoff():
            if seen.observed is Observed.ALLOWED and passed >= self._patience.positives:
                break
            if seen.observed is not Observed.ALLOWED and time.monotonic() + delay > deadline:
                break
            if seen.observed is not Observed.ALLOWED:
                self._patience.sleep(delay)
            seen = once()
            passed = passed + 1 if seen.observed is Observed.ALLOWED else 0
        return Probe("right_external_id", Observed.ALLOWED, seen, "right external ID")

    def _wrong(self, sts: Any, kind: str, external_id: str | None, how: str) -> Probe:
        """A question whose answer should be no; a yes is asked again until it is a no or the bound is over."""
        seen = self._assume(sts, external_id, DENIED)
        deadline = time.monotonic() + self._patience.bound_seconds
        for delay in _backoff():
            if seen.observed is not Observed.ALLOWED or time.monotonic() + delay > deadline:
                break
            self._patience.sleep(delay)
            seen = self._assume(sts, external_id, DENIED)
        return Probe(kind, Observed.DENIED, seen, how)

    def _durations(self, vendor: Clients, sts: Any) -> Iterator[Probe]:
        asked, longest = self._role.session_seconds, self._role.max_session_seconds
        if vendor.is_role_session(self._role.region):
            reason = "the caller is itself a role session, which AWS limits to one hour"
            yield Probe("session_duration", Observed.ALLOWED, Observation.skipped(reason), "session length")
            return
        external_id = self._role.external_ids[0]
        if asked is not None:
            seen = self._assume(sts, external_id, DENIED | OUT_OF_LIMITS, asked)
            yield Probe("session_duration", Observed.ALLOWED, seen, f"a session of {asked} s, as the vendor asks for")
        if longest < MAX_SESSION_SECONDS:
            seen = self._assume(sts, external_id, DENIED | OUT_OF_LIMITS, longest + 1)
            yield Probe(
                "session_duration", Observed.DENIED, seen, f"a session of {longest + 1} s, one more than the role's"
            )

    def _assume(
        self, sts: Any, external_id: str | None, denied: frozenset[str], seconds: int = SHORTEST_SESSION_SECONDS
    ) -> Observation:
        request = {
            "RoleArn": self._role.role_arn,
            "RoleSessionName": SESSION_NAME,
            "DurationSeconds": seconds,
            "Policy": DENY_EVERYTHING,
        }
        if external_id is not None:
            request["ExternalId"] = external_id
        seen, _worthless = observe(lambda: sts.assume_role(**request), denied=denied)
        return seen


def _backoff() -> Iterator[float]:
    """Seconds to wait before asking again: one, two, four, then eight, each with up to a quarter more."""
    for step in range(1000):
        yield min(8, 2**step) * (1 + random.random() / 4)  # noqa: S311 -- jitter, no secret
