"""What the role can reach, asked with its own session: granted secrets open, those beside them and elsewhere do not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rolecall.runtime import session_policy
from rolecall.runtime.clients import Clients
from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.expectation import SecretToRead
from rolecall.runtime.observation import DENIED, Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.role_session import RoleSession, open_session
from rolecall.runtime.rung import Rung
from rolecall.runtime.secret_reading import KEY_USELESS, NOT_FOUND, UNREADABLE, Reading, describe, read
from rolecall.runtime.session_probes import SessionProbes

NOT_NAMED = "the grant names no secret that a caller could know"
"""Why a prefix or a tag is not tried on AWS: nothing is left open by that which another caller could close."""
NOTHING_THERE = "AWS looked for it instead of refusing, and there is none: the role may be allowed to read it"
DESCRIBING = "describing "
"""What was asked of a secret that could be read."""
# A refusal that does not come from the role's permissions.
NOT_THE_ROLES = {
    DeniedBy.KEY: "its key alone kept it shut: the role itself was let through",
    DeniedBy.SESSION_POLICY: "the session policy of verification refused it, which tells nothing of the role",
}


@dataclass(frozen=True)
class _Asking:
    """A session of the role, or why there is none, and the rung that its answers belong to."""

    session: RoleSession | None
    why_not: str
    role_arn: str
    rung: Rung

    def read(self, secret: SecretToRead, denied: frozenset[str]) -> Reading:
        if self.session is None:
            return Reading(Observation.skipped(self.why_not))
        return read(self.session.client("secretsmanager", secret.region), secret, self.role_arn, denied)

    def describe(self, secret: SecretToRead) -> tuple[Observation | None, str | None]:
        """Of a secret that could be read: whether the role may see its description, and the key that it really has.

        None, and the estate's key, where the role is not to see it.
        """
        if self.session is None or not secret.may_describe:
            return None, secret.kms_key
        seen, key = describe(self.session.client("secretsmanager", secret.region), secret, self.role_arn)
        return seen, key if seen.observed is Observed.ALLOWED else secret.kms_key


class SecretProbes(SessionProbes):
    """Reads secrets with the role's own session, narrowed to the secrets that are asked for."""

    def _probes(self, clients: Clients, external_id: str, rung: Rung) -> Iterator[Probe]:
        for words in self._role.unnamed:
            yield Probe("secret_in_scope", Observed.ALLOWED, Observation.skipped(NOT_NAMED, moot=True), words, rung)
        for batch in session_policy.batches([*self._role.readable, *self._role.unreadable, *self._role.elsewhere]):
            session, why_not = open_session(clients, self._role, external_id, session_policy.reading(batch))
            asking = _Asking(session, why_not, self._role.role_arn, rung)
            for secret in batch:
                yield from self._of(asking, secret)

    def _of(self, asking: _Asking, secret: SecretToRead) -> Iterator[Probe]:
        if secret in self._role.readable:
            yield from _granted(asking, secret)
        elif secret in self._role.unreadable:
            yield _refused(asking, secret, "secret_out_of_scope")
        else:
            yield _refused(asking, secret, "region")


def _granted(asking: _Asking, secret: SecretToRead) -> Iterator[Probe]:
    """It can be read and described, its key opens, and it has the form that the vendor needs."""
    reading = asking.read(secret, UNREADABLE)
    is_open = reading.seen.observed is Observed.ALLOWED
    described, key = asking.describe(secret) if is_open else (None, secret.kms_key)
    if described is None or described.observed is Observed.ALLOWED:
        yield Probe("secret_in_scope", Observed.ALLOWED, reading.seen, secret.where, asking.rung)
    else:  # half of what was granted
        yield Probe("secret_in_scope", Observed.ALLOWED, described, f"{DESCRIBING}{secret.where}", asking.rung)
    is_shut = reading.seen.denied_by is DeniedBy.KEY or reading.seen.error_code == KEY_USELESS
    if is_shut or (is_open and key):
        asked = f"{secret.where}, encrypted with {key or 'a customer managed key'}"
        yield Probe("kms_decrypt", Observed.ALLOWED, reading.seen, asked, asking.rung)
    if is_open and (secret.keys or secret.needs_json):
        shape = Observation(Observed.DENIED, reason=reading.flaw) if reading.flaw else Observation(Observed.ALLOWED)
        keys = f" with {', '.join(secret.keys)}" if secret.keys else ""
        yield Probe("secret_shape", Observed.ALLOWED, shape, f"{secret.where} as a JSON object{keys}", asking.rung)


def _refused(asking: _Asking, secret: SecretToRead, kind: str) -> Probe:
    """A secret that the role must not read.

    Only a refusal by the role's own permissions counts. AWS asks for those first: what is answered otherwise (there is
    no such secret, its key is shut) was let through, though no value shows it.
    """
    seen = asking.read(secret, DENIED).seen
    if seen.error_code == NOT_FOUND:
        seen = replace(seen, reason=NOTHING_THERE)
    if seen.observed is Observed.DENIED and seen.denied_by in NOT_THE_ROLES:
        seen = replace(seen, observed=Observed.UNDECIDED, reason=NOT_THE_ROLES[seen.denied_by])
    return Probe(kind, Observed.DENIED, seen, secret.where, asking.rung)
