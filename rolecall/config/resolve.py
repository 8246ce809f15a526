"""From what was written to what will exist: every default resolved, one grant for each role."""

import dataclasses
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from rolecall.config import schema
from rolecall.config.files import WrittenEstate, WrittenWorkspace
from rolecall.config.party import Party
from rolecall.config.reader import PathInFile, SourceFile
from rolecall.config.roles import roles_of
from rolecall.config.trust import trust_of
from rolecall.config.unused import report_unused
from rolecall.model import naming
from rolecall.model.grant import MIN_SESSION_SECONDS, READ_ACTIONS, WRITE_ACTIONS, Access, Estate, Grant, Permissions
from rolecall.model.identifiers import partition_of
from rolecall.model.invalid import four_parts
from rolecall.model.secret import Secret

_T = TypeVar("_T")

DEFAULT_ROLE_NAME = "{vendor}-{workspace}-{project}"


def resolve(written: WrittenEstate) -> Estate | None:
    """The estate, without the roles that cannot be made sense of; why not has been noted with the files."""
    if written.estate is None:
        return None
    workspaces = _by_slug(written.workspaces)
    defaults = written.estate.defaults
    return Estate(
        written.estate.estate,
        tuple(grant for within in workspaces.values() for grant in _grants(written, within, workspaces)),
        defaults.account,
        defaults.region,
        defaults.reader_role,
    )


def _by_slug(found: list[WrittenWorkspace]) -> dict[str, WrittenWorkspace]:
    by_slug: dict[str, WrittenWorkspace] = {}
    for within in found:
        slug = within.workspace.workspace
        first = by_slug.setdefault(slug, within)
        if first is not within:
            message = four_parts("workspace stands twice", slug, f"one, and {first.source.name} has it", "rename one")
            within.source.error("RC301", ("workspace",), message)
    return by_slug


def _grants(
    written: WrittenEstate, within: WrittenWorkspace, workspaces: dict[str, WrittenWorkspace]
) -> Iterator[Grant]:
    vendor = written.vendors.get(within.workspace.vendor)
    if vendor is None:
        _report_unknown_vendor(written, within)
        return
    report_unused(within, vendor, workspaces)
    for project in roles_of(within):
        grant = _Resolution(written, Party(within, vendor, workspaces, project)).grant()
        if grant is not None:
            yield grant


def _report_unknown_vendor(written: WrittenEstate, within: WrittenWorkspace) -> None:
    name, own = within.workspace.vendor, written.estate.vendors if written.estate else {}
    if name in own:
        return  # its entry was refused, which has been noted there
    near = difflib.get_close_matches(name, written.vendors, 1)
    change = f"did you mean {near[0]!r}?" if near else "describe it under `vendors` in estate.yaml"
    message = four_parts("vendor is not known", name, ", ".join(sorted(written.vendors)), change)
    within.source.error("RC007", ("vendor",), message)


@dataclass(frozen=True)
class _Resolution:
    """One role on its way: what was written at each level, nearest first."""

    written: WrittenEstate
    party: Party

    @property
    def own(self) -> schema.ProjectBase:
        party = self.party
        role = party.project.project if party.project else party.within.workspace.workspace_role
        return role or schema.ProjectBase()

    @property
    def levels(self) -> list[schema.Defaults]:
        estate = self.written.estate
        return [self.own, self.party.within.workspace, *([estate.defaults] if estate else [])]

    def setting(self, name: str, kind: type[_T]) -> _T | None:
        """A default that cascades: the nearest level that says something."""
        found = (getattr(level, name) for level in self.levels)
        return next((value for value in found if isinstance(value, kind)), None)

    def grant(self) -> Grant | None:
        account, region = self.setting("account", str), self.setting("region", str)
        for name, value in (("account", account), ("region", region)):
            if value is None and not self.written.source.is_partial:
                message = four_parts(f"{name} is missing", "nothing", "one here or in `defaults`", f"add `{name}:`")
                self.party.source.error("RC005", self.party.path, message)
        if account is None or region is None:
            return None
        trust = trust_of(self.party, partition_of(region))
        permissions = self._permissions(account, region)
        if trust is None or permissions is None or not self._has_sound_boundary(account):
            return None
        workspace, project = self.party.within.workspace, self._slug
        return Grant(
            estate=self.written.estate.estate if self.written.estate else "",
            workspace=workspace.workspace,
            project=project,
            vendor=workspace.vendor,
            account=account,
            region=region,
            role_name=naming.role_name(
                self.setting("role_name", str) or DEFAULT_ROLE_NAME,
                vendor=workspace.vendor,
                workspace=workspace.workspace,
                project=project,
            ),
            trust=trust,
            permissions=permissions,
            role_path=self.setting("role_path", str) or "/",
            max_session_seconds=self.setting("max_session", int) or self.party.vendor.session or MIN_SESSION_SECONDS,
            session_seconds=self.party.vendor.session,
            permissions_boundary=self._boundary(account, partition_of(region)),
            tags=self._tags(),
            masked_external_id=self.party.vendor.external_id.origin == "customer",
            shares_id=self.party.scope != "project",
            shares_parent_id=self.party.scope == "parent",
            location=self.party.source.location(self.party.path),
        )

    @property
    def _slug(self) -> str:
        return self.party.project.slug if self.party.project else naming.WORKSPACE_ROLE

    def _tags(self) -> tuple[tuple[str, str], ...]:
        merged: dict[str, str] = {}
        for level in reversed(self.levels):
            merged |= level.tags
        return tuple(sorted(merged.items()))

    def _boundary(self, account: str, partition: str) -> str | None:
        """The ARN of the permissions boundary, whose form has been checked where it was written."""
        value = self.setting("permissions_boundary", str)
        if value is None or value.startswith("arn:"):
            return value
        return f"arn:{partition}:iam::{account}:policy/{value.removeprefix('/')}"

    def _has_sound_boundary(self, account: str) -> bool:
        """Whether the boundary is a policy that IAM lets bound a role of this account; noted where it is not."""
        value = self.setting("permissions_boundary", str)
        if value is None or not value.startswith("arn:") or f"::{account}:" in value or "::aws:" in value:
            return True
        message = four_parts("permissions_boundary of another account", value, f"account {account}", "name one there")
        source, path = self._place_of("permissions_boundary")
        source.error("RC303", path, message)
        return False

    def _place_of(self, name: str) -> tuple[SourceFile, PathInFile]:
        """Where the level stands that a default comes from."""
        places: list[tuple[SourceFile, PathInFile]] = [
            (self.party.source, self.party.path),
            (self.party.within.source, ()),
            (self.written.source, ("defaults",)),
        ]
        level = next(index for index, level in enumerate(self.levels) if getattr(level, name) is not None)
        source, path = places[level]
        return source, (*path, name)

    def _permissions(self, account: str, region: str) -> Permissions | None:
        vendor, own = self.party.vendor, self.own
        secrets = [self._secret(index, entry, account, region) for index, entry in enumerate(own.secrets)]
        if None in secrets:
            return None
        return Permissions(
            access=Access(own.access or vendor.access),
            read_actions=tuple(vendor.actions.read or READ_ACTIONS),
            write_actions=tuple(vendor.actions.read_write or (*(vendor.actions.read or READ_ACTIONS), *WRITE_ACTIONS)),
            secrets=tuple(secret for secret in secrets if secret is not None),
            allow_permanent_delete=own.allow_permanent_delete,
            statements=tuple(own.statements),
        )

    def _secret(self, index: int, entry: schema.SecretEntry, account: str, region: str) -> Secret | None:
        """The secret with its place; noted where its ARN or key lies elsewhere than a role could use."""
        path: PathInFile = (*self.party.path, "secrets", index)
        source: SourceFile = self.party.source
        secret = dataclasses.replace(entry.secret(), location=source.location(path))
        if secret.kind == "arn" and f":{account}:" not in secret.value:
            message = four_parts("arn of another account", secret.value, f"account {account}", "correct it")
            source.error("RC205", (*path, "arn"), message)
            return None
        if secret.kms_key and f":kms:{secret.region_in(region)}:" not in secret.kms_key:
            message = four_parts(
                "kms_key of another region",
                secret.kms_key,
                f"region {secret.region_in(region)}, as the secret",
                "correct it",
            )
            source.error("RC208", (*path, "kms_key"), message)
            return None
        return secret
