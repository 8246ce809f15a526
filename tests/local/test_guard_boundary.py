"""The permissions boundary that a template declares is on the role afterwards, and limits it."""

import json
import time
from typing import Any

import pytest
from embedded_world import CUSTOMER, OK, Case, World, allow, answer, document, trust, unique

ENOUGH_POLLS = 100


def template(role_name: str, boundary: str | None) -> str:
    """A role that may do everything with secrets, and its boundary."""
    inline = {"PolicyName": "all", "PolicyDocument": json.loads(document(allow("secretsmanager:*")))}
    properties: dict[str, Any] = {
        "RoleName": role_name,
        "AssumeRolePolicyDocument": json.loads(trust()),
        "Policies": [inline],
        **({"PermissionsBoundary": boundary} if boundary else {}),
    }
    return json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}})


def boundary_policy(world: World, *actions: str) -> str:
    created = world.admin("iam").create_policy(
        PolicyName=unique("boundary"), PolicyDocument=document(allow(list(actions)))
    )
    return str(created["Policy"]["Arn"])


def deployed(world: World, name: str, boundary: str | None, *, update: bool = False) -> str:
    """The stack's status after it was created or updated with that boundary."""
    cloudformation = world.admin("cloudformation")
    call = cloudformation.update_stack if update else cloudformation.create_stack
    call(StackName=name, TemplateBody=template(name, boundary), Capabilities=["CAPABILITY_NAMED_IAM"])
    for _ in range(ENOUGH_POLLS):
        status = str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
        if not status.endswith("_IN_PROGRESS"):
            return status
        time.sleep(0.05)
    return "too slow"


def boundary_of(world: World, role_name: str) -> str:
    role = world.admin("iam").get_role(RoleName=role_name)["Role"]
    return str(role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", "none"))


def lists_secrets(world: World, role_name: str) -> str:
    return answer(world.session_of(f"arn:aws:iam::{CUSTOMER}:role/{role_name}", "secretsmanager").list_secrets)


def created(world: World) -> str:
    name, boundary = unique("bounded"), boundary_policy(world, "secretsmanager:GetSecretValue")
    deployed(world, name, boundary)
    return "set" if boundary_of(world, name) == boundary else boundary_of(world, name)


def limited(world: World) -> str:
    name = unique("bounded")
    deployed(world, name, boundary_policy(world, "secretsmanager:GetSecretValue"))
    return lists_secrets(world, name)


def changed(world: World) -> str:
    name = unique("bounded")
    deployed(world, name, boundary_policy(world, "secretsmanager:ListSecrets"))
    narrower = boundary_policy(world, "secretsmanager:GetSecretValue")
    deployed(world, name, narrower, update=True)
    return "set" if boundary_of(world, name) == narrower else boundary_of(world, name)


def removed(world: World) -> str:
    """The boundary was put on the role from outside the template too, so that there is one to remove in either case."""
    name, boundary = unique("bounded"), boundary_policy(world, "secretsmanager:GetSecretValue")
    deployed(world, name, boundary)
    world.admin("iam").put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
    deployed(world, name, None, update=True)
    return "none" if boundary_of(world, name) == "none" else "still set"


CASES = [
    Case("a boundary on create", created, "set", "none"),
    Case("what a boundary forbids", limited, "AccessDeniedException", OK),
    Case("a boundary on update", changed, "set", "none"),
    Case("a boundary that is taken away", removed, "none", "still set"),
    Case(
        "a boundary that does not exist",
        lambda world: deployed(world, unique("bounded"), f"arn:aws:iam::{CUSTOMER}:policy/none"),
        "ROLLBACK_COMPLETE",
        "CREATE_COMPLETE",
    ),
]


@pytest.mark.embedded
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_guard_answers_as_aws_does(case: Case, guarded: World) -> None:
    assert case.ask(guarded) == case.aws


@pytest.mark.embedded
@pytest.mark.parametrize("case", CASES, ids=str)
def test_ministack_alone_answers_otherwise(case: Case, plain: World) -> None:
    assert case.ask(plain) == case.ministack


@pytest.mark.embedded
def test_what_the_boundary_allows_stays_allowed(guarded: World) -> None:
    name = unique("bounded")
    deployed(guarded, name, boundary_policy(guarded, "secretsmanager:ListSecrets"))
    assert lists_secrets(guarded, name) == OK


@pytest.mark.embedded
def test_a_role_without_a_boundary_has_none(guarded: World) -> None:
    name = unique("free")
    assert deployed(guarded, name, None) == "CREATE_COMPLETE"
    assert boundary_of(guarded, name) == "none"
