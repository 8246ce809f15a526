"""Functions of the Serverless Application Model, which bring a role of their own.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
(Role, AssumeRolePolicyDocument, Policies; checked 2026-11-22)
"""

from typing import Any

from rolecall.cloudformation.part import NO_VALUE, Part, PartPath
from rolecall.cloudformation.unknown import unknown
from rolecall.policy.document import as_list, document

FUNCTION = "AWS::Serverless::Function"

FUNCTION_TRUST = document(
    {"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com"]}, "Action": ["sts:AssumeRole"]}
)
"""What the transform writes where the template says nothing."""


def makes_role(part: Part) -> bool:
    """Whether the function says something about the role that the transform makes for it."""
    properties = part.entries()["Properties"].entries() if "Properties" in part.entries() else {}
    return "Role" not in properties and ("AssumeRolePolicyDocument" in properties or "Policies" in properties)


def function_policies(value: Any) -> tuple[list[tuple[PartPath, dict[str, Any]]], list[str]]:
    """The documents among a function's policies with their places in it, and the names of all others.

    What the transform's own policy templates allow is known to the transform alone: each is an unknown name.
    """
    documents: list[tuple[PartPath, dict[str, Any]]] = []
    names: list[str] = []
    for index, policy in enumerate(as_list(None if value is NO_VALUE else value)):
        path: PartPath = (index,) if isinstance(value, list) else ()
        if isinstance(policy, dict) and "Statement" in policy:
            documents.append((path, policy))
        elif isinstance(policy, dict) and "Effect" in policy:
            documents.append((path, document(policy)))
        elif isinstance(policy, dict):
            names += [unknown(str(name)) for name in policy]
        elif isinstance(policy, str):
            names.append(policy)
    return documents, names
