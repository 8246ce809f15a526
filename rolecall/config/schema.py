"""The files' shapes. Pydantic checks the form; what the values mean together is `resolve`'s work.

Each description stands in the JSON Schema too: an editor shows it beside the key.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from rolecall.config import scalars
from rolecall.config.parts import Part, SecretEntry, VerifierEntry, WaiverEntry
from rolecall.config.pipeline_entry import PipelineEntry, not_bare
from rolecall.config.scalars import Access, Pending, Text
from rolecall.config.services import ServicesPart
from rolecall.config.vendor import Vendor

# Ten managed policies of 6,144 characters hold no more, however short they are.
MAX_STATEMENTS = 1000

__all__ = ["Defaults", "EstateFile", "Project", "ProjectBase", "ProjectFile", "SecretEntry", "Vendor", "Workspace"]


class Defaults(Part):
    """What may be set in the estate, a workspace and a project; the nearest wins."""

    account: scalars.AccountId | None = Field(
        None, description="AWS account of the role: 12 digits, in quotes. Has no default: set it at one of the levels."
    )
    region: scalars.Region | None = Field(
        None,
        description="AWS region of the stack and, unless they say otherwise, of the secrets. Has no default either.",
    )
    role_path: scalars.RolePath | None = Field(
        None, description="IAM path of the role: up to 512 characters that begin and end in /. Default: /"
    )
    role_name: scalars.NameTemplate | None = Field(
        None,
        description="The role's name, made of {vendor}, {workspace} and {project}; 64 characters at most once filled "
        "in. Default: {vendor}-{workspace}-{project}",
    )
    reader_role: scalars.ReaderRole | None = Field(
        None,
        description="ARN of the role that reads other accounts; {account} stands for each account's id. Default: the "
        "account's CDK lookup role.",
    )
    max_session: scalars.Session | None = Field(
        None, description="Longest session: a whole number with h or m, 1h to 12h. Default: what the vendor asks, or 1h"
    )
    permissions_boundary: scalars.Boundary | None = Field(
        None, description="Name of a policy in the role's account, or a whole ARN. Default: none"
    )
    tags: dict[scalars.TagKey, scalars.TagValue] = Field(
        default_factory=dict,
        description="Tags of the role, at most 47 beside Rolecall's own; merged with those of the levels above.",
    )


class Guardrails(Part):
    """Actions that no role may ever be allowed."""

    never_allow: list[scalars.Action] = Field(
        default_factory=list,
        description="IAM action patterns, such as secretsmanager:PutSecretValue. They add to the built-in ones.",
    )


class Rotation(Part):
    """An external-ID rotation under way. Dates as written: 2026-11-22."""

    started: scalars.Date = Field(description="Day on which both IDs were let in, such as 2026-11-22")
    finish_by: scalars.Date = Field(description="Day by which the previous ID has to go, such as 2026-12-06")


class ProjectBase(Defaults):
    """What a project and a workspace's one role have in common."""

    access: Access | None = Field(
        None, description="What the vendor may do with the secrets. Default: the vendor's, which is mostly read"
    )
    allow_permanent_delete: bool = Field(
        False, description="Access read-write only: whether deletion without recovery is allowed. Default: false"
    )
    secrets: list[SecretEntry] = Field(default_factory=list, description="The secrets that the role may use.")
    services: ServicesPart = Field(
        ServicesPart.none(),
        description="AWS services besides Secrets Manager, with the resources that the role may use.",
    )
    statements: list[scalars.Statement] = Field(
        default_factory=list,
        max_length=MAX_STATEMENTS,
        description="Further IAM statements of the role: Allow, with Action and Resource.",
    )


class IdHolder(Part):
    """Whoever writes an external ID: a project, or a workspace that shares one."""

    external_id: scalars.ExternalIdValue | None = Field(
        None,
        description="2 to 1,224 characters; or {ssm_parameter: /path, version: 3}; or pending. Left out where the "
        "vendor's rule derives it.",
    )
    previous_external_id: scalars.PreviousExternalId | None = Field(
        None, description="The ID that a rotation replaces; it opens the role too, for as long as it stands here."
    )
    rotation: Rotation | None = Field(None, description="When the rotation began and by when it has to end.")


class ProjectFile(ProjectBase, IdHolder):
    """A project in a file of its own: its slug is the file's name."""

    project_id: scalars.VendorId | None = Field(
        None, description="The vendor's own id of this project, in quotes; left out where the vendor has none."
    )


class Project(ProjectFile):
    """One project of a vendor workspace: one role."""

    project: scalars.ProjectSlug = Field(
        description="Slug of your choice, unique in the workspace: lower-case letters, digits, inner hyphens."
    )


class Workspace(Defaults, IdHolder):
    """workspaces/NAME.yaml."""

    workspace: scalars.StackSlug = Field(
        description="Slug, unique in the estate; its stacks are called by it too. Up to 125 characters, a letter first."
    )
    vendor: Text = Field(
        description="Id of a vendor: of the catalog, or one that stands under `vendors` in estate.yaml."
    )
    workspace_id: scalars.VendorId | None = Field(
        None, description="The vendor's own id of this workspace, in quotes; derived external IDs are made of it."
    )
    data_center: Text | None = Field(
        None, description="The vendor's data centre, where it has several; picks the principal that is trusted."
    )
    trusted_account: scalars.AccountId | None = Field(
        None,
        description="The vendor's AWS account as its console shows it: 12 digits, in quotes. Default: the catalog's",
    )
    trusted_principals: scalars.Principals | Pending | None = Field(
        None, description="Instead of trusted_account: account ids, or ARNs of users and roles; or pending."
    )
    external_id_scope: Literal["project", "workspace", "parent"] | None = Field(
        None,
        description="What one external ID belongs to; parent: an Automation HQ shares its own. Default: the vendor's",
    )
    secrets_scope: Literal["project", "workspace"] = Field(
        "project", description="Whether each project has its secrets, or workspace_role has all. Default: project"
    )
    parent: scalars.ParentSlug | None = Field(
        None, description="External-ID scope parent only: slug of the workspace whose ID the vendor really sends."
    )
    workspace_role: ProjectBase | None = Field(
        None, description="Secrets scope workspace only: the one role for all secrets."
    )
    projects: list[Project] = Field(
        default_factory=list,
        description="One role each. A project may have a file instead: workspaces/NAME/PROJECT.yaml",
    )


class EstateFile(Part):
    """estate.yaml."""

    schema_version: scalars.SchemaVersion = Field(alias="schema", description="Version of the files' shape: 1")
    estate: scalars.EstateSlug = Field(
        description="Slug of the estate: lower-case letters, digits, inner hyphens. Roles and stacks carry it as a tag."
    )
    defaults: Defaults = Field(Defaults(), description="What holds for every role, unless nearer levels say otherwise.")
    guardrails: Guardrails = Field(Guardrails(), description="What no role may ever be allowed.")
    vendors: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Vendors of your own, and changes to those of the catalog, by their id."
    )
    verifier: VerifierEntry | None = Field(
        None,
        description="One role of your own that may call every role to prove it, and could use it as well. Default: "
        "nobody",
    )
    pipeline: Annotated[PipelineEntry | None, BeforeValidator(not_bare)] = Field(
        None, description="The pipeline that deploys the estate; docs/deployer.md. Default: none"
    )
    waivers: list[WaiverEntry] = Field(default_factory=list, description="Findings that may stand for a time.")
