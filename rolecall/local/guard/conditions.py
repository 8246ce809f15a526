"""Condition operators and keys where ministack's evaluation differs from AWS's."""

from collections.abc import Callable
from typing import Any

ARN_SEGMENTS = 6  # arn, partition, service, region, account, resource

_NOT_A_SERVICE = {
    "aws:principalisawsservice": "false",
    "aws:viaawsservice": "false",
}
"""Keys of every request by an IAM user or role. ministack has none of them, so conditions on them never match."""


def arn_like(matches: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    """ArnLike and ArnEquals: each of the six segments by itself, so that a `*` never runs across a colon between them.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """

    def compare(actual: str, expected: str) -> bool:
        actual_segments, expected_segments = actual.split(":", ARN_SEGMENTS - 1), expected.split(":", ARN_SEGMENTS - 1)
        if len(actual_segments) != ARN_SEGMENTS or len(expected_segments) != ARN_SEGMENTS:
            return False
        return all(matches(value, pattern) for value, pattern in zip(actual_segments, expected_segments, strict=True))

    return compare


def arn_not_like(matches: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    """ArnNotLike and ArnNotEquals."""
    like = arn_like(matches)
    return lambda actual, expected: not like(actual, expected)


def with_principal_keys(original: Callable[..., Any], roles: Any) -> Callable[..., Any]:
    """`_resolve_condition_key` with aws:PrincipalArn as AWS has it, and the keys that say that no service calls."""

    def resolve_condition_key(key: str, ctx: Any) -> Any:
        name = key.lower()
        if name == "aws:principalarn":
            return principal_arn(ctx.principal_arn, roles)
        value = original(key, ctx)
        return _NOT_A_SERVICE.get(name) if value is None else value

    return resolve_condition_key


def principal_arn(caller_arn: str, roles: Any) -> str:
    """A session's role, with its path: AWS fills aws:PrincipalArn with it, ministack with the session's own ARN."""
    fields = caller_arn.split(":", 5)
    if len(fields) != ARN_SEGMENTS or not fields[5].startswith("assumed-role/"):
        return caller_arn
    role = roles.get_scoped(fields[4], None, fields[5].split("/")[1])
    return str(role["Arn"]) if role else caller_arn
