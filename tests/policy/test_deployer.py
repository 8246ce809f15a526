"""Whom the deploy role trusts, and what CloudFormation may do: asked of an oracle that knows AWS's documentation."""

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from identity_evaluator import allows, holds

from rolecall.estate import sound
from rolecall.model import naming
from rolecall.model.grant import Grant
from rolecall.model.invalid import InvalidValueError
from rolecall.model.pipeline import GitHub
from rolecall.model.trust import ParameterReference, Verifier
from rolecall.policy import deployer
from rolecall.policy.compile import Home

ACME = Path(__file__).parents[2] / "examples" / "acme"
ACCOUNT = "111111111111"
HOME = Home("aws", ACCOUNT, "eu-central-1")
IAM = f"arn:aws:iam::{ACCOUNT}"
BOUNDARY = f"{IAM}:policy/vendor-boundary"
ISSUER = "token.actions.githubusercontent.com"
PROVIDER = f"{IAM}:oidc-provider/{ISSUER}"
DOORS = GitHub("acme/doors", "456789", "production", "123456")
TOKEN = {
    "aud": "sts.amazonaws.com",
    "sub": "repo:acme@123456/doors@456789:environment:production",
    "repository_id": "456789",
}
# Which of the handlers' calls no template of ours leads to, and why.
NEVER_CALLED = {
    "iam:PutRolePolicy": "roles have no inline policies",
    "iam:DeleteRolePolicy": "roles have no inline policies",
    "iam:AttachGroupPolicy": "policies go to roles only",
    "iam:DetachGroupPolicy": "policies go to roles only",
    "iam:AttachUserPolicy": "policies go to roles only",
    "iam:DetachUserPolicy": "policies go to roles only",
    "iam:DeleteRolePermissionsBoundary": "a boundary stays",
}


def grants() -> tuple[Grant, ...]:
    """The example's roles in one account, each with the boundary."""
    found = [grant for grant in sound(ACME).grants if grant.account == ACCOUNT]
    return tuple(replace(grant, permissions_boundary=BOUNDARY) for grant in found)


def execution(some: tuple[Grant, ...] | None = None) -> dict[str, Any]:
    chosen = grants() if some is None else some
    return deployer.execution_document(HOME, deployer.boundaries_by_path(chosen), deployer.parameters(chosen))


def lets_in(github: GitHub, **claims: str) -> bool:
    (statement,) = deployer.github_trust(github, PROVIDER)["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Principal"] == {"Federated": PROVIDER}
    return holds(statement["Condition"], {f"{ISSUER}:{name}": value for name, value in claims.items()})


# --- whom the deploy role trusts --------------------------------------------------------------------------------------
def test_the_token_of_the_environment_is_let_in() -> None:
    assert lets_in(DOORS, **TOKEN)
    classic = GitHub("acme/doors", "456789", "production", subject="classic")
    assert lets_in(classic, **{**TOKEN, "sub": "repo:acme/doors:environment:production"})


@pytest.mark.parametrize(
    "other",
    [
        {"sub": "repo:acme@123456/doors@456789:ref:refs/heads/main"},
        {"sub": "repo:acme@123456/doors@456789:pull_request"},
        {"sub": "repo:acme@123456/doors@456789:environment:staging"},
        {"sub": "repo:acme@123456/doors@456789:environment:production2"},
        {"sub": "repo:acme@123456/doors2@456789:environment:production"},
        {"sub": "repo:acme@999999/doors@456789:environment:production"},
        {"sub": "repo:acme/doors:environment:production"},
        {"sub": "repo:ACME@123456/doors@456789:environment:production"},
        {"repository_id": "456780"},
        {"aud": "https://github.com/acme"},
        {"sub": ""},
    ],
    ids=str,
)
def test_another_token_is_not(other: dict[str, str]) -> None:
    assert not lets_in(DOORS, **{**TOKEN, **other})


def test_a_colon_of_the_environments_name_is_escaped_in_the_subject_as_github_does() -> None:
    assert replace(DOORS, environment="eu/live:v1").claim.endswith(":environment:eu/live%3Av1")
    assert GitHub("acme/...", "1", "e", "2").repository == "acme/..."
    assert GitHub("acme/.github", "1", "e", "2").repository == "acme/.github"


def test_a_branch_that_the_estate_names_is_the_only_one_let_in() -> None:
    main, ref = replace(DOORS, branch="main"), "refs/heads/main"
    assert lets_in(main, **TOKEN, ref=ref)
    for other in ("refs/heads/main2", "refs/heads/x/main", "refs/tags/main", "refs/pull/1/merge", "main"):
        assert not lets_in(main, **TOKEN, ref=other)
    assert not lets_in(main, **TOKEN)
    assert lets_in(DOORS, **TOKEN, ref="refs/heads/other")


@pytest.mark.parametrize("value", ["*", "main*", "${x}", "?", "", " ", "refs/heads/main", "-x", "x'y", "x" * 256])
def test_no_branch_can_be_a_pattern(value: str) -> None:
    with pytest.raises(InvalidValueError, match="branch of the pipeline") as refused:
        replace(DOORS, branch=value)
    assert refused.value.rule == "RC131"


@pytest.mark.parametrize("value", ["main/", "a..b", "a//b", "a/.b", "main.", "main.lock", "a.lock/b", "a..", "main\n"])
def test_no_branch_can_be_one_that_git_refuses(value: str) -> None:
    with pytest.raises(InvalidValueError, match="branch of the pipeline"):
        replace(DOORS, branch=value)


@pytest.mark.parametrize("value", ["main", "release/1.2", "a.b/c-d", "main.locked", "x.lock-y/z"])
def test_a_branch_that_git_takes_is_taken(value: str) -> None:
    assert replace(DOORS, branch=value).branch == value


@pytest.mark.parametrize("value", ["ada_acme/doors", "old-/doors", "a/b", "a-b-c/doors", "x" * 39 + "/doors"])
def test_an_owner_may_be_of_an_enterprise_or_of_old_times(value: str) -> None:
    assert GitHub(value, "1", "production", "2").repository == value


@pytest.mark.parametrize("missing", TOKEN)
def test_a_token_that_lacks_a_claim_is_not_either(missing: str) -> None:
    assert not lets_in(DOORS, **{name: value for name, value in TOKEN.items() if name != missing})


@pytest.mark.parametrize(
    "value",
    ["*", "acme/*", "*/doors", "acme/do?rs", "${x}", "acme", "a/b/c", "acme/doors:x", "", "a/.", "a/..", "a/b.git"],
)
def test_no_repository_can_be_a_pattern(value: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        GitHub(value, "1", "production", "2")
    assert refused.value.rule == "RC131"


@pytest.mark.parametrize("value", ["*", "prod*", "${x}", "?", "", " ", ":a", "/a", "a b"])
def test_no_environment_can_be_a_pattern(value: str) -> None:
    with pytest.raises(InvalidValueError):
        GitHub("acme/doors", "1", value, "2")


def test_an_immutable_subject_needs_the_owners_number() -> None:
    with pytest.raises(InvalidValueError, match="owner_id of the pipeline"):
        GitHub("acme/doors", "1", "production")


def read_by_audit() -> tuple[Grant, ...]:
    return tuple(replace(each, reader_role="arn:aws:iam::{account}:role/audit") for each in grants())


def test_where_the_estate_names_a_reader_the_lookup_role_that_reads_everything_is_not_needed() -> None:
    lookup = f"{IAM}:role/{naming.bootstrap_role_name('lookup', ACCOUNT, 'eu-central-1')}"
    first, *rest = read_by_audit()
    assert lookup not in deployer.assumable_roles((first, *rest))
    assert f"{IAM}:role/audit" in deployer.assumable_roles((first, *rest))
    assert lookup in deployer.assumable_roles((replace(first, reader_role=None), *rest))


def test_the_deploy_role_may_assume_cdks_roles_of_the_estate_and_do_nothing_else() -> None:
    found = (*sound(ACME).grants, *read_by_audit())
    document = deployer.assuming(deployer.assumable_roles(found))
    for account, region in ((ACCOUNT, "eu-central-1"), ("222222222222", "eu-west-1")):
        for kind in ("deploy", "lookup", "file-publishing"):
            name = naming.bootstrap_role_name(kind, account, region)
            assert allows(document, "sts:AssumeRole", f"arn:aws:iam::{account}:role/{name}")
        for kind in ("cfn-exec", "image-publishing"):
            name = naming.bootstrap_role_name(kind, account, region)
            assert not allows(document, "sts:AssumeRole", f"arn:aws:iam::{account}:role/{name}")
    assert allows(document, "sts:AssumeRole", f"{IAM}:role/audit")
    assert not allows(document, "sts:AssumeRole", f"{IAM}:role/admin")
    assert not allows(document, "sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-deploy-role-{ACCOUNT}-x")
    (statement,) = document["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert not any(sign in arn for arn in statement["Resource"] for sign in "*?$")


LOOKUPS = "arn:aws:iam::*:role/cdk-hnb659fds-lookup-role-*"


@pytest.mark.parametrize(
    ("readers", "resources"),
    [
        ((None,), [LOOKUPS]),
        ((None, "arn:aws:iam::{account}:role/audit"), [LOOKUPS, "arn:aws:iam::*:role/audit"]),
        # Of readers by one name in several accounts one pattern is made: a session policy is small.
        (
            ("arn:aws:iam::111111111111:role/audit", "arn:aws:iam::222222222222:role/audit"),
            [LOOKUPS, "arn:aws:iam::*:role/audit"],
        ),
    ],
)
def test_what_is_left_to_a_job_that_only_reads_are_arns_of_readers(
    readers: tuple[str | None, ...], resources: list[str]
) -> None:
    read = [replace(grant, reader_role=reader) for grant, reader in zip(grants(), readers, strict=False)]
    assert len(read) == len(readers)
    (statement,) = deployer.reading(read)["Statement"]
    found = statement["Resource"]
    assert ([found] if isinstance(found, str) else found) == resources


# --- what CloudFormation may do ---------------------------------------------------------------------------------------
def handlers(kind: str) -> set[str]:
    """All that CloudFormation's own handlers say they call, but for listing everything: from cfn-lint's schemas."""
    for path in files("cfnlint.data.schemas.resources").iterdir():
        if not path.name.endswith(".json"):
            continue
        text = path.read_text("utf-8")
        if f'"{kind}"' in text and json.loads(text).get("typeName") == kind:
            found = json.loads(text)["handlers"]
            return {each for name in ("create", "read", "update", "delete") for each in found[name]["permissions"]}
    raise AssertionError(f"no schema of {kind}")


def calls(grant: Grant) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each call that deploying, changing and deleting this role makes: action, resource and condition keys."""
    policy = f"{IAM}:policy{grant.role_path}{naming.policy_name(grant.role_name)}"
    for action in sorted((handlers("AWS::IAM::Role") | handlers("AWS::IAM::ManagedPolicy")) - set(NEVER_CALLED)):
        about_policy = action.split(":")[1] in (
            *("CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion"),
            *("GetPolicy", "GetPolicyVersion", "ListPolicyVersions", "ListEntitiesForPolicy"),
        )
        keys = {}
        if action in ("iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:AttachRolePolicy"):
            keys = {"iam__PermissionsBoundary": grant.permissions_boundary} if grant.permissions_boundary else {}
        if action in ("iam:AttachRolePolicy", "iam:DetachRolePolicy"):
            keys["iam__PolicyARN"] = policy
        yield action, policy if about_policy else grant.role_arn, keys


@pytest.mark.parametrize("grant", grants(), ids=lambda grant: grant.address)
def test_every_call_of_a_deployment_of_the_example_is_allowed(grant: Grant) -> None:
    made = list(calls(grant))
    assert len(made) > 15
    refused = [
        (action, resource) for action, resource, keys in made if not allows(execution(), action, resource, **keys)
    ]
    assert refused == []


def test_without_boundaries_every_call_but_that_for_a_boundary_is_allowed() -> None:
    bare = tuple(replace(grant, permissions_boundary=None) for grant in grants())
    document = execution(bare)
    refused = {a for grant in bare for a, resource, keys in calls(grant) if not allows(document, a, resource, **keys)}
    assert refused == {"iam:PutRolePermissionsBoundary"}


ROLE, POLICY = f"{IAM}:role/vendors/workato-acme-prod-billing", f"{IAM}:policy/vendors/workato-acme-prod-billing"


def bounded(policy: str) -> dict[str, str]:
    """What a policy's attachment to a role with the boundary is asked with."""
    return {"iam__PolicyARN": policy, "iam__PermissionsBoundary": BOUNDARY}


@pytest.mark.parametrize(
    ("action", "resource", "keys"),
    [
        ("iam:CreateRole", f"{IAM}:role/admin", {"iam__PermissionsBoundary": BOUNDARY}),
        ("iam:CreateRole", f"{IAM}:role/vendorsx/admin", {"iam__PermissionsBoundary": BOUNDARY}),
        ("iam:CreateRole", ROLE, {}),
        ("iam:CreateRole", ROLE, {"iam__PermissionsBoundary": f"{IAM}:policy/other"}),
        ("iam:CreateRole", ROLE, {"iam__PermissionsBoundary": f"{BOUNDARY}2"}),
        ("iam:CreateRole", "arn:aws:iam::222222222222:role/vendors/x", {"iam__PermissionsBoundary": BOUNDARY}),
        ("iam:PutRolePermissionsBoundary", ROLE, {"iam__PermissionsBoundary": f"{IAM}:policy/other"}),
        ("iam:DeleteRolePermissionsBoundary", ROLE, {"iam__PermissionsBoundary": BOUNDARY}),
        ("iam:AttachRolePolicy", ROLE, bounded("arn:aws:iam::aws:policy/AdministratorAccess")),
        ("iam:AttachRolePolicy", ROLE, bounded(f"{IAM}:policy/rolecall-acme-execution")),
        ("iam:AttachRolePolicy", ROLE, {"iam__PermissionsBoundary": BOUNDARY}),
        ("iam:AttachRolePolicy", ROLE, {"iam__PolicyARN": POLICY}),
        ("iam:AttachRolePolicy", ROLE, {**bounded(POLICY), "iam__PermissionsBoundary": f"{IAM}:policy/other"}),
        ("iam:AttachRolePolicy", f"{IAM}:role/admin", bounded(POLICY)),
        ("iam:DetachRolePolicy", ROLE, {"iam__PolicyARN": f"{IAM}:policy/quarantine"}),
        ("iam:UpdateAssumeRolePolicy", f"{IAM}:role/admin", {}),
        ("iam:UpdateAssumeRolePolicy", f"{IAM}:role/rolecall-acme-deploy", {}),
        ("iam:UpdateAssumeRolePolicy", f"{IAM}:role/vendors2/admin", {}),
        ("iam:UpdateAssumeRolePolicy", f"{IAM}:role/vendors", {}),
        ("iam:AttachRolePolicy", f"{IAM}:role/vendors2/admin", bounded(POLICY)),
        ("iam:AttachRolePolicy", ROLE, bounded(f"{IAM}:policy/vendors2/all")),
        ("iam:CreatePolicyVersion", f"{IAM}:policy/vendors2/all", {}),
        ("iam:CreatePolicyVersion", f"{IAM}:policy/rolecall-acme-execution", {}),
        ("iam:CreatePolicyVersion", BOUNDARY, {}),
        ("iam:DeletePolicy", BOUNDARY, {}),
        ("iam:SetDefaultPolicyVersion", POLICY, {}),
        ("iam:PutRolePolicy", ROLE, {"iam__PermissionsBoundary": BOUNDARY}),
        ("iam:PassRole", ROLE, {}),
        ("iam:CreateUser", f"{IAM}:user/vendors/x", {}),
        ("iam:CreateAccessKey", f"{IAM}:user/x", {}),
        ("iam:CreateOpenIDConnectProvider", PROVIDER, {}),
        ("sts:AssumeRole", ROLE, {}),
        ("ssm:GetParameters", f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter/other", {}),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:x-abcdef", {}),
    ],
)
def test_a_call_beyond_the_estate_is_refused(action: str, resource: str, keys: dict[str, str]) -> None:
    assert not allows(execution(), action, resource, **keys)


@pytest.mark.parametrize("action", ["CreatePolicyVersion", "DeletePolicy", "SetDefaultPolicyVersion", "CreatePolicy"])
def test_a_boundary_that_lives_below_the_path_is_kept_all_the_same(action: str) -> None:
    below = f"{IAM}:policy/vendors/boundary"
    document = execution(tuple(replace(grant, permissions_boundary=below) for grant in grants()))
    assert not allows(document, f"iam:{action}", below)


def test_parameters_that_hold_external_ids_can_be_read_and_no_others() -> None:
    first, *rest = grants()
    kept = replace(first, trust=replace(first.trust, external_ids=(ParameterReference("/vendors/acme", 3),)))
    document, home = execution((kept, *rest)), f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter"
    assert allows(document, "ssm:GetParameters", f"{home}/vendors/acme")
    assert allows(document, "ssm:GetParameters", f"{home}/cdk-bootstrap/hnb659fds/version")
    assert not allows(document, "ssm:GetParameters", f"{home}/vendors/acme2")


def test_the_parameter_of_a_verifiers_id_can_be_read_too() -> None:
    first, *rest = grants()
    verifier = Verifier(f"{IAM}:role/prover", ParameterReference("/provers/acme", 1))
    document = execution((replace(first, trust=replace(first.trust, verifier=verifier)), *rest))
    home = f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter"
    assert allows(document, "ssm:GetParameters", f"{home}/provers/acme")


@pytest.mark.parametrize(
    ("action", "policy", "may"),
    [
        ("iam:UpdateAssumeRolePolicy", None, True),  # docs/deployer.md says so, and what to do first
        ("iam:DetachRolePolicy", POLICY, True),
        ("iam:AttachRolePolicy", POLICY, False),
        ("iam:PutRolePolicy", None, False),
    ],
)
def test_an_older_role_below_the_path_that_has_no_boundary_takes_no_policy(
    action: str, policy: str | None, may: bool
) -> None:
    keys = {"iam__PolicyARN": policy} if policy else {}
    assert allows(execution(), action, f"{IAM}:role/vendors/older", **keys) == may


def test_the_boundary_can_be_put_on_a_role_whichever_others_have_none() -> None:
    first, second, *rest = grants()
    document = execution((replace(first, permissions_boundary=None), second, *rest))
    put = "iam:PutRolePermissionsBoundary"
    assert allows(document, put, ROLE, iam__PermissionsBoundary=BOUNDARY)
    assert not allows(document, put, ROLE, iam__PermissionsBoundary=f"{IAM}:policy/other")
    assert not allows(document, put, ROLE)
    assert allows(document, "iam:CreateRole", ROLE)


def test_two_boundaries_belong_each_to_its_own_path() -> None:
    first, *rest = grants()
    other = f"{IAM}:policy/other"
    document = execution((replace(first, permissions_boundary=other, role_path="/others/"), *rest))
    assert allows(document, "iam:CreateRole", f"{IAM}:role/others/x", iam__PermissionsBoundary=other)
    assert not allows(document, "iam:CreateRole", f"{IAM}:role/others/x", iam__PermissionsBoundary=BOUNDARY)
    assert not allows(document, "iam:CreateRole", ROLE, iam__PermissionsBoundary=other)


@pytest.mark.parametrize("path", ["/vendors/", "/vendors/inner/"])
def test_of_two_boundaries_of_a_path_or_around_it_a_role_takes_either(path: str) -> None:
    first, *rest = grants()
    other = f"{IAM}:policy/other"
    document = execution((replace(first, permissions_boundary=other, role_path=path), *rest))
    inner = f"{IAM}:role{path}x"
    for boundary in (BOUNDARY, other):  # RC132 warns of it
        assert allows(document, "iam:PutRolePermissionsBoundary", inner, iam__PermissionsBoundary=boundary)
    outer = allows(document, "iam:PutRolePermissionsBoundary", ROLE, iam__PermissionsBoundary=other)
    assert outer == (path == "/vendors/")


def test_a_role_without_a_boundary_opens_the_paths_inside_its_own() -> None:
    first, *rest = grants()
    inner = [replace(grant, role_path="/vendors/inner/") for grant in rest]
    document = execution((replace(first, permissions_boundary=None), *inner))
    assert allows(document, "iam:CreateRole", f"{IAM}:role/vendors/inner/x")


def test_one_role_without_a_boundary_opens_its_own_path_only() -> None:
    first, *rest = grants()
    document = execution((replace(first, permissions_boundary=None, role_path="/loose/"), *rest))
    assert allows(document, "iam:CreateRole", f"{IAM}:role/loose/x")
    assert not allows(document, "iam:CreateRole", ROLE)
    assert allows(document, "iam:CreateRole", ROLE, iam__PermissionsBoundary=BOUNDARY)
