"""RC201, RC204, RC205 and RC210: what no role may be allowed, prefixes that reach too far, and Sids."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from rolecall.model.finding import Finding, Severity
from rolecall.model.invalid import four_parts
from rolecall.model.services import S3Access
from rolecall.policy.breadth import why_lists_secrets, why_too_broad
from rolecall.policy.compile import Reasoned, assumes_itself
from rolecall.policy.document import as_list
from rolecall.policy.pattern import overlaps
from rolecall.rules.role import Role

# Actions that would let a vendor widen its own access. The contract lists them; an estate can only add.
NEVER_ALLOW = (
    "iam:*",
    "sts:*",
    "organizations:*",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "secretsmanager:PutResourcePolicy",
)
# What no role may do to itself either, where its vendor asks that it assumes itself; an estate may still forbid that.
NEVER_ALLOW_OF_ITSELF = tuple(action for action in NEVER_ALLOW if action != "sts:*")
# Whoever may write tags may grant himself whatever a tag grants.
NEVER_ALLOW_BESIDE_TAGS = ("secretsmanager:TagResource", "secretsmanager:UntagResource")


@lru_cache(maxsize=4096)
def forbidden_action(action: str, forbidden: tuple[str, ...]) -> str | None:
    """The guardrail that an action pattern can match, if there is one; letter case does not count in actions."""
    return next((pattern for pattern in forbidden if overlaps(pattern.lower(), action.lower())), None)


def guardrails(roles: list[Role], never_allow: tuple[str, ...]) -> Iterator[Finding]:
    """RC204: an Allow statement that can match a forbidden action."""
    for role in roles:
        beside_tags = NEVER_ALLOW_BESIDE_TAGS if _grants_by_tag(role) else ()
        for reasoned, action in _allowed_actions(role):
            built_in = NEVER_ALLOW_OF_ITSELF if _is_of_itself(reasoned, role) else NEVER_ALLOW
            if hit := forbidden_action(action, built_in + never_allow + beside_tags):
                what = f"{role.grant.address} may do what a guardrail forbids"
                message = four_parts(what, action, f"nothing like {hit}", _without(reasoned))
                yield role.finding("RC204", Severity.ERROR, message, at=reasoned.location)


def _without(reasoned: Reasoned) -> str:
    """What takes an action out that stands in the vendor's entry, and not in the project's."""
    return f"say `account_wide: false` at `{reasoned.service}`" if reasoned.account_wide else "take it out"


def _allowed_actions(role: Role) -> Iterator[tuple[Reasoned, str]]:
    for reasoned in role.statements:
        if reasoned.statement["Effect"] == "Allow":
            for action in as_list(reasoned.statement["Action"]):
                yield reasoned, action


def _is_of_itself(reasoned: Reasoned, role: Role) -> bool:
    """Whether it is Rolecall's own statement that the role may assume itself, to the letter."""
    is_ours = not reasoned.is_the_estates and role.grant.permissions.itself is not None
    return is_ours and reasoned.statement == assumes_itself(role.grant.role_arn)


def _grants_by_tag(role: Role) -> bool:
    """Whether a tag of the secret decides: by a `tag` grant, or by a condition of the estate's own statements."""
    tagged = any(secret.kind == "tag" for secret in role.grant.permissions.secrets)
    conditions = (str(statement.get("Condition", "")).lower() for statement in role.grant.permissions.statements)
    return tagged or any("resourcetag/" in condition for condition in conditions)


def too_broad(roles: list[Role]) -> Iterator[Finding]:
    """RC205: all secrets, those of any account or region, or the list of their names; never needed for one project."""
    for role in roles:
        for reasoned in role.statements:
            # What comes from `secrets` names region, account and secret: of it, only the vendor's actions can be broad.
            # A vendor's account-wide calls are broad where a resource could narrow them.
            asked = why_too_broad if reasoned.is_the_estates or reasoned.service else why_lists_secrets
            if why := asked(reasoned.statement):
                what = f"{role.grant.address} {reasoned.reason}, broader than any project needs"
                message = four_parts(what, why, "named resources of one account and region", "name what is needed")
                yield role.finding("RC205", Severity.ERROR, message, at=reasoned.location)


def repeated_sids(roles: list[Role]) -> Iterator[Finding]:
    """RC210: IAM takes each Sid once in a policy; those of our own statements count."""
    for role in roles:
        if not role.grant.permissions.statements:
            continue
        sids = [str(reasoned.statement["Sid"]) for reasoned in role.statements if "Sid" in reasoned.statement]
        for sid in (sid for sid, count in Counter(sids).items() if count > 1):
            what = f"Sid of {role.grant.address} stands twice in its policy"
            at = next((r.location for r in reversed(role.statements) if r.statement.get("Sid") == sid), None)
            message = four_parts(what, sid, "each once", "rename it")
            yield role.finding("RC210", Severity.ERROR, message, at=at)


def hyphen_prefixes(roles: list[Role]) -> Iterator[Finding]:
    """RC201, as a warning: `db-` also opens the secret called `db`, whose ARN goes on with a hyphen."""
    for role in roles:
        for secret in role.grant.permissions.secrets:
            if secret.ends_in_hyphen:
                message = four_parts(
                    "prefix ends in a hyphen",
                    secret.value,
                    "a last character of / _ . = + @",
                    f"mind that it also opens the secret {secret.value[:-1]!r}",
                )
                yield role.finding("RC201", Severity.WARNING, message, at=secret.location)
        for access in role.grant.permissions.services:
            for prefix in access.prefixes if isinstance(access, S3Access) else ():
                if prefix.endswith("-"):
                    allowed, change = (
                        "a last character of / _ . = + @",
                        f"mind that it opens {prefix + 'old/'!r} as well",
                    )
                    message = four_parts("prefix in a bucket ends in a hyphen", prefix, allowed, change)
                    yield role.finding("RC201", Severity.WARNING, message, at=access.location)
