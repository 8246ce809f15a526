"""A workspace file for a vendor, to begin with: it passes `check`, and lets in nobody who is not known yet."""

from collections.abc import Iterator
from typing import Any


def workspace_file(entry: dict[str, Any]) -> str:
    """YAML with a comment where a value is to be looked up."""
    return "\n".join([*_workspace(entry), "projects:", *_project(entry)])


def _workspace(entry: dict[str, Any]) -> Iterator[str]:
    rule = entry["external_id"]
    yield f"workspace: {entry['id']}-prod"
    yield f"vendor: {entry['id']}"
    if _needs("{workspace_id}", entry):
        yield 'workspace_id: "12345"  # the vendor\'s own'
    if isinstance(entry["principals"], dict):
        centers = list(entry["principals"])
        yield f"data_center: {centers[0]}" + (f"  # or {', '.join(centers[1:])}" if centers[1:] else "")
    if entry["principals"] == "pending":
        whose = "of your own role or user that calls" if entry["own_principals"] else "that the vendor shows you"
        yield f"trusted_principals: pending  # then a list of the ARNs {whose}"
    if rule["origin"] != "derived" and rule["per"] == "workspace":
        yield "external_id: pending  # " + _then(entry, f"{entry['id']}-prod")


def _project(entry: dict[str, Any]) -> Iterator[str]:
    rule = entry["external_id"]
    yield "  - project: billing"
    if _needs("{project_id}", entry):
        yield '    project_id: "678"  # the vendor\'s own'
    if rule["origin"] != "derived" and rule["per"] == "project":
        yield "    external_id: pending  # " + _then(entry, f"{entry['id']}-prod/billing")
    if entry["permission_profile"] in ("read", "read-one-secret"):
        yield "    secrets: [{name: prod/billing}]"
    elif entry["permission_profile"] == "read-write-prefix" or entry["access"] == "read-write":
        yield "    secrets: [{prefix: billing/}]"
    elif entry["permission_profile"] is None:
        yield "    secrets: []"
    else:
        yield "    statements: []  # what it needs of other services"


def _then(entry: dict[str, Any], address: str) -> str:
    """What comes in place of `pending`."""
    if entry["external_id"]["origin"] == "customer":
        return f"rolecall external-id new {address} --replace puts one of your own here"
    return "until the vendor has shown it"


def _needs(placeholder: str, entry: dict[str, Any]) -> bool:
    """Whether the vendor's rule makes the ID of this."""
    return placeholder in (entry["external_id"]["derived"].get(entry["external_id"]["per"]) or "")
