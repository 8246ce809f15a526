"""Permissions boundaries of roles in templates: ministack's CloudFormation drops them without a word."""

from collections.abc import Callable, Mapping
from typing import Any

Provision = Callable[..., tuple[str, dict[str, Any]]]


def with_boundary_on_create(original: Provision, iam: Any) -> Provision:
    """AWS::IAM::Role's create handler, which then sets the boundary that the template names."""

    def create(logical_id: str, props: Mapping[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        require_boundary(props, iam)
        return _bounded(original(logical_id, props, stack_name), props, iam)

    return create


def with_boundary_on_update(original: Provision, iam: Any) -> Provision:
    """AWS::IAM::Role's update handler, which then sets, changes or removes the boundary."""

    def update(
        physical_id: str,
        old_props: Mapping[str, Any],
        new_props: Mapping[str, Any],
        stack_name: str,
        logical_id: str | None = None,
    ) -> tuple[str, dict[str, Any]]:
        require_boundary(new_props, iam)
        return _bounded(original(physical_id, old_props, new_props, stack_name, logical_id), new_props, iam)

    return update


def require_boundary(props: Mapping[str, Any], iam: Any) -> None:
    """ValueError, which CloudFormation turns into a failed resource, for a boundary that does not exist."""
    boundary = props.get("PermissionsBoundary")
    if boundary and iam._boundary_policy_error(boundary) is not None:
        raise ValueError(f"Scope ARN: {boundary} does not exist or is not attachable.")


def _bounded(provisioned: tuple[str, dict[str, Any]], props: Mapping[str, Any], iam: Any) -> tuple[str, dict[str, Any]]:
    iam._roles[provisioned[0]]["PermissionsBoundary"] = props.get("PermissionsBoundary")
    return provisioned
