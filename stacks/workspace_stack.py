"""The stack of one workspace in one account and region."""

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from constructs_lib import VendorRole
from rolecall.model import naming
from rolecall.model.grant import Grant


class WorkspaceStack(cdk.Stack):
    """Every role of a workspace that lives in one account and region, with its ARN as output."""

    def __init__(self, scope: Construct, grants: Sequence[Grant]) -> None:
        """Define the stack of these grants, which share workspace, account and region."""
        first = grants[0]
        super().__init__(
            scope,
            naming.stack_construct_id(first.workspace, first.account, first.region),
            stack_name=first.stack,
            description=f"Roles that {first.vendor} assumes for workspace {first.workspace}. Managed by Rolecall.",
            env=cdk.Environment(account=first.account, region=first.region),
            tags={"rolecall:estate": first.estate, "rolecall:workspace": first.workspace},
        )
        self.roles = {grant.project: self._role(grant) for grant in grants}
        """The constructs by project slug."""

    def _role(self, grant: Grant) -> VendorRole:
        role = VendorRole(
            self,
            grant.project,
            principal=grant.trust.principals,
            external_id=grant.trust.external_ids,
            pending=grant.trust.pending,
            verifier=grant.trust.verifier,
            self_trust=grant.trust.itself is not None,
            secrets=grant.permissions.secrets,
            services=grant.permissions.services,
            access=grant.permissions.access,
            read_actions=grant.permissions.read_actions,
            write_actions=grant.permissions.write_actions,
            allow_permanent_delete=grant.permissions.allow_permanent_delete,
            statements=grant.permissions.statements,
            role_name=grant.role_name,
            role_path=grant.role_path,
            purpose=f"Assumed by {grant.vendor} for {grant.address}",
            max_session_seconds=grant.max_session_seconds,
            permissions_boundary=grant.permissions_boundary,
            tags=dict(grant.all_tags),
            account=grant.account,
            region=grant.region,
        )
        # The ARN as text: name, path and account are fixed, and asking CDK for it costs a tenth of the synthesis.
        cdk.CfnOutput(self, naming.output_key(grant.project), value=grant.role_arn)
        return role
