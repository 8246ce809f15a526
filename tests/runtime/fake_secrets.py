"""A Secrets Manager whose answers are scripted. For shapes and faults only: it enforces nothing."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from rolecall.runtime.clients import Clients
from tests.runtime.fake_sts import FakeSts

REGION = "eu-central-1"
PREFIX = f"arn:aws:secretsmanager:{REGION}:111111111111:secret:"
SILENCE = "silence"
"""The request arrives, and its answer is lost."""
Fault = Callable[[str, dict[str, Any]], str | None]
"""An operation and its request -> an error code, SILENCE, or None."""


class FakeSecrets:
    """Holds secrets by name; notes every request."""

    def __init__(self, fault: Fault = lambda *_: None, **answers: Any) -> None:
        self._fault, self._answers = fault, answers
        self.content: dict[str, str] = {}
        self.requests: list[tuple[str, dict[str, Any]]] = []

    def get_secret_value(self, **request: Any) -> Any:
        return self._answer("get_secret_value", request, lambda name: {"SecretString": self.content[name]})

    def describe_secret(self, **request: Any) -> Any:
        return self._answer("describe_secret", request, lambda _: {})

    def create_secret(self, **request: Any) -> Any:
        def made(name: str) -> dict[str, Any]:
            self.content[name] = request["SecretString"]
            return {}

        return self._answer("create_secret", {"SecretId": request["Name"], **request}, made)

    def update_secret(self, **request: Any) -> Any:
        return self._answer("update_secret", request, lambda _: {})

    def delete_secret(self, **request: Any) -> Any:
        def deleted(name: str) -> dict[str, Any]:
            del self.content[name]
            return {"DeletionDate": datetime(2026, 11, 29, tzinfo=UTC)}

        return self._answer("delete_secret", request, deleted)

    def _answer(self, operation: str, request: dict[str, Any], done: Callable[[str], dict[str, Any]]) -> Any:
        self.requests.append((operation, request))
        name, code = request["SecretId"], self._fault(operation, request)
        if code not in (None, SILENCE):
            raise ClientError({"Error": {"Code": code, "Message": "secret text of AWS"}}, operation)
        if operation in self._answers:
            return self._answers[operation]
        if operation != "create_secret" and name not in self.content:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "none"}}, operation)
        answer = {"ARN": f"{PREFIX}{name}-AbCdEf", "Name": name, **done(name)}
        if code == SILENCE:
            raise ReadTimeoutError(endpoint_url="https://secretsmanager.invalid")
        return answer


class FakeRole(Clients):
    """A caller whose role opens, and whose sessions all have one Secrets Manager."""

    def __init__(self, secrets: FakeSecrets) -> None:
        self.sts = FakeSts(lambda _: None)
        self._secrets = secrets

    def client(self, service: str, region: str | None = None) -> Any:
        return self.sts

    def temporary(self, service: str, region: str, credentials: Any) -> Any:
        return self._secrets
