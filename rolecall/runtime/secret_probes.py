"""What the role can reach: one granted secret is read, one beside the grant is refused."""

import json
from collections.abc import Iterator
from typing import Any

from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation, SecretToRead
from rolecall.runtime.observation import Observation, Observed, observe
from rolecall.runtime.probe import Probe
from rolecall.runtime.trust_probes import SESSION_NAME, SHORTEST_SESSION_SECONDS


class SecretProbes:
    """Reads secrets with the role's own session, narrowed to the secrets that are asked for."""

    def __init__(self, role: RoleExpectation) -> None:
        self._role = role

    def as_vendor(self, vendor: Clients) -> Iterator[Probe]:
        """The probes; skipped with a reason where the role cannot be assumed."""
        asked = (*self._role.readable, *self._role.unreadable)
        if not asked or not self._role.external_ids:
            return
        credentials = self._session(vendor, asked)
        for secret in self._role.readable:
            yield from self._readable(vendor, credentials, secret)
        for secret in self._role.unreadable:
            seen, _ = self._read(vendor, credentials, secret)
            yield Probe("secret_out_of_scope", Observed.DENIED, seen, f"{secret.secret_id} in {secret.region}")

    def _session(self, vendor: Clients, asked: tuple[SecretToRead, ...]) -> Any:
        sts = vendor.client("sts", self._role.region)
        _, answer = observe(
            lambda: sts.assume_role(
                RoleArn=self._role.role_arn,
                RoleSessionName=SESSION_NAME,
                ExternalId=self._role.external_ids[0],
                DurationSeconds=SHORTEST_SESSION_SECONDS,
                Policy=_reading_only(asked),
            )
        )
        return answer["Credentials"] if answer else None

    def _readable(self, vendor: Clients, credentials: Any, secret: SecretToRead) -> Iterator[Probe]:
        seen, has_shape = self._read(vendor, credentials, secret)
        yield Probe("secret_in_scope", Observed.ALLOWED, seen, f"{secret.secret_id} in {secret.region}")
        if secret.keys and seen.observed is Observed.ALLOWED:
            shape = Observation(Observed.ALLOWED if has_shape else Observed.DENIED, None, 0.0, None)
            yield Probe("secret_shape", Observed.ALLOWED, shape, f"JSON object with {', '.join(secret.keys)}")

    def _read(self, vendor: Clients, credentials: Any, secret: SecretToRead) -> tuple[Observation, bool]:
        """Read a secret and say whether it could be read and has the wanted keys. Its value goes no further."""
        if credentials is None:
            return Observation.skipped("the role could not be assumed"), False
        client = vendor.temporary("secretsmanager", secret.region, credentials)
        seen, answer = observe(lambda: client.get_secret_value(SecretId=secret.secret_id))
        return seen, answer is not None and _has_keys(answer.get("SecretString"), secret.keys)


def _reading_only(secrets: tuple[SecretToRead, ...]) -> str:
    """A session policy for reading these secrets and decrypting them; it can only narrow the role."""
    resources = sorted({secret.resource for secret in secrets})
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": resources},
    ]
    if any(secret.kms_key for secret in secrets):
        statements.append({"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"})
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def _has_keys(value: object, keys: tuple[str, ...]) -> bool:
    """Whether the text is a JSON object with all the keys."""
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return isinstance(found, dict) and set(keys) <= set(found)
