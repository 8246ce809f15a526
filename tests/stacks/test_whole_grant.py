"""Everything that an estate can say of a role reaches the template: nothing is lost on the way through a stack."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Templates = dict[str, dict[str, Any]]
ESTATE = 'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'
WHOLE = """
workspace: w
vendor: unified
external_id: {ssm_parameter: /vendors/w, version: 3}
trusted_principals: ["944579081756", "arn:aws:iam::944579081756:role/reader"]
role_path: /vendors/
role_name: "saas.{vendor}.{workspace}.{project}"
max_session: 2h
permissions_boundary: vendor-boundary
tags: {owner: integration-platform}
projects:
  - project: whole
    access: read-write
    allow_permanent_delete: true
    secrets:
      - {prefix: unified/, kms_key: "arn:aws:kms:eu-west-1:111111111111:key/1a", region: eu-west-1}
    statements:
      - {Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-central-1:111111111111:orders"}
  - project: waiting
    external_id: pending
"""


@pytest.fixture
def resources(tmp_path: Path, templates_of: Callable[[Path], Templates]) -> dict[str, dict[str, Any]]:
    """The properties of the two roles, and of the policy, by logical id without its hash."""
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(ESTATE, "utf-8")
    (tmp_path / "workspaces" / "w.yaml").write_text(WHOLE, "utf-8")
    (template,) = templates_of(tmp_path).values()
    return {logical_id[:-8]: resource["Properties"] for logical_id, resource in template["Resources"].items()}


def test_every_setting_of_a_role_reaches_its_properties(resources: dict[str, dict[str, Any]]) -> None:
    ours = {"rolecall:estate": "acme", "rolecall:project": "whole", "rolecall:workspace": "w"}
    assert resources["whole"] == {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {
                        "AWS": ["arn:aws:iam::944579081756:root", "arn:aws:iam::944579081756:role/reader"],
                    },
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": "{{resolve:ssm:/vendors/w:3}}"}},
                }
            ],
        },
        "Description": "Assumed by unified for w/whole. Managed by Rolecall.",
        "MaxSessionDuration": 7200,
        "Path": "/vendors/",
        "PermissionsBoundary": "arn:aws:iam::111111111111:policy/vendor-boundary",
        "RoleName": "saas.unified.w.whole",
        "Tags": [{"Key": key, "Value": value} for key, value in ({"owner": "integration-platform"} | ours).items()],
    }


def test_everything_granted_reaches_its_policy(resources: dict[str, dict[str, Any]]) -> None:
    secrets = ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:unified/*"]
    statements = resources["wholePolicy"]["PolicyDocument"]["Statement"]
    assert [statement.get("Sid", "")[:6] for statement in statements] == ["Manage", "UseKey", ""]
    assert statements[0]["Resource"] == secrets
    assert statements[1]["Condition"]["StringLike"] == {"kms:EncryptionContext:SecretARN": secrets}
    assert statements[2] == {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": "arn:aws:sqs:eu-central-1:111111111111:orders",
    }


def test_a_verifier_of_the_estate_reaches_every_trust_but_the_pending_one(
    tmp_path: Path, templates_of: Callable[[Path], Templates]
) -> None:
    (tmp_path / "workspaces").mkdir()
    verifier = '{principal: "arn:aws:iam::222222222222:role/ci", external_id: 9c1f7d52-0b1e-4a3c-8d4e-5f6071829304}'
    (tmp_path / "estate.yaml").write_text(f"{ESTATE}verifier: {verifier}\n", "utf-8")
    (tmp_path / "workspaces" / "w.yaml").write_text(WHOLE, "utf-8")
    (template,) = templates_of(tmp_path).values()
    trusts = {
        logical_id[:-8]: resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
    }
    assert [statement.get("Sid") for statement in trusts["whole"]] == [None, "RolecallVerifier"]
    assert trusts["whole"][1]["Principal"] == {"AWS": "arn:aws:iam::222222222222:role/ci"}
    assert [statement["Effect"] for statement in trusts["waiting"]] == ["Deny"]


def test_a_pending_role_is_built_and_lets_nobody_in(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["waiting"]["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    ]
    assert "waitingPolicy" not in resources
