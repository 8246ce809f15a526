"""RC204, RC205 and RC212 to RC214 for roles of anybody's template that let others in."""

import re
from collections.abc import Iterator

from rolecall.cloudformation import PolicyText, RoleVariant, TemplateRole, TemplateSecret
from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.invalid import four_parts
from rolecall.policy.breadth import why_too_broad
from rolecall.policy.condition import normalised
from rolecall.policy.document import Statement, as_list, statements
from rolecall.policy.pattern import overlaps
from rolecall.rules.actions import idle_parts
from rolecall.rules.permissions import NEVER_ALLOW, NEVER_ALLOW_BESIDE_TAGS, forbidden_action

# AWS's own policies that reach all secrets, and something that a guardrail forbids.
# What each holds: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
_AWS_POLICIES = {
    "AdministratorAccess": ("all actions on everything", "*"),
    "PowerUserAccess": ("nearly all actions on everything", "sts:*"),
    "SecretsManagerReadWrite": ("secretsmanager:* on *", "secretsmanager:PutResourcePolicy"),
    "IAMFullAccess": (None, "iam:*"),
    "AWSOrganizationsFullAccess": (None, "organizations:*"),
    # These pass roles. Policies that only read what a guardrail names, such as IAMReadOnlyAccess, are left alone.
    "SystemAdministrator": (None, "iam:*"),
    "NetworkAdministrator": (None, "iam:*"),
    "DatabaseAdministrator": (None, "iam:*"),
    "DataScientist": (None, "iam:*"),
}

_ALL_KEYS = re.compile(r"arn:(«[^»]*»|[^:«])*:kms:(«[^»]*»|[^:«])*:(«[^»]*»|[^:«])*:(key/)?\*")
# Any of these says through which service, for which data or with which keys.
_NARROWING_KEYS = ("kms:viaservice", "kms:encryptioncontext", "kms:resourcealiases", "aws:resourcetag/")


def permissions_of(
    role: TemplateRole, variant: RoleVariant, secrets: tuple[TemplateSecret, ...], *, may_assume_itself: bool = False
) -> Iterator[Finding]:
    """What the role may do that no vendor should, and what it is granted in vain.

    Args:
        may_assume_itself: whether its vendor asks for that, so that sts:AssumeRole on its own ARN is in order.
    """
    forbidden = NEVER_ALLOW + (NEVER_ALLOW_BESIDE_TAGS if _grants_by_tag(variant) else ())
    for policy in variant.policies:
        for index, statement in enumerate(statements(policy.document)):
            is_itself = may_assume_itself and _assumes_itself_alone(statement, variant)
            if statement.get("Effect") != "Deny" and not is_itself:
                yield from _of_statement(statement, policy, index, forbidden)
    for arn in variant.managed_policy_arns:
        yield from _of_aws_policy(arn, role.location(("Properties", "ManagedPolicyArns")))
    yield from _keys_without_grant(variant, secrets)


def _assumes_itself_alone(statement: Statement, variant: RoleVariant) -> bool:
    """Whether all that it allows is sts:AssumeRole on the one role whose policy it is."""
    if variant.role_name is None or not {"Action", "Resource"} <= statement.keys():
        return False
    actions, resources = (list(map(str, as_list(statement[part]))) for part in ("Action", "Resource"))
    own = re.compile(rf"arn:[^:*?]*:iam::[^:*?]*:role/([^*?$]+/)?{re.escape(variant.role_name)}")
    return actions == ["sts:AssumeRole"] and bool(resources) and all(map(own.fullmatch, resources))


def _of_statement(
    statement: Statement, policy: PolicyText, index: int, forbidden: tuple[str, ...]
) -> Iterator[Finding]:
    place = policy.statement_location(index)
    for action in _actions(statement):
        if hit := forbidden_action(action, forbidden):
            what = "statement allows what a guardrail forbids"
            message = four_parts(what, action, f"nothing like {hit}", "take it out")
            yield Finding("RC204", Severity.ERROR, place, message)
    if why := why_too_broad(statement, everything_else_may=True) or _why_decrypts_all(statement):
        what = "statement is broader than any project needs"
        message = four_parts(what, why, "named resources of one account and region", "name what is needed")
        yield Finding("RC205", Severity.WARNING, place, message)
    if "NotAction" not in statement and "NotResource" not in statement:
        for idle in idle_parts(statement):
            yield Finding(idle.rule, Severity.WARNING, place, idle.message)


def _why_decrypts_all(statement: Statement) -> str | None:
    """Decryption with every key whose policy leaves it to IAM, and of whatever those keys encrypt, as text."""
    resources = ["*"] if "NotResource" in statement else [str(each) for each in as_list(statement.get("Resource"))]
    action = next((action for action in _actions(statement) if overlaps(action.lower(), "kms:decrypt")), None)
    everything = next((each for each in resources if each == "*" or _ALL_KEYS.fullmatch(each)), None)
    keys = [key for _, key, _ in normalised(statement.get("Condition"))]
    if not action or not everything or any(key.startswith(_NARROWING_KEYS) for key in keys):
        return None
    return f"{action} on {everything}, through any service"


def _actions(statement: Statement) -> list[str]:
    return ["*"] if "NotAction" in statement else [str(action) for action in as_list(statement.get("Action"))]


def _grants_by_tag(variant: RoleVariant) -> bool:
    conditions = (str(each.get("Condition", "")).lower() for p in variant.policies for each in statements(p.document))
    return any("resourcetag/" in condition for condition in conditions)


def _of_aws_policy(arn: str, place: Location) -> Iterator[Finding]:
    broad, forbidden = _AWS_POLICIES.get(arn.rpartition("/")[2], (None, None)) if "iam::aws:" in arn else (None, None)
    if forbidden:
        message = four_parts(
            "attached policy allows what a guardrail forbids",
            arn,
            f"nothing like {forbidden}",
            "attach one of your own",
        )
        yield Finding("RC204", Severity.ERROR, place, message)
    if broad:
        what = f"attached policy is broader than any project needs: {broad}"
        message = four_parts(what, arn, "named resources of one account and region", "attach one of your own")
        yield Finding("RC205", Severity.WARNING, place, message)


def _keys_without_grant(variant: RoleVariant, secrets: tuple[TemplateSecret, ...]) -> Iterator[Finding]:
    """RC214: a secret of the same template that the role may read, but not decrypt."""
    allowed = [
        (policy, index, each)
        for policy in variant.policies
        for index, each in enumerate(statements(policy.document))
        if each.get("Effect") != "Deny"
    ]
    if any(overlaps(action.lower(), "kms:decrypt") for _, _, each in allowed for action in _actions(each)):
        return
    for policy, index, each in allowed:
        reads = any(overlaps(action.lower(), "secretsmanager:getsecretvalue") for action in _actions(each))
        resources = list(map(str, as_list(each.get("Resource")))) if reads else []
        for secret in secrets if reads else ():
            if _is_of_a_customer(secret.kms_key) and any(_means(resource, secret) for resource in resources):
                message = four_parts(
                    f"role reads {secret.logical_id}, which is encrypted with a customer managed key",
                    "no kms:Decrypt",
                    f"kms:Decrypt on {secret.kms_key}",
                    "allow it, through Secrets Manager alone (kms:ViaService)",
                )
                yield Finding("RC214", Severity.WARNING, policy.statement_location(index), message)


def _means(resource: str, secret: TemplateSecret) -> bool:
    """Whether a resource names the secret: by its reference, or by an ARN that its name fits."""
    if resource.startswith((f"«{secret.logical_id}»", f"«{secret.logical_id}.", f"«Fn::GetAtt {secret.logical_id}.")):
        return True
    _, is_secret, name = resource.rpartition(":secret:")
    if not is_secret:
        return resource == "*"
    return overlaps(name, f"{secret.name}-??????") if secret.name is not None else not name.strip("*?")


def _is_of_a_customer(kms_key: str | None) -> bool:
    """Whether it is no key of AWS's own, which needs no grant."""
    return kms_key is not None and not kms_key.endswith("alias/aws/secretsmanager")
