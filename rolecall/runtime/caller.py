"""Whom a caller's identity, as sts:GetCallerIdentity gives it, stands for in a policy."""

import re
from functools import cache
from urllib.parse import urlsplit

import botocore.session

_ROOT = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):root")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):role/(?:.*/)?([^/]+)")
_SESSION = re.compile(r"arn:aws[a-z-]*:sts::([0-9]{12}):assumed-role/([^/]+)/.*")


def calls_as(caller_arn: str, principal: str) -> bool:
    """Whether a statement that names the principal means this caller.

    An account's root stands for everybody in it. A role stands for its sessions, whose ARN has lost the role's path;
    role names are unique in an account, so nothing is lost with it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html, read 2026-11-22.
    """
    if caller_arn == principal:
        return True
    if root := _ROOT.fullmatch(principal):
        return account_of_caller(caller_arn) == root[1]
    role, session = _ROLE.fullmatch(principal), _SESSION.fullmatch(caller_arn)
    return role is not None and session is not None and role.groups() == session.groups()


def account_of_caller(caller_arn: str) -> str:
    """The account of an ARN; empty for what is none."""
    fields = caller_arn.split(":")
    return fields[4] if len(fields) > 5 else ""


def is_of_aws(endpoint_url: str) -> bool:
    """Whether an endpoint is AWS's own, in any partition that botocore knows."""
    host = urlsplit(endpoint_url).hostname or ""
    return any(host.endswith(f".{suffix}") for suffix in _dns_suffixes())


@cache
def _dns_suffixes() -> frozenset[str]:
    """The ends of AWS's host names, as botocore's own tables have them."""
    partitions = botocore.session.get_session().get_data("partitions")["partitions"]
    ends = {partition["outputs"][key] for partition in partitions for key in ("dnsSuffix", "dualStackDnsSuffix")}
    return frozenset(ends)
