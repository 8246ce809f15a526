"""RC307, RC308, RC310, RC313: documents and tags that IAM would not take."""

from collections.abc import Iterator

from rolecall.model.finding import Finding, Severity
from rolecall.model.invalid import four_parts
from rolecall.model.tags import MAX_TAGS
from rolecall.policy.size import (
    MANAGED_POLICIES_PER_ROLE,
    MANAGED_POLICY_MAX_CHARACTERS,
    TRUST_POLICY_MAX_CHARACTERS,
)
from rolecall.rules.role import Role


def too_large(roles: list[Role]) -> Iterator[Finding]:
    """RC307 for a trust policy, RC308 for a managed policy, RC313 for more of these than a role takes."""
    for role in roles:
        trust = role.trust_size
        if trust > TRUST_POLICY_MAX_CHARACTERS:
            yield _finding("RC307", role, "trust policy", trust, TRUST_POLICY_MAX_CHARACTERS, "trust fewer principals")
        if len(role.policy_sizes) > MANAGED_POLICIES_PER_ROLE:
            change = _fewer(role)
            what = "number of managed policies"
            yield _finding("RC313", role, what, len(role.policy_sizes), MANAGED_POLICIES_PER_ROLE, change, "policies")
        largest = max(role.policy_sizes.values(), default=0)
        if largest > MANAGED_POLICY_MAX_CHARACTERS:
            change = "split the statement (or name fewer actions for the vendor's service): each part has to fit"
            yield _finding("RC308", role, "managed policy", largest, MANAGED_POLICY_MAX_CHARACTERS, change)


def _fewer(role: Role) -> str:
    """What takes less room; only secrets and objects of buckets have prefixes."""
    if not role.grant.permissions.services:
        return "grant a prefix instead of single names, or split the project"
    return (
        "grant prefixes of secrets and whole buckets instead of single names, name fewer resources under `services`, "
        "or split the project"
    )


def too_many_tags(roles: list[Role]) -> Iterator[Finding]:
    """RC310: the owner's tags and the three that every role gets."""
    for role in roles:
        count = len(role.grant.all_tags)
        if count > MAX_TAGS:
            yield _finding("RC310", role, "number of tags", count, MAX_TAGS, "leave some out", "tags")


def _finding(rule: str, role: Role, what: str, size: int, limit: int, change: str, unit: str = "characters") -> Finding:
    message = four_parts(f"{what} of {role.grant.address} is too large", f"{size} {unit}", f"{limit}", change)
    return role.finding(rule, Severity.ERROR, message)
