"""Conditions on the use of a customer managed key."""

from collections.abc import Sequence
from typing import Any

from rolecall.model.identifiers import Arn, endpoint

# Where a key is used for many resources, it is this condition that grows and not the statement's resource.
CONTEXT_OPERATOR = "StringLike"
CONTEXT_KEY_PREFIX = "kms:EncryptionContext:"


def through(service: str, key: str, context_key: str, resources: Sequence[str]) -> dict[str, Any]:
    """The condition that a key is used through one service, for some resources only.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html, kms:ViaService and
    kms:EncryptionContext:context-key.

    Args:
        service: as its endpoint is called, such as `sqs`.
        key: the key's ARN; the service calls KMS in the key's region.
        context_key: what the service names the resource by in the encryption context.
        resources: ARNs, in which * and ? may stand.
    """
    arn = Arn.parse(key)
    return {
        "StringEquals": {"kms:ViaService": endpoint(service, arn.region, arn.partition)},
        CONTEXT_OPERATOR: {f"{CONTEXT_KEY_PREFIX}{context_key}": list(resources)},
    }
