"""Workato's AWS IAM role sharing (Automation HQ): a parent workspace whose external ID is sent for its children.

Source: https://docs.workato.com/automation-hq/aws-iam-role-sharing.html, read 2026-11-22.
"""

from rolecall.config.files import WrittenWorkspace
from rolecall.config.party import Party
from rolecall.model.finding import Finding, Severity
from rolecall.model.invalid import four_parts
from rolecall.model.near import did_you_mean


def sharing_parent(party: Party) -> WrittenWorkspace | None:
    """The parent of a workspace with scope parent; None, and noted, where it could not share its ID (RC119)."""
    workspace, source = party.within.workspace, party.within.source
    parent = party.workspaces.get(workspace.parent or "")
    if parent is None:
        otherwise = "name the Automation HQ workspace, with a file of its own"
        change = did_you_mean(workspace.parent or "", party.workspaces, otherwise)
        message = four_parts("parent is no workspace of this estate", workspace.parent or "nothing", _ALLOWED, change)
    elif parent is party.within or parent.workspace.vendor != workspace.vendor:
        message = four_parts("parent cannot share its external ID", str(workspace.parent), _ALLOWED, "name another one")
    elif parent.workspace.external_id_scope != "workspace":
        scope = parent.workspace.external_id_scope or f"{party.vendor.external_id.per}, by default"
        what = (
            f"parent {workspace.parent} ({parent.source.location(('external_id_scope',))}) cannot share its external ID"
        )
        change = "set it to workspace: the vendor locks the parent's scope while it shares"
        message = four_parts(what, f"external_id_scope {scope}", "external_id_scope workspace", change)
    else:
        return parent
    source.error("RC119", ("parent",), message)
    return None


_ALLOWED = "another workspace of the same vendor with external_id_scope workspace"


def report_sharing(within: WrittenWorkspace, party: Party) -> None:
    """RC118: what has to be done by hand when sharing is switched on; RC119 for vendors that share nothing."""
    workspace, source = within.workspace, within.source
    if workspace.external_id_scope != "parent":
        return
    if party.vendor.external_id.origin != "derived":
        what = "this vendor shares no external ID of a parent"
        message = four_parts(what, "parent", "project, workspace", "choose one of those")
        source.error("RC119", ("external_id_scope",), message)
    else:
        message = (
            f"for {workspace.workspace} the vendor sends the external ID of {workspace.parent}: when sharing is "
            "switched on, disconnect and reconnect its AWS connections by hand, and call the clear_cache API (POST "
            "/api/secrets_management/clear_cache) for those that use Secrets Manager"
        )
        place = source.location(("external_id_scope",))
        found = Finding("RC118", Severity.INFO, place, message, address=workspace.workspace)
        source.findings.append(found)
