"""The calls that Rolecall makes to prove trusts, written down without making them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from rolecall.model.grant import Grant
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.patience import AT_ONCE
from rolecall.runtime.probe import Probe
from rolecall.runtime.trust_probes import TrustProbes
from rolecall.verification.expectations import expectation, neighbours_by_vendor

VENDOR, STRANGER = "vendor:workato", "foreign"


@dataclass(frozen=True)
class Call:
    """One sts:AssumeRole: who makes it, and the whole request."""

    caller: str
    request: Mapping[str, Any]


class Notebook(Clients):
    """Notes each request of Rolecall's and answers it as a sound role would; no call leaves the process."""

    def __init__(self, caller: str, right_ids: Mapping[str, tuple[str, ...]], calls: list[Call]) -> None:
        """Take the right IDs by the role's ARN, and the list to write to."""
        super().__init__(boto3.Session())
        self.caller, self.right_ids, self.calls = caller, right_ids, calls

    def client(self, service: str, region: str | None = None) -> Any:
        """Itself, as STS."""
        return self

    def get_caller_identity(self) -> dict[str, str]:
        """A user, as the vendor's principal is on the embedded AWS."""
        return {"Arn": "arn:aws:iam::353360065216:user/caller"}

    def assume_role(self, **request: Any) -> dict[str, Any]:
        """Let the vendor in with the right external ID, for an hour at most."""
        self.calls.append(Call(self.caller, request))
        is_right = self.caller == VENDOR and request.get("ExternalId") in self.right_ids[request["RoleArn"]]
        if not is_right or request["DurationSeconds"] > 3600:
            raise ClientError({"Error": {"Code": "ValidationError" if is_right else "AccessDenied"}}, "AssumeRole")
        account, name = request["RoleArn"].split(":")[4], request["RoleArn"].rpartition("/")[2]
        session = f"arn:aws:sts::{account}:assumed-role/{name}/{request['RoleSessionName']}"
        keys = {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T"}
        return {"Credentials": keys, "AssumedRoleUser": {"Arn": session}}


def expectations(grants: Sequence[Grant]) -> list[RoleExpectation]:
    """What is to be asked of each role."""
    ids = {grant.address: grant.trust.written_ids for grant in grants}
    neighbours = neighbours_by_vendor(grants, ids)
    return [expectation(grant, ids, neighbours[grant.vendor], secrets=False) for grant in grants]


def probes_of(role: RoleExpectation, callers: Mapping[str, Clients]) -> list[Probe]:
    """All trust probes of one role, as `rolecall verify` makes them."""
    trust = TrustProbes(role, AT_ONCE)
    return [*trust.as_vendor(callers[VENDOR]), *trust.as_stranger(callers[STRANGER])]


def recorded(roles: Sequence[RoleExpectation]) -> list[Call]:
    """The requests that Rolecall sends for these roles, role by role."""
    right = {role.role_arn: role.external_ids for role in roles}
    found: list[Call] = []
    notebooks = {name: Notebook(name, right, found) for name in (VENDOR, STRANGER)}
    for role in roles:
        probes_of(role, notebooks)
    return found
