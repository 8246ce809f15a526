"""How accounts are reached: on the embedded AWS as their administrators, on AWS through a role that may read."""

import threading
from collections.abc import Mapping
from typing import Any, Protocol

from rolecall import local
from rolecall.commands.answer import CANNOT_TELL, CommandError
from rolecall.model.identifiers import partition_of


class Reach(Protocol):
    """boto3 clients for each account of an estate."""

    def client(self, account: str, service: str, region: str) -> Any:
        """A client of a service in an account and region."""

    def environment(self, account: str) -> dict[str, str]:
        """Variables for programs that act in an account; empty for those of this process."""


class LocalReach:
    """Each account's administrator on the embedded AWS."""

    def __init__(self, aws: local.LocalAws) -> None:
        self._aws = aws
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str, str], Any] = {}

    def client(self, account: str, service: str, region: str) -> Any:
        """A client as the account's administrator; the same one for everybody who asks again."""
        with self._lock:
            key = (account, service, region)
            if key not in self._made:
                self._made[key] = self._aws.client(account, service, region)
            return self._made[key]

    def environment(self, account: str) -> dict[str, str]:
        """The environment of the account's administrator."""
        return self._aws.environment(account)


class AwsReach:
    """The caller's own account directly, every other through a role that may read."""

    def __init__(self, reader_roles: Mapping[str, str]) -> None:
        """Take the ARN of the reader, which may hold `{account}`, by account; the default is CDK's lookup role."""
        import boto3  # noqa: PLC0415 -- takes a quarter of a second

        self._session: Any = boto3.Session()
        self._reader_roles = reader_roles
        self._own_account: str | None = None
        self._credentials: dict[str, dict[str, str]] = {}

    def client(self, account: str, service: str, region: str) -> Any:
        """A client that reads in an account.

        Raises:
            CommandError: there are no credentials, or the reader role cannot be assumed.
        """
        return self._session.client(service, region_name=region, **self._keys(account, region))

    def environment(self, account: str) -> dict[str, str]:
        """This process's own."""
        return {}

    def _keys(self, account: str, region: str) -> dict[str, str]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            sts = self._session.client("sts", region_name=region)
            self._own_account = self._own_account or sts.get_caller_identity()["Account"]
            if account == self._own_account:
                return {}
            if account not in self._credentials:
                issued = sts.assume_role(RoleArn=self._reader(account, region), RoleSessionName="rolecall-read")[
                    "Credentials"
                ]
                self._credentials[account] = {
                    "aws_access_key_id": issued["AccessKeyId"],
                    "aws_secret_access_key": issued["SecretAccessKey"],
                    "aws_session_token": issued["SessionToken"],
                }
        except (BotoCoreError, ClientError) as error:
            raise CommandError(
                f"account {account} cannot be read: {type(error).__name__}",
                f"sign in, and let the caller assume {self._reader(account, region)}",
                CANNOT_TELL,
            ) from None
        return self._credentials[account]

    def _reader(self, account: str, region: str) -> str:
        default = f"arn:{partition_of(region)}:iam::{{account}}:role/cdk-hnb659fds-lookup-role-{{account}}-{region}"
        return self._reader_roles.get(account, default).replace("{account}", account)
