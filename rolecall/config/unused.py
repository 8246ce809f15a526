"""RC008: keys that were written and decide nothing. Silence about them would be a promise."""

from rolecall.config import schema
from rolecall.config.external_ids import derived_id_of, is_the_vendors
from rolecall.config.files import WrittenProject, WrittenWorkspace
from rolecall.config.parents import report_sharing
from rolecall.config.party import Party
from rolecall.config.reader import PathInFile, SourceFile
from rolecall.config.values import PENDING
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
    if workspace.data_center is not None and not vendor.has_data_centers:
        _warn(source, ("data_center",), workspace.data_center, "with a vendor that has several data centres")
    nobodys = scope == "project" and workspace.workspace_role is None
    _report_rotation(workspace, source, (), "in its projects, each of which has its own ID" if nobodys else "")
    report_sharing(within, Party(within, vendor, workspaces, None))
    for project in within.projects:
        _report_project(project, scope, Party(within, vendor, workspaces, project))


def _report_project(project: WrittenProject, scope: str, party: Party) -> None:
    own, source, path = project.project, project.source, project.path
    if own.previous_external_id is not None or own.rotation is not None:
        elsewhere = scope != "project" and own.external_id is None
        _report_rotation(own, source, path, "where the shared ID is written" if elsewhere else "")
    access = own.access or party.vendor.access
    if own.allow_permanent_delete and access == "read":
        _warn(source, (*path, "allow_permanent_delete"), "true", "with access read-write only")
    # One that is not even the parent's is an error, which the trust of the role reports.
    if own.external_id is not None and scope == "parent" and own.external_id == derived_id_of(party):
        _warn(source, (*path, "external_id"), "an ID", "nowhere below a parent, whose ID the vendor sends")


def _report_rotation(holder: schema.IdHolder, source: SourceFile, path: PathInFile, instead: str) -> None:
    """What is written about a rotation, where the role is let in by an ID that stands elsewhere, or by none yet."""
    written = {"previous_external_id": holder.previous_external_id, "rotation": holder.rotation}
    where = instead or ("beside an external ID that is known" if holder.external_id == PENDING else "")
    for key, value in written.items():
        lonely = "" if key != "rotation" or holder.previous_external_id else "beside a previous_external_id"
        if value is not None and (where or lonely):
            _warn(source, (*path, key), "an ID" if key != "rotation" else "days", where or lonely)


def _warn(source: SourceFile, path: PathInFile, value: str, where: str) -> None:
    message = four_parts(f"{path[-1]} has no effect", value, where, "take it out, or mend what it belongs to")
    source.warn("RC008", path, message)
