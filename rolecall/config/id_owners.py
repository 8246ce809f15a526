"""Whose an external ID is: the workspace or project of the estate for which the vendor's rule gives it."""

import re

from rolecall.config.files import WrittenWorkspace
from rolecall.config.party import Party


def owner_of(external_id: str, party: Party) -> str | None:
    """The address and place of the workspace or project that the ID belongs to; None if it is none of this estate."""
    for template in party.vendor.external_id.derived.values():
        form = re.escape(template).replace(r"\{workspace_id\}", "(?P<workspace>.+?)")
        match = re.fullmatch(form.replace(r"\{project_id\}", "(?P<project>[^_]+)"), external_id)
        if match is not None:
            ids = match.groupdict()
            found = _found(ids["workspace"], ids.get("project"), party)
            if found is not None:
                return found
    return None


def _found(workspace_id: str, project_id: str | None, party: Party) -> str | None:
    for within in party.workspaces.values():
        if within.workspace.workspace_id == workspace_id and within.workspace.vendor == party.within.workspace.vendor:
            found = _project(within, project_id) if project_id else _workspace(within)
            if found is not None:
                return found
    return None


def _workspace(within: WrittenWorkspace) -> str:
    return f"{within.workspace.workspace} ({within.source.location(('workspace_id',))})"


def _project(within: WrittenWorkspace, project_id: str) -> str | None:
    for project in within.projects:
        if project.project.project_id == project_id:
            place = project.source.location((*project.path, "project_id"))
            return f"{within.workspace.workspace}/{project.slug} ({place})"
    return None
