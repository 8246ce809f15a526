"""The condition keys of Secrets Manager that come from the request; ministack has none of them.

Without them an Allow that needs one never applies, and, worse, neither does a Deny: a forced deletion goes through.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html (checked 2026-11-22)
"""

from collections.abc import Callable
from typing import Any

from rolecall.local.guard.asgi import json_object

_KEYS = {
    "CreateSecret": ("Name", "Description", "KmsKeyId"),
    "DeleteSecret": ("SecretId", "ForceDeleteWithoutRecovery", "RecoveryWindowInDays"),
    "GetSecretValue": ("SecretId", "VersionId", "VersionStage"),
    "UpdateSecret": ("SecretId", "Description", "KmsKeyId"),
    "UpdateSecretVersionStage": ("SecretId", "VersionStage"),
}


def with_request_keys(original: Callable[..., Any]) -> Callable[..., Any]:
    """`request_tag_context`, which makes condition keys from a request's body, with those of Secrets Manager added."""

    def request_tag_context(service: str, iam_action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
        context: dict[str, Any] = original(service, iam_action, body, params)
        if service == "secretsmanager":
            context |= request_keys(iam_action.partition(":")[2], body)
        return context

    return request_tag_context


def request_keys(action: str, body: bytes) -> dict[str, str]:
    """`secretsmanager:NAME` for each member that the action's context has and the request carries."""
    members = json_object(body)
    names = _KEYS.get(action, ("SecretId",))
    return {f"secretsmanager:{name}": _text(members[name]) for name in names if members.get(name) is not None}


def _text(value: Any) -> str:
    """As policies write it: true and false in small letters."""
    return str(value).lower() if isinstance(value, bool) else str(value)
