"""What is known about one role before its sheet is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from rolecall.config.party import Party
from rolecall.config.schema import IdHolder
from rolecall.config.vendor import Vendor
from rolecall.handoff.line import Facts
from rolecall.handoff.secret_arns import FoundSecret
from rolecall.model.grant import Grant
from rolecall.model.patterned_id import PatternedExternalId
from rolecall.model.secret import Secret
from rolecall.model.services import S3Access
from rolecall.policy.principal import account_of

_UNKNOWN = "(not known yet)"
TITLES = {
    "sqs": "Amazon SQS",
    "sns": "Amazon SNS",
    "s3": "Amazon S3",
    "lambda": "AWS Lambda",
    "ses": "Amazon SES",
    "lex": "Amazon Lex",
    "cloudwatch": "Amazon CloudWatch Logs",
}
"""AWS's own names of the services."""


@dataclass(frozen=True)
class Subject:
    """A role, what was written about it, and what AWS was asked.

    Args:
        external_ids: whole, the current one first; empty while pending, or where none could be read.
        unread_id: why an external ID that is kept elsewhere is not known; None where it is, or where there is none.
        secrets: what is known of the secrets that the estate names.
        made: when the sheet is written.
        target: `aws`, or `local` for the embedded AWS.
        has_stand_ins: whether what AWS was asked came from an embedded AWS.
    """

    grant: Grant
    party: Party
    made: datetime
    external_ids: Sequence[str] = ()
    unread_id: str | None = None
    secrets: Mapping[Secret, FoundSecret] = field(default_factory=dict)
    target: str = "aws"
    has_stand_ins: bool = False

    @property
    def vendor(self) -> Vendor:
        """The vendor's entry."""
        return self.party.vendor

    @property
    def accounts(self) -> tuple[str, ...]:
        """The vendor's AWS accounts that the role trusts."""
        found = (account_of(principal) for principal in self.grant.trust.principals)
        return tuple(dict.fromkeys(account for account in found if account))

    @property
    def owner(self) -> str | None:
        """Whom the role's tag `owner` names, if it has one."""
        return next((value for key, value in self.grant.tags if key.casefold() == "owner"), None)

    @property
    def grants(self) -> frozenset[str]:
        """Which of the kinds that a step may be for the role was granted some of."""
        permissions = self.grant.permissions
        actions = [action for statement in permissions.statements for action in listed(statement["Action"])]
        of_secrets = [action for action in actions if names_service(action, "secretsmanager")]
        others = [action for action in actions if action.partition(":")[0].lower() not in ("secretsmanager", "kms")]
        names = {access.service for access in permissions.services}
        found = {
            "secrets": permissions.secrets or of_secrets,
            "services": others or names,
            "sqs": "sqs" in names or any(names_service(action, "sqs") for action in others),
            "s3-prefixes": self.buckets,
        }
        return frozenset(name for name, some in found.items() if some)

    @property
    def buckets(self) -> tuple[S3Access, ...]:
        """The buckets that are granted below prefixes only."""
        granted = self.grant.permissions.services
        return tuple(access for access in granted if isinstance(access, S3Access) and access.prefixes)

    @property
    def id_pattern(self) -> str | None:
        """The pattern of the external IDs, where only that is known of them."""
        current = next(iter(self.grant.trust.external_ids), None)
        return str(current) if isinstance(current, PatternedExternalId) else None

    @property
    def is_called_by_own(self) -> bool:
        """Whether an identity of the customer's own calls the role, and nobody at the vendor's."""
        return self.vendor.own_principals

    @property
    def shares_its_id(self) -> bool:
        """Whether other workspaces take this one's external ID as their parent's."""
        own = self.party.within.workspace.workspace
        return any(other.workspace.parent == own for other in self.party.workspaces.values())

    @property
    def finish_by(self) -> str | None:
        """The day by which a rotation of the external ID has to end, if one is written."""
        own, by_id = self.party.project, self.party.workspaces.get(self.grant.id_workspace or self.grant.workspace)
        of_project = own.project.rotation if own is not None and isinstance(own.project, IdHolder) else None
        written = of_project or (by_id.workspace.rotation if by_id else None)
        return str(written.finish_by) if written else None


def names_service(action: str, service: str) -> bool:
    """Whether an action of a statement, with its stars, reaches into a service."""
    return fnmatchcase(service, action.partition(":")[0].lower())


def facts(subject: Subject) -> Facts:
    """The values of every placeholder."""
    grant, workspace, project = subject.grant, subject.party.within.workspace, subject.party.project
    prefixes = [secret.value for secret in grant.permissions.secrets if secret.kind == "prefix"]
    regions = list(dict.fromkeys(access.region_in(grant.region) for access in grant.permissions.services))
    known: dict[str, Sequence[str | None]] = {
        "role_arn": [grant.role_arn],
        "role_name": [grant.role_name],
        "account": [grant.account],
        "region": [grant.region],
        "external_id": [] if subject.id_pattern else list(subject.external_ids[:1]),
        "workspace_id": [workspace.workspace_id],
        "project_id": [project.project.project_id if project else None],
        "principal": list(grant.trust.principals),
        "trusted_account": list(subject.accounts),
        "prefix": prefixes,
        "service_region": [] if len(regions) > 1 else regions or [grant.region],
        "bucket": [name for access in subject.buckets for name in access.names],
        "object_prefix": [prefix for access in subject.buckets for prefix in access.prefixes],
    }
    whose = "your own" if subject.is_called_by_own else f"{subject.vendor.name}'s"
    absent = {
        "external_id": f"the external ID {'(not read, see above)' if subject.unread_id else _UNKNOWN}",
        "principal": f"{whose} AWS principal {_UNKNOWN}",
        "trusted_account": f"{whose} AWS account {_UNKNOWN}",
        "workspace_id": f"as {subject.vendor.name} shows it",
        "project_id": f"as {subject.vendor.name} shows it",
        "prefix": "the names that were granted",
        "service_region": ", ".join(
            f"{access.region_in(grant.region)} for {TITLES.get(access.service, access.service)}"
            for access in grant.permissions.services
        ),
        "bucket": "the bucket",
        "object_prefix": "the prefix",
    }
    if subject.id_pattern:
        absent["external_id"] = f"an ID that begins with {subject.id_pattern.partition('*')[0]}"
    return Facts({name: [each for each in found if each] for name, found in known.items()}, absent)


def unknown(subject: Subject) -> tuple[str, ...]:
    """Which values of the vendor's the owner still needs, by their placeholders."""
    has_id = subject.external_ids or subject.unread_id or subject.vendor.external_id.origin == "customer"
    has_principal = subject.grant.trust.principals or subject.is_called_by_own
    return (*(() if has_principal else ("trusted_account", "principal")), *(() if has_id else ("external_id",)))


def unsettled(subject: Subject) -> tuple[str, ...]:
    """Those that the screens are to show, as the role waits for them."""
    return unknown(subject) if subject.grant.trust.pending else ()


def listed(actions: object) -> list[str]:
    """Actions or resources of a statement: one, or several."""
    return [actions] if isinstance(actions, str) else list(actions) if isinstance(actions, list) else []
