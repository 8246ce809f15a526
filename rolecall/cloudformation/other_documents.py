"""Files that are no templates but hold roles or policies: policy documents, and what `aws iam` prints."""

from collections.abc import Iterator
from typing import Any

from rolecall.cloudformation.documents import as_document, as_name, as_seconds
from rolecall.cloudformation.part import Part
from rolecall.cloudformation.role import Origin, Place, PolicyText, RoleVariant, TemplateRole
from rolecall.policy.document import Statement, as_list, statements


def other_roles(file: str, root: Part) -> list[TemplateRole] | None:
    """The roles in a file of another kind; None if it is none of those that are known."""
    entries = root.entries()
    if "Statement" in entries:
        return [_policy_alone(Place(file, "", root))]
    if "Role" in entries and "AssumeRolePolicyDocument" in entries["Role"].entries():
        return [_role(file, entries["Role"])]
    if "AssumeRolePolicyDocument" in entries:
        return [_role(file, root)]
    for path in (("PolicyDocument",), ("PolicyVersion", "Document")):
        if path[0] in entries and path[-1] in root.nearest(path[:-1]).entries():
            return [_answer_about_policy(Place(file, "", root), path)]
    for key in ("Roles", "RoleDetailList"):
        listed = entries[key].items() if key in entries else []
        if any("AssumeRolePolicyDocument" in role.entries() for role in listed):
            return [_role(file, role) for role in listed if role.entries()]
    return None


def _policy_alone(place: Place) -> TemplateRole:
    """A trust policy if one of its statements says who, otherwise permissions of nobody in particular."""
    document = place.part.plain()
    origin = Origin(place)
    is_trust = any(_is_of_trust(statement) for statement in statements(document))
    return _alone(place, document, origin, is_trust=is_trust)


def _is_of_trust(statement: Statement) -> bool:
    """Whether a statement says who, or is about taking on a role and says neither who nor which: half a trust."""
    actions = [str(action).lower() for action in as_list(statement.get("Action"))]
    is_about_roles = bool(actions) and all(action.startswith("sts:assumerole") for action in actions)
    is_half = is_about_roles and "Resource" not in statement and "NotResource" not in statement
    return "Principal" in statement or "NotPrincipal" in statement or is_half


def _answer_about_policy(place: Place, path: tuple[str, ...]) -> TemplateRole:
    """What `aws iam get-role-policy` or `get-policy-version` prints: permissions."""
    document = as_document(place.part.nearest(path).plain(), may_be_encoded=True)
    return _alone(place, document, Origin(place, base=path), is_trust=False)


def _alone(place: Place, document: dict[str, Any], origin: Origin, *, is_trust: bool) -> TemplateRole:
    policies = () if is_trust else (PolicyText("managed", None, document, origin.location(), origin),)
    trust = document if is_trust else None
    variant = RoleVariant("", trust, (), policies, (), None, None, None, None, origin)
    return TemplateRole("", (variant,), place)


def _role(file: str, part: Part) -> TemplateRole:
    """A role as IAM describes it, `get-account-authorization-details` with its inline policies."""
    role = part.plain()
    name = as_name(role.get("RoleName")) or ""
    place = Place(file, name, part)
    origin = Origin(place, base=("AssumeRolePolicyDocument",))
    attached = [as_name(policy.get("PolicyArn")) for policy in _objects(role.get("AttachedManagedPolicies"))]
    variant = RoleVariant(
        "",
        as_document(role.get("AssumeRolePolicyDocument"), may_be_encoded=True),
        origin.written(),
        tuple(_inline(place, role.get("RolePolicyList"))),
        tuple(arn for arn in attached if arn),
        name or None,
        as_name(role.get("Path")),
        as_seconds(role.get("MaxSessionDuration")),
        as_name(role.get("Description")),
        origin,
    )
    return TemplateRole(place.shown_id, (variant,), place, account=_account(as_name(role.get("Arn"))))


def _inline(place: Place, listed: Any) -> Iterator[PolicyText]:
    for index, policy in enumerate(listed if isinstance(listed, list) else []):
        entry = policy if isinstance(policy, dict) else {}
        origin = Origin(place, base=("RolePolicyList", index, "PolicyDocument"))
        document = as_document(entry.get("PolicyDocument"), may_be_encoded=True)
        yield PolicyText("inline", as_name(entry.get("PolicyName")), document, origin.location(), origin)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _account(arn: str | None) -> str | None:
    pieces = (arn or "").split(":")
    return pieces[4] if len(pieces) > 5 and pieces[4] else None
