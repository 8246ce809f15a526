"""What is known about one role before its sheet is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rolecall.config.party import Party
from rolecall.config.vendor import Vendor
from rolecall.handoff.line import Facts
from rolecall.handoff.secret_arns import FoundSecret
from rolecall.model.grant import Grant
from rolecall.model.secret import Secret
from rolecall.policy.principal import account_of

_UNKNOWN = "(not known yet)"


@dataclass(frozen=True)
class Subject:
    """A role, what was written about it, and what AWS was asked.

    Args:
        external_ids: whole, the current one first; empty while pending, or where none could be read.
        unread_id: why an external ID that is kept elsewhere is not known; None where it is, or where there is none.
        secrets: what is known of the secrets that the estate names.
        made: when the sheet is written.
        target: `aws`, or `local` for the embedded AWS.
    """

    grant: Grant
    party: Party
    made: datetime
    external_ids: Sequence[str] = ()
    unread_id: str | None = None
    secrets: Mapping[Secret, FoundSecret] = field(default_factory=dict)
    target: str = "aws"

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
        """Which of `secrets` and `services` the role was granted some of."""
        actions = (action for statement in self.grant.permissions.statements for action in _listed(statement["Action"]))
        others = [action for action in actions if action.partition(":")[0].lower() not in ("secretsmanager", "kms")]
        has_services = bool(others or self.grant.permissions.services)
        found = {"secrets": bool(self.grant.permissions.secrets), "services": has_services}
        return frozenset(name for name, has_some in found.items() if has_some)


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
        "external_id": list(subject.external_ids[:1]),
        "workspace_id": [workspace.workspace_id],
        "project_id": [project.project.project_id if project else None],
        "principal": list(grant.trust.principals),
        "trusted_account": list(subject.accounts),
        "prefix": prefixes,
        "service_region": regions or [grant.region],
    }
    absent = {
        "external_id": f"the external ID {'(not read, see above)' if subject.unread_id else _UNKNOWN}",
        "principal": f"{subject.vendor.name}'s AWS principal {_UNKNOWN}",
        "trusted_account": f"{subject.vendor.name}'s AWS account {_UNKNOWN}",
        "workspace_id": f"as {subject.vendor.name} shows it",
        "project_id": f"as {subject.vendor.name} shows it",
        "prefix": "the names that were granted",
    }
    return Facts({name: [each for each in found if each] for name, found in known.items()}, absent)


def _listed(actions: object) -> list[str]:
    return [actions] if isinstance(actions, str) else list(actions) if isinstance(actions, list) else []
