"""RC304 to RC308, RC313 for roles of anybody's template: what IAM would not take, or only with a raised quota."""

import re
from collections.abc import Iterator

from rolecall.cloudformation import RoleVariant, TemplateRole
from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import MAX_SESSION_SECONDS, MIN_SESSION_SECONDS
from rolecall.model.invalid import four_parts
from rolecall.policy import size

# botocore's model of iam: roleNameType and pathType, read 2026-11-22.
_ROLE_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")
_ROLE_PATH = re.compile(r"/([\u0021-\u007e]{1,510}/)?")


def limits_of(role: TemplateRole, variant: RoleVariant) -> Iterator[Finding]:
    """Names, session and sizes, as far as the file says them: what a deployment fills in is left to it."""
    yield from _of_properties(role, variant)
    if variant.trust:
        most, count = size.RAISED_TRUST_POLICY_MAX_CHARACTERS, size.characters(variant.trust)
        if count > size.TRUST_POLICY_MAX_CHARACTERS:
            allowed = f"{size.TRUST_POLICY_MAX_CHARACTERS} by default, {most} at most"
            message = four_parts("trust policy is too large", f"{count} characters", allowed, "trust fewer principals")
            severity = Severity.ERROR if count > most else Severity.WARNING
            yield Finding("RC307", severity, variant.trust_location(), message)
    yield from _of_policies(role, variant)


def _of_properties(role: TemplateRole, variant: RoleVariant) -> Iterator[Finding]:
    name, path, seconds = variant.role_name, variant.role_path, variant.max_session_seconds
    for rule, key, value, is_sound, allowed in (
        ("RC306", "RoleName", name, _fits(_ROLE_NAME, name), "1 to 64 characters of A-Z a-z 0-9 _ + = , . @ -"),
        ("RC305", "Path", path, _fits(_ROLE_PATH, path), "up to 512 characters that begin and end in /"),
        (
            "RC304",
            "MaxSessionDuration",
            seconds,
            seconds is None or MIN_SESSION_SECONDS <= seconds <= MAX_SESSION_SECONDS,
            f"{MIN_SESSION_SECONDS} to {MAX_SESSION_SECONDS} seconds",
        ),
    ):
        if not is_sound:
            message = four_parts(f"{key} is not as IAM takes it", value, allowed, "correct it")
            yield Finding(rule, Severity.ERROR, role.location(("Properties", key)), message)


def _fits(form: re.Pattern[str], value: str | None) -> bool:
    return value is None or "«" in value or form.fullmatch(value) is not None


def _of_policies(role: TemplateRole, variant: RoleVariant) -> Iterator[Finding]:
    for policy in variant.policies:
        count = size.characters(policy.document)
        if policy.kind == "managed" and count > size.MANAGED_POLICY_MAX_CHARACTERS:
            allowed = f"{size.MANAGED_POLICY_MAX_CHARACTERS}"
            message = four_parts("managed policy is too large", f"{count} characters", allowed, "split it")
            yield Finding("RC308", Severity.ERROR, policy.location, message)
    inline = sum(size.characters(policy.document) for policy in variant.policies if policy.kind == "inline")
    if inline > size.INLINE_POLICIES_MAX_CHARACTERS:
        allowed = f"{size.INLINE_POLICIES_MAX_CHARACTERS}"
        message = four_parts("inline policies are too large together", f"{inline} characters", allowed, "attach some")
        yield Finding("RC308", Severity.ERROR, role.location(("Properties", "Policies")), message)
    attached = sum(policy.kind == "managed" for policy in variant.policies) + len(variant.managed_policy_arns)
    if attached > size.MANAGED_POLICIES_PER_ROLE:
        allowed = f"{size.MANAGED_POLICIES_PER_ROLE} by default, {size.RAISED_MANAGED_POLICIES_PER_ROLE} at most"
        message = four_parts("managed policies of the role", attached, allowed, "join some of them")
        severity = Severity.ERROR if attached > size.RAISED_MANAGED_POLICIES_PER_ROLE else Severity.WARNING
        yield Finding("RC313", severity, role.location(("Properties", "ManagedPolicyArns")), message)
