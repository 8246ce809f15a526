"""RC008: keys that were written and decide nothing. Silence about them would be a promise."""

from rolecall.config import schema
from rolecall.config.external_ids import derived_id_of, is_the_vendors
from rolecall.config.files import WrittenProject, WrittenWorkspace
from rolecall.config.parents import report_sharing
from rolecall.config.party import Party
from rolecall.config.reader import PathInFile, SourceFile
from rolecall.model.finding import Finding, Severity
from rolecall.model.invalid import four_parts


def report_unused(within: WrittenWorkspace, vendor: schema.Vendor, workspaces: dict[str, WrittenWorkspace]) -> None:
    """Warn of keys of a workspace and its projects that have no effect beside the others."""
    workspace, source = within.workspace, within.source
    if workspace.parent is not None and workspace.external_id_scope != "parent":
        _warn(source, ("parent",), workspace.parent, "with external_id_scope parent only")
    scope = workspace.external_id_scope or vendor.external_id.per
    ignored = workspace.external_id is not None and scope == "project" and workspace.workspace_role is None
    # One that is wrong besides is an error: somebody believes that it is in force.
    if ignored and is_the_vendors(workspace.external_id, Party(within, vendor, workspaces, None)):
        _warn(source, ("external_id",), "an ID", "with a workspace-wide scope; here each project has its own")
    report_sharing(within, Party(within, vendor, workspaces, None))
    for project in within.projects:
        _report_project(project, scope, Party(within, vendor, workspaces, project))


def _report_project(project: WrittenProject, scope: str, party: Party) -> None:
    own, source, path = project.project, project.source, project.path
    access = own.access or party.vendor.access
    if own.allow_permanent_delete and access == "read":
        _warn(source, (*path, "allow_permanent_delete"), "true", "with access read-write only")
    # One that is not even the parent's is an error, which the trust of the role reports.
    if own.external_id is not None and scope == "parent" and own.external_id == derived_id_of(party):
        _warn(source, (*path, "external_id"), "an ID", "nowhere below a parent, whose ID the vendor sends")


def _warn(source: SourceFile, path: PathInFile, value: str, where: str) -> None:
    message = four_parts(f"{path[-1]} has no effect", value, where, "take it out, or mend what it belongs to")
    source.findings.append(Finding("RC008", Severity.WARNING, source.location(path), message))
