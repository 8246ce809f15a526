"""What the templates of a cloud assembly say about roles, in one form for every way of writing it."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecall.policy.document import Statement, as_list, statements


@dataclass(frozen=True)
class RoleInTemplate:
    """A role with its trust, its managed policy and what stands around it."""

    stack: str
    stack_tags: tuple[tuple[str, str], ...]
    name: str
    path: str
    description: str
    session_seconds: int
    tags: frozenset[tuple[str, str]]
    trust: frozenset[tuple[str, str, str]]
    """Effect, action and principal."""
    trust_conditions: tuple[Any, ...]
    policy_names: tuple[str, ...]
    permissions: frozenset[tuple[str, str, str]]
    """Effect, action and resource."""
    output_keys: frozenset[str]


def roles(assembly: Path) -> dict[str, RoleInTemplate]:
    """The roles of all templates by name."""
    manifest = json.loads((assembly / "manifest.json").read_text("utf-8"))
    stacks = [
        each["properties"] for each in manifest["artifacts"].values() if each["type"] == "aws:cloudformation:stack"
    ]
    return {role.name: role for stack in stacks for role in _of_stack(stack, assembly)}


def differences(ours: dict[str, RoleInTemplate], theirs: dict[str, RoleInTemplate]) -> list[str]:
    """The names of roles that only one side has, or that the sides describe differently."""
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def _of_stack(stack: dict[str, Any], assembly: Path) -> Iterator[RoleInTemplate]:
    template = json.loads((assembly / stack["templateFile"]).read_text("utf-8"))
    policies = list(_of_type("AWS::IAM::ManagedPolicy", template))
    for logical_id, role in _of_type("AWS::IAM::Role", template):
        attached = [policy for _, policy in policies if {"Ref": logical_id} in policy["Roles"]]
        trust = statements(role["AssumeRolePolicyDocument"])
        yield RoleInTemplate(
            stack=stack["stackName"],
            stack_tags=tuple(sorted(stack["tags"].items())),
            name=role["RoleName"],
            path=role["Path"],
            description=role["Description"],
            session_seconds=role["MaxSessionDuration"],
            tags=frozenset((tag["Key"], tag["Value"]) for tag in role["Tags"]),
            trust=frozenset(_triples(trust, lambda statement: statement["Principal"]["AWS"])),
            trust_conditions=tuple(statement.get("Condition") for statement in trust),
            policy_names=tuple(policy["ManagedPolicyName"] for policy in attached),
            permissions=frozenset(
                triple
                for policy in attached
                for triple in _triples(statements(policy["PolicyDocument"]), lambda statement: statement["Resource"])
            ),
            output_keys=frozenset(_outputs_of(logical_id, role, template)),
        )


def _of_type(kind: str, template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield logical_id, resource["Properties"]


def _triples(found: Iterable[Statement], what: Callable[[Statement], Any]) -> Iterator[tuple[str, str, str]]:
    """Effect and action of statements with what they are about, each pair of action and object by itself."""
    for statement in found:
        for action in as_list(statement["Action"]):
            yield from ((statement["Effect"], action, _text(each)) for each in as_list(what(statement)))


def _outputs_of(logical_id: str, role: dict[str, Any], template: dict[str, Any]) -> Iterator[str]:
    """The keys of the outputs that hold the role's ARN, as text or asked of CloudFormation."""
    for key, output in template["Outputs"].items():
        value = output["Value"]
        if value == {"Fn::GetAtt": [logical_id, "Arn"]} or str(value).endswith(f"{role['Path']}{role['RoleName']}"):
            yield key


def _text(value: Any) -> str:
    """A string, or the string that CloudFormation makes of this Fn::Join in the commercial partition."""
    if isinstance(value, dict):
        separator, parts = value["Fn::Join"]
        return str(separator).join("aws" if part == {"Ref": "AWS::Partition"} else part for part in parts)
    return str(value)
