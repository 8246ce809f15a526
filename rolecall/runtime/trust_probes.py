"""Who gets in: sts:AssumeRole with the right external ID, without one, with wrong ones, and as somebody else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import DENIED, OUT_OF_LIMITS, Observation, Observed, observe
from rolecall.runtime.patience import Patience, Wait
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.trouble import Trouble

# A session with this policy may do nothing at all: what a trust probe obtains is worthless.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
DENY_EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}, separators=(",", ":")
)
SESSION_NAME = "rolecall-verify"
"""Of every session that verification asks for, so that nobody takes it for the vendor's."""

# Why a role without an external ID is not called with the right one.
PENDING = "the trust is pending"
CHAINED = "the caller is itself a role session, which AWS limits to one hour"
WHO_IS_UNKNOWN = "whether the caller is itself a role session, which AWS limits to one hour, could not be told"
WITHOUT_ID = "a call without an external ID"
PROVES_NOTHING = "refused, like the right external ID: that proves nothing"
NOT_ASKED = "whether the right external ID opens could not be told, so that no refusal would prove anything"
LET_IN_ONCE = "let in once, and then it could not be asked again"
_NO_ANSWER = (Observed.UNDECIDED, Observed.SKIPPED)
# The shortest session that STS gives, and the longest of a role that another role assumes, in seconds.
SHORTEST_SESSION_SECONDS = 900
CHAINED_SESSION_SECONDS = 3600
MAX_SESSION_SECONDS = 43200


class TrustProbes:
    """Asks one role's trust, as the vendor's principal, as the customer's verifier and as a stranger.

    The right external ID comes first. A refusal counts only after it was let in, several times in a row: a role that
    IAM has not yet spread refuses everybody. Where it is refused for good, the wrong ones are asked all the same, since
    one that is let in is the worst that can be found; their refusals then count for nothing.
    """

    def __init__(self, role: RoleExpectation, patience: Patience) -> None:
        self._role, self._patience = role, patience
        self._wait: Wait | None = None
        """For wrong IDs that are let in: it begins once for a role, and not anew with each of them."""
        self._broken: Trouble | None = None
        """Why STS is asked no more, if it is not: nobody is to wait for it again with every further ID."""
        self._failures = 0

    def as_vendor(self, vendor: Clients) -> Iterator[Probe]:
        """The probes of the vendor's principal."""
        positives = list(self.with_the_right_id(vendor))
        yield from positives or [Probe("right_external_id", Observed.ALLOWED, Observation.skipped(PENDING, moot=True))]
        if any(probe.observed in _NO_ANSWER for probe in positives):
            yield from self._not_asked(NOT_ASKED)
            return
        refused = any(probe.observed is Observed.DENIED for probe in positives)
        yield self._wrong(vendor, "no_external_id", None, WITHOUT_ID, refused)
        for wrong in self._role.wrong_ids:
            yield self._wrong(vendor, wrong.kind, wrong.value, wrong.how, refused)
        if positives and not refused:
            yield from self._durations(vendor)

    def with_the_right_id(self, vendor: Clients) -> Iterator[Probe]:
        """The right external ID alone, two of them while a rotation lasts."""
        return (self._right(vendor, external_id) for external_id in self._role.external_ids)

    def as_verifier(self, verifier: Clients) -> Iterator[Probe]:
        """The customer's own principal: its ID opens, nothing else does, and the vendor's ID is not for it."""
        if self._role.verifier_id is None:
            return
        rung = Rung.ASSUMED_BY_VERIFIER
        positive = self._right(verifier, self._role.verifier_id, rung)
        yield positive
        if positive.observed in _NO_ANSWER:
            yield Probe("no_external_id", Observed.DENIED, Observation.skipped(NOT_ASKED), WITHOUT_ID, rung)
            return
        refused = positive.observed is Observed.DENIED
        yield self._wrong(verifier, "no_external_id", None, f"{WITHOUT_ID}, as the verifier", refused, rung)
        for external_id in self._role.external_ids:
            asked = "the vendor's external ID, as the verifier"
            yield self._wrong(verifier, "wrong_principal", external_id, asked, refused, rung)
        if not refused:
            longest = "the longest for a role that assumes another"
            yield self._length(verifier, self._role.verifier_id, CHAINED_SESSION_SECONDS, longest, rung=rung)

    def as_stranger(self, stranger: Clients, *, refused: bool = False) -> Iterator[Probe]:
        """The right external ID, sent by a principal that is not the vendor's.

        Args:
            refused: whether the vendor's principal itself was not let in, so that a refusal means nothing.
        """
        for external_id in self._role.external_ids or (None,):
            yield self._wrong(stranger, "wrong_principal", external_id, "right external ID, foreign account", refused)

    def skipped(self, reason: str) -> Iterator[Probe]:
        """Every trust probe, not made."""
        yield Probe("right_external_id", Observed.ALLOWED, Observation.skipped(reason), "right external ID")
        yield from self._not_asked(reason)

    def _not_asked(self, reason: str) -> Iterator[Probe]:
        for kind in dict.fromkeys(["no_external_id", *(wrong.kind for wrong in self._role.wrong_ids)]):
            yield Probe(kind, Observed.DENIED, Observation.skipped(reason))

    def _right(self, caller: Clients, external_id: str, rung: Rung = Rung.ASSUMED) -> Probe:
        """A question whose answer should be yes, several times in a row; a no is asked again until the bound is over.

        Only a no: behind everything else stands botocore, which has tried again already.
        """
        wait, passed = Wait(self._patience), 0
        while True:
            seen = self._assume(caller, external_id)
            passed = passed + 1 if seen.observed is Observed.ALLOWED else 0
            is_over = seen.observed in _NO_ANSWER or passed >= self._patience.positives
            if is_over or (seen.observed is Observed.DENIED and not wait.again()):
                return Probe("right_external_id", Observed.ALLOWED, seen, "right external ID", rung)

    def _wrong(
        self, caller: Clients, kind: str, external_id: str | None, how: str, refused: bool, rung: Rung = Rung.ASSUMED
    ) -> Probe:
        """A question whose answer should be no; a yes is asked again until it is a no or the bound is over.

        One yes alone is none: IAM may be spreading the change that shut the door. Where the endpoint fails before the
        bound is over, the question stays open.
        """
        seen = last = self._assume(caller, external_id)
        if seen.observed is Observed.ALLOWED:
            self._wait = self._wait or Wait(self._patience)
            while last.observed is Observed.ALLOWED and self._wait.again():
                last = self._assume(caller, external_id)
            seen = last if last.observed is not Observed.SKIPPED else replace(last, observed=Observed.UNDECIDED)
            if seen.observed is Observed.UNDECIDED:
                seen = replace(seen, reason=f"{LET_IN_ONCE}: {seen.reason}")
        if refused and seen.observed is Observed.DENIED:
            seen = Observation.skipped(PROVES_NOTHING)
        return Probe(kind, Observed.DENIED, seen, how, rung)

    def _durations(self, vendor: Clients) -> Iterator[Probe]:
        asked, longest = self._role.session_seconds, self._role.max_session_seconds
        chained = vendor.is_role_session(self._role.region)
        if chained is not False:
            why = CHAINED if chained else WHO_IS_UNKNOWN
            skipped = Observation.skipped(why, moot=True)
            yield Probe("session_duration", Observed.ALLOWED, skipped, "session length")
            return
        external_id = self._role.external_ids[0]
        if asked is not None:
            yield self._length(vendor, external_id, asked, "as the vendor asks for")
        if longest < MAX_SESSION_SECONDS:
            yield self._length(vendor, external_id, longest + 1, "one more than the role's", Observed.DENIED)

    def _length(
        self,
        caller: Clients,
        external_id: str,
        seconds: int,
        whose: str,
        expected: Observed = Observed.ALLOWED,
        rung: Rung = Rung.ASSUMED,
    ) -> Probe:
        seen = self._assume(caller, external_id, DENIED | OUT_OF_LIMITS, seconds)
        return Probe("session_duration", expected, seen, f"a session of {seconds} s, {whose}", rung)

    def _assume(
        self,
        caller: Clients,
        external_id: str | None,
        denied: frozenset[str] = DENIED,
        seconds: int = SHORTEST_SESSION_SECONDS,
    ) -> Observation:
        if self._broken is not None:
            return Observation.skipped(f"not asked any more: {self._broken}")
        request = {
            "RoleArn": self._role.role_arn,
            "RoleSessionName": SESSION_NAME,
            "DurationSeconds": seconds,
            "Policy": DENY_EVERYTHING,
        }
        if external_id is not None:
            request["ExternalId"] = external_id

        def assume() -> Any:  # a client cannot be made of a broken profile, either
            return caller.client("sts", self._role.region).assume_role(**request)

        seen, _worthless = observe(assume, denied=denied, is_sound=self._is_session)
        self._note(seen.trouble)
        return seen

    def _note(self, trouble: Trouble | None) -> None:
        """A line that broke is not tried again; a service that fails or throttles to the end is, once."""
        self._failures = self._failures + 1 if trouble is not None and trouble.may_last else 0
        if trouble is not None and (trouble.is_of_the_line or self._failures > 1):
            self._broken = trouble

    def _is_session(self, answer: Any) -> bool:
        return is_session(answer, self._role.role_arn)


def is_session(answer: Any, role_arn: str) -> bool:
    """Whether STS's answer holds credentials of this role, so that something else's 200 opens no door."""
    issued, of = answer["Credentials"], answer["AssumedRoleUser"]["Arn"]
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    is_whole = all(issued[part] for part in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    return is_whole and f":sts::{account}:assumed-role/{name}/" in of
