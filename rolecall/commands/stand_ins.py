"""Stand-ins on the embedded AWS: what the estate names and an empty account does not have.

Existing secrets, keys and policies are left alone. Values are random; nobody keeps them.
"""

import hashlib
import json
import secrets as randomness
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rolecall import local
from rolecall.commands.reach import Reach
from rolecall.model.grant import Grant
from rolecall.model.identifiers import Arn
from rolecall.model.secret import Secret
from rolecall.policy.pattern import matches
from rolecall.runtime.expectation import SecretToRead

_ABSENT = ("ResourceNotFoundException", "NotFoundException", "NoSuchEntity")
# A boundary that the estate names but does not define: wide enough for the roles it is to bound.
_STAND_IN_BOUNDARY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["secretsmanager:*", "kms:*"], "Resource": "*"}],
    }
)


@dataclass(frozen=True)
class Stand:
    """Where a stand-in belongs: which grant's secret it stands for, and its name."""

    secret: Secret
    name: str
    granted: bool


def make_boundaries(reach: Reach, grants: tuple[Grant, ...]) -> None:
    """Permissions boundaries: IAM takes no role whose boundary does not exist."""
    wanted = {(g.account, g.region, g.permissions_boundary) for g in grants if g.permissions_boundary}
    for account, region, arn in sorted(wanted):
        iam = reach.client(account, "iam", region)
        path, _, name = arn.partition(":policy/")[2].rpartition("/")
        if ":aws:policy/" not in arn and _is_absent(lambda iam=iam, arn=arn: iam.get_policy(PolicyArn=arn)):
            iam.create_policy(PolicyName=name, Path=f"/{path}/" if path else "/", PolicyDocument=_STAND_IN_BOUNDARY)


def make_secrets(reach: Reach, grants: tuple[Grant, ...]) -> None:
    """Keys and secrets: one secret for each grant, and one beside it that nobody was granted."""
    for grant in grants:
        for secret in grant.permissions.secrets:
            if secret.kms_key is not None:
                _make_key(reach, secret.kms_key)
        for stand in stands(grant):
            _make_secret(reach, grant, stand)


def stands(grant: Grant) -> Iterator[Stand]:
    """The stand-ins of a grant: inside each of its secrets and beside it."""
    for secret in grant.permissions.secrets:
        inside = _inside(secret)
        if inside is not None:
            yield Stand(secret, inside, granted=True)
            yield Stand(secret, _beside(grant, secret, inside), granted=False)


def to_read(grant: Grant, stand: Stand) -> SecretToRead:
    """The stand-in as something to try to read."""
    secret = stand.secret
    region = secret.region_in(grant.region)
    pattern = Secret("name", stand.name, region=region).resource(grant.partition, grant.region, grant.account)
    keys = secret.keys if stand.granted else ()
    return SecretToRead(stand.name, pattern, region, keys, secret.kms_key if stand.granted else None)


def _inside(secret: Secret) -> str | None:
    """A name that the grant covers; None where only AWS could choose it (a whole ARN ends in random characters)."""
    if secret.kind == "arn":
        return None
    return {"name": secret.value, "prefix": f"{secret.value}rolecall-stand-in", "tag": f"rolecall/{_digest(secret)}"}[
        secret.kind
    ]


def _beside(grant: Grant, secret: Secret, inside: str) -> str:
    """A name close to the granted one that no grant of this role covers."""
    near = f"{inside.rstrip('/')}-beside"
    patterns = [
        s.resource(grant.partition, grant.region, grant.account) for s in grant.permissions.secrets if s.kind != "tag"
    ]
    probe = Secret("name", near, region=secret.region_in(grant.region)).resource(
        grant.partition, grant.region, grant.account
    )
    if any(matches(pattern, probe) for pattern in patterns):
        return f"rolecall-beside/{hashlib.sha256(f'{grant.role_arn} {inside}'.encode()).hexdigest()[:12]}"
    return near


def _digest(secret: Secret) -> str:
    return hashlib.sha256(repr(secret.tags).encode()).hexdigest()[:12]


def _make_key(reach: Reach, key_arn: str) -> None:
    """A customer managed key with exactly this ARN: the embedded AWS lets its administrators choose a key's id."""
    arn = Arn.parse(key_arn)
    key_id = arn.resource.removeprefix("key/")
    kms = reach.client(arn.account, "kms", arn.region)
    if _is_absent(lambda: kms.describe_key(KeyId=key_arn)):
        tags = [{"TagKey": local.KEY_ID_TAG, "TagValue": key_id}]
        kms.create_key(MultiRegion=key_id.startswith("mrk-"), Tags=tags)


def _make_secret(reach: Reach, grant: Grant, stand: Stand) -> None:
    client = reach.client(grant.account, "secretsmanager", stand.secret.region_in(grant.region))
    if not _is_absent(lambda: client.describe_secret(SecretId=stand.name)):
        return
    request: dict[str, Any] = {"Name": stand.name, "SecretString": _random_value(stand.secret)}
    if stand.granted and stand.secret.kms_key:
        request["KmsKeyId"] = stand.secret.kms_key
    if stand.granted and stand.secret.tags:
        request["Tags"] = [{"Key": key, "Value": value} for key, value in stand.secret.tags]
    client.create_secret(**request)


def _random_value(secret: Secret) -> str:
    return json.dumps({key: randomness.token_urlsafe(24) for key in secret.keys or ("value",)})


def _is_absent(call: Any) -> bool:
    from botocore.exceptions import ClientError  # noqa: PLC0415 -- boto3 takes a quarter of a second

    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return True
        raise
    return False
