"""The stacks of a pipeline: its role, and in each account what CloudFormation may do for it.

An administrator deploys them with his own credentials, before the accounts are bootstrapped: `cdk bootstrap` is given
the policy. So they need neither CDK's roles nor its bucket.
"""

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from constructs_lib import CdkExecutionPolicy, GitHubDeployRole
from rolecall.model import naming
from rolecall.model.grant import Estate, Grant
from rolecall.model.identifiers import partition_of
from rolecall.model.pipeline import Pipeline
from rolecall.policy import deployer


class PipelineStack(cdk.Stack):
    """The deploy role of an estate, and the account's identity provider for GitHub if the estate wants it made."""

    def __init__(self, scope: Construct, estate: Estate, pipeline: Pipeline) -> None:
        """Define the stack."""
        name = naming.pipeline_stack_name(estate.name)
        super().__init__(
            scope,
            name,
            stack_name=name,
            description=f"The role that the pipeline of estate {estate.name} deploys with.",
            env=cdk.Environment(account=pipeline.account, region=pipeline.region),
            synthesizer=cdk.LegacyStackSynthesizer(),
            tags={"rolecall:estate": estate.name},
        )
        there = deployer.provider_arn(partition_of(pipeline.region), pipeline.account)
        role = GitHubDeployRole(
            self,
            "DeployRole",
            github=pipeline.github,
            assumable_roles=deployer.assumable_roles(estate.grants),
            provider_arn=None if pipeline.create_provider else there,
            role_name=pipeline.role_name,
        )
        cdk.CfnOutput(self, "DeployRoleArn", value=role.role_arn)


class ExecutionStack(cdk.Stack):
    """What CloudFormation may do in one account when the pipeline deploys."""

    def __init__(self, scope: Construct, estate: Estate, grants: Sequence[Grant], region: str) -> None:
        """Define the stack for these grants, which share an account.

        Args:
            scope: where it belongs.
            estate: whose pipeline it is.
            grants: all of the account's.
            region: the pipeline's. Another one would be a second stack, with a policy of the same name.
        """
        account = grants[0].account
        name = naming.execution_stack_name(estate.name)
        super().__init__(
            scope,
            naming.stack_construct_id(name, account, region),
            stack_name=name,
            description=f"What CloudFormation may do when the pipeline of estate {estate.name} deploys.",
            env=cdk.Environment(account=account, region=region),
            synthesizer=cdk.LegacyStackSynthesizer(),
            tags={"rolecall:estate": estate.name},
        )
        self.policy = CdkExecutionPolicy(
            self,
            "ExecutionPolicy",
            boundaries=deployer.boundaries_by_path(grants),
            parameters=deployer.parameters(grants),
            policy_name=naming.execution_policy_name(estate.name),
            account=account,
            region=region,
        )
        """The construct."""
        cdk.CfnOutput(self, "ExecutionPolicyArn", value=self.policy.policy_arn)
