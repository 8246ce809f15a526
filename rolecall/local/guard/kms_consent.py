"""Asking KMS, in ministack's own evaluation, whether the caller may have a secret encrypted or decrypted.

What Secrets Manager asks of KMS, on behalf of the caller and with the encryption context used here:
https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html (checked 2026-11-22)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rolecall.model.identifiers import endpoint, partition_of

AWS_MANAGED_KEY = "alias/aws/secretsmanager"
"""Open to everybody in the account who may use the secret: its key policy allows them, through Secrets Manager."""


@dataclass(frozen=True)
class Purpose:
    """What is to be done with the key."""

    actions: tuple[str, ...]
    failure: str  # Secrets Manager's error code when the key itself is of no use
    verb: str


DECRYPT = Purpose(("kms:Decrypt",), "DecryptionFailure", "decrypt")
ENCRYPT = Purpose(("kms:GenerateDataKey", "kms:Decrypt"), "EncryptionFailure", "encrypt")
"""A value is encrypted with a new data key, which Secrets Manager also opens."""


@dataclass(frozen=True)
class Refusal:
    """An error of Secrets Manager."""

    code: str
    message: str


@dataclass(frozen=True)
class KmsConsent:
    """Speaks for the caller of the request that is being served."""

    kms: Any  # ministack.services.kms
    evaluator: Any  # ministack.core.iam_evaluator
    responses: Any  # ministack.core.responses

    def refusal(self, key_id: str | None, purpose: Purpose, secret_arn: str, version_id: str) -> Refusal | None:
        """Why the key may not be used for this version of the secret, or None."""
        if not key_id or key_id.endswith(AWS_MANAGED_KEY):
            return None
        key = self._key(key_id)
        if key is None or key["KeyState"] != "Enabled":
            text = f"Secrets Manager can't {purpose.verb} the protected secret text using the provided KMS key."
            return Refusal(purpose.failure, text)
        context = self._context(secret_arn, version_id)
        # Whoever gets here has signed the request, and this is the key whose signature was verified.
        caller = self.evaluator._verified_key.get()
        for action in purpose.actions:
            if self.evaluator.enforce(caller, action, "kms", self.region(), key["Arn"], context) is not None:
                return Refusal("AccessDeniedException", "Access to KMS is not allowed")
        return None

    def account(self) -> str:
        """The caller's account."""
        return str(self.responses.get_account_id())

    def region(self) -> str:
        """The request's region."""
        return str(self.responses.get_region())

    def _context(self, secret_arn: str, version_id: str) -> dict[str, Any]:
        """The condition keys by which policies narrow a key to Secrets Manager and to one secret."""
        region = self.region()
        return {
            "kms:ViaService": endpoint("secretsmanager", region, partition_of(region)),
            "kms:CallerAccount": self.account(),
            "kms:EncryptionContext:SecretARN": secret_arn,
            "kms:EncryptionContext:SecretVersionId": version_id,
            "kms:EncryptionContextKeys": ["SecretARN", "SecretVersionId"],
            "aws:ViaAWSService": "true",
        }

    def _key(self, key_id: str) -> Any:
        """ministack's record of the key, also of another account or region when the ARN says so."""
        with self.responses.request_scope(*(_scope(key_id) or (self.account(), self.region()))):
            return self.kms._resolve_key(key_id)


def with_foreign_key_policies(original: Callable[[str], Any], responses: Any) -> Callable[[str], Any]:
    """`key_policy_for_arn`, also for keys of other accounts, where ministack finds no policy and does without one."""

    def key_policy_for_arn(resource_arn: str) -> Any:
        scope = _scope(resource_arn)
        if scope is None:
            return original(resource_arn)
        with responses.request_scope(*scope):
            return original(resource_arn)

    return key_policy_for_arn


def _scope(key_arn: str) -> tuple[str, str] | None:
    """Account and region of a KMS ARN, or None for an id or an alias."""
    fields = key_arn.split(":", 5)
    return (fields[4], fields[3]) if len(fields) == 6 and fields[2] == "kms" else None
