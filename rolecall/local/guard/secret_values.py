"""Values of secrets under a customer managed key, which ministack takes and hands out without asking KMS."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rolecall.local.guard.asgi import Handler, Response, json_object
from rolecall.local.guard.kms_consent import DECRYPT, ENCRYPT, KmsConsent, Purpose, Refusal

# What AWS says of a secret that was created without a value: it has no version at all. ministack says the same where it
# finds no version.
_NO_VALUE = Refusal(
    "ResourceNotFoundException",
    "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
)


@dataclass(frozen=True)
class SecretValues:
    """Secrets Manager's handler with KMS asked before a value goes in and before one comes out.

    Around the handler, not inside: CloudFormation writes secrets in the same process, with a power of its own.
    """

    secretsmanager: Any  # ministack.services.secretsmanager
    consent: KmsConsent

    def checked(self, original: Handler) -> Handler:
        """The handler to use in its place."""

        async def handle_request(
            method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
        ) -> Response:
            action = headers.get("x-amz-target", "").rpartition(".")[2]
            if (refusal := self._refused_write(action, json_object(body))) is not None:
                return _error(refusal)
            response = await original(method, path, headers, body, query_params)
            return self._readable(action, response) if response[0] == 200 else response

        return handle_request

    def _readable(self, action: str, response: Response) -> Response:
        if action == "GetSecretValue":
            value = json.loads(response[2])
            refusal = self._refused_read(value) if _has_value(value) else _NO_VALUE
            return response if refusal is None else _error(refusal)
        return self._readable_batch(response) if action == "BatchGetSecretValue" else response

    def _readable_batch(self, response: Response) -> Response:
        """The batch with the values that KMS keeps shut moved to its errors."""
        content = json.loads(response[2])
        refusals = [(value, self._refused_read(value)) for value in content["SecretValues"]]
        content["SecretValues"] = [value for value, refusal in refusals if refusal is None]
        content["Errors"] += [
            {"SecretId": value["ARN"], "ErrorCode": refusal.code, "Message": refusal.message}
            for value, refusal in refusals
            if refusal is not None
        ]
        return response[0], response[1], json.dumps(content).encode()

    def _refused_read(self, value: Mapping[str, Any]) -> Refusal | None:
        secret = self.secretsmanager._resolve(value["ARN"])[1]
        return self.consent.refusal(secret.get("KmsKeyId"), DECRYPT, value["ARN"], value["VersionId"])

    def _refused_write(self, action: str, members: Mapping[str, Any]) -> Refusal | None:
        version = str(members.get("ClientRequestToken") or uuid.uuid4())
        for key_id, purpose, arn in self._uses_of_keys(action, members):
            if (refusal := self.consent.refusal(key_id, purpose, arn, version)) is not None:
                return refusal
        return None

    def _uses_of_keys(self, action: str, members: Mapping[str, Any]) -> list[tuple[str | None, Purpose, str]]:
        """Key, purpose and secret of each use that the request makes; a change of key alone re-encrypts the value."""
        has_value = "SecretString" in members or "SecretBinary" in members
        if action == "CreateSecret":
            return [(members.get("KmsKeyId"), ENCRYPT, self._coming_arn(members))] if has_value else []
        secret = self.secretsmanager._resolve(members.get("SecretId"))[1]
        if secret is None or action not in {"PutSecretValue", "UpdateSecret"}:
            return []
        old_key, arn = secret.get("KmsKeyId"), secret["ARN"]
        new_key = members.get("KmsKeyId", old_key) if action == "UpdateSecret" else old_key
        if has_value:
            return [(new_key, ENCRYPT, arn)]
        return [(old_key, DECRYPT, arn), (new_key, ENCRYPT, arn)] if "KmsKeyId" in members else []

    def _coming_arn(self, members: Mapping[str, Any]) -> str:
        """An ARN like the one the secret will get; the last six characters are random, so no policy names them yet."""
        prefix = f"arn:aws:secretsmanager:{self.consent.region()}:{self.consent.account()}:secret"
        return f"{prefix}:{members.get('Name')}-{uuid.uuid4().hex[:6]}"


def _has_value(value: Mapping[str, Any]) -> bool:
    """Whether a version holds anything: ministack makes an empty one of a secret that was created without a value."""
    return "SecretString" in value or "SecretBinary" in value


def _error(refusal: Refusal) -> Response:
    """An error as the JSON protocol carries it."""
    error = {"__type": refusal.code, "message": refusal.message}
    return 400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(error).encode()
