"""The second look at every trust: at the synthesised templates, after every construct, aspect and override."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rolecall.model.naming import is_vendor_role
from rolecall.policy.analyse import problems
from rolecall.policy.document import statements


class UnprotectedTrustError(Exception):
    """A template holds a vendor's role whose trust is not exactly as protected as it must be."""


def refuse_unprotected(assembly: Path | str) -> int:
    """Read every template of a cloud assembly and refuse it, if a vendor's trust asks for no external ID.

    Args:
        assembly: the folder that `app.synth()` wrote.

    Returns:
        How many vendor roles were looked at.

    Raises:
        UnprotectedTrustError: naming each template, role and reason.
    """
    looked_at, refused = 0, []
    for path in _templates(Path(assembly)):
        for logical_id, trust in _vendor_trusts(json.loads(path.read_text("utf-8"))):
            looked_at += 1
            refused += [f"{path.name}, {logical_id}: {reason}" for reason in _reasons(trust)]
    if refused:
        raise UnprotectedTrustError("the templates would open roles: " + "; ".join(refused))
    return looked_at


def _templates(assembly: Path) -> Iterator[Path]:
    """The templates of this synthesis: the folder may hold those of an earlier one, which the manifest does not name.

    Templates of nested stacks are in no manifest, so every one that is there counts.
    """
    artifacts = json.loads((assembly / "manifest.json").read_text("utf-8")).get("artifacts", {}).values()
    for artifact in artifacts:
        properties = artifact.get("properties", {})
        if artifact["type"] == "aws:cloudformation:stack":
            yield assembly / properties["templateFile"]
        elif artifact["type"] == "cdk:cloud-assembly":
            yield from _templates(assembly / properties["directoryName"])
    yield from sorted(assembly.glob("*.nested.template.json"))


def _vendor_trusts(template: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for logical_id, resource in template.get("Resources", {}).items():
        properties = resource.get("Properties", {})
        description = properties.get("Description")
        # What is no plain text could hide our mark, so such a role counts as one of ours.
        ours = is_vendor_role(description) or not isinstance(description, str | None)
        if resource.get("Type") == "AWS::IAM::Role" and ours:
            yield logical_id, properties.get("AssumeRolePolicyDocument")


def _reasons(trust: Any) -> list[str]:
    if not isinstance(trust, dict) or not statements(trust):
        return ["has no trust policy that can be read"]
    return [f"{problem.rule} {problem.message}" for problem in problems(trust)]
