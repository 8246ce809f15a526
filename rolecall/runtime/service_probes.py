"""What the role can do with other AWS services, asked with its own session, by calls that do nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rolecall.runtime import session_policy
from rolecall.runtime.clients import Clients
from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.expectation import RoleExpectation, ServiceCall
from rolecall.runtime.lines import Lines
from rolecall.runtime.observation import DENIED, Observation, Observed, observe
from rolecall.runtime.probe import Probe
from rolecall.runtime.role_session import RoleSession, open_session
from rolecall.runtime.rung import Rung
from rolecall.runtime.secret_probes import NOT_THE_ROLES
from rolecall.runtime.service_calls import attempt, harmless
from rolecall.runtime.session_probes import SessionProbes

NO_HARMLESS_CALL = "no call that it was granted does nothing"
"""Why a grant is not tried. Nothing is left open by that which another caller could close."""
NO_STAND_IN = "no stand-in is made of a function with so many versions"
"""Likewise: the embedded AWS has none, and whether there is one on AWS is told there."""
# SNS has a code of its own; an answer to HEAD has a status alone.
# https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html and
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html, read 2026-11-22.
REFUSED = DENIED | {"AuthorizationError", "403"}
_NO_QUEUE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
_NO_BUCKET = frozenset({"NoSuchBucket"})
ABSENT = _NO_QUEUE | _NO_BUCKET | {"NotFound", "NotFoundException", "ResourceNotFoundException", "404"}
"""Whoever gets one of these cannot use what it was granted."""
LOOKED = "AWS looked for it instead of refusing, and there is none: the role may be allowed to use it"
# https://repost.aws/knowledge-center/sqs-queuedoesnotexist-errors, read 2026-11-22.
EITHER = "SQS says the same of a queue that is not there and of one that it keeps from the caller"
NO_BUCKET = "there is no such bucket, which S3 tells everybody"


@dataclass(frozen=True)
class _Asking:
    """A session of the role, or why there is none, and the rung that its answers belong to."""

    session: RoleSession | None
    why_not: str
    rung: Rung
    lines: Lines

    def call(self, call: ServiceCall, denied: frozenset[str]) -> Observation:
        how = harmless(call.action)
        if self.session is None or how is None:
            return Observation.skipped(self.why_not or NO_HARMLESS_CALL)
        line = f"{how.client} in {call.region}"
        if reason := self.lines.why_dead(line):
            return Observation.skipped(reason)
        client = self.session.client(how.client, call.region)
        seen, _ = observe(lambda: attempt(client, call), denied=denied, is_sound=bool)
        self.lines.note(line, seen)
        return seen


class ServiceProbes(SessionProbes):
    """Calls services with the role's own session, narrowed to the actions that are asked for.

    Args:
        role: what it was granted.
        lines: what is known of the endpoints, of which each service has one in each region. Default: nothing.
    """

    def __init__(self, role: RoleExpectation, lines: Lines | None = None) -> None:
        super().__init__(role)
        self._lines = lines or Lines()

    def _probes(self, clients: Clients, external_id: str, rung: Rung) -> Iterator[Probe]:
        for why, left in ((NO_HARMLESS_CALL, self._role.uncalled), (NO_STAND_IN, self._role.unmade)):
            for words in left:
                yield Probe("service_in_scope", Observed.ALLOWED, Observation.skipped(why, moot=True), words, rung)
        calls = [*self._role.callable, *self._role.uncallable]
        if not calls:
            return
        session, why_not = open_session(clients, self._role, external_id, session_policy.calling(calls))
        asking = _Asking(session, why_not, rung, self._lines)
        for call in self._role.callable:
            seen = asking.call(call, REFUSED | ABSENT)
            yield Probe("service_in_scope", Observed.ALLOWED, seen, call.where, rung)
        for call in self._role.uncallable:
            yield Probe("service_out_of_scope", Observed.DENIED, _refused(asking.call(call, REFUSED)), call.where, rung)


def _refused(seen: Observation) -> Observation:
    """What a call showed that must be refused: only a refusal by the role's own permissions counts."""
    if seen.error_code in ABSENT:
        why = EITHER if seen.error_code in _NO_QUEUE else NO_BUCKET if seen.error_code in _NO_BUCKET else LOOKED
        return replace(seen, reason=why)
    if seen.observed is Observed.DENIED and seen.denied_by is DeniedBy.SESSION_POLICY:
        return replace(seen, observed=Observed.UNDECIDED, reason=NOT_THE_ROLES[seen.denied_by])
    return seen
