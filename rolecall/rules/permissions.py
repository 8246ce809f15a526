"""RC201, RC204, RC205 and RC210: what no role may be allowed, prefixes that reach too far, and Sids."""

from collections import Counter
from collections.abc import Iterator

from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import Estate, Grant
from rolecall.model.invalid import four_parts
from rolecall.policy.compile import Home, permission_statements
from rolecall.policy.document import as_list
from rolecall.policy.pattern import has_wildcard, overlaps
from rolecall.policy.permissions import Atom, atoms

# Actions that would let a vendor widen its own access. The contract lists them; an estate can only add.
NEVER_ALLOW = (
    "iam:*",
    "sts:*",
    "organizations:*",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "secretsmanager:PutResourcePolicy",
)
# Whoever may write tags may grant himself whatever a tag grants.
NEVER_ALLOW_BESIDE_TAGS = ("secretsmanager:TagResource", "secretsmanager:UntagResource")


def guardrails(estate: Estate, never_allow: tuple[str, ...]) -> Iterator[Finding]:
    """RC204: an Allow statement that can match a forbidden action."""
    for grant in estate.grants:
        tagged = any(secret.kind == "tag" for secret in grant.permissions.secrets)
        forbidden = NEVER_ALLOW + never_allow + (NEVER_ALLOW_BESIDE_TAGS if tagged else ())
        yield from _forbidden(grant, forbidden)


def _forbidden(grant: Grant, forbidden: tuple[str, ...]) -> Iterator[Finding]:
    for reasoned in permission_statements(grant.permissions, Home(grant.partition, grant.account, grant.region)):
        if reasoned.statement["Effect"] != "Allow":
            continue
        for action in as_list(reasoned.statement["Action"]):
            hit = next((pattern for pattern in forbidden if overlaps(pattern.lower(), action.lower())), None)
            if hit:
                message = four_parts(
                    f"{grant.address} may do what a guardrail forbids", action, f"nothing like {hit}", "take it out"
                )
                yield Finding("RC204", Severity.ERROR, grant.location, message)


def too_broad(estate: Estate) -> Iterator[Finding]:
    """RC205: statements that reach all secrets, or those of any account or region; names are never all needed."""
    for grant in estate.grants:
        document = {"Statement": list(grant.permissions.statements)}
        for atom in sorted(atoms([document])):
            if _reaches_all_secrets(atom):
                message = four_parts(
                    f"statement of {grant.address} is broader than any project needs",
                    f"{atom.action} on {atom.resource}",
                    "secrets of one account and region by name or prefix",
                    "grant them under `secrets`",
                )
                yield Finding("RC205", Severity.ERROR, grant.location, message)


def _reaches_all_secrets(atom: Atom) -> bool:
    """By the ARN's segments: arn, partition, service, region, account, `secret`, name."""
    if not overlaps(atom.action, "secretsmanager:*"):
        return False
    *head, name = (atom.resource.split(":", 6) + [""] * 7)[:7]
    if atom.resource == "*" or not overlaps(head[2], "secretsmanager"):
        return atom.resource == "*"
    return any(has_wildcard(part) for part in head) or name[:1] in ("*", "?", "")


def repeated_sids(estate: Estate) -> Iterator[Finding]:
    """RC210: IAM takes each Sid once in a policy; those of our own statements count."""
    for grant in estate.grants:
        found = permission_statements(grant.permissions, Home(grant.partition, grant.account, grant.region))
        counts = Counter(str(reasoned.statement["Sid"]) for reasoned in found if "Sid" in reasoned.statement)
        for sid in (sid for sid, count in counts.items() if count > 1):
            message = four_parts(f"Sid of {grant.address} stands twice in its policy", sid, "each once", "rename it")
            yield Finding("RC210", Severity.ERROR, grant.location, message)


def hyphen_prefixes(estate: Estate) -> Iterator[Finding]:
    """RC201, as a warning: `db-` also opens the secret called `db`, whose ARN goes on with a hyphen."""
    for grant in estate.grants:
        for secret in grant.permissions.secrets:
            if secret.ends_in_hyphen:
                message = four_parts(
                    "prefix ends in a hyphen",
                    secret.value,
                    "a last character of / _ . = + @",
                    f"mind that it also opens the secret {secret.value[:-1]!r}",
                )
                yield Finding("RC201", Severity.WARNING, secret.location or grant.location, message)
