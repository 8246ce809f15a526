"""What the tests of the guard need of an embedded AWS: to make roles quickly, and to call as somebody."""

import http.client
import json
import re
import ssl
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from rolecall.local import Callers, LocalAws
from rolecall.local.bound_session import BoundSession
from rolecall.local.callers import AccessKey
from rolecall.local.state import StateDir

CUSTOMER = "111111111111"
OTHER_CUSTOMER = "222222222222"
VENDOR = "353360065216"
REGION = "eu-central-1"

CALLERS = Callers(
    customer_accounts=(CUSTOMER, OTHER_CUSTOMER),
    vendor_principals={
        "account": (f"arn:aws:iam::{VENDOR}:root",),
        "user": ("arn:aws:iam::944579081756:user/tools/unified_assume_role_user",),
        "role": ("arn:aws:iam::210987654321:role/tools/reader",),
    },
    region=REGION,
)

OK = "ok"

# botocore would refuse some of what the tests send before the server sees it.
_AS_GIVEN = Config(parameter_validation=False, retries={"total_max_attempts": 1})


@dataclass(frozen=True)
class Case:
    """One question, AWS's answer (the guard's), and the one that ministack alone gives."""

    name: str
    ask: Callable[["World"], str]
    aws: str
    ministack: str

    def __post_init__(self) -> None:
        assert self.aws != self.ministack, "nothing to guard"

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def answer(call: Callable[..., Any], **parameters: Any) -> str:
    """`ok`, the error's code, or `unreadable` for an answer in another protocol than the service's."""
    try:
        call(**parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    except ResponseParserError:
        return "unreadable"
    return OK


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str = "*", **condition: Mapping[str, str]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def deny(action: str, **condition: Mapping[str, str]) -> dict[str, Any]:
    return {**allow(action, **condition), "Effect": "Deny"}


def trust(principal: Any = None, **condition: Mapping[str, str]) -> str:
    """A trust policy for a principal, by default the vendor's whole account."""
    statement = allow("sts:AssumeRole", **condition)
    del statement["Resource"]
    return document({**statement, "Principal": principal or {"AWS": f"arn:aws:iam::{VENDOR}:root"}})


def unique(stem: str) -> str:
    return f"{stem}-{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True)
class World:
    """A running server, guarded or not, and its secrets."""

    aws: LocalAws

    @cached_property
    def state(self) -> StateDir:
        return StateDir(self.aws.state_dir)

    @cached_property
    def clients(self) -> dict[tuple[str, str], Any]:
        return {}

    @property
    def admin_token(self) -> str:
        launch = self.state.read_launch()
        assert launch is not None
        return launch.admin_token

    @property
    def root_secret(self) -> str:
        launch = self.state.read_launch()
        assert launch is not None
        return launch.root_secret

    def client(self, identity: str, service: str) -> Any:
        if (identity, service) not in self.clients:
            self.clients[identity, service] = self.aws.session(identity).client(service, config=_AS_GIVEN)
        return self.clients[identity, service]

    def admin(self, service: str) -> Any:
        return self.client(CUSTOMER, service)

    def with_key(self, service: str, key_id: str, secret: str, token: str = "", region: str = REGION) -> Any:
        session = BoundSession(self.state, self.aws.port, region, AccessKey(key_id, secret), token)
        return session.client(service, config=_AS_GIVEN)

    def role(self, trust_policy: str, *statements: Mapping[str, Any], path: str = "/", **properties: Any) -> str:
        """A new role's ARN."""
        name, iam = unique("role"), self.admin("iam")
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust_policy, **properties)
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document(*statements))
        return f"arn:aws:iam::{CUSTOMER}:role{path}{name}"

    def assume(self, identity: str, role: str, **parameters: Any) -> str:
        """What STS answers that identity."""
        given = {"RoleArn": role, "RoleSessionName": "probe", **parameters}
        present = {name: value for name, value in given.items() if value is not None}
        return answer(self.client(identity, "sts").assume_role, **present)

    def caller_with(self, *statements: Mapping[str, Any], service: str, policy: str | None = None) -> Any:
        """A client of the vendor's session of a new role with these permissions."""
        return self.session_of(self.role(trust(), *statements), service, policy)

    def session_of(self, role: str, service: str, policy: str | None = None) -> Any:
        given = {"RoleArn": role, "RoleSessionName": "probe", **({"Policy": policy} if policy else {})}
        keys = self.client("vendor:account", "sts").assume_role(**given)["Credentials"]
        return self.with_key(service, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    def http(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: str = "") -> tuple[int, str]:
        """A request of no SDK: status and body."""
        trusted = ssl.create_default_context(cafile=str(self.aws.ca_bundle))
        connection = http.client.HTTPSConnection("127.0.0.1", self.aws.port, context=trusted, timeout=10)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def signed_answer(self, path: str, headers: Mapping[str, str], body: str) -> str:
        """`ok` or the error's code for a POST to STS that no SDK would send, signed as a user without any policy."""
        signed = AWSRequest("POST", f"{self.aws.endpoint_url}{path}", headers=dict(headers), data=body)
        user = self.powerless
        SigV4Auth(Credentials(user.access_key_id, user.secret_access_key), "sts", REGION).add_auth(signed)
        status, text = self.http("POST", path, dict(signed.headers.items()), body)
        code = re.search(r"<Code>(\w+)</Code>", text)
        return OK if status == 200 and "AssumedRoleUser" in text else code[1] if code else str(status)

    @cached_property
    def powerless(self) -> AccessKey:
        """A user of the customer's account without any policy."""
        name, iam = unique("powerless"), self.admin("iam")
        iam.create_user(UserName=name)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return AccessKey(key["AccessKeyId"], key["SecretAccessKey"])
