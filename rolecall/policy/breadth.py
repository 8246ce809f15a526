"""Statements that reach further than a single project of a vendor ever needs."""

import re

from rolecall.policy import actions
from rolecall.policy.condition import normalised
from rolecall.policy.document import Statement, as_list
from rolecall.policy.pattern import has_wildcard, overlaps

_LIST_SECRETS = "secretsmanager:listsecrets"
_UNKNOWN = re.compile(r"«[^»]*»")
_TAG_KEYS = ("aws:resourcetag/", "secretsmanager:resourcetag/")
# Any of these in a condition says which resources are meant, whatever Resource says.
_EXACT = ("stringequals", "stringequalsignorecase")


def why_too_broad(statement: Statement, *, everything_else_may: bool = False) -> str | None:
    """What makes an Allow statement too broad, as text; None where nothing does.

    Args:
        statement: of a permission policy.
        everything_else_may: whether `Resource: "*"` is nobody's business unless it includes secrets.

    Source for the segments of an ARN: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    if statement.get("Effect") == "Deny":
        return None
    named = ["*"] if "NotAction" in statement else [str(action) for action in as_list(statement.get("Action"))]
    resources = ["*"] if "NotResource" in statement else [str(each) for each in as_list(statement.get("Resource"))]
    if lists := next((action for action in named if action.lower() == _LIST_SECRETS), None):
        return f"{lists}, which shows the names of all secrets"
    if _is_narrowed_by_tag(statement):
        return None
    broad = (
        f"{action} on {each}"
        for each in resources
        for action in named
        if _is_broad(action, each) and (each != "*" or not everything_else_may or _reads_secrets(action))
    )
    return next(broad, None)


def _reads_secrets(action: str) -> bool:
    return overlaps(action.lower(), "secretsmanager:*")


def _is_narrowed_by_tag(statement: Statement) -> bool:
    return any(
        operator in _EXACT and key.startswith(_TAG_KEYS) for operator, key, _ in normalised(statement.get("Condition"))
    )


def _is_broad(action: str, resource: str) -> bool:
    """By the ARN's segments: arn, partition, service, region, account and the rest."""
    if resource == "*":
        return not actions.takes_only_everything(action)
    *head, rest = (_UNKNOWN.sub("«»", resource).split(":", 5) + [""] * 6)[:6]
    if any(has_wildcard(part) for part in head):
        return True
    if head[2] == "secretsmanager":
        return rest.removeprefix("secret:")[:1] in ("*", "?", "")
    return not head[4] and set(rest) <= set("*?/")
