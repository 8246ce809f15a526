"""RC307, RC308: documents that IAM would not take."""

from collections.abc import Iterator

from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import Estate, Grant
from rolecall.model.invalid import four_parts
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


def _finding(rule: str, grant: Grant, what: str, size: int, limit: int, change: str) -> Finding:
    message = four_parts(f"{what} of {grant.address} is too large", f"{size} characters", f"{limit}", change)
    return Finding(rule, Severity.ERROR, grant.location, message)
