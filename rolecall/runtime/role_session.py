"""A session of the role itself, narrowed to what is asked with it."""

from collections.abc import Mapping
from typing import Any

from rolecall.runtime.assume_role import SHORTEST_SESSION_SECONDS, is_session, new_session_name
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import Observed, observe


class RoleSession:
    """boto3 clients with the temporary credentials of one role, each service and region once. For one thread."""

    def __init__(self, clients: Clients, credentials: Mapping[str, Any]) -> None:
        self._clients, self._credentials = clients, credentials
        self._made: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str) -> Any:
        """The client of a service in a region, as the role."""
        key = (service, region)
        if key not in self._made:
            self._made[key] = self._clients.temporary(service, region, self._credentials)
        return self._made[key]


def open_session(
    clients: Clients, role: RoleExpectation, external_id: str, policy: str
) -> tuple[RoleSession | None, str]:
    """Assume the role with a session policy; None where that fails, and then why."""
    name = new_session_name()
    seen, answer = observe(
        lambda: clients.client("sts", role.region).assume_role(
            RoleArn=role.role_arn,
            RoleSessionName=name,
            ExternalId=external_id,
            DurationSeconds=SHORTEST_SESSION_SECONDS,
            Policy=policy,
        ),
        is_sound=lambda got: is_session(got, role.role_arn, name),
    )
    if seen.observed is Observed.ALLOWED:
        return RoleSession(clients, answer["Credentials"]), ""
    return None, f"the role could not be assumed: {seen.reason or seen.error_code}"
