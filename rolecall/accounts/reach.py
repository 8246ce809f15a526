"""How accounts are reached: on the embedded AWS as their administrators, on AWS through a role that may read."""

import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from rolecall import local
from rolecall.answer import CANNOT_TELL, CommandError
from rolecall.model.grant import Grant
from rolecall.model.identifiers import partition_of
from rolecall.model.naming import bootstrap_role_name


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

    def __init__(self, reader_roles: Mapping[str, str], *, own_through_reader: bool = False) -> None:
        """Say how accounts are read.

        Args:
            reader_roles: ARN of the reader, which may hold `{account}`, by account. Default: CDK's lookup role.
            own_through_reader: whether the caller's own account is read through its reader too, where he may assume
                it: a pipeline's deploy role can do nothing else.
        """
        import boto3  # noqa: PLC0415 -- takes a quarter of a second

        from rolecall.runtime.lines import Lines  # noqa: PLC0415 -- boto3, as above

        self._session: Any = boto3.Session()
        self._reader_roles = reader_roles
        self._own_through_reader = own_through_reader
        self._lock = threading.Lock()
        self._own_account: str | None = None
        self._caller = ""
        self._refused: dict[str, CommandError] = {}
        self._lines = Lines()
        self._credentials: dict[str, dict[str, str]] = {}
        self._made: dict[tuple[str, str, str], Any] = {}

    @classmethod
    def of(cls, grants: Iterable[Grant], *, own_through_reader: bool = False) -> "AwsReach":
        """The accounts of these roles, through the readers that the estate names."""
        # The first role that names a reader speaks for its account.
        readers = {grant.account: grant.reader_role for grant in reversed(tuple(grants)) if grant.reader_role}
        return cls(readers, own_through_reader=own_through_reader)

    def client(self, account: str, service: str, region: str) -> Any:
        """A client that reads in an account; the same one for everybody who asks again.

        Raises:
            CommandError: there are no credentials, or the reader role cannot be assumed.
        """
        from rolecall.runtime.clients import CONFIG  # noqa: PLC0415 -- boto3, as above

        with self._lock:
            key = (account, service, region)
            if key not in self._made:
                keys = self._keys(account, region)
                self._made[key] = self._session.client(service, region_name=region, config=CONFIG, **keys)
            return self._made[key]

    def environment(self, account: str) -> dict[str, str]:
        """This process's own."""
        return {}

    def _keys(self, account: str, region: str) -> dict[str, str]:
        if account in self._refused:  # asked once: behind it may stand an endpoint that answers nobody
            raise self._refused[account]
        if account not in self._credentials:
            try:
                self._credentials[account] = self._issued(account, region)
            except CommandError as error:
                self._refused[account] = error
                raise
        return self._credentials[account]

    def _issued(self, account: str, region: str) -> dict[str, str]:
        """The reader's temporary credentials; none for the caller's own account."""
        from rolecall.runtime.assume_role import is_session  # noqa: PLC0415 -- as above
        from rolecall.runtime.clients import CONFIG  # noqa: PLC0415 -- boto3, as above
        from rolecall.runtime.observation import Observed, observe  # noqa: PLC0415 -- as above

        reader, line = self._reader(account, region), f"STS in {region}"
        if reason := self._lines.why_dead(line):
            raise _unread(account, reason, reader)
        seen, sts = observe(lambda: self._session.client("sts", region_name=region, config=CONFIG))
        if sts is not None and self._own_account is None:
            seen, caller = observe(sts.get_caller_identity, is_sound=_names_one_account)
            self._own_account, self._caller = (caller["Account"], caller["Arn"]) if caller else (None, "")
        is_own = self._own_account is not None and account == self._own_account
        if is_own and not self._own_through_reader:
            return {}
        if self._own_account is not None:
            request = {"RoleArn": reader, "RoleSessionName": "rolecall-read"}
            seen, answer = observe(
                lambda: sts.assume_role(**request),
                is_sound=lambda got: is_session(got, reader, request["RoleSessionName"]),
            )
            if answer is not None:
                return {
                    "aws_access_key_id": answer["Credentials"]["AccessKeyId"],
                    "aws_secret_access_key": answer["Credentials"]["SecretAccessKey"],
                    "aws_session_token": answer["Credentials"]["SessionToken"],
                }
            if is_own and seen.observed is Observed.DENIED:
                return {}
        self._lines.note(line, seen)
        raise _unread(account, seen.reason or f"AWS answered {seen.error_code}", reader, caller=self._caller) from None

    def _reader(self, account: str, region: str) -> str:
        default = f"arn:{partition_of(region)}:iam::{account}:role/{bootstrap_role_name('lookup', account, region)}"
        return self._reader_roles.get(account, default).replace("{account}", account)


def _names_one_account(caller: Any) -> bool:
    """Whether the answer of sts:GetCallerIdentity agrees with itself."""
    return bool(re.fullmatch("[0-9]{12}", caller["Account"])) and caller["Arn"].split(":")[4] == caller["Account"]


def _unread(account: str, why: str, reader: str, caller: str = "") -> CommandError:
    """Who could not read, and what he lacks: the error of STS names it to nobody but him."""
    tip = f"sign in, and let the caller assume {reader}"
    if caller:
        tip = f"let {caller} use sts:AssumeRole on {reader}: in its own policy, and in that role's trust policy"
    return CommandError(f"account {account} cannot be read: {why}", tip, CANNOT_TELL)
