"""cdk-nag's rules and CDK's own, run over every template while it is synthesised."""

from collections.abc import Iterator

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from rolecall.model.grant import Grant
from rolecall.policy.compile import Home, permission_document
from rolecall.policy.document import as_list, statements
from stacks.workspace_stack import WorkspaceStack

# CDK's own findings are warnings unless this is set; see "Template and Policy Validation" in the aws-cdk-lib README.
FAIL_ON_DEFAULT_RULES = "@aws-cdk/core:validateAgainstDefaultRules"


def switch_on(app: cdk.App) -> None:
    """Make synthesis fail on what CDK's own validation calls an error and on every AwsSolutions finding."""
    app.node.set_context(FAIL_ON_DEFAULT_RULES, True)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def acknowledge(stack: WorkspaceStack, grants: list[Grant]) -> None:
    """Answer cdk-nag's IAM5 for each wildcard resource that an estate granted, and for no other."""
    for grant in grants:
        policy = stack.roles[grant.project].policy
        wildcards = list(_wildcards(grant))
        if policy is not None and wildcards:
            cdk.Validations.of(policy).acknowledge(*wildcards)


def _wildcards(grant: Grant) -> Iterator[cdk.Acknowledgment]:
    document = permission_document(grant.permissions, Home(grant.partition, grant.account, grant.region)) or {}
    granted = {
        str(resource)
        for statement in statements(document)
        if statement["Effect"] == "Allow"
        for resource in as_list(statement["Resource"])
        if "*" in str(resource)
    }
    for resource in sorted(granted):
        reason = f"The estate grants {grant.address} everything below this prefix; no other project's prefix meets it."
        yield cdk.Acknowledgment(id=f"AwsSolutions::AwsSolutions-IAM5[Resource::{resource}]", reason=reason)
