"""The second look at every trust: at the synthesised templates, after every construct, aspect and override."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rolecall.model.finding import Severity
from rolecall.model.naming import is_vendor_role
from rolecall.model.patterned_id import PatternedExternalId
from rolecall.policy.analyse import problems
from rolecall.policy.compile import ITSELF_SID, VERIFIER_SID
from rolecall.policy.document import Document, statements
from rolecall.policy.principal import account_of, principals_of
from rolecall.policy.reading import Reading


class UnprotectedTrustError(Exception):
    """A template holds a vendor's role whose trust is not exactly as protected as it must be."""


_ACCOUNT = re.compile(r"aws://([0-9]{12})/.*")


def refuse_unprotected(assembly: Path | str, patterned: Iterable[PatternedExternalId] = ()) -> int:
    """Read every template of a cloud assembly and refuse it, if a vendor's trust asks for no external ID.

    A role that trusts itself is refused unless it lets in exactly itself.

    Args:
        assembly: the folder that `app.synth()` wrote.
        patterned: the patterns that roles of this app were given on purpose; StringLike with any other is refused.
            Default: none, and all are.

    Returns:
        How many vendor roles were looked at.

    Raises:
        UnprotectedTrustError: naming each template, role and reason.
    """
    reasons = {pattern.value: pattern.reason for pattern in patterned}
    looked_at, refused = 0, []
    for path, account in _templates(Path(assembly)):
        for logical_id, properties in _vendor_roles(json.loads(path.read_text("utf-8"))):
            looked_at += 1
            found = _reasons(properties, account, reasons)
            refused += [f"{path.name}, {logical_id}: {reason}" for reason in found]
    if refused:
        raise UnprotectedTrustError("the templates would open roles: " + "; ".join(refused))
    return looked_at


def _templates(assembly: Path) -> Iterator[tuple[Path, str | None]]:
    """The templates of this synthesis, each with its account where that is known.

    The folder may hold those of an earlier synthesis, which the manifest does not name. Templates of nested stacks are
    in no manifest, so every one that is there counts.
    """
    artifacts = json.loads((assembly / "manifest.json").read_text("utf-8")).get("artifacts", {}).values()
    for artifact in artifacts:
        properties = artifact.get("properties", {})
        if artifact["type"] == "aws:cloudformation:stack":
            place = _ACCOUNT.fullmatch(str(artifact.get("environment", "")))
            yield assembly / properties["templateFile"], place[1] if place else None
        elif artifact["type"] == "cdk:cloud-assembly":
            yield from _templates(assembly / properties["directoryName"])
    yield from ((path, None) for path in sorted(assembly.glob("*.nested.template.json")))


def _vendor_roles(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical_id, resource in template.get("Resources", {}).items():
        properties = resource.get("Properties", {})
        description = properties.get("Description")
        # What is no plain text could hide our mark, so such a role counts as one of ours.
        ours = is_vendor_role(description) or not isinstance(description, str | None)
        if resource.get("Type") == "AWS::IAM::Role" and ours:
            yield logical_id, properties


def _reasons(properties: dict[str, Any], account: str | None, patterns: dict[str, str]) -> list[str]:
    trust = properties.get("AssumeRolePolicyDocument")
    if not isinstance(trust, dict) or not statements(trust):
        return ["has no trust policy that can be read"]
    reading = Reading(patterns=patterns, itself=_itself(trust, properties, account))
    found = (problem for problem in problems(trust, reading) if problem.severity is Severity.ERROR)
    return [f"{problem.rule} {problem.message}" for problem in found]


def _itself(trust: Document, properties: dict[str, Any], account: str | None) -> str | None:
    """The ARN of the role, where it trusts itself or where a statement too many may be what is left of that.

    The vendor's principals share one statement and the verifier's is known by its Sid, so that a further one for the
    whole account of the role can only be its own, with or without its Sid.
    """
    allowed = [each for each in statements(trust) if each.get("Effect") != "Deny" and each.get("Sid") != VERIFIER_SID]
    about_itself = [each for each in allowed if each.get("Sid") == ITSELF_SID]
    further = allowed[1:] if account is not None else []
    named = [principal for each in about_itself or further for principal in principals_of(each)]
    root = next((each for each in named if each.endswith(":root") and account in (None, account_of(each))), None)
    name, path = properties.get("RoleName"), properties.get("Path", "/")
    is_known = root is not None and isinstance(name, str) and isinstance(path, str)
    return f"{str(root).removesuffix('root')}role{path}{name}" if is_known else None
