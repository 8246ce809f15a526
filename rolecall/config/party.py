"""A role on its way from the files, together with all that decides about its trust."""

from dataclasses import dataclass

from rolecall.config import schema
from rolecall.config.files import WrittenProject, WrittenWorkspace
from rolecall.config.reader import PathInFile, SourceFile
from rolecall.model import naming


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
    def address(self) -> str:
        """The role, as selectors and waivers name it."""
        return f"{self.within.workspace.workspace}/{self.project.slug if self.project else naming.WORKSPACE_ROLE}"

    @property
    def scope(self) -> str:
        """What one external ID belongs to: project, workspace, or parent."""
        chosen = self.within.workspace.external_id_scope
        if chosen == "parent" or (self.project and chosen):
            return str(chosen)
        return self.vendor.external_id.per if self.project else "workspace"

    @property
    def id_holder(self) -> tuple[object, SourceFile, PathInFile]:
        """Who writes the external ID, and where: the project, or the workspace that shares one."""
        own = self.project.project if self.project else None
        shares = self.scope != "project" and getattr(own, "external_id", None) is None
        if own is None or shares:
            return self.within.workspace, self.within.source, ()
        return own, self.source, self.path
