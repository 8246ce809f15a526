"""Policies that are resources of their own, and which roles they may belong to."""

from collections.abc import Iterator, Set
from copy import copy
from dataclasses import dataclass
from typing import Any, Literal

from rolecall.cloudformation.conditions import holds_named
from rolecall.cloudformation.documents import as_name, read_document
from rolecall.cloudformation.evaluation import Evaluation, Moves, Trail
from rolecall.cloudformation.part import Part, function_of
from rolecall.cloudformation.role import Origin, Place, PolicyText
from rolecall.cloudformation.unknown import name_of, unknown

_INLINE, _ONE_ROLE, _MANAGED = "AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"
_ROLES = {_INLINE: "Roles", _MANAGED: "Roles", _ONE_ROLE: "RoleName"}
_NAMES = {_INLINE: "PolicyName", _MANAGED: "ManagedPolicyName", _ONE_ROLE: "PolicyName"}


@dataclass(frozen=True, eq=False)
class PolicyResource:
    """A policy of the template that stands beside its roles."""

    type: str
    place: Place
    properties: dict[str, Part]
    condition: str | None

    @property
    def kind(self) -> Literal["inline", "managed"]:
        return "managed" if self.type == _MANAGED else "inline"

    def text(self, evaluation: Evaluation) -> PolicyText | None:
        """The policy; None in a world without it."""
        if self.condition is not None and not holds_named(evaluation, self.condition):
            return None
        moves: Moves = {}
        trail = Trail(moves).step("Properties", "Properties")
        found = _value(evaluation, self.properties, "PolicyDocument", trail)
        origin = Origin(self.place, moves, ("Properties", "PolicyDocument"))
        name = as_name(_value(evaluation, self.properties, _NAMES[self.type], trail))
        return PolicyText(self.kind, name, read_document(evaluation, found), origin.location(), origin)

    def names_role(self, evaluation: Evaluation, logical_id: str, role_name: str | None) -> bool:
        """Whether the policy itself says that this role has it."""
        named = _value(evaluation, self.properties, _ROLES[self.type], Trail({}))
        names = named if isinstance(named, list) else [named]
        evaluation.budget.spend(len(names) // 10)
        return unknown(logical_id) in names or (role_name is not None and role_name in names)


class PolicyResources:
    """All of them, found by what they name and by how roles name them."""

    def __init__(self, policies: list[PolicyResource], resources: Set[str]) -> None:
        self._by_id = {policy.place.logical_id: policy for policy in policies if policy.kind == "managed"}
        self._by_role: dict[str, list[PolicyResource]] = {}
        self._by_name: list[PolicyResource] = []
        for policy in policies:
            roles = policy.properties.get(_ROLES[policy.type])
            referred = set(_referred(roles)) if roles else set()
            for name in referred & resources:
                self._by_role.setdefault(str(name), []).append(policy)
            if referred - resources:
                self._by_name.append(policy)

    def candidates(self, logical_id: str) -> list[PolicyResource]:
        """Those that may name this role."""
        return list(dict.fromkeys([*self._by_role.get(logical_id, []), *self._by_name]))

    def naming_only(self, policy: PolicyResource | None, logical_id: str) -> "PolicyResources":
        """All of them, but only this one may name this role."""
        found = copy(self)
        found._by_role, found._by_name = ({logical_id: [policy]} if policy else {}), []
        return found

    def naming(self, evaluation: Evaluation, logical_id: str, role_name: str | None) -> Iterator[PolicyText]:
        """The policies that name this role."""
        candidates = [*self._by_role.get(logical_id, []), *(self._by_name if role_name else [])]
        for policy in dict.fromkeys(candidates):
            if policy.names_role(evaluation, logical_id, role_name) and (text := policy.text(evaluation)):
                yield text

    def named(self, evaluation: Evaluation, arn: str) -> PolicyText | None:
        """The managed policy of this template that stands for an ARN in a role's list."""
        policy = self._by_id.get(name_of(arn).removesuffix(".PolicyArn")) if arn.startswith("«") else None
        return policy.text(evaluation) if policy else None


def policy_resources(file: str, resources: dict[str, Part], within: str = "") -> PolicyResources:
    """The policies among a template's resources."""
    found = []
    for logical_id, part in resources.items():
        entries = part.entries()
        kind = entries["Type"].text() if "Type" in entries else None
        if kind in _ROLES:
            properties = entries["Properties"].entries() if "Properties" in entries else {}
            condition = entries["Condition"].text() if "Condition" in entries else None
            found.append(PolicyResource(kind, Place(file, logical_id, part, within), properties, condition))
    return PolicyResources(found, resources.keys())


def _value(evaluation: Evaluation, properties: dict[str, Part], name: str, trail: Trail) -> Any:
    return evaluation.value(properties[name], trail.step(name, name)) if name in properties else None


def _referred(part: Part) -> Iterator[str | None]:
    """The names that a list of roles refers to; None where it names roles in any other way."""
    if function_of(part) == "Ref":
        yield part.entries()["Ref"].text()
    elif function_of(part) is not None or not isinstance(part.value, dict | list):
        yield None
    for below in (*part.items(), *(part.entries().values() if function_of(part) != "Ref" else ())):
        yield from _referred(below)
