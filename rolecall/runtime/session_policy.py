"""Session policies: they narrow a session to what is asked with it, and must never be what refuses.

So each allows everything that is asked, what has to be refused included.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rolecall.runtime.expectation import SecretToRead, ServiceCall

# botocore's model of sts:AssumeRole, unrestrictedSessionPolicyDocumentType: Policy and PolicyArns together.
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, read 2026-11-22.
MAX_CHARACTERS = 2048
_READING = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
_WRITING = [
    "secretsmanager:CreateSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:UpdateSecret",
    "secretsmanager:DeleteSecret",
]


def reading(secrets: Iterable[SecretToRead]) -> str:
    """For reading these secrets, whatever key they turn out to be encrypted with."""
    resources = sorted({secret.resource for secret in secrets})
    return _document(_allow(_READING, resources), _allow(["kms:Decrypt"], ["*"]))


def writing(role_arn: str, mark: str) -> str:
    """For secrets of the role's account whose names hold the mark of verification, wherever they stand; no others."""
    _, partition, _, _, account, _ = role_arn.split(":", 5)
    resource = f"arn:{partition}:secretsmanager:*:{account}:secret:*{mark}*"
    return _document(_allow(_WRITING, [resource]), _allow(["kms:Decrypt", "kms:GenerateDataKey"], ["*"]))


def assuming(role_arn: str) -> str:
    """For assuming this one role again, and nothing else."""
    return _document(_allow(["sts:AssumeRole"], [role_arn]))


def calling(calls: Iterable[ServiceCall]) -> str:
    """For the actions of these calls, of which each has room in one policy, whatever they are tried on."""
    return _document(_allow(sorted({call.action for call in calls}), ["*"]))


def batches(secrets: Sequence[SecretToRead]) -> Iterator[list[SecretToRead]]:
    """The secrets in the same order, as many together as one session policy has room for."""
    batch: list[SecretToRead] = []
    for secret in secrets:
        if batch and len(reading([*batch, secret])) > MAX_CHARACTERS:
            yield batch
            batch = []
        batch.append(secret)
    if batch:
        yield batch


def _allow(actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))
