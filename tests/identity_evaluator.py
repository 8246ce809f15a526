"""What an identity policy allows, worked out from AWS's documentation and nothing of Rolecall: an oracle for tests.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html, read 2026-11-22.
"""

import re
from collections.abc import Mapping
from typing import Any

_OPERATORS = ("StringEquals", "ArnLike")


def allows(policy: Mapping[str, Any], action: str, resource: str, **context: str) -> bool:
    """Whether some statement allows the call and none denies it.

    Args:
        policy: the document.
        action: such as iam:CreateRole.
        resource: a whole ARN.
        context: condition keys, with `__` in the place of the colon.
    """
    keys = {name.replace("__", ":").lower(): value for name, value in context.items()}
    said = {
        statement["Effect"]
        for statement in policy["Statement"]
        if any(_fits(each, action, re.IGNORECASE) for each in _several(statement["Action"]))
        and any(_fits(each, resource) for each in _several(statement["Resource"]))
        and _holds(statement.get("Condition", {}), keys)
    }
    return said == {"Allow"}


def holds(condition: Mapping[str, Any], claims: Mapping[str, str]) -> bool:
    """Whether a condition holds for these keys, which are spelt as AWS spells them."""
    return _holds(condition, {name.lower(): value for name, value in claims.items()})


def _holds(condition: Mapping[str, Any], keys: Mapping[str, str]) -> bool:
    assert set(condition) <= set(_OPERATORS), "the oracle knows no other operator"
    return all(
        key.lower() in keys and any(_meets(operator, each, keys[key.lower()]) for each in _several(wanted))
        for operator, asked in condition.items()
        for key, wanted in asked.items()
    )


def _meets(operator: str, wanted: str, sent: str) -> bool:
    if operator == "StringEquals":
        return wanted == sent
    theirs, ours = wanted.split(":", 5), sent.split(":", 5)  # ARNs are compared in six segments
    return len(theirs) == len(ours) == 6 and all(_fits(*pair) for pair in zip(theirs, ours, strict=True))


def _fits(pattern: str, text: str, flags: int = 0) -> bool:
    parts = ("." if sign == "?" else ".*" if sign == "*" else re.escape(sign) for sign in pattern)
    return re.fullmatch("".join(parts), text, flags | re.DOTALL) is not None


def _several(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [value]
