"""The deploy role and the execution policy as they stand in the template, and what they refuse."""

from collections.abc import Callable
from typing import Any

import pytest
from quiet_cdk import Template, cdk

from constructs_lib import CdkExecutionPolicy, GitHub, GitHubDeployRole, InvalidValueError

DOORS = GitHub("acme/doors", "456789", "production", "123456")
LOOKUP = "arn:aws:iam::111111111111:role/cdk-hnb659fds-lookup-role-111111111111-eu-central-1"
PROVIDER = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
BOUNDARY = "arn:aws:iam::111111111111:policy/vendor-boundary"
GOOD_ROLE = {"github": DOORS, "assumable_roles": [LOOKUP]}
GOOD_POLICY = {"boundaries": {"/vendors/": [BOUNDARY]}, "account": "111111111111", "region": "eu-central-1"}


def templated(kind: Callable[..., Any], **inputs: Any) -> Template:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack")
    kind(stack, "It", **inputs)
    return Template.from_stack(stack)


def only(template: Template, kind: str) -> dict[str, Any]:
    (found,) = template.find_resources(kind).values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def test_the_deploy_role_has_one_statement_of_trust_and_one_of_permission() -> None:
    template = templated(GitHubDeployRole, **GOOD_ROLE, provider_arn=PROVIDER, role_name="deploy")
    role = only(template, "AWS::IAM::Role")
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Federated": PROVIDER}
    assert set(statement["Condition"]) == {"StringEquals"}
    assert role["RoleName"] == "deploy"
    policy = only(template, "AWS::IAM::ManagedPolicy")
    assert policy["PolicyDocument"]["Statement"] == [
        {"Sid": "BecomeBootstrapRoles", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": LOOKUP}
    ]
    template.resource_count_is("AWS::IAM::OIDCProvider", 0)


def test_the_provider_is_made_where_none_is_named() -> None:
    template = templated(GitHubDeployRole, **GOOD_ROLE)
    provider = only(template, "AWS::IAM::OIDCProvider")
    assert provider == {
        "Url": "https://token.actions.githubusercontent.com",
        "ClientIdList": ["sts.amazonaws.com"],
    }
    (resource,) = template.find_resources("AWS::IAM::OIDCProvider").values()
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    trusted = only(template, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Federated"]
    assert trusted == {"Fn::GetAtt": [next(iter(template.find_resources("AWS::IAM::OIDCProvider"))), "Arn"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"assumable_roles": []},
        {"assumable_roles": ["*"]},
        {"assumable_roles": ["arn:aws:iam::111111111111:role/cdk-*"]},
        {"assumable_roles": ["arn:aws:iam::111111111111:user/x"]},
        {"assumable_roles": ["arn:aws:iam::*:role/x"]},
        {"role_name": "a b"},
        {"provider_arn": "*"},
        {"provider_arn": "x"},
        {"provider_arn": "arn:aws:iam::111111111111:root"},
        {"provider_arn": "arn:aws:iam::111111111111:oidc-provider/tokenXactions.githubusercontent.com"},
    ],
    ids=str,
)
def test_a_deploy_role_that_could_become_anybody_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        templated(GitHubDeployRole, **{**GOOD_ROLE, **wrong})


def test_what_only_the_deployment_knows_is_taken_as_it_stands() -> None:
    own = f"arn:aws:iam::{cdk.Aws.ACCOUNT_ID}"
    template = templated(
        GitHubDeployRole,
        github=DOORS,
        assumable_roles=[f"{own}:role/x"],
        provider_arn=f"{own}:oidc-provider/token.actions.githubusercontent.com",
    )
    template.resource_count_is("AWS::IAM::OIDCProvider", 0)
    for wrong in ({"assumable_roles": [f"{own}:role/*"]}, {"provider_arn": f"{own}:oidc-provider/*"}):
        with pytest.raises(InvalidValueError):
            templated(GitHubDeployRole, **{**GOOD_ROLE, **wrong})


def test_an_execution_policy_that_is_too_large_says_what_makes_it_so() -> None:
    parameters = [f"arn:aws:ssm:eu-central-1:111111111111:parameter/vendors/ids/{number:060}" for number in range(60)]
    with pytest.raises(InvalidValueError, match=r"execution policy of the account.*fewer role paths, or parameters"):
        templated(CdkExecutionPolicy, **GOOD_POLICY, parameters=parameters)


def roles_of(accounts: int) -> list[str]:
    return [
        f"arn:aws:iam::{number:012}:role/cdk-hnb659fds-{kind}-role-{number:012}-eu-central-1"
        for number in range(1, accounts + 1)
        for kind in ("deploy", "file-publishing", "lookup")
    ]


def test_more_accounts_than_one_policy_holds_take_several_of_names_of_their_own() -> None:
    roles = roles_of(60)
    template = templated(GitHubDeployRole, github=DOORS, assumable_roles=roles, role_name="deploy")
    parts = [each["Properties"] for each in template.find_resources("AWS::IAM::ManagedPolicy").values()]
    assert len(parts) > 1
    assert len({part["ManagedPolicyName"] for part in parts}) == len(parts)
    assert all(part["Roles"] == parts[0]["Roles"] for part in parts)
    said = [statement for part in parts for statement in part["PolicyDocument"]["Statement"]]
    assert {(statement["Effect"], statement["Action"]) for statement in said} == {("Allow", "sts:AssumeRole")}
    assert sorted(arn for statement in said for arn in statement["Resource"]) == sorted(roles)


def test_more_accounts_than_a_roles_policies_hold_are_refused_in_a_sentence() -> None:
    with pytest.raises(InvalidValueError, match=r"assumable_roles: got '1500 of them.*divide the estate") as refused:
        templated(GitHubDeployRole, github=DOORS, assumable_roles=roles_of(500))
    assert refused.value.rule == "RC313"


def test_the_longest_name_and_a_boundary_of_aws_are_taken() -> None:
    boundaries = {"/vendors/": [BOUNDARY, "arn:aws:iam::aws:policy/ReadOnlyAccess", None]}
    parameters = [
        f"arn:aws:ssm:eu-west-1:111111111111:parameter/{name}" for name in ("x", "vendors/acme.id", "a/b_c/1")
    ]
    inputs = {**GOOD_POLICY, "boundaries": boundaries, "parameters": parameters, "policy_name": "x" * 128}
    policy = only(templated(CdkExecutionPolicy, **inputs), "AWS::IAM::ManagedPolicy")
    assert policy["PolicyDocument"]["Statement"][-1]["Resource"] == parameters


def test_the_execution_policy_is_one_managed_policy_below_the_root() -> None:
    policy = only(templated(CdkExecutionPolicy, **GOOD_POLICY, policy_name="execution"), "AWS::IAM::ManagedPolicy")
    assert policy["ManagedPolicyName"] == "execution"
    assert "Path" not in policy  # so that it lies below none of its own paths
    assert {s["Sid"] for s in policy["PolicyDocument"]["Statement"]} == {
        "ManageRoles",
        "ManagePolicies",
        "DetachThesePolicies",
        "AttachThesePolicies0",
        "CreateRoles0",
        "SetBoundaries0",
        "KeepBoundaries",
        "KeepBoundaryPolicies",
    }


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"boundaries": {"/": [BOUNDARY]}}, "RC331"),
        ({"boundaries": {"/service-role/": [BOUNDARY]}}, "RC331"),
        ({"boundaries": {"/aws-service-role/x/": [BOUNDARY]}}, "RC331"),
        ({"boundaries": {"/vend*/": [BOUNDARY]}}, "RC305"),
        ({"boundaries": {"///": [BOUNDARY]}}, "RC305"),
        ({"boundaries": {"/vend${x}/": [BOUNDARY]}}, "RC305"),
        ({"boundaries": {"vendors": [BOUNDARY]}}, "RC305"),
        ({"boundaries": {}}, "RC305"),
        ({"boundaries": {"/vendors/": ["boundary"]}}, "RC303"),
        ({"boundaries": {"/vendors/": []}}, "RC303"),
        ({"boundaries": {"/vendors/": BOUNDARY}}, "RC303"),
        ({"boundaries": {"/vendors/": ["arn:aws:iam::222222222222:policy/b"]}}, "RC303"),
        ({"boundaries": {"/vendors/": ["arn:aws-cn:iam::111111111111:policy/b"]}}, "RC303"),
        ({"boundaries": {"/vendors/": ["arn:aws:iam::111111111111:policy/*"]}}, "RC303"),
        ({"boundaries": {"/vendors/": ["arn:aws:iam::111111111111:policy/x*/b"]}}, "RC303"),
        ({"parameters": ["*"]}, "RC303"),
        ({"parameters": ["arn:aws:ssm:eu-central-1:111111111111:parameter/*"]}, "RC303"),
        ({"parameters": ["arn:aws:ssm:*:111111111111:parameter/x"]}, "RC303"),
        ({"parameters": ["arn:aws:ssm:eu-central-1:222222222222:parameter/x"]}, "RC303"),
        ({"policy_name": "a b*"}, "RC306"),
        ({"policy_name": "x" * 129}, "RC306"),
        ({"policy_name": ""}, "RC306"),
        ({"account": "1"}, "RC111"),
        ({"boundaries": {f"/{'x' * 200}{n}/": [None] for n in range(20)}}, "RC308"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_an_execution_policy_that_is_not_narrow_or_cannot_be_is_refused(wrong: dict[str, Any], rule: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        templated(CdkExecutionPolicy, **{**GOOD_POLICY, **wrong})
    assert refused.value.rule == rule
