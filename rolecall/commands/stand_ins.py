"""Stand-ins on the embedded AWS: what the estate names and an empty account does not have.

Existing secrets, keys and policies are left alone. Values are random; nobody keeps them.
"""

import hashlib
import json
import secrets as randomness
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rolecall import local
from rolecall.commands.answer import Say
from rolecall.commands.reach import Reach
from rolecall.model.grant import Grant
from rolecall.model.identifiers import Arn
from rolecall.model.secret import MAX_NAME_CHARACTERS, Secret
from rolecall.policy.compile import Home, permission_document
from rolecall.policy.pattern import matches
from rolecall.policy.permissions import atoms
from rolecall.runtime.expectation import SecretToRead
from rolecall.runtime.observation import Observed, observe

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


def make_secrets(reach: Reach, grants: Sequence[Grant], everybody: Sequence[Grant], say: Say) -> None:
    """Keys and secrets: one secret for each grant, and one beside it that nobody was granted.

    What cannot be made is told, and is then found missing by the probes of its role alone.

    Args:
        everybody: the whole estate, whose projects may share a secret and want different keys of it.
    """
    keys: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for grant in everybody:
        for secret in grant.permissions.secrets:
            keys[grant.account, secret.region_in(grant.region), secret.value] |= set(secret.keys)
    for grant in grants:
        for secret in grant.permissions.secrets:
            if secret.kms_key is not None:
                _told(partial(_make_key, reach, secret.kms_key), f"{grant.address}: {secret.kms_key}", say)
        for stand in stands(grant):
            wanted = keys[grant.account, stand.secret.region_in(grant.region), stand.secret.value]
            _told(partial(_make_secret, reach, grant, stand, wanted), f"{grant.address}: {stand.name}", say)


def _told(make: Callable[[], None], what: str, say: Say) -> None:
    seen, _ = observe(make)
    if seen.observed is not Observed.ALLOWED:
        say(f"{what} could not be made as a stand-in: {seen.error_code or seen.reason}")


def stands(grant: Grant) -> Iterator[Stand]:
    """The stand-ins of a grant: inside each of its secrets and beside it."""
    for secret in grant.permissions.secrets:
        inside = _inside(secret)
        if inside is not None:
            yield Stand(secret, inside, granted=True)
            beside = _beside(grant, secret, inside)
            if beside is not None:
                yield Stand(secret, beside, granted=False)


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


def _beside(grant: Grant, secret: Secret, inside: str) -> str | None:
    """A name close to the granted one that nothing of this role covers; None where it may read everything."""
    readable = _readable(grant)
    far = f"rolecall-beside/{hashlib.sha256(f'{grant.role_arn} {inside}'.encode()).hexdigest()[:12]}"
    for name in (f"{inside.rstrip('/')}-beside", far):
        if len(name) <= MAX_NAME_CHARACTERS:
            where = Secret("name", name, region=secret.region_in(grant.region))
            arn = where.resource(grant.partition, grant.region, grant.account)
            if not any(matches(pattern, arn) for pattern in readable):
                return name
    return None


def _readable(grant: Grant) -> list[str]:
    """The resources that the role may read without a condition, those of the estate's own statements included."""
    document = permission_document(grant.permissions, Home(grant.partition, grant.account, grant.region))
    allowed = (atom for atom in atoms([document] if document else []) if atom.effect == "Allow" and not atom.condition)
    return [atom.resource for atom in allowed if matches(atom.action, "secretsmanager:getsecretvalue")]


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


def _make_secret(reach: Reach, grant: Grant, stand: Stand, keys: set[str]) -> None:
    client = reach.client(grant.account, "secretsmanager", stand.secret.region_in(grant.region))
    if not _is_absent(lambda: client.describe_secret(SecretId=stand.name)):
        return
    request: dict[str, Any] = {"Name": stand.name, "SecretString": _random_value(keys)}
    if stand.granted and stand.secret.kms_key:
        request["KmsKeyId"] = stand.secret.kms_key
    if stand.granted and stand.secret.tags:
        request["Tags"] = [{"Key": key, "Value": value} for key, value in stand.secret.tags]
    client.create_secret(**request)


def _random_value(keys: set[str]) -> str:
    return json.dumps({key: randomness.token_urlsafe(24) for key in sorted(keys) or ["value"]})


def _is_absent(call: Any) -> bool:
    from botocore.exceptions import ClientError  # noqa: PLC0415 -- boto3 takes a quarter of a second

    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return True
        raise
    return False
