"""One thing changed in a live role, or in what stands around it, as tests/cases/live_mutants.yaml says; then undone."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from rolecall.model.grant import Grant
from tests.embedded.world import World

Case = dict[str, Any]
Statement = dict[str, Any]
_BY_HAND = "by-hand"


@contextmanager
def changed(world: World, grant: Grant, case: Case) -> Iterator[None]:
    """The world with everything that a case changes, for a while."""
    with ExitStack() as undone:
        for what, change in CHANGES.items():
            if what in case:
                undone.enter_context(change(world, grant, case[what]))
        yield


def _patched(statement: Statement, parts: Mapping[str, Any]) -> Statement:
    """The statement with other parts; one that is null is left out."""
    return {name: part for name, part in (copy.deepcopy(statement) | parts).items() if part is not None}


def document(statements: Any) -> str:
    """A policy document of these statements, of one, or as it stands if it is a whole one."""
    whole = isinstance(statements, dict) and "Statement" in statements
    return json.dumps(statements if whole else {"Version": "2012-10-17", "Statement": statements})


# --- the role itself -------------------------------------------------------------------------------------------------
@contextmanager
def _trusting(world: World, grant: Grant, make: Callable[[Statement], Any]) -> Iterator[None]:
    iam = world.iam(grant.account)
    live = iam.get_role(RoleName=grant.role_name)["Role"]["AssumeRolePolicyDocument"]
    iam.update_assume_role_policy(RoleName=grant.role_name, PolicyDocument=document(make(live["Statement"][0])))
    try:
        yield
    finally:
        iam.update_assume_role_policy(RoleName=grant.role_name, PolicyDocument=json.dumps(live))


def _trust(world: World, grant: Grant, parts: Any) -> AbstractContextManager[None]:
    return _trusting(world, grant, lambda statement: [_patched(statement, parts)])


def _besides(world: World, grant: Grant, parts: Any) -> AbstractContextManager[None]:
    return _trusting(world, grant, lambda statement: [statement, _patched(statement, parts)])


def _trust_is(world: World, grant: Grant, whole: Any) -> AbstractContextManager[None]:
    return _trusting(world, grant, lambda _: whole)


@contextmanager
def _boundary(world: World, grant: Grant, statements: Any) -> Iterator[None]:
    """A boundary of these statements; null takes the role's own away."""
    iam, role = world.iam(grant.account), {"RoleName": grant.role_name}
    arn = _new_policy(iam, statements) if statements else None
    _bind(iam, role, arn)
    try:
        yield
    finally:
        _bind(iam, role, grant.permissions_boundary)
        if arn:
            iam.delete_policy(PolicyArn=arn)


def _bind(iam: Any, role: dict[str, str], boundary: str | None) -> None:
    if boundary:
        iam.put_role_permissions_boundary(**role, PermissionsBoundary=boundary)
    else:
        iam.delete_role_permissions_boundary(**role)


@contextmanager
def _session(world: World, grant: Grant, seconds: int) -> Iterator[None]:
    world.iam(grant.account).update_role(RoleName=grant.role_name, MaxSessionDuration=seconds)
    try:
        yield
    finally:
        world.iam(grant.account).update_role(RoleName=grant.role_name, MaxSessionDuration=grant.max_session_seconds)


@contextmanager
def _description(world: World, grant: Grant, text: str) -> Iterator[None]:
    iam = world.iam(grant.account)
    before = iam.get_role(RoleName=grant.role_name)["Role"].get("Description", "")
    iam.update_role_description(RoleName=grant.role_name, Description=text)
    try:
        yield
    finally:
        iam.update_role_description(RoleName=grant.role_name, Description=before)


@contextmanager
def _tags(world: World, grant: Grant, tags: dict[str, str | None]) -> Iterator[None]:
    """Tags with other values; null takes one away."""
    iam, role = world.iam(grant.account), {"RoleName": grant.role_name}
    before = iam.get_role(**role)["Role"]["Tags"]
    iam.untag_role(**role, TagKeys=list(tags))
    iam.tag_role(**role, Tags=[{"Key": key, "Value": value} for key, value in tags.items() if value is not None])
    try:
        yield
    finally:
        iam.untag_role(**role, TagKeys=list(tags))
        iam.tag_role(**role, Tags=before)


@contextmanager
def _recreated(world: World, grant: Grant, path: str | None) -> Iterator[None]:
    """Made anew by hand under this path; null: not made anew. Everything else is as it was."""
    iam = world.iam(grant.account)
    before = iam.get_role(RoleName=grant.role_name)["Role"]
    attached = iam.list_attached_role_policies(RoleName=grant.role_name)["AttachedPolicies"]
    _delete(iam, grant.role_name)
    try:
        if path is not None:
            _create(iam, before, path, attached)
        yield
    finally:
        if path is not None:
            _delete(iam, grant.role_name)
        _create(iam, before, before["Path"], attached)


def _delete(iam: Any, name: str) -> None:
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=name)


def _create(iam: Any, role: Mapping[str, Any], path: str, attached: list[dict[str, str]]) -> None:
    iam.create_role(
        RoleName=role["RoleName"],
        Path=path,
        AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"]),
        MaxSessionDuration=role["MaxSessionDuration"],
        Tags=role["Tags"],
    )
    for policy in attached:
        iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=policy["PolicyArn"])


# --- its permissions -------------------------------------------------------------------------------------------------
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


def _first(world: World, grant: Grant, parts: Any) -> AbstractContextManager[None]:
    return _permitting(world, grant, lambda own: [_patched(own[0], parts), *own[1:]])


def _second(world: World, grant: Grant, parts: Any) -> AbstractContextManager[None]:
    """Its second statement with other parts; null: without it."""
    return _permitting(world, grant, lambda own: [own[0], *([_patched(own[1], parts)] if parts else [])])


def _statements(world: World, grant: Grant, whole: Any) -> AbstractContextManager[None]:
    return _permitting(world, grant, lambda _: whole)


@contextmanager
def _inline(world: World, grant: Grant, statements: Any) -> Iterator[None]:
    iam, policy = world.iam(grant.account), {"RoleName": grant.role_name, "PolicyName": _BY_HAND}
    iam.put_role_policy(**policy, PolicyDocument=document(statements))
    try:
        yield
    finally:
        iam.delete_role_policy(**policy)


@contextmanager
def _attached(world: World, grant: Grant, what: Any) -> Iterator[None]:
    """A managed policy more: one of AWS's by its ARN, or one of the customer's by its statements."""
    iam = world.iam(grant.account)
    arn = what if isinstance(what, str) else _new_policy(iam, what)
    iam.attach_role_policy(RoleName=grant.role_name, PolicyArn=arn)
    try:
        yield
    finally:
        iam.detach_role_policy(RoleName=grant.role_name, PolicyArn=arn)
        if arn != what:
            iam.delete_policy(PolicyArn=arn)


def _new_policy(iam: Any, statements: Any) -> str:
    return str(iam.create_policy(PolicyName=_BY_HAND, PolicyDocument=document(statements))["Policy"]["Arn"])


@contextmanager
def _detached(world: World, grant: Grant, _: Any) -> Iterator[None]:
    policy = {"RoleName": grant.role_name, "PolicyArn": _own_policy(grant)}
    world.iam(grant.account).detach_role_policy(**policy)
    try:
        yield
    finally:
        world.iam(grant.account).attach_role_policy(**policy)


# --- its secrets and keys --------------------------------------------------------------------------------------------
@contextmanager
def _secret(world: World, grant: Grant, how: Case) -> Iterator[None]:
    """A secret with another `value`, with a `key` of its own, with a resource `policy`, or `deleted` for a while."""
    client, secret = world.aws.client(grant.account, "secretsmanager", grant.region), {"SecretId": how["name"]}
    before = client.get_secret_value(**secret)["SecretString"]
    described = client.describe_secret(**secret)
    _change_secret(world, grant, client, how)
    try:
        yield
    finally:
        if how.get("deleted"):
            client.restore_secret(**secret)
        if "policy" in how:
            client.delete_resource_policy(**secret)
        key = described.get("KmsKeyId") or "alias/aws/secretsmanager"
        client.update_secret(**secret, SecretString=before, KmsKeyId=key)


def _change_secret(world: World, grant: Grant, client: Any, how: Case) -> None:
    secret = {"SecretId": how["name"]}
    if "value" in how:
        client.update_secret(**secret, SecretString=how["value"])
    if how.get("key") == "another":
        another = world.aws.client(grant.account, "kms", grant.region).create_key()["KeyMetadata"]["Arn"]
        client.update_secret(**secret, KmsKeyId=another)
    if "policy" in how:
        client.put_resource_policy(**secret, ResourcePolicy=document(how["policy"]))
    if how.get("deleted"):
        client.delete_secret(**secret, RecoveryWindowInDays=7)


@contextmanager
def _key(world: World, grant: Grant, how: Case) -> Iterator[None]:
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


CHANGES: dict[str, Callable[[World, Grant, Any], AbstractContextManager[None]]] = {
    "trust": _trust,
    "besides": _besides,
    "trust_is": _trust_is,
    "first": _first,
    "second": _second,
    "statements": _statements,
    "inline": _inline,
    "attached": _attached,
    "detached": _detached,
    "boundary": _boundary,
    "session": _session,
    "description": _description,
    "tags": _tags,
    "recreated": _recreated,
    "secret": _secret,
    "key": _key,
}
