"""cdk-nag's rules and CDK's own, run over every template while it is synthesised."""

from collections.abc import Iterator

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from rolecall.model.grant import Grant
from rolecall.policy.compile import Home, permission_statements
from rolecall.policy.document import as_list, statements
from stacks.pipeline_stack import ExecutionStack
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
        wildcards = list(_wildcards(grant))
        for policy in stack.roles[grant.project].policies if wildcards else ():
            cdk.Validations.of(policy).acknowledge(*wildcards)


def acknowledge_paths(stack: ExecutionStack) -> None:
    """Answer IAM5 for the wildcard resources of an execution policy: all that lies below the estate's own paths."""
    policy = stack.policy.policy
    reason = "CloudFormation has to manage every role and policy below the estate's paths"
    resources = {
        str(resource)
        for statement in statements(policy.policy_document)
        for resource in as_list(statement["Resource"])
        if statement["Effect"] == "Allow" and "*" in str(resource)
    }
    cdk.Validations.of(policy).acknowledge(
        *(
            cdk.Acknowledgment(id=f"AwsSolutions::AwsSolutions-IAM5[Resource::{resource}]", reason=reason)
            for resource in sorted(resources)
        )
    )


def _wildcards(grant: Grant) -> Iterator[cdk.Acknowledgment]:
    """Prefixes, tags, account-wide calls and what `statements` name: RC205 has judged them, or a waiver has."""
    reasons: dict[str, str] = {}
    for reasoned in permission_statements(grant.permissions, Home(grant.partition, grant.account, grant.region)):
        for resource in map(str, as_list(reasoned.statement["Resource"])):
            if reasoned.statement["Effect"] == "Allow" and "*" in resource:
                reasons[resource] = f"{grant.address} {reasoned.reason}"
    for resource, reason in sorted(reasons.items()):
        yield cdk.Acknowledgment(id=f"AwsSolutions::AwsSolutions-IAM5[Resource::{resource}]", reason=reason)
