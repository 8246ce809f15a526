"""Statements on buckets of S3 and on what is in them."""

from collections.abc import Iterator
from typing import Any

from rolecall.model.services import S3Access
from rolecall.policy.reasoned import Home, Reasoned
from rolecall.policy.services.named import allowing, told
from rolecall.policy.services.needs import need
from rolecall.policy.services.resource_types import is_of_buckets

# The lists that name a prefix, so that a condition can narrow them. A list of unfinished uploads has one too, and S3
# does not tell IAM: with the condition it would be refused.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html, s3:prefix, by way of
# https://github.com/udondan/iam-floyd, 2026-08-22
_NAME_A_PREFIX = frozenset(("s3:ListBucket", "s3:ListBucketVersions"))
_LOCATES = "s3:GetBucketLocation"


def on_buckets(access: S3Access, home: Home, end: str) -> Iterator[Reasoned]:
    """Objects, the list of their keys, and where the buckets are; `end` makes the Sids the only ones of their name."""
    needed = need(access, access.access)
    objects = access.resources(home.partition, home.region, home.account)
    buckets = access.bucket_arns(home.partition)
    in_account = _in_account(home)
    of_buckets = [action for action in needed.actions if is_of_buckets(action)]
    of_objects = [action for action in needed.actions if action not in of_buckets]
    lists = [action for action in of_buckets if action in _NAME_A_PREFIX]
    rest = [action for action in of_buckets if action not in lists]
    verb = "reads and writes" if access.writes else "reads"
    sid = "ReadWriteObjects" if access.writes else "ReadObjects"
    what = "under the prefixes" if access.prefixes else "in the buckets"
    if of_objects:
        does = told(f"{verb} objects {what} that the project was granted", access.access, of_objects, access.service)
        yield allowing(access, f"{sid}{end}", needed, of_objects, objects, does, in_account)
    if lists:
        does = f"lists objects {what} that the project was granted"
        yield allowing(access, f"ListObjects{end}", needed, lists, buckets, does, {**in_account, **_under(access)})
    if rest:
        does = told("asks which region the granted buckets are in", access.access, rest, access.service, (_LOCATES,))
        if access.prefixes and rest != [_LOCATES]:
            does += ", of whole buckets, as no condition narrows that to the prefixes"
        yield allowing(access, f"LocateBuckets{end}", needed, rest, buckets, does, in_account)


def _in_account(home: Home) -> dict[str, Any]:
    """Buckets of this account alone: the ARN of one names no account, and whoever takes a free name has it.

    S3 sends the key with every request; IfExists is for what evaluates policies and does not know it.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
    """
    return {"StringEqualsIfExists": {"aws:ResourceAccount": home.account}}


def _under(access: S3Access) -> dict[str, Any]:
    """What a list may ask for, where not the whole bucket was granted: a list without a prefix shows every key.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html, s3:prefix
    """
    prefixes = sorted(f"{prefix}*" for prefix in set(access.prefixes))
    return {"StringLike": {access.prefix_key: prefixes}} if prefixes else {}
