"""One thing changed in a live role, or in what stands around it, as tests/cases/live_mutants.yaml says; then undone."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from rolecall.model.grant import Grant
from tests.embedded import live_policies, live_secrets
from tests.embedded.live_policies import Statement, document, new_policy, patched
from tests.embedded.world import World

Case = dict[str, Any]


@contextmanager
def changed(world: World, grant: Grant, case: Case) -> Iterator[None]:
    """The world with everything that a case changes, for a while."""
    with ExitStack() as undone:
        for what, change in CHANGES.items():
            if what in case:
                undone.enter_context(change(world, grant, case[what]))
        yield


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
    return _trusting(world, grant, lambda statement: [patched(statement, parts)])


def _besides(world: World, grant: Grant, parts: Any) -> AbstractContextManager[None]:
    return _trusting(world, grant, lambda statement: [statement, patched(statement, parts)])


def _trust_is(world: World, grant: Grant, whole: Any) -> AbstractContextManager[None]:
    return _trusting(world, grant, lambda _: whole)


@contextmanager
def _boundary(world: World, grant: Grant, statements: Any) -> Iterator[None]:
    """A boundary of these statements; null takes the role's own away."""
    iam, role = world.iam(grant.account), {"RoleName": grant.role_name}
    arn = new_policy(iam, statements) if statements else None
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
        Description=role.get("Description", ""),
        MaxSessionDuration=role["MaxSessionDuration"],
        Tags=role["Tags"],
    )
    for policy in attached:
        iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=policy["PolicyArn"])


CHANGES: dict[str, Callable[[World, Grant, Any], AbstractContextManager[None]]] = {
    "trust": _trust,
    "besides": _besides,
    "trust_is": _trust_is,
    "first": live_policies.first,
    "second": live_policies.second,
    "statements": live_policies.statements,
    "inline": live_policies.inline,
    "attached": live_policies.attached,
    "detached": live_policies.detached,
    "boundary": _boundary,
    "session": _session,
    "description": _description,
    "tags": _tags,
    "recreated": _recreated,
    "secret": live_secrets.secret,
    "key": live_secrets.key,
}
