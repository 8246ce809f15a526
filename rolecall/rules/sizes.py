"""RC307, RC308, RC310: documents and tags that IAM would not take."""

from collections.abc import Iterator

from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import Estate, Grant
from rolecall.model.invalid import four_parts
from rolecall.model.tags import MAX_TAGS
from rolecall.policy.compile import Home, permission_document, trust_document
from rolecall.policy.size import MANAGED_POLICY_MAX_CHARACTERS, TRUST_POLICY_MAX_CHARACTERS, characters


def too_large(estate: Estate) -> Iterator[Finding]:
    """RC307 for a trust policy, RC308 for a managed policy over the quota, counted without white space."""
    for grant in estate.grants:
        permissions = permission_document(grant.permissions, Home(grant.partition, grant.account, grant.region))
        trust = characters(trust_document(grant.trust))
        if trust > TRUST_POLICY_MAX_CHARACTERS:
            yield _finding("RC307", grant, "trust policy", trust, TRUST_POLICY_MAX_CHARACTERS, "trust fewer principals")
        if permissions and (size := characters(permissions)) > MANAGED_POLICY_MAX_CHARACTERS:
            change = "grant a prefix instead of single names, or split the project"
            yield _finding("RC308", grant, "managed policy", size, MANAGED_POLICY_MAX_CHARACTERS, change)


def too_many_tags(estate: Estate) -> Iterator[Finding]:
    """RC310: the owner's tags and the three that every role gets."""
    for grant in estate.grants:
        if len(grant.all_tags) > MAX_TAGS:
            yield _finding("RC310", grant, "number of tags", len(grant.all_tags), MAX_TAGS, "leave some out", "tags")


def _finding(
    rule: str, grant: Grant, what: str, size: int, limit: int, change: str, unit: str = "characters"
) -> Finding:
    message = four_parts(f"{what} of {grant.address} is too large", f"{size} {unit}", f"{limit}", change)
    return Finding(rule, Severity.ERROR, grant.location, message)
