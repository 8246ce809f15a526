"""The permissions of a live role changed, and taken back."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from rolecall.model.grant import Grant
from tests.embedded.world import World

Statement = dict[str, Any]
_BY_HAND = "by-hand"


def patched(statement: Statement, parts: Mapping[str, Any]) -> Statement:
    """The statement with other parts; one that is null is left out."""
    return {name: part for name, part in (copy.deepcopy(statement) | parts).items() if part is not None}


def document(statements: Any) -> str:
    """A policy document of these statements, of one, or as it stands if it is a whole one."""
    whole = isinstance(statements, dict) and "Statement" in statements
    return json.dumps(statements if whole else {"Version": "2012-10-17", "Statement": statements})


@contextmanager
def _permitting(world: World, grant: Grant, make: Callable[[list[Statement]], Any]) -> Iterator[None]:
    """The role's own managed policy with another document."""
    iam, arn = world.iam(grant.account), _own_policy(grant)
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    before = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    _set_default(iam, arn, document(make(copy.deepcopy(before["Statement"]))))
    try:
        yield
    finally:
        _set_default(iam, arn, json.dumps(before))


def _set_default(iam: Any, arn: str, text: str) -> None:
    """The embedded AWS cannot go back to an older version."""
    old = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)
    iam.delete_policy_version(PolicyArn=arn, VersionId=old)


def _own_policy(grant: Grant) -> str:
    return f"arn:aws:iam::{grant.account}:policy{grant.role_path}{grant.role_name}"


def first(world: World, grant: Grant, parts: Any) -> AbstractContextManager[None]:
    return _permitting(world, grant, lambda own: [patched(own[0], parts), *own[1:]])


def second(world: World, grant: Grant, parts: Any) -> AbstractContextManager[None]:
    """Its second statement with other parts; null: without it."""
    return _permitting(world, grant, lambda own: [own[0], *([patched(own[1], parts)] if parts else [])])


def by_sid(world: World, grant: Grant, parts: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Statements with other parts, by their Sid; null: without it."""

    def make(own: list[Statement]) -> list[Statement]:
        assert set(parts) <= {each["Sid"] for each in own}
        kept = [each for each in own if parts.get(each["Sid"], {}) is not None]
        return [patched(each, parts.get(each["Sid"], {})) for each in kept]

    return _permitting(world, grant, make)


def statements(world: World, grant: Grant, whole: Any) -> AbstractContextManager[None]:
    return _permitting(world, grant, lambda _: whole)


@contextmanager
def inline(world: World, grant: Grant, statements: Any) -> Iterator[None]:
    iam, policy = world.iam(grant.account), {"RoleName": grant.role_name, "PolicyName": _BY_HAND}
    iam.put_role_policy(**policy, PolicyDocument=document(statements))
    try:
        yield
    finally:
        iam.delete_role_policy(**policy)


@contextmanager
def attached(world: World, grant: Grant, what: Any) -> Iterator[None]:
    """A managed policy more: one of AWS's by its ARN, or one of the customer's by its statements."""
    iam = world.iam(grant.account)
    arn = what if isinstance(what, str) else new_policy(iam, what)
    iam.attach_role_policy(RoleName=grant.role_name, PolicyArn=arn)
    try:
        yield
    finally:
        iam.detach_role_policy(RoleName=grant.role_name, PolicyArn=arn)
        if arn != what:
            iam.delete_policy(PolicyArn=arn)


def new_policy(iam: Any, statements: Any) -> str:
    return str(iam.create_policy(PolicyName=_BY_HAND, PolicyDocument=document(statements))["Policy"]["Arn"])


@contextmanager
def detached(world: World, grant: Grant, _: Any) -> Iterator[None]:
    policy = {"RoleName": grant.role_name, "PolicyArn": _own_policy(grant)}
    world.iam(grant.account).detach_role_policy(**policy)
    try:
        yield
    finally:
        world.iam(grant.account).attach_role_policy(**policy)
