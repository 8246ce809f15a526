"""Statements of an estate's own, checked: what IAM would not take, or what nobody could judge, is refused."""

import difflib
import re
from typing import Any

from rolecall.model.invalid import InvalidValueError
from rolecall.policy.services.content import changes_resources

_KEYS = {"Sid", "Effect", "Action", "Resource", "Condition"}
# A managed policy holds 6,144 characters, and patterns are compared with each other: what is longer was never meant.
MAX_TEXT_CHARACTERS = 2048
# botocore's model of iam: policyDocumentType, read 2026-11-22.
_CHARACTERS = re.compile(r"[\t\n\r\u0020-\u00ff]*")
_ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
_RESOURCE = re.compile(r"\*|arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:\S+")
# Read 2026-11-22:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
_COMPARED = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
_TEXTS = ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike")
_PLAIN = (
    *(f"String{how}" for how in _TEXTS),
    *(f"{kind}{how}" for kind in ("Numeric", "Date") for how in _COMPARED),
    *(f"Arn{how}" for how in ("Equals", "NotEquals", "Like", "NotLike")),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
)
_OPERATORS = frozenset(
    f"{of}{name}{end}" for of in ("", "ForAllValues:", "ForAnyValue:") for name in _PLAIN for end in ("", "IfExists")
) | {"Null"}
_LOWER_CASE = {each.lower(): each for each in sorted(_OPERATORS)}


def action(value: object) -> str:
    """An IAM action: service, colon, name, in which * and ? may stand."""
    if isinstance(value, str) and _ACTION.fullmatch(value):
        return value
    raise _refused("action", value, "service:Action, such as sqs:SendMessage", "write it out")


def vendor_action(value: object) -> str:
    """One IAM action of Secrets Manager, as it is asked for on the granted secrets alone."""
    if value == "*":
        allowed = "service:Action, such as secretsmanager:GetSecretValue"
        raise InvalidValueError("action of a vendor is every action", value, allowed, "name its actions", rule="RC204")
    if not one_action(value).startswith("secretsmanager:"):
        allowed = "actions of secretsmanager: those of other services stand under `services`, or in `statements`"
        raise _refused("action of a vendor that no secret takes", value, allowed, "take it out")
    return str(value)


def reading_action(value: object) -> str:
    """One IAM action of Secrets Manager that changes nothing."""
    found = vendor_action(value)
    if changes_resources(found):
        allowed = "actions that read, such as secretsmanager:GetSecretValue"
        raise _refused("action of `read` writes", value, allowed, "write it under `read-write`")
    return found


def one_action(value: object) -> str:
    """Exactly one IAM action: service and name, without wildcards."""
    if isinstance(value, str) and re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9]+", value):
        return value
    raise _refused("action", value, "one action as service:Action, such as sqs:ListQueues", "write it out")


def resource(value: object) -> str:
    """A resource of a statement: an ARN, in which * and ? may stand, or * alone."""
    if isinstance(value, str) and _RESOURCE.fullmatch(value):
        return value
    raise _refused("resource", value, "an ARN, or *", "write the ARN")


def statement(value: object) -> dict[str, Any]:
    """A further IAM statement: Allow, with Action and Resource, optionally Sid and Condition."""
    allowed = "Effect: Allow, Action and Resource, and optionally Sid and Condition"
    if not isinstance(value, dict) or set(value) - _KEYS or not {"Effect", "Action", "Resource"} <= set(value):
        keys = ", ".join(value) if isinstance(value, dict) else value
        raise _refused("statement", keys, allowed, "name the actions and resources")
    if "Sid" in value and not (isinstance(value["Sid"], str) and re.fullmatch(r"[A-Za-z0-9]{1,100}", value["Sid"])):
        raise _refused("Sid of a statement", value["Sid"], "letters and digits", "rename it")
    refuse_references(value)
    for key, check in (("Action", action), ("Resource", resource)):
        parts = value[key] if isinstance(value[key], list) else [value[key]]
        for part in parts:
            check(part)
        if not parts:
            raise _refused(f"{key} of a statement", value[key], "text or a list of text", "quote it")
    if value["Effect"] != "Allow":
        raise _refused("statement", value["Effect"], allowed, "write Effect: Allow")
    if "Condition" in value:
        _check_condition(value["Condition"])
    return value


def _check_condition(condition: object) -> None:
    allowed = "operators, each with condition keys and their values: {StringEquals: {aws:PrincipalTag/team: billing}}"
    if not isinstance(condition, dict):
        raise _refused("Condition of a statement", condition, allowed, "write it so")
    for operator, keys in condition.items():
        # Letter case does not count where trusts are read, so it does not here.
        if operator.lower() not in _LOWER_CASE:
            near = _nearest(operator)
            change = f"did you mean {near!r}?" if near else "name one of IAM's operators"
            raise _refused("operator of a Condition", operator, "IAM's operators, as StringEquals", change)
        if not isinstance(keys, dict) or not keys:
            raise _refused(f"{operator} of a Condition", keys, allowed, "write a condition key and its values")
        for key, values in keys.items():
            wanted = values if isinstance(values, list) else [values]
            if not key or not wanted or any(isinstance(each, dict | list) for each in wanted):
                what = f"{key or 'a key'} of {operator} of a Condition"
                raise _refused(what, values, "a value, or a list of values", "write its values")


def _nearest(operator: str) -> str | None:
    near = difflib.get_close_matches(operator[:60].lower(), _LOWER_CASE, 1)
    return _LOWER_CASE[near[0]] if near else None


def refuse_references(value: object) -> None:
    """Refuse what only CloudFormation or IAM would fill in: nobody can judge a statement that is written later.

    Dates, numbers and bytes that YAML makes of unquoted text are refused as well: policies hold text.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            refuse_references(key)
            refuse_references(inner)
    elif isinstance(value, list):
        for inner in value:
            refuse_references(inner)
    elif isinstance(value, str):
        _check_text(value)
    elif not isinstance(value, bool | int):
        raise _refused("value in a statement", value, "text in quotes", "put it in quotes")


def _check_text(value: str) -> None:
    if "{{" in value or "${" in value:
        raise _refused("reference in a statement", value, "text without {{…}} and ${…}", "write it out")
    if len(value) > MAX_TEXT_CHARACTERS:
        raise _refused(
            "text in a statement is too long", value, f"up to {MAX_TEXT_CHARACTERS} characters", "shorten it"
        )
    if not _CHARACTERS.fullmatch(value):
        allowed = "tab, line breaks, and the characters U+0020 to U+00FF, as IAM takes no others"
        raise _refused("character in a statement", value, allowed, "write it with these")


def _refused(what: str, value: object, allowed: str, change: str) -> InvalidValueError:
    return InvalidValueError(what, value, allowed, change, rule="RC210")
