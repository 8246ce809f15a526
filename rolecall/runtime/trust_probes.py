"""Who gets in: sts:AssumeRole with the right external ID, without one, with wrong ones, and as somebody else."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from rolecall.runtime.assume_role import (
    CHAINED_SESSION_SECONDS,
    MAX_SESSION_SECONDS,
    Asking,
    AssumeRole,
    Call,
    Caller,
    always,
)
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import DENIED, OUT_OF_LIMITS, Observation, Observed
from rolecall.runtime.patience import Patience, Wait
from rolecall.runtime.probe import Probe
from rolecall.runtime.role_session import open_session
from rolecall.runtime.rung import Rung
from rolecall.runtime.session_policy import assuming

# Why a role without an external ID is not called with the right one.
PENDING = "the trust is pending"
CHAINED = "the caller is itself a role session, which AWS limits to one hour"
WHO_IS_UNKNOWN = "whether the caller is itself a role session, which AWS limits to one hour, could not be told"
RIGHT_ID = "right external ID"
AS_ITSELF = ", as the role itself"
WITHOUT_ID = "a call without an external ID"
PROVES_NOTHING = "refused, like the right external ID: that proves nothing"
NOT_ASKED = "whether the right external ID opens could not be told, so that no refusal would prove anything"
LET_IN_ONCE = "let in once, and then it could not be asked again"
_NO_ANSWER = (Observed.UNDECIDED, Observed.SKIPPED)
_OR_OUT_OF_LIMITS = DENIED | OUT_OF_LIMITS


class TrustProbes:
    """Asks one role's trust, as the vendor's principal, as the customer's verifier and as a stranger.

    The right external ID comes first. A refusal counts only after it was let in, several times in a row: a role that
    IAM has not yet spread refuses everybody. Where it is refused for good, the wrong ones are asked all the same, since
    one that is let in is the worst that can be found; their refusals then count for nothing.

    Args:
        role: whom it should let in, and with what.
        patience: how long IAM may take to spread a change.
        has_time: asked before each call; once it is false the rest is not asked. Default: there is no hurry.
    """

    def __init__(self, role: RoleExpectation, patience: Patience, has_time: Callable[[], bool] = always) -> None:
        self._role, self._patience = role, patience
        self._assume = AssumeRole(role.role_arn, role.region, has_time)
        self._wait: Wait | None = None
        """For wrong IDs that are let in: it begins once for a role, and not anew with each of them."""

    @property
    def why_cut_off(self) -> str | None:
        """Why STS is not worth asking about this role again: the way to it broke. None while there is hope."""
        return self._assume.why_cut_off

    def as_vendor(self, vendor: Clients) -> list[Probe]:
        """The probes of the vendor's principal."""
        return self._assume.outcome(self._vendors(vendor))

    def with_the_right_id(self, vendor: Clients) -> list[Probe]:
        """The right external ID alone, two of them while a rotation lasts."""
        return self._assume.outcome(self._positives(vendor))

    def as_verifier(self, verifier: Clients) -> list[Probe]:
        """The customer's own principal: its ID opens, nothing else does, and the vendor's ID is not for it."""
        return self._assume.outcome(self._verifiers(verifier))

    def as_itself(self, vendor: Clients) -> list[Probe]:
        """The role, which the vendor assumed, assumes itself: with the right external ID, and not without.

        The session in between may do nothing but that. Nothing is asked of a role that does not trust itself.
        """
        if not self._role.trusts_itself or not self._role.external_ids:
            return []
        policy = assuming(self._role.role_arn)
        session, why = open_session(vendor, self._role, self._role.external_ids[0], policy)
        if session is None:
            return [Probe("right_external_id", Observed.ALLOWED, Observation.skipped(why), f"{RIGHT_ID}{AS_ITSELF}")]
        return self._assume.outcome(self._of_itself(session))

    def as_stranger(self, stranger: Clients, *, refused: bool = False, whose: str = "foreign account") -> list[Probe]:
        """The right external ID, sent by a principal that is not the vendor's.

        Args:
            refused: whether the vendor's principal itself was not let in, so that a refusal means nothing.
            whose: of which account, in words.
        """
        return self._assume.outcome(self._strangers(stranger, refused, whose))

    def skipped(self, reason: str) -> Iterator[Probe]:
        """Every trust probe, not made."""
        yield Probe("right_external_id", Observed.ALLOWED, Observation.skipped(reason), RIGHT_ID)
        yield from self._not_asked(reason)

    def _not_asked(self, reason: str) -> Iterator[Probe]:
        for kind in dict.fromkeys(["no_external_id", *(wrong.kind for wrong in self._role.wrong_ids)]):
            yield Probe(kind, Observed.DENIED, Observation.skipped(reason))

    def _vendors(self, vendor: Clients) -> Asking[list[Probe]]:
        positives = yield from self._positives(vendor)
        if any(probe.observed in _NO_ANSWER for probe in positives):
            return [*positives, *self._not_asked(NOT_ASKED)]
        pending = Probe("right_external_id", Observed.ALLOWED, Observation.skipped(PENDING, moot=True))
        found = [*(positives or [pending])]
        refused = any(probe.observed is Observed.DENIED for probe in positives)
        found += [(yield from self._wrong(vendor, "no_external_id", None, WITHOUT_ID, refused))]
        for wrong in self._role.wrong_ids:
            found += [(yield from self._wrong(vendor, wrong.kind, wrong.value, wrong.how, refused))]
        if positives and not refused:
            found += yield from self._durations(vendor)
        return found

    def _positives(self, vendor: Clients) -> Asking[list[Probe]]:
        found = []
        for external_id in self._role.external_ids:
            found += [(yield from self._right(vendor, external_id))]
        return found

    def _verifiers(self, verifier: Clients) -> Asking[list[Probe]]:
        if self._role.verifier_id is None:
            return []
        rung = Rung.ASSUMED_BY_VERIFIER
        positive = yield from self._right(verifier, self._role.verifier_id, rung)
        if positive.observed in _NO_ANSWER:
            return [
                positive,
                Probe("no_external_id", Observed.DENIED, Observation.skipped(NOT_ASKED), WITHOUT_ID, rung),
            ]
        found, refused = [positive], positive.observed is Observed.DENIED
        asked = f"{WITHOUT_ID}, as the verifier"
        found += [(yield from self._wrong(verifier, "no_external_id", None, asked, refused, rung))]
        for external_id in self._role.external_ids:
            asked = "the vendor's external ID, as the verifier"
            found += [(yield from self._wrong(verifier, "wrong_principal", external_id, asked, refused, rung))]
        if not refused:
            longest = "the longest for a role that assumes another"
            call = Call(verifier, self._role.verifier_id, _OR_OUT_OF_LIMITS, CHAINED_SESSION_SECONDS)
            found += [(yield from self._length(call, longest, rung=rung))]
        return found

    def _of_itself(self, session: Caller) -> Asking[list[Probe]]:
        right = yield from self._right(session, self._role.external_ids[0])
        found = [replace(right, asked=f"{RIGHT_ID}{AS_ITSELF}")]
        if right.observed not in _NO_ANSWER:
            refused = right.observed is Observed.DENIED
            found += [(yield from self._wrong(session, "no_external_id", None, f"{WITHOUT_ID}{AS_ITSELF}", refused))]
        return found

    def _strangers(self, stranger: Clients, refused: bool, whose: str) -> Asking[list[Probe]]:
        found = []
        for external_id in self._role.external_ids or (None,):
            asked = f"{RIGHT_ID}, {whose}"
            found += [(yield from self._wrong(stranger, "wrong_principal", external_id, asked, refused))]
        return found

    def _right(self, caller: Caller, external_id: str, rung: Rung = Rung.ASSUMED) -> Asking[Probe]:
        """A question whose answer should be yes, several times in a row; a no is asked again until the bound is over.

        Only a no: behind everything else stands botocore, which has tried again already.
        """
        wait, passed = Wait(self._patience), 0
        while True:
            seen = yield Call(caller, external_id)
            passed = passed + 1 if seen.observed is Observed.ALLOWED else 0
            is_over = seen.observed in _NO_ANSWER or passed >= self._patience.positives
            if is_over or (seen.observed is Observed.DENIED and not wait.again()):
                return Probe("right_external_id", Observed.ALLOWED, seen, RIGHT_ID, rung)

    def _wrong(
        self, caller: Caller, kind: str, external_id: str | None, how: str, refused: bool, rung: Rung = Rung.ASSUMED
    ) -> Asking[Probe]:
        """A question whose answer should be no; a yes is asked again until it is a no or the bound is over.

        One yes alone is none: IAM may be spreading the change that shut the door. Where the endpoint fails before the
        bound is over, the question stays open.
        """
        seen = last = yield Call(caller, external_id)
        if seen.observed is Observed.ALLOWED:
            self._wait = self._wait or Wait(self._patience)
            while last.observed is Observed.ALLOWED and self._wait.again():
                last = yield Call(caller, external_id)
            seen = last if last.observed is not Observed.SKIPPED else replace(last, observed=Observed.UNDECIDED)
            if seen.observed is Observed.UNDECIDED:
                seen = replace(seen, reason=f"{LET_IN_ONCE}: {seen.reason}")
        if refused and seen.observed is Observed.DENIED:
            seen = Observation.skipped(PROVES_NOTHING)
        return Probe(kind, Observed.DENIED, seen, how, rung)

    def _durations(self, vendor: Clients) -> Asking[list[Probe]]:
        asked, longest = self._role.session_seconds, self._role.max_session_seconds
        # Of whoever is asked nothing more it need not be known who that is.
        chained = not self._assume.is_broken and vendor.is_role_session(self._role.region)
        if chained is not False:
            why = CHAINED if chained else WHO_IS_UNKNOWN
            skipped = Observation.skipped(why, moot=True)
            return [Probe("session_duration", Observed.ALLOWED, skipped, "session length")]
        external_id, found = self._role.external_ids[0], []
        if asked is not None:
            call = Call(vendor, external_id, _OR_OUT_OF_LIMITS, asked)
            found += [(yield from self._length(call, "as the vendor asks for"))]
        if longest < MAX_SESSION_SECONDS:
            call = Call(vendor, external_id, _OR_OUT_OF_LIMITS, longest + 1)
            found += [(yield from self._length(call, "one more than the role's", Observed.DENIED))]
        return found

    def _length(
        self, call: Call, whose: str, expected: Observed = Observed.ALLOWED, rung: Rung = Rung.ASSUMED
    ) -> Asking[Probe]:
        seen = yield call
        return Probe("session_duration", expected, seen, f"a session of {call.seconds} s, {whose}", rung)
