"""The role that a vendor assumes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib import limits
from rolecall.model import identifiers, naming
from rolecall.model.grant import MIN_SESSION_SECONDS, READ_ACTIONS, WRITE_ACTIONS, Access, Permissions
from rolecall.model.invalid import InvalidValueError
from rolecall.model.secret import Secret
from rolecall.model.services import ServiceAccess
from rolecall.model.trust import ExternalId, Trust, Verifier
from rolecall.policy.compile import Home, permission_policies, permission_statements, trust_document
from rolecall.policy.services.place import check_place
from rolecall.policy.services.resource_types import check_resource_types, idle_actions


class VendorRole(Construct):
    """A role that one vendor may assume with the right external ID, and one managed policy with what it may do.

    It is deliberately no `IGrantable`: a `grant_*` from elsewhere would give access that nobody proves.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        principal: str | Sequence[str],
        external_id: ExternalId | Sequence[ExternalId] | None,
        secrets: Sequence[Secret] = (),
        services: Iterable[ServiceAccess] = (),
        access: Access = Access.READ,
        read_actions: Sequence[str] = READ_ACTIONS,
        write_actions: Sequence[str] = READ_ACTIONS + WRITE_ACTIONS,
        allow_permanent_delete: bool = False,
        statements: Sequence[Mapping[str, Any]] = (),
        role_name: str | None = None,
        role_path: str = "/",
        purpose: str = "Assumed by a vendor",
        max_session_seconds: int = MIN_SESSION_SECONDS,
        permissions_boundary: str | None = None,
        tags: Mapping[str, str] | None = None,
        account: str | None = None,
        region: str | None = None,
        pending: bool = False,
        verifier: Verifier | None = None,
        self_trust: bool = False,
    ) -> None:
        """Define the role.

        Args:
            scope: where it belongs.
            construct_id: unique in the scope; the logical ids are made from it.
            principal: who may assume the role: a 12-digit account id, or the ARN of an account's root, of a user
                or of a role; several as a list. Never `*`.
                https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
            external_id: what the vendor must send as sts:ExternalId, 2 to 1,224 characters of A-Z a-z 0-9
                _ + = , . @ : / -; two while a rotation lasts. Required, unless the trust is pending. Of a vendor that
                sends another one each time, a `PatternedExternalId` with the vendor's reason: StringLike, and
                `refuse_unprotected` has to be told of it.
                https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
            secrets: what it may read. Default: nothing.
            services: what it may use of AWS services besides Secrets Manager, one entry for each set of resources, such
                as `SqsAccess(queues=["orders"])`. Default: nothing.
            access: read, or read-write below the granted names and prefixes.
            read_actions: IAM actions of `read`. Default: GetSecretValue and DescribeSecret.
            write_actions: all IAM actions of `read-write`. Default: those, CreateSecret, UpdateSecret and DeleteSecret.
            allow_permanent_delete: leaves out the Deny on deletion without recovery; counts with read-write only.
            statements: further IAM statements, Effect Allow. Default: none.
            role_name: 1 to 64 characters, unique in the account, letter case aside. Default: CloudFormation makes one.
            role_path: IAM path of the role and its policies, begins and ends in a slash. Default: /
            purpose: first part of the role's description.
            max_session_seconds: longest session, 3600 to 43200. Default: 3600, one hour.
            permissions_boundary: ARN of a managed policy of the role's account, or of AWS's, that bounds the role.
                Default: none.
            tags: at most 50. Default: none.
            account: 12 digits. Default: the stack's.
            region: where secrets and resources are that say nothing else. Default: the stack's.
            pending: the vendor has not said its principal or external ID yet: nobody can assume the role.
            verifier: one role of your own that may assume the role too, to prove it, by a statement of its own and
                with an external ID that no vendor has; not while the trust is pending. It can then do all that the
                vendor can. Default: nobody.
            self_trust: the role lets itself in too, with the same external ID, and may assume itself: some vendors
                (Databricks) ask for that. Needs `role_name` and an account that is known. Default: it does not.

        Raises:
            InvalidValueError: a value that IAM would refuse, or one that would leave the role unprotected.
        """
        super().__init__(scope, construct_id)
        home = _home(self, account, region)
        itself = _own_arn(home, role_name, role_path) if self_trust else None
        trust = Trust(_principals(principal, home.partition), _several(external_id), pending, verifier, itself)
        permissions = Permissions(
            Access(access),
            _actions(read_actions),
            _actions(write_actions),
            tuple(secrets),
            allow_permanent_delete,
            tuple(statements),
            itself=itself,
            services=_services(services, home),
        )
        found = permission_statements(permissions, home)
        for rule, message in idle_actions(found):  # as in an estate, no error: AWS adds actions faster than any list
            cdk.Annotations.of(self).add_warning_v2(f"rolecall:{rule}", message)
        limits.check_sids([reasoned.statement for reasoned in found])
        limits.check_purpose(purpose)
        limits.check_boundary(permissions_boundary, home)
        limits.check_role(role_name, role_path, max_session_seconds, tags or {})
        self._role = iam.CfnRole(
            self,
            "Resource",
            assume_role_policy_document=limits.within_trust_size(trust_document(trust)),
            description=naming.role_description(purpose),
            max_session_duration=max_session_seconds,
            path=role_path,
            permissions_boundary=permissions_boundary,
            role_name=role_name,
            tags=[cdk.CfnTag(key=key, value=value) for key, value in sorted((tags or {}).items())] or None,
        )
        self.policies: tuple[iam.CfnManagedPolicy, ...] = tuple(
            self._attach(part, document, role_name, role_path)
            for part, document in limits.within_policies(permission_policies(found)).items()
        )
        """The managed policies: none where the role may do nothing, several where one would be too large."""

    def _attach(self, part: str, document: dict[str, Any], role_name: str | None, path: str) -> iam.CfnManagedPolicy:
        return iam.CfnManagedPolicy(
            self,
            naming.policy_construct_id(part),
            managed_policy_name=naming.policy_name(role_name, part) if role_name else None,
            path=path,
            policy_document=document,
            roles=[self._role],
        )

    @property
    def role_arn(self) -> str:
        """The role's ARN, known once it is deployed."""
        return self._role.attr_arn

    @property
    def role_name(self) -> str:
        """The role's name, known once it is deployed."""
        return self._role.ref


def _home(scope: Construct, account: str | None, region: str | None) -> Home:
    """Where the role lives; what nobody named is asked of the stack, which may leave it to the deployment."""
    stack = cdk.Stack.of(scope) if account is None or region is None else None
    if account is not None:
        identifiers.account_id(account)
    found_region = region if region is not None else stack.region if stack else ""
    known = not cdk.Token.is_unresolved(found_region) if stack else True
    partition = identifiers.partition_of(identifiers.region(found_region)) if known else "aws"
    return Home(partition, account if account is not None else stack.account if stack else "", found_region)


def _actions(actions: Sequence[str]) -> tuple[str, ...]:
    """A text alone is one action, and not its letters."""
    return (actions,) if isinstance(actions, str) else tuple(actions)


def _own_arn(home: Home, role_name: str | None, role_path: str) -> str:
    """The ARN that the role will have.

    Raises:
        InvalidValueError: RC106, where only the deployment will know it: IAM compares what is written.
    """
    if role_name is None or cdk.Token.is_unresolved([role_name, role_path, home.account]):
        allowed = "role_name, and an account that is known here"
        raise InvalidValueError(
            "self_trust of a role without a fixed ARN", role_name, allowed, "give both", rule="RC106"
        )
    return f"arn:{home.partition}:iam::{home.account}:role{role_path}{role_name}"


def _services(services: Iterable[ServiceAccess], home: Home) -> tuple[ServiceAccess, ...]:
    """The accesses, if that is what they are: a forgotten class would be granted nothing, and say nothing."""
    listed = (services,) if isinstance(services, ServiceAccess) else services
    # What cannot be gone through is told as the one thing that it is.
    found = tuple(listed) if isinstance(listed, Iterable) else (listed,)
    for each in found:
        if not isinstance(each, ServiceAccess):
            allowed = 'a list of SqsAccess(queues=["orders"]), S3Access(...) and so on'
            raise InvalidValueError("services", each, allowed, "make one of it", rule="RC219")
        check_resource_types(each.service, each.documented)
        check_place(each, home, region_is_known=not cdk.Token.is_unresolved(home.region))
    return found


def _principals(principal: str | Sequence[str], partition: str) -> tuple[str, ...]:
    values = list(principal) if isinstance(principal, list | tuple) else [principal]
    return tuple(dict.fromkeys(identifiers.principal(value, partition) for value in values))


def _several(external_id: ExternalId | Sequence[ExternalId] | None) -> tuple[ExternalId, ...]:
    if external_id is None:
        return ()
    several: list[Any] = list(external_id) if isinstance(external_id, list | tuple) else [external_id]
    return tuple(value for index, value in enumerate(several) if value not in several[:index])
