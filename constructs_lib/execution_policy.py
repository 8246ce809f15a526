"""What CloudFormation may do when CDK deploys an estate."""

import re
from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib import limits
from rolecall.model import iam_names, identifiers
from rolecall.model.invalid import InvalidValueError
from rolecall.model.pipeline import is_shared
from rolecall.policy.compile import Home
from rolecall.policy.deployer import execution_document
from rolecall.policy.document import Document
from rolecall.policy.size import MANAGED_POLICY_MAX_CHARACTERS, characters

# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html, read 2026-11-22.
_PARAMETER = r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*"


class CdkExecutionPolicy(Construct):
    """A managed policy for `cdk bootstrap --cloudformation-execution-policies`, in place of AdministratorAccess.

    It allows roles and managed policies below some paths and nothing else. What such a role may do it cannot limit;
    that is what a permissions boundary is for. Nor does it limit stacks that carry another service role, which CDK's
    deploy role may update all the same: docs/deployer.md.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        boundaries: Mapping[str, Sequence[str | None]],
        parameters: Sequence[str] = (),
        policy_name: str | None = None,
        account: str,
        region: str,
    ) -> None:
        """Define the policy.

        Args:
            scope: where it belongs.
            construct_id: unique in the scope; the logical id is made from it.
            boundaries: for each path, such as /vendors/, ARNs of the permissions boundaries that its roles have; None
                for roles without one. A path that has only boundaries takes no role without one of them. Never /, or
                one of AWS's own such as /service-role/.
            parameters: ARNs of parameters of the account that CloudFormation reads, each a whole one. Default: none.
            policy_name: 1 to 128 characters, unique in the account. Default: CloudFormation makes one.
            account: 12 digits.
            region: which tells the partition.

        Raises:
            InvalidValueError: a path, a boundary, a name or an account that IAM would refuse; the path /; a pattern in
                the place of a path or a parameter; a path with nothing said of its boundaries; a document that is
                larger than IAM takes.
        """
        super().__init__(scope, construct_id)
        if not boundaries:
            raise InvalidValueError("boundaries", "no path", "one at least", "name the roles' path", rule="RC305")
        home = Home(identifiers.partition_of(identifiers.region(region)), identifiers.account_id(account), region)
        for path, some in boundaries.items():
            _check_path(path)
            _check_boundaries(path, some, home)
        for parameter in parameters:
            _check_parameter(parameter, home)
        if policy_name is not None:
            iam_names.policy_name(policy_name)
        document = execution_document(home, {path: tuple(some) for path, some in boundaries.items()}, tuple(parameters))
        self.policy = iam.CfnManagedPolicy(
            self,
            "Resource",
            managed_policy_name=policy_name,
            description="What CloudFormation may do when CDK deploys roles for vendors.",
            policy_document=_within_one(document),
        )
        """The policy itself."""

    @property
    def policy_arn(self) -> str:
        """The policy's ARN, known once it is deployed."""
        return self.policy.ref


def _within_one(document: Document) -> Document:
    """The document itself. Raises InvalidValueError, RC308."""
    size = characters(document)
    if size > MANAGED_POLICY_MAX_CHARACTERS:
        allowed = f"one managed policy of {MANAGED_POLICY_MAX_CHARACTERS}"
        change = "use fewer role paths, or parameters for external IDs, in this account, or divide the estate"
        raise InvalidValueError("execution policy of the account", f"{size} characters", allowed, change, rule="RC308")
    return document


def _check_path(path: str) -> None:
    iam_names.role_path(path)
    if is_shared(path):
        allowed = "a path of the estate's own"
        raise InvalidValueError("path of the roles", path, allowed, "write /vendors/", rule="RC331")


def _check_boundaries(path: str, boundaries: Sequence[str | None], home: Home) -> None:
    """None at all would make a condition that no call fits, and a text alone would be gone through by its letters."""
    if isinstance(boundaries, str) or not boundaries:
        allowed = "a list of ARNs of policies, None in it for roles without a boundary"
        what = f"boundaries of the roles below {path}"
        raise InvalidValueError(what, boundaries, allowed, "name one, or write [None]", rule="RC303")
    for boundary in boundaries:
        limits.check_boundary(boundary, home)


def _check_parameter(arn: str, home: Home) -> None:
    beginning = rf"arn:{home.partition}:ssm:[a-z0-9-]+:{home.account}:parameter/"
    if not isinstance(arn, str) or not re.fullmatch(rf"{beginning}{_PARAMETER}", arn):
        allowed = "the ARN of one parameter of the account, without a wildcard"
        raise InvalidValueError("parameters", arn, allowed, "name each parameter", rule="RC303")
