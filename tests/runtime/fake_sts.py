"""An STS whose answers are scripted. For shapes and retries only: it enforces nothing."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from rolecall.runtime.clients import Clients

Answer = str | None
"""An error code, `offline`, `silent`, or None for success."""


class FakeSts:
    """Answers assume_role by the external ID; notes every request."""

    def __init__(self, answer: Callable[[dict[str, Any]], Answer]) -> None:
        self._answer = answer
        self.requests: list[dict[str, Any]] = []

    def assume_role(self, **request: Any) -> dict[str, Any]:
        """Succeed, or raise what boto3 would."""
        self.requests.append(request)
        code = self._answer(request)
        if code == "offline":
            raise EndpointConnectionError(endpoint_url="https://sts.invalid")
        if code == "silent":
            raise ReadTimeoutError(endpoint_url="https://sts.invalid")
        if code is not None:
            raise ClientError({"Error": {"Code": code, "Message": "secret text of AWS"}}, "AssumeRole")
        arn = request["RoleArn"].replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
        session = {"Arn": f"{arn}/{request['RoleSessionName']}", "AssumedRoleId": "AROAEXAMPLEEXAMPLE12:s"}
        keys = {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T"}
        return {"Credentials": keys, "AssumedRoleUser": session}

    def get_caller_identity(self) -> dict[str, str]:
        """An IAM user."""
        return {"Arn": "arn:aws:iam::353360065216:user/caller"}


class FakeClients(Clients):
    """Clients that hand out one fake for every service."""

    def __init__(self, fake: FakeSts) -> None:
        self._fake = fake
        self._chained = None

    def client(self, service: str, region: str | None = None) -> Any:
        """The fake."""
        return self._fake
