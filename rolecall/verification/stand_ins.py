"""Stand-ins on the embedded AWS: what the estate names and an empty account does not have.

Existing secrets, keys and policies are left alone. Values are random; nobody keeps them.
"""

import json
import secrets as randomness
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from rolecall import local
from rolecall.accounts.reach import Reach
from rolecall.answer import Say
from rolecall.model.grant import Grant
from rolecall.model.identifiers import Arn
from rolecall.runtime.observation import Observed, observe
from rolecall.verification.tried_secrets import Place, Stand, stands

_ABSENT = ("ResourceNotFoundException", "NotFoundException", "NoSuchEntity")
# A boundary that the estate names but does not define: wide enough for the roles it is to bound.
_STAND_IN_BOUNDARY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["secretsmanager:*", "kms:*"], "Resource": "*"}],
    }
)


def make_boundaries(reach: Reach, grants: tuple[Grant, ...]) -> None:
    """Permissions boundaries: IAM takes no role whose boundary does not exist."""
    wanted = {(g.account, g.region, g.permissions_boundary) for g in grants if g.permissions_boundary}
    for account, region, arn in sorted(wanted):
        iam = reach.client(account, "iam", region)
        path, _, name = arn.partition(":policy/")[2].rpartition("/")
        if ":aws:policy/" not in arn and _is_absent(lambda iam=iam, arn=arn: iam.get_policy(PolicyArn=arn)):
            iam.create_policy(PolicyName=name, Path=f"/{path}/" if path else "/", PolicyDocument=_STAND_IN_BOUNDARY)


def make_secrets(reach: Reach, grants: Sequence[Grant], everybody: Sequence[Grant], say: Say) -> None:
    """Keys and secrets: one secret for each grant, one beside it that nobody was granted, and one in another region.

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


def _make_key(reach: Reach, key_arn: str) -> None:
    """A customer managed key with exactly this ARN: the embedded AWS lets its administrators choose a key's id."""
    arn = Arn.parse(key_arn)
    key_id = arn.resource.removeprefix("key/")
    kms = reach.client(arn.account, "kms", arn.region)
    if _is_absent(lambda: kms.describe_key(KeyId=key_arn)):
        tags = [{"TagKey": local.KEY_ID_TAG, "TagValue": key_id}]
        kms.create_key(MultiRegion=key_id.startswith("mrk-"), Tags=tags)


def _make_secret(reach: Reach, grant: Grant, stand: Stand, keys: set[str]) -> None:
    secret, client = stand.secret, reach.client(grant.account, "secretsmanager", stand.region)
    if not _is_absent(lambda: client.describe_secret(SecretId=stand.name)):
        return
    request: dict[str, Any] = {"Name": stand.name, "SecretString": _random_value(keys), "Tags": _tags(stand)}
    # Elsewhere it has no such key: it is the role's region that must refuse it.
    if stand.place is Place.INSIDE and secret.kms_key:
        request["KmsKeyId"] = secret.kms_key
    client.create_secret(**request)


def _tags(stand: Stand) -> list[dict[str, str]]:
    """The tags that the grant wants, and the end of the ARN where it names that."""
    tags = dict(stand.secret.tags) if stand.place is not Place.BESIDE else {}
    chosen = {local.SECRET_SUFFIX_TAG: stand.arn_suffix} if stand.arn_suffix else {}
    return [{"Key": key, "Value": value} for key, value in {**tags, **chosen}.items()]


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
