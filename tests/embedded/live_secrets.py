"""A secret or a key of a live role changed, and put back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rolecall.model.grant import Grant
from tests.embedded.live_policies import document
from tests.embedded.world import World

How = Mapping[str, Any]


@contextmanager
def secret(world: World, grant: Grant, how: How) -> Iterator[None]:
    """A secret with another `value`, with a `key` of its own, with a resource `policy`, or `deleted` for a while."""
    client, named = world.aws.client(grant.account, "secretsmanager", grant.region), {"SecretId": how["name"]}
    before = client.get_secret_value(**named)["SecretString"]
    described = client.describe_secret(**named)
    try:
        _change_secret(world, grant, client, how)
        yield
    finally:
        if how.get("deleted"):
            client.restore_secret(**named)
        if "policy" in how:
            client.delete_resource_policy(**named)
        key = described.get("KmsKeyId") or "alias/aws/secretsmanager"
        client.update_secret(**named, SecretString=before, KmsKeyId=key)


def _change_secret(world: World, grant: Grant, client: Any, how: How) -> None:
    named = {"SecretId": how["name"]}
    if "value" in how:
        client.update_secret(**named, SecretString=how["value"])
    if how.get("key") == "another":
        another = world.aws.client(grant.account, "kms", grant.region).create_key()["KeyMetadata"]["Arn"]
        client.update_secret(**named, KmsKeyId=another)
    if "policy" in how:
        client.put_resource_policy(**named, ResourcePolicy=document(how["policy"]))
    if how.get("deleted"):
        client.delete_secret(**named, RecoveryWindowInDays=7)


@contextmanager
def key(world: World, grant: Grant, how: How) -> Iterator[None]:
    """The key that the estate names: with another `policy`, `disabled`, or `deleted` for a while."""
    kms = world.aws.client(grant.account, "kms", grant.region)
    key = {"KeyId": next(secret.kms_key for secret in grant.permissions.secrets if secret.kms_key)}
    before = kms.get_key_policy(**key, PolicyName="default")["Policy"]
    try:
        if "policy" in how:
            kms.put_key_policy(**key, PolicyName="default", Policy=document(how["policy"]))
        if how.get("disabled"):
            kms.disable_key(**key)
        if how.get("deleted"):
            kms.schedule_key_deletion(**key, PendingWindowInDays=7)
        yield
    finally:
        if how.get("deleted"):
            kms.cancel_key_deletion(**key)
        kms.enable_key(**key)
        kms.put_key_policy(**key, PolicyName="default", Policy=before)
