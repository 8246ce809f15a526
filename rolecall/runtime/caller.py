"""Whom a caller's identity, as sts:GetCallerIdentity gives it, stands for in a policy."""

import re

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
