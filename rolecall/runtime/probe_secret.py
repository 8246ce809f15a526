"""A secret that a write probe makes: gone in the end, or named."""

import json
import secrets as randomness
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from rolecall.runtime.observation import DENIED, Observation, Observed, observe
from rolecall.runtime.secret_reading import NOT_FOUND
from rolecall.runtime.write_intents import Earlier, Intents, NotNotedError

# The shortest that Secrets Manager takes. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
# RecoveryWindowInDays, read 2026-11-22.
RECOVERY_DAYS = 7
_SCHEDULED = "InvalidRequestException"
"""What a deletion gets that was asked for before, its answer having been lost."""
# For botocore a throttle, and it tried again; but Secrets Manager says so of its quotas alone.
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html, read 2026-11-22.
_QUOTA = "LimitExceededException"
QUOTA_REACHED = (
    "the account's quota of secrets is used up in this region: delete secrets there, or have the quota raised (Service"
    " Quotas), then verify again"
)
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
        self._may_exist = self._answer_lost = self._was_seen = False
        self._until: str | None = None
        self._last = Observation.skipped("")
        self._earlier: Earlier | None = None
        self._beside_of = ""

    @classmethod
    def of_earlier_run(cls, client: Any, earlier: Earlier, intents: Intents) -> Self:
        """One that a run may have left behind."""
        secret = cls(client, earlier.name, earlier.region, intents)
        secret._may_exist, secret._earlier = True, earlier
        return secret

    def begin(self, role_arn: str, *, beside: bool = False) -> Self:
        """Note that it is about to be made; before it is, or NotNotedError.

        Args:
            role_arn: whose session makes it.
            beside: whether the role may not make it.
        """
        self._intents.begin(self._name, self._region, role_arn, beside=beside)
        self._beside_of = role_arn if beside else ""
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
            return f"{where}, {self._what_to_do()}"
        return f"{where}, {self._until}" if self._until else None

    def _what_to_do(self) -> str:
        """Beside what it is granted a role may not delete either, so that its refusal does not tell what is there."""
        note = self._earlier.note if self._earlier else ""
        is_refused = self.may_not_be_deleted
        if is_refused and self._earlier and self._earlier.beside and not self._was_seen:
            return f"was probably never made; look for it, then delete {note}" if note else "was probably never made"
        why = f"not deleted: {self._last.error_code or self._last.reason}"
        return f"{why}; delete it by hand, then {note}" if is_refused and note else why

    @property
    def is_gone(self) -> bool:
        """Whether there is nothing more to delete."""
        return not self._may_exist

    @property
    def may_not_be_deleted(self) -> bool:
        """Whether its deletion was refused, which tells nothing of whether it is there."""
        return self._may_exist and self._last.observed is Observed.DENIED

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
        if seen.error_code == _QUOTA:
            seen = replace(seen, reason=QUOTA_REACHED, trouble=None)
        was_refused = seen.observed is Observed.DENIED or seen.error_code == _QUOTA
        self._may_exist = not was_refused
        self._answer_lost = not was_refused and seen.observed is Observed.UNDECIDED
        if self._beside_of and seen.observed is Observed.ALLOWED:
            # Where that fails, the note says less than is known, and the secret is named all the same.
            with suppress(NotNotedError):
                self.begin(self._beside_of)
        return seen

    def look(self) -> None:
        """See whether it is there at all, for somebody who may look: then deletion has nothing left to do."""
        seen, answer = observe(
            lambda: self._client.describe_secret(SecretId=self._name),
            is_sound=lambda got: self._is_about_it(got) and isinstance(got.get("DeletedDate"), datetime | None),
        )
        if _says(seen, NOT_FOUND):
            self._may_exist = False
        elif seen.observed is Observed.ALLOWED:
            self._was_seen, scheduled = True, answer.get("DeletedDate")
            self._may_exist = scheduled is None
            self._until = f"scheduled for deletion on {scheduled:%Y-%m-%d}" if scheduled else None

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
        elif _says(seen, _SCHEDULED):
            self._may_exist = self._answer_lost = False
            self._until = "scheduled for deletion"
        elif _says(seen, NOT_FOUND):
            # After a lost answer the request may still be on its way: the next run looks again.
            self._may_exist = False
        self._last = seen
        return seen

    def _is_about_it(self, answer: Any) -> bool:
        return bool(answer["Name"] == self._name)


def _says(seen: Observation, code: str) -> bool:
    """Whether it is an answer: a service that fails can say anything."""
    return seen.error_code == code and seen.trouble is None


def _random_content() -> str:
    return json.dumps({"rolecall": randomness.token_hex(16)})
