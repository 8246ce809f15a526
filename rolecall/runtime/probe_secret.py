"""A secret that a write probe makes: gone in the end, or named."""

import json
import secrets as randomness
from types import TracebackType
from typing import Any, Self

from rolecall.runtime.observation import DENIED, Observation, Observed, observe
from rolecall.runtime.secret_reading import NOT_FOUND
from rolecall.runtime.write_intents import Intents

# The shortest that Secrets Manager takes. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
# RecoveryWindowInDays, read 2026-11-22.
RECOVERY_DAYS = 7
_SCHEDULED = "InvalidRequestException"
"""What a deletion gets that was asked for before, its answer having been lost."""
# The key is of no use, or may not be used: either way the secret cannot be made.
_NOT_MADE = DENIED | {"EncryptionFailure"}


class ProbeSecret:
    """Makes a secret of a given name, and deletes it when the block ends, however it ends.

    A creation whose answer was lost counts as one: the request may have arrived. What cannot be deleted is `leftover`.
    """

    def __init__(self, client: Any, name: str, region: str, intents: Intents, *, forced: bool = False) -> None:
        """Take Secrets Manager as the role, a name of verification's, and whether it may be deleted for good."""
        self._client, self._name, self._region = client, name, region
        self._intents, self._forced = intents, forced
        self._content = ""
        self._may_exist = self._answer_lost = False
        self._until: str | None = None
        self._why_not = ""

    @classmethod
    def of_earlier_run(cls, client: Any, name: str, region: str, intents: Intents) -> Self:
        """One that a run left behind."""
        secret = cls(client, name, region, intents)
        secret._may_exist = True
        return secret

    def begin(self, role_arn: str) -> Self:
        """Note that it is about to be made; before it is."""
        self._intents.begin(self._name, self._region, role_arn)
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._may_exist:
            self.delete(forced=self._forced)
        if not self._may_exist and not self._answer_lost:
            self._intents.done(self._name)

    @property
    def leftover(self) -> str | None:
        """What stays of it, in words; None where nothing does."""
        where = f"{self._name} in {self._region}"
        if self._may_exist:
            return f"{where}, not deleted: {self._why_not}"
        return f"{where}, {self._until}" if self._until else None

    @property
    def is_gone(self) -> bool:
        """Whether there is nothing more to delete."""
        return not self._may_exist

    def create(self, kms_key: str | None) -> Observation:
        """Make it, with random content."""
        self._may_exist = self._answer_lost = True
        key = {"KmsKeyId": kms_key} if kms_key else {}
        self._content = _random_content()
        seen, _ = observe(
            lambda: self._client.create_secret(Name=self._name, SecretString=self._content, **key),
            denied=_NOT_MADE,
            is_sound=self._is_about_it,
        )
        self._may_exist = seen.observed is not Observed.DENIED
        self._answer_lost = seen.observed is Observed.UNDECIDED
        return seen

    def read(self) -> Observation:
        """Read it: what was written has to come back."""
        return observe(
            lambda: self._client.get_secret_value(SecretId=self._name),
            is_sound=lambda answer: self._is_about_it(answer) and answer["SecretString"] == self._content,
        )[0]

    def update(self) -> Observation:
        """Give it other content."""
        return observe(
            lambda: self._client.update_secret(SecretId=self._name, SecretString=_random_content()),
            denied=_NOT_MADE,
            is_sound=self._is_about_it,
        )[0]

    def delete(self, *, forced: bool) -> Observation:
        """Delete it, for good or with the shortest recovery window."""
        how = {"ForceDeleteWithoutRecovery": True} if forced else {"RecoveryWindowInDays": RECOVERY_DAYS}
        seen, answer = observe(
            lambda: self._client.delete_secret(SecretId=self._name, **how),
            is_sound=lambda got: self._is_about_it(got) and bool(got["DeletionDate"].isoformat()),
        )
        if seen.observed is Observed.ALLOWED:
            self._may_exist = self._answer_lost = False
            self._until = None if forced else f"scheduled for deletion on {answer['DeletionDate']:%Y-%m-%d}"
        elif seen.error_code == _SCHEDULED:
            self._may_exist = self._answer_lost = False
            self._until = "scheduled for deletion"
        elif seen.error_code == NOT_FOUND:
            # After a lost answer the request may still be on its way: the next run looks again.
            self._may_exist = False
        self._why_not = seen.error_code or seen.reason or ""
        return seen

    def _is_about_it(self, answer: Any) -> bool:
        return bool(answer["Name"] == self._name)


def _random_content() -> str:
    return json.dumps({"rolecall": randomness.token_hex(16)})
