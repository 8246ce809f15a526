"""Statements that reach further than a single project of a vendor ever needs."""

import re

from rolecall.policy import actions
from rolecall.policy.condition import normalised
from rolecall.policy.document import Statement, as_list
from rolecall.policy.pattern import has_wildcard, overlaps

_LIST_SECRETS = "secretsmanager:listsecrets"
# Actions that AWS's own examples allow on everything and on nothing less, though its reference lists a resource.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html, read 2026-11-22.
_METRICS = ("putmetricdata", "getmetricdata", "getmetricstatistics", "listmetrics")
_ON_EVERYTHING = {"logs:describeloggroups", *(f"cloudwatch:{name}" for name in _METRICS)}
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
    if lists := why_lists_secrets(statement):
        return lists
    far = [each for each in resources if each == "*" or _reaches_far(each)]
    if not far or _is_narrowed_by_tag(statement):
        return None
    if far != ["*"]:
        return f"{named[0] if named else 'nothing'} on {next(each for each in far if each != '*')}"
    # Beside secrets, a condition of any kind is taken to say what is meant by everything.
    others_may = everything_else_may or bool(normalised(statement.get("Condition")))
    broad = (action for action in named if not _takes_everything(action) and (not others_may or _reads_secrets(action)))
    action = next(broad, None)
    return f"{action} on *" if action else None


def _only_lists_secrets(action: str) -> bool:
    """Whether it is ListSecrets; `ListSecret?` is too, while `List*` means others as well, which is broad by itself."""
    return overlaps(action.lower(), _LIST_SECRETS) and actions.takes_only_everything(action)


def why_lists_secrets(statement: Statement) -> str | None:
    """The action of a statement that shows the names of all secrets, as text; None where there is none."""
    named = filter(_only_lists_secrets, map(str, as_list(statement.get("Action"))))
    lists = next(named, None)
    return f"{lists}, which shows the names of all secrets" if lists else None


def _takes_everything(action: str) -> bool:
    return action.lower() in _ON_EVERYTHING or actions.takes_only_everything(action)


def _reads_secrets(action: str) -> bool:
    return overlaps(action.lower(), "secretsmanager:*")


def _is_narrowed_by_tag(statement: Statement) -> bool:
    return any(
        operator in _EXACT and key.startswith(_TAG_KEYS) for operator, key, _ in normalised(statement.get("Condition"))
    )


def _reaches_far(resource: str) -> bool:
    """By the ARN's segments: arn, partition, service, region, account and the rest."""
    if not has_wildcard(resource) and not resource.endswith(":"):
        return False
    whole = _UNKNOWN.sub("«»", resource)
    if whole.startswith("«»") and whole.count(":") < 5:
        return False  # one that the deployment names, or what is below it: «Bucket.Arn»/*
    *head, rest = (whole.split(":", 5) + [""] * 6)[:6]
    if any(has_wildcard(part) for part in head):
        return True
    if head[2] == "secretsmanager":
        return rest.removeprefix("secret:")[:1] in ("*", "?", "")
    return not head[4] and set(rest) <= set("*?/")
