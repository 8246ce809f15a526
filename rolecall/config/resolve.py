"""From what was written to what will exist: every default resolved, one grant for each role."""

from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.config import schema
from rolecall.config.external_ids import place_of_id
from rolecall.config.files import WrittenEstate, WrittenWorkspace
from rolecall.config.party import Party
from rolecall.config.patterns import report_patterns
from rolecall.config.permissions import permissions_of
from rolecall.config.pipeline import pipeline_of
from rolecall.config.principals import principals_elsewhere
from rolecall.config.roles import roles_of
from rolecall.config.settings import Settings
from rolecall.config.source import PathInFile, SourceFile
from rolecall.config.trust import trust_of
from rolecall.config.unheard import report_case, report_guardrails, report_region
from rolecall.config.unused import report_unused
from rolecall.config.verifier import verifier_of, with_verifier
from rolecall.model import naming
from rolecall.model.grant import MIN_SESSION_SECONDS, Estate, Grant
from rolecall.model.identifiers import partition_of
from rolecall.model.invalid import InvalidValueError, four_parts
from rolecall.model.near import did_you_mean
from rolecall.policy.compile import Home

DEFAULT_ROLE_NAME = "{vendor}-{workspace}-{project}"


def resolve(written: WrittenEstate) -> Estate | None:
    """The estate, without the roles that cannot be made sense of; why not has been noted with the files."""
    if written.estate is None:
        return None
    workspaces = _by_slug(written.workspaces)
    defaults = written.estate.defaults
    report_case(defaults.tags, defaults.tags, written.source, ("defaults", "tags"))
    report_region(defaults.region, written.source, ("defaults", "region"))
    report_guardrails(written.estate.guardrails.never_allow, written.source)
    grants = tuple(grant for within in workspaces.values() for grant in _grants(written, within, workspaces))
    verifier = verifier_of(written, grants)
    return Estate(
        written.estate.estate,
        tuple(with_verifier(grant, verifier) for grant in grants) if verifier else grants,
        defaults.account,
        defaults.region,
        verifier,
        pipeline_of(written, grants),
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
    report_patterns(within, vendor)
    if vendor is None:
        _report_unknown_vendor(written, within)
        return
    report_unused(within, vendor, workspaces)
    estate = Settings().within(written.estate.defaults) if written.estate else Settings()
    settings = estate.within(within.workspace)
    report_case(settings.tags, within.workspace.tags, within.source, ("tags",))
    report_region(within.workspace.region, within.source, ("region",))
    for project in roles_of(within):
        grant = _Resolution(written, Party(within, vendor, workspaces, project), settings).grant()
        if grant is not None:
            yield grant


def _report_unknown_vendor(written: WrittenEstate, within: WrittenWorkspace) -> None:
    name, own = within.workspace.vendor, written.estate.vendors if written.estate else {}
    if name in own:
        return  # its entry was refused, which has been noted there
    change = did_you_mean(name, written.vendors, "describe it under `vendors` in estate.yaml")
    message = four_parts("vendor is not known", name, ", ".join(sorted(written.vendors)), change)
    within.source.error("RC007", ("vendor",), message)


@dataclass(frozen=True, slots=True)
class _Resolution:
    """One role on its way, and the settings of its workspace."""

    written: WrittenEstate
    party: Party
    inherited: Settings

    @property
    def own(self) -> schema.ProjectBase:
        """What was written about the role itself."""
        party = self.party
        role = party.project.project if party.project else party.within.workspace.workspace_role
        return role or schema.ProjectBase()

    def grant(self) -> Grant | None:
        """The grant; None where something is missing or wrong, which has then been noted."""
        try:
            return self._made()
        except InvalidValueError as error:
            # The model's own last look. Whatever was overlooked before it is named, and never ends the check.
            self.party.source.error(error.rule, self.party.path, str(error))
            return None

    def _made(self) -> Grant | None:
        settings = self.inherited.within(self.own)
        account, region = settings.account, settings.region
        for name, value in (("account", account), ("region", region)):
            if value is None and not self._was_refused(name):
                message = four_parts(f"{name} is missing", "nothing", "one here or in `defaults`", f"add `{name}:`")
                self.party.source.error("RC005", self.party.path, message)
        if account is None or region is None:
            return None
        report_case(settings.tags, self.own.tags, self.party.source, (*self.party.path, "tags"))
        report_region(self.own.region, self.party.source, (*self.party.path, "region"))
        partition = partition_of(region)
        trust = trust_of(self.party, partition)
        home = Home(partition, account, region)
        permissions = permissions_of(self.party, self.own, home)
        if trust is None or permissions is None or not self._has_sound_boundary(settings, home):
            return None
        workspace, project = self.party.within.workspace, self._slug
        grant = Grant(
            estate=self.written.estate.estate if self.written.estate else "",
            workspace=workspace.workspace,
            project=project,
            vendor=workspace.vendor,
            account=account,
            region=region,
            role_name=naming.role_name(
                settings.role_name or DEFAULT_ROLE_NAME,
                vendor=workspace.vendor,
                workspace=workspace.workspace,
                project=project,
            ),
            trust=trust,
            permissions=permissions,
            role_path=self._path(settings),
            max_session_seconds=settings.max_session or self.party.vendor.session or MIN_SESSION_SECONDS,
            session_seconds=self.party.vendor.session,
            permissions_boundary=settings.boundary_arn(account, partition),
            reader_role=settings.reader_role,
            tags=tuple(sorted(settings.tags.items())),
            masked_external_id=self.party.vendor.external_id.origin == "customer",
            shares_id=self.party.scope != "project",
            id_workspace=str(workspace.parent) if self.party.scope == "parent" else workspace.workspace,
            one_region=self.party.vendor.one_region,
            vendor_names_secrets=self.party.vendor.names_secrets,
            permission_profile=self.party.vendor.permission_profile,
            own_principals=self.party.vendor.own_principals,
            json_secrets=self.party.vendor.json_secrets,
            data_center=workspace.data_center,
            principals_elsewhere=principals_elsewhere(self.party, partition),
            location=self.party.source.location(self.party.path),
            id_location=place_of_id(self.party),
        )
        return grant.trusting_itself() if self.party.vendor.self_trust else grant

    @property
    def _slug(self) -> str:
        return self.party.project.slug if self.party.project else naming.WORKSPACE_ROLE

    def _was_refused(self, name: str) -> bool:
        """Whether a setting stands at one of the levels and is wrong, which has been noted there."""
        own, workspace = self.party.source.was_refused((*self.party.path, name)), self.party.within.source
        return own or workspace.was_refused((name,)) or self.written.source.was_refused(("defaults", name))

    def _path(self, settings: Settings) -> str:
        """The role's IAM path: where a level says, or where the vendor takes roles."""
        needed, written = self.party.vendor.role_path, settings.role_path
        if needed and written not in (None, needed):
            source, path = self._place_of("role_path")
            # One level above may speak for many roles; it is wrong once.
            if not any(f.rule == "RC315" and f.location == source.location(path) for f in source.findings):
                what = "role_path is not the one that the vendor takes roles at"
                change = f"write role_path: {needed} in the workspace"
                source.warn("RC315", path, four_parts(what, written, needed, change))
        return written or needed or "/"

    def _has_sound_boundary(self, settings: Settings, home: Home) -> bool:
        """Whether the boundary is a policy that IAM lets bound a role of this account; noted where it is not."""
        value = settings.permissions_boundary
        if value is None or not value.startswith("arn:"):
            return True
        owners = (f"arn:{home.partition}:iam::{home.account}:", f"arn:{home.partition}:iam::aws:")
        if value.startswith(owners):
            return True
        allowed = f"account {home.account} in partition {home.partition}"
        message = four_parts("permissions_boundary of another account or partition", value, allowed, "name one there")
        source, path = self._place_of("permissions_boundary")
        source.error("RC303", path, message)
        return False

    def _place_of(self, name: str) -> tuple[SourceFile, PathInFile]:
        """Where the level stands that a default comes from."""
        if getattr(self.own, name) is not None:
            return self.party.source, (*self.party.path, name)
        if getattr(self.party.within.workspace, name) is not None:
            return self.party.within.source, (name,)
        return self.written.source, ("defaults", name)
