"""Which principals and which external ID a project's role trusts: the vendor's rules, applied to what was written."""

import re
from dataclasses import dataclass

from rolecall.config import schema
from rolecall.config.files import WrittenProject, WrittenWorkspace
from rolecall.config.reader import PathInFile, SourceFile
from rolecall.config.values import PENDING
from rolecall.model import identifiers
from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import ExternalId, ParameterReference, Trust
from rolecall.model.invalid import InvalidValueError, four_parts

# What an AWS account is called where the customer finds it.
_ASK = "copy it from the vendor's console into `trusted_account`"


@dataclass(frozen=True)
class Party:
    """A project, or the one role of a workspace, together with all that decides about its trust."""

    within: WrittenWorkspace
    vendor: schema.Vendor
    workspaces: dict[str, WrittenWorkspace]
    project: WrittenProject | None
    """None for the workspace's one role."""

    @property
    def source(self) -> SourceFile:
        """The file that says what the role is."""
        return self.project.source if self.project else self.within.source

    @property
    def path(self) -> PathInFile:
        """Where in that file."""
        return self.project.path if self.project else ("workspace_role",)

    @property
    def scope(self) -> str:
        """What one external ID belongs to: project, workspace, or parent."""
        chosen = self.within.workspace.external_id_scope
        if chosen == "parent" or (self.project and chosen):
            return str(chosen)
        return self.vendor.external_id.per if self.project else "workspace"


def trust_of(party: Party, partition: str) -> Trust | None:
    """The trust of a role; None where something is missing or wrong, which has then been noted."""
    principals = _principals(party, partition)
    ids = _external_ids(party)
    if principals is None or ids is None:
        return None
    if PENDING in ids or not principals:
        return Trust(principals, () if PENDING in ids else ids, pending=True)
    return Trust(principals, ids)


def _principals(party: Party, partition: str) -> tuple[str, ...] | None:
    """ARNs of the principals; empty while pending; None where that cannot be known."""
    workspace, source = party.within.workspace, party.within.source
    if workspace.trusted_account and workspace.trusted_principals:
        message = four_parts("trusted_account beside trusted_principals", "both", "one of them", "take one out")
        source.error("RC106", ("trusted_account",), message)
        return None
    written: list[str] | str | None = workspace.trusted_principals
    path: PathInFile = ("trusted_principals",)
    if workspace.trusted_account:
        written, path = [workspace.trusted_account], ("trusted_account",)
    if written is None:
        written, path = _published(party), ("vendor",)
    if written is None:
        return None
    if written == PENDING:
        return ()
    return _checked_principals(list(written), partition, source, path)


def _published(party: Party) -> list[str] | str | None:
    """The catalog's principals for the workspace's data centre."""
    published, workspace = party.vendor.principals, party.within.workspace
    if not isinstance(published, dict):
        return published
    if workspace.data_center in published:
        return published[workspace.data_center]
    known = ", ".join(published)
    message = four_parts("principal of the vendor is not known", workspace.data_center or "no data_center", known, _ASK)
    party.within.source.error("RC101", ("data_center",) if workspace.data_center else (), message)
    return None


def _checked_principals(
    written: list[str], partition: str, source: SourceFile, path: PathInFile
) -> tuple[str, ...] | None:
    found = []
    for value in written:
        try:
            found.append(identifiers.principal(value, partition))
        except InvalidValueError as error:
            source.error(error.rule, path, str(error))
    if not found:
        source.error("RC106", path, four_parts("principals", "none", "at least one", "name the vendor's"))
    return tuple(dict.fromkeys(found)) if len(found) == len(written) and found else None


def _external_ids(party: Party) -> tuple[ExternalId, ...] | None:
    """The current ID, and the previous one while a rotation lasts; `pending` alone; None where that cannot be known."""
    holder, source, path = _holder(party)
    derived = _derived(party)
    written = getattr(holder, "external_id", None)
    if party.vendor.external_id.origin == "derived":
        if derived is None or not _agrees(written, derived, party, source, (*path, "external_id")):
            return None
        current: ExternalId = written if isinstance(written, ParameterReference | str) and written else derived
    elif written is None:
        message = four_parts(
            "external ID is missing",
            "nothing",
            "the vendor's, or `pending`",
            "add `external_id:` (`rolecall vendors` says whose)",
        )
        source.error("RC101", path, message)
        return None
    else:
        current = written
    if not _fits(current, party, source, (*path, "external_id")):
        return None
    previous = getattr(holder, "previous_external_id", None)
    return (current,) if previous in (None, current) or current == PENDING else (current, previous)


def _holder(party: Party) -> tuple[object, SourceFile, PathInFile]:
    """Who writes the external ID: the project, or the workspace that shares one."""
    own = party.project.project if party.project else None
    shares = party.scope != "project" and getattr(own, "external_id", None) is None
    if own is None or shares:
        return party.within.workspace, party.within.source, ()
    return own, party.source, party.path


def _derived(party: Party) -> str | None:
    """The ID that the vendor's rule gives, for vendors that have one."""
    rule = party.vendor.external_id
    if rule.origin != "derived":
        return None
    within = party.within
    if party.scope == "parent":
        parent = _parent(party)
        if parent is None:
            return None
        within = parent
    template = rule.derived.get("project" if party.scope == "project" else "workspace", "")
    ids = {
        "workspace_id": (within.workspace.workspace_id, within.source, ()),
        "project_id": (party.project.project.project_id if party.project else None, party.source, party.path),
    }
    for name, (value, source, path) in ids.items():
        if "{" + name + "}" not in template:
            continue
        if value is None:
            message = four_parts(f"{name} is missing", "nothing", "the vendor's own id, quoted", f"add `{name}:`")
            source.error("RC101", path, message)
            return None
        if not re.fullmatch(r"[0-9]+", value) and "[0-9]" in (rule.pattern or ""):
            message = four_parts(f"{name} is not as this vendor's", value, "digits", "copy it from the vendor's screen")
            source.error("RC111", (*path, name), message)
            return None
        template = template.replace("{" + name + "}", value)
    return template


def _parent(party: Party) -> WrittenWorkspace | None:
    workspace, source = party.within.workspace, party.within.source
    parent = party.workspaces.get(workspace.parent or "")
    if parent is None or parent.workspace.external_id_scope != "workspace":
        message = four_parts(
            "parent",
            workspace.parent or "nothing",
            "a workspace of this estate with external_id_scope workspace",
            "name it",
        )
        source.error("RC113", ("parent",), message)
        return None
    return parent


def _agrees(written: object, derived: str, party: Party, source: SourceFile, path: PathInFile) -> bool:
    """Whether an ID that was written all the same is the one that the vendor will send."""
    if written in (None, derived, PENDING) or isinstance(written, ParameterReference):
        return True
    rule = party.vendor.external_id
    if any(re.fullmatch(form, str(written)) for form in rule.older_forms):
        message = f"external ID {written!r} has a form that the vendor documented before; today's is {derived!r}"
        source.findings.append(Finding("RC115", Severity.WARNING, source.location(path), message))
        return True
    of_another = re.fullmatch(rule.pattern, str(written)) if rule.pattern else None
    what = "external ID belongs to another workspace or project" if of_another else "external ID is not the vendor's"
    message = four_parts(what, str(written), derived, "take it out: the vendor's rule gives it")
    source.error("RC113" if of_another else "RC111", path, message)
    return False


def _fits(value: ExternalId, party: Party, source: SourceFile, path: PathInFile) -> bool:
    pattern = party.vendor.external_id.pattern
    forms = [pattern, *party.vendor.external_id.older_forms] if pattern else []
    if not forms or value == PENDING or not isinstance(value, str) or any(re.fullmatch(f, value) for f in forms):
        return True
    source.error("RC111", path, four_parts("external ID is not as this vendor's", value, str(pattern), "copy it again"))
    return False
