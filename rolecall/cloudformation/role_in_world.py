"""One role in one world."""

from typing import Any

from rolecall.cloudformation.attached import PolicyResources
from rolecall.cloudformation.conditions import holds_named
from rolecall.cloudformation.documents import as_name, as_seconds, read_document
from rolecall.cloudformation.evaluation import Evaluation, Moves, Trail, as_text
from rolecall.cloudformation.part import NO_VALUE, Part, PartPath
from rolecall.cloudformation.role import Origin, Place, PolicyText, RoleVariant
from rolecall.cloudformation.serverless import FUNCTION, FUNCTION_TRUST, function_policies

TRUST = "AssumeRolePolicyDocument"
_READ = (
    TRUST,
    "Policies",
    "ManagedPolicyArns",
    "RoleName",
    "Path",
    "RolePath",
    "MaxSessionDuration",
    "Description",
)


def read_role(evaluation: Evaluation, place: Place, policies: PolicyResources) -> RoleVariant | None:
    """The role; None in a world without it."""
    entries = place.part.entries()
    condition = entries["Condition"].text() if "Condition" in entries else None
    if condition is not None and not holds_named(evaluation, condition):
        return None
    return _Reading(evaluation, place, policies).variant()


class _Reading:
    def __init__(self, evaluation: Evaluation, place: Place, policies: PolicyResources) -> None:
        self._evaluation, self._place, self._policies = evaluation, place, policies
        self._moves: Moves = {}
        entries = place.part.entries()
        self._is_function = entries["Type"].text() == FUNCTION
        properties = entries["Properties"].entries() if "Properties" in entries else {}
        trail = Trail(self._moves).step("Properties", "Properties")
        self._found = {
            name: self._value(name, properties[name], trail.step(name, name)) for name in _READ if name in properties
        }

    def _value(self, name: str, part: Part, trail: Trail) -> Any:
        self._evaluation.is_trust = name == TRUST
        try:
            return self._evaluation.value(part, trail)
        finally:
            self._evaluation.is_trust = False

    def variant(self) -> RoleVariant:
        origin = self._origin(TRUST)
        found = self._found.get(TRUST)
        trust = read_document(self._evaluation, found)
        if self._is_function and (found is None or found is NO_VALUE):
            trust = FUNCTION_TRUST
        policies, arns = self._permissions()
        return RoleVariant(
            "",
            trust,
            origin.written(),
            tuple(policies),
            tuple(arns),
            self._name(),
            as_name(self._found.get("RolePath" if self._is_function else "Path")),
            as_seconds(self._found.get("MaxSessionDuration")),
            None if self._is_function else as_name(self._found.get("Description")),
            origin,
        )

    def _name(self) -> str | None:
        return None if self._is_function else as_name(self._found.get("RoleName"))

    def _permissions(self) -> tuple[list[PolicyText], list[str]]:
        """All policies that are written in this file, and the ARNs of the others."""
        policies, arns = self._function_policies() if self._is_function else (self._inline_policies(), [])
        listed = self._found.get("ManagedPolicyArns")
        arns += [as_text(arn) for arn in (listed if isinstance(listed, list) else [listed]) if as_text(arn)]
        policies += self._policies.naming(self._evaluation, self._place.logical_id, self._name())
        others: list[str] = []
        for arn in arns:
            if written := self._policies.named(self._evaluation, arn):
                policies.append(written)
            else:
                others.append(arn)
        # A policy that names the role and is named by it is still one.
        return list({policy.location: policy for policy in policies}.values()), others

    def _inline_policies(self) -> list[PolicyText]:
        listed = self._found.get("Policies")
        found = []
        for index, policy in enumerate(listed if isinstance(listed, list) else []):
            entry = policy if isinstance(policy, dict) else {}
            document = read_document(self._evaluation, entry.get("PolicyDocument"))
            found.append(self._inline(as_name(entry.get("PolicyName")), document, (index, "PolicyDocument")))
        return found

    def _function_policies(self) -> tuple[list[PolicyText], list[str]]:
        documents, names = function_policies(self._found.get("Policies"))
        return [self._inline(None, document, path) for path, document in documents], names

    def _inline(self, name: str | None, document: dict[str, Any], path: PartPath) -> PolicyText:
        origin = self._origin("Policies", *path)
        return PolicyText("inline", name, document, origin.location(), origin)

    def _origin(self, *path: str | int) -> Origin:
        return Origin(self._place, self._moves, ("Properties", *path))
