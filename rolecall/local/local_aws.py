"""A running embedded AWS, as its clients see it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rolecall.local.callers import AccessKey, CallerFile
from rolecall.local.certificates import HOST, endpoint_url
from rolecall.local.state import StateDir

if TYPE_CHECKING:
    import boto3

    from rolecall.local.bound_session import BoundSession

SESSION_NAME = "rolecall"


@dataclass(frozen=True)
class LocalAws:
    """Its address, and credentials for everybody who may call it. Root is not among them."""

    endpoint_url: str
    ca_bundle: Path
    region: str
    port: int
    pid: int
    state_dir: Path

    def identities(self) -> tuple[str, ...]:
        """Account ids, vendor principals, the verifier, `foreign` and `vendor:ID`: what the methods below take."""
        return CallerFile.read(StateDir(self.state_dir)).names()

    def environment(self, identity: str) -> dict[str, str]:
        """Variables that bind boto3, the AWS CLI and the cdk CLI to the embedded AWS as that identity.

        To be laid over an existing environment, so it also disarms what that may hold: a profile, a session token, a
        proxy, and the instance metadata service. UnknownIdentity if there is no such caller.
        """
        key, token = self._credentials(identity)
        state = StateDir(self.state_dir)
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_CA_BUNDLE": str(self.ca_bundle),
            "NODE_EXTRA_CA_CERTS": str(self.ca_bundle),
            "AWS_ACCESS_KEY_ID": key.access_key_id,
            "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
            "AWS_SESSION_TOKEN": token,  # empty for an IAM user: one that is set already would spoil the key
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": str(state.aws_config),
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_PROFILE": "default",  # exists in AWS_CONFIG_FILE; boto3 refuses an empty or unknown one
            "AWS_DEFAULT_PROFILE": "default",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_USE_FIPS_ENDPOINT": "false",
            "AWS_USE_DUALSTACK_ENDPOINT": "false",
            "NO_PROXY": _no_proxy(),
            "no_proxy": _no_proxy(),
        }

    def session(self, identity: str) -> "boto3.Session":
        """A boto3 session as that identity; its clients reach the embedded AWS and nothing else."""
        return self._bound(*self._credentials(identity))

    def client(self, identity: str, service: str, region: str | None = None) -> Any:
        """A boto3 client as that identity, in the default region or another."""
        return self._bound(*self._credentials(identity)).client(service, region_name=region)

    def _credentials(self, identity: str) -> tuple[AccessKey, str]:
        """A key and its session token, which is empty for an IAM user and fresh for a role."""
        key = CallerFile.read(StateDir(self.state_dir)).key(identity)
        if key.assumes is None:
            return key, ""
        sts = self._bound(key, "").client("sts")
        issued = sts.assume_role(RoleArn=key.assumes, RoleSessionName=SESSION_NAME)["Credentials"]
        return AccessKey(issued["AccessKeyId"], issued["SecretAccessKey"]), issued["SessionToken"]

    def _bound(self, key: AccessKey, token: str) -> "BoundSession":
        from rolecall.local.bound_session import BoundSession  # noqa: PLC0415 -- boto3 takes a quarter of a second

        return BoundSession(StateDir(self.state_dir), self.port, self.region, key, token)


def write_aws_config(state: StateDir, port: int, region: str) -> None:
    """The configuration file of the one profile: the endpoint, the CA and no credentials."""
    settings = {"region": region, "endpoint_url": endpoint_url(port), "ca_bundle": state.ca_bundle}
    lines = ["[default]", *(f"{name} = {value}" for name, value in settings.items())]
    state.write_private(state.aws_config, "\n".join(lines) + "\n")


def _no_proxy() -> str:
    """What is exempt from a proxy already, and the loopback address."""
    exempt = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    return ",".join(dict.fromkeys([*filter(None, exempt.split(",")), HOST]))
