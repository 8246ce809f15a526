"""What a vendor that keeps its own secrets can do: make, read, change and delete one below its prefix, none beside it.

The secrets have random names and content. Each is noted before it is made and deleted when its probes end; what stays,
if only until its recovery window ends, is named.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rolecall.runtime import session_policy
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation, WritablePrefix
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.probe_secret import ProbeSecret
from rolecall.runtime.role_session import RoleSession, open_session
from rolecall.runtime.rung import Rung
from rolecall.runtime.write_intents import MARK, Earlier, Intents, NotNotedError, is_ours, new_name

CREATE, READ = "secretsmanager:CreateSecret", "secretsmanager:GetSecretValue"
UPDATE, DELETE = "secretsmanager:UpdateSecret", "secretsmanager:DeleteSecret"
NOT_WRITTEN = "the vendor is not granted both creation and deletion, so that nothing is written"
"""Why a prefix is not tried: nothing is left open by it, as there is nothing that the role should be able to do."""
Account = Callable[[str], Any]
"""Secrets Manager of the role's account in a region, for somebody who may look there; None where there is nobody."""
_IN_USE = "made by a run that may still be going on, and left alone"


@dataclass(frozen=True)
class Written:
    """The probes, and in words what they or earlier ones leave behind."""

    probes: tuple[Probe, ...] = ()
    leftovers: tuple[str, ...] = ()


class WriteProbes:
    """Writes with the role's own session, narrowed to secrets that verification itself makes."""

    def __init__(
        self,
        role: RoleExpectation,
        intents: Intents,
        earlier: Sequence[Earlier] = (),
        account: Account = lambda _region: None,
    ) -> None:
        """Take the role, where intents are kept, what a list of the account's secrets shows, and who settles the rest.

        Args:
            role: what is asked.
            intents: notes of this run and of earlier ones.
            earlier: secrets of earlier runs that were listed.
            account: asked about what earlier runs left, where the role itself cannot delete it. Default: nobody.
        """
        self._role, self._intents, self._listed, self._account = role, intents, earlier, account

    def as_vendor(self, vendor: Clients) -> Written:
        """The probes of the vendor's principal; skipped with a reason where the role cannot be assumed."""
        return self._written(vendor, next(iter(self._role.external_ids), None), Rung.ASSUMED)

    def as_verifier(self, verifier: Clients) -> Written:
        """The same with the customer's own principal."""
        return self._written(verifier, self._role.verifier_id, Rung.ASSUMED_BY_VERIFIER)

    def _written(self, clients: Clients, external_id: str | None, rung: Rung) -> Written:
        earlier = self._earlier()
        if external_id is None or not (self._role.writable or earlier):
            return Written()
        policy = session_policy.writing(self._role.role_arn, MARK)
        session, why_not = open_session(clients, self._role, external_id, policy)
        if session is None:
            skipped = Observation.skipped(why_not)
            asked = [f"write below {place.prefix} in {place.region}" for place in self._role.writable]
            probes = tuple(Probe("secret_in_scope", Observed.ALLOWED, skipped, words, rung) for words in asked)
            return Written(probes, tuple(f"{s.name} in {s.region}, not deleted: {why_not}" for s in earlier))
        run = _Run(self._role.role_arn, session, self._intents, rung, self._account)
        for secret in earlier:
            run.sweep(secret)
        probes = tuple(probe for place in self._role.writable for probe in run.of(place))
        return Written(probes, tuple(run.leftovers))

    def _earlier(self) -> list[Earlier]:
        """What is noted, and what else is listed: of that which is noted it is known that its run has ended."""
        noted = self._intents.earlier(self._role.role_arn)
        names = {secret.name for secret in noted}
        return [*noted, *(secret for secret in self._listed if secret.name not in names)]


@dataclass(frozen=True)
class _Run:
    """One session of the role, and what it left behind so far."""

    role_arn: str
    session: RoleSession
    intents: Intents
    rung: Rung
    account: Account
    leftovers: list[str] = field(default_factory=list)

    def sweep(self, earlier: Earlier) -> None:
        """Delete what an earlier run left, or name it. A name that no write probe makes is nobody's to delete."""
        if not is_ours(earlier.name):
            return
        if earlier.may_be_in_use:
            self.leftovers.append(f"{earlier.name} in {earlier.region}, {_IN_USE}")
            return
        client = self.session.client("secretsmanager", earlier.region)
        with ProbeSecret.of_earlier_run(client, earlier, self.intents) as secret:
            pass
        if secret.may_not_be_deleted and (account := self.account(earlier.region)) is not None:
            with ProbeSecret.of_earlier_run(account, earlier, self.intents) as secret:
                secret.look()
        self._name(secret)

    def of(self, place: WritablePrefix) -> list[Probe]:
        """All probes of one prefix."""
        return [*self._below(place), *self._beside(place)]

    def _below(self, place: WritablePrefix) -> list[Probe]:
        if not {CREATE, DELETE} <= set(place.actions):
            words = f"create below {place.prefix} in {place.region}"
            skipped = Observation.skipped(NOT_WRITTEN, moot=True)
            return [Probe("secret_in_scope", Observed.ALLOWED, skipped, words, self.rung)]
        name = new_name(place.prefix)
        where = f"{name} in {place.region}"
        try:
            begun = self._new(place, name).begin(self.role_arn)
        except NotNotedError as error:
            return [self._granted(f"create {where}", Observation.skipped(str(error)))]
        with begun as secret:
            probes = list(self._life_of(secret, place, where))
        self._name(secret)
        return probes

    def _life_of(self, secret: ProbeSecret, place: WritablePrefix, where: str) -> Iterator[Probe]:
        """Made, read, changed, not deleted for good, deleted: of all this, what the vendor was granted."""
        created = secret.create(place.kms_key)
        yield self._granted(f"create {where}", created)
        if created.observed is not Observed.ALLOWED:
            return
        if READ in place.actions:
            yield self._granted(f"read {where}", secret.read())
        if UPDATE in place.actions:
            yield self._granted(f"update {where}", secret.update())
        if not place.allow_permanent_delete:
            yield self._refused(f"delete {where} without recovery", secret.delete(forced=True))
        if not secret.is_gone:
            yield self._granted(f"delete {where}", secret.delete(forced=place.allow_permanent_delete))

    def _beside(self, place: WritablePrefix) -> list[Probe]:
        if place.beside is None:
            return []
        name = new_name(place.beside)
        asked = f"create {name} in {place.region}, beside {place.prefix}"
        try:
            begun = self._new(place, name).begin(self.role_arn, beside=True)
        except NotNotedError as error:
            return [self._refused(asked, Observation.skipped(str(error)))]
        with begun as secret:
            probe = self._refused(asked, secret.create(None))
        self._name(secret)
        return [probe]

    def _new(self, place: WritablePrefix, name: str) -> ProbeSecret:
        client = self.session.client("secretsmanager", place.region)
        return ProbeSecret(client, name, place.region, self.intents, forced=place.allow_permanent_delete)

    def _name(self, secret: ProbeSecret) -> None:
        if secret.leftover:
            self.leftovers.append(secret.leftover)

    def _granted(self, asked: str, seen: Observation) -> Probe:
        return Probe("secret_in_scope", Observed.ALLOWED, seen, asked, self.rung)

    def _refused(self, asked: str, seen: Observation) -> Probe:
        return Probe("secret_out_of_scope", Observed.DENIED, seen, asked, self.rung)
