"""What a grant becomes in AWS: CDK constructs, usable in any CDK app without a line of YAML.

A role that one vendor may assume, with one secret and everything below one prefix:

    from constructs_lib import Secret, VendorRole

    VendorRole(
        stack,
        "Billing",
        principal="353360065216",
        external_id="workato_iam_external_id_12345_678",
        secrets=[Secret("name", "prod/jira"), Secret("prefix", "billing/")],
    )

CDK runs on Node, which `aws_cdk` starts as it is imported: on the one that came with the extra `cdk`, if this package
is imported first; otherwise on the one that JSII_NODE names, or the first on PATH.
"""

from rolecall.node import use_bundled_node

use_bundled_node()

from constructs_lib.deploy_role import GitHubDeployRole
from constructs_lib.execution_policy import CdkExecutionPolicy
from constructs_lib.template_check import UnprotectedTrustError, refuse_unprotected
from constructs_lib.vendor_role import VendorRole
from rolecall.model.grant import Access
from rolecall.model.invalid import InvalidValueError
from rolecall.model.patterned_id import PatternedExternalId
from rolecall.model.pipeline import GitHub
from rolecall.model.secret import Secret
from rolecall.model.services import (
    CloudWatchAccess,
    Documented,
    HttpAccess,
    LambdaAccess,
    LexAccess,
    S3Access,
    ServiceAccess,
    SesAccess,
    SnsAccess,
    SqsAccess,
)
from rolecall.model.trust import ParameterReference, Verifier

__all__ = [
    "Access",
    "CdkExecutionPolicy",
    "CloudWatchAccess",
    "Documented",
    "GitHub",
    "GitHubDeployRole",
    "HttpAccess",
    "InvalidValueError",
    "LambdaAccess",
    "LexAccess",
    "ParameterReference",
    "PatternedExternalId",
    "S3Access",
    "Secret",
    "ServiceAccess",
    "SesAccess",
    "SnsAccess",
    "SqsAccess",
    "UnprotectedTrustError",
    "VendorRole",
    "Verifier",
    "refuse_unprotected",
]
