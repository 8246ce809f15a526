"""The files' shapes. Pydantic checks the form; what the values mean together is `resolve`'s work."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator

from rolecall.config import values
from rolecall.model import identifiers
from rolecall.model.invalid import InvalidValueError
from rolecall.model.secret import Secret
from rolecall.model.tags import tag_key, tag_value


def _checked(check: Callable[[object, str], Any], what: str) -> Any:
    return PlainValidator(lambda value: check(value, what))


AccountId = Annotated[str, _checked(identifiers.account_id, "account")]
Region = Annotated[str, _checked(identifiers.region, "region")]
EstateSlug = Annotated[str, _checked(identifiers.slug, "estate")]
ProjectSlug = Annotated[str, _checked(identifiers.slug, "project")]
ParentSlug = Annotated[str, _checked(identifiers.slug, "parent")]
VendorId = Annotated[str, _checked(values.vendor_id, "id at the vendor")]
ExternalIdValue = Annotated[Any, _checked(values.external_id, "external_id")]
PreviousExternalId = Annotated[Any, _checked(values.previous_external_id, "previous_external_id")]
StackSlug = Annotated[str, _checked(values.stack_slug, "workspace")]
Action = Annotated[str, PlainValidator(values.action)]
DerivedId = Annotated[str, PlainValidator(values.derived_id)]
SchemaVersion = Annotated[int, PlainValidator(values.schema_version)]
Boundary = Annotated[str, PlainValidator(values.permissions_boundary)]
TagKey = Annotated[str, PlainValidator(tag_key)]
TagValue = Annotated[str, PlainValidator(tag_value)]
Session = Annotated[int, PlainValidator(values.session_seconds)]
RolePath = Annotated[str, PlainValidator(values.role_path)]
NameTemplate = Annotated[str, PlainValidator(values.name_template)]
Access = Literal["read", "read-write"]
Text = Annotated[str, BeforeValidator(values.text)]
Pattern = Annotated[str, PlainValidator(values.pattern)]
Statement = Annotated[dict[str, Any], PlainValidator(values.statement)]


class Part(BaseModel):
    """Any mapping of the files: unknown keys are errors, and no value is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Defaults(Part):
    """What may be set in the estate, a workspace and a project; the nearest wins."""

    account: AccountId | None = Field(None, description="AWS account of the role: 12 digits, quoted")
    region: Region | None = Field(None, description="Region of the stack and, by default, of the secrets")
    role_path: RolePath | None = Field(None, description="IAM path of the role, such as /vendors/")
    role_name: NameTemplate | None = Field(None, description="Template with {vendor}, {workspace} and {project}")
    reader_role: Text | None = Field(None, description="ARN, with {account}, of the role that reads other accounts")
    max_session: Session | None = Field(None, description="Longest session: a whole number with h or m, 1h to 12h")
    permissions_boundary: Boundary | None = Field(None, description="Name of a policy in the account, or its ARN")
    tags: dict[TagKey, TagValue] = Field(default_factory=dict, description="Tags of the role; merged, not replaced")


class Guardrails(Part):
    """Actions that no role may ever be allowed."""

    never_allow: list[Text] = Field(default_factory=list)


class ExternalIdRule(Part):
    """Who makes a vendor's external IDs, and what one belongs to."""

    origin: Literal["vendor", "customer", "derived"]
    per: Literal["project", "workspace"]
    pattern: Pattern | None = None
    derived: dict[Literal["project", "workspace"], DerivedId] = Field(
        default_factory=dict, description="Origin derived: the ID of each scope, with {workspace_id} and {project_id}"
    )
    older_forms: list[Pattern] = Field(default_factory=list, description="Patterns that the vendor documented before")

    @model_validator(mode="after")
    def _has_its_rule(self) -> Self:
        if self.origin == "derived" and self.per not in self.derived:
            allowed = "`derived` with the ID of each scope, with {workspace_id} and {project_id}"
            raise InvalidValueError(
                "origin derived without its rule", self.per, allowed, f"add derived: {{{self.per}: …}}", rule="RC005"
            )
        return self


class Actions(Part):
    """IAM actions of a vendor's two kinds of access."""

    read: list[Action] | None = None
    read_write: list[Action] | None = Field(None, alias="read-write")


class Vendor(Part):
    """A vendor: a catalog entry or one of the customer's own."""

    name: Text
    principals: list[Text] | dict[str, list[Text]] | Literal["pending"]
    external_id: ExternalIdRule
    access: Access = "read"
    actions: Actions = Actions()
    session: Session | None = None
    source: Text | None = Field(None, description="URL of the vendor's own documentation")
    checked: Any = Field(None, description="Date on which the source was read")


class SecretEntry(Part):
    """One granted secret, prefix, ARN or set of tags."""

    name: Text | None = None
    prefix: Text | None = None
    arn: Text | None = None
    tag: dict[str, Text] | None = None
    keys: list[Text] = Field(default_factory=list)
    kms_key: Text | None = None
    region: Region | None = None
    shared: bool = False

    @model_validator(mode="after")
    def _is_one_secret(self) -> Self:
        self.secret()
        return self

    def secret(self) -> Secret:
        """The entry as the model knows it."""
        return values.secret(self)


class Rotation(Part):
    """An external-ID rotation under way. Dates as written: 2026-11-22."""

    started: Any
    finish_by: Any


class ProjectBase(Defaults):
    """What a project and a workspace's one role have in common."""

    access: Access | None = None
    allow_permanent_delete: bool = False
    secrets: list[SecretEntry] = Field(default_factory=list)
    statements: list[Statement] = Field(default_factory=list)


class Project(ProjectBase):
    """One project of a vendor workspace: one role."""

    project: ProjectSlug
    project_id: VendorId | None = None
    external_id: ExternalIdValue | None = None
    previous_external_id: PreviousExternalId | None = None
    rotation: Rotation | None = None


class ProjectFile(ProjectBase):
    """A project in a file of its own: its slug is the file's name."""

    project_id: VendorId | None = None
    external_id: ExternalIdValue | None = None
    previous_external_id: PreviousExternalId | None = None
    rotation: Rotation | None = None


class Workspace(Defaults):
    """workspaces/NAME.yaml."""

    workspace: StackSlug
    vendor: Text
    workspace_id: VendorId | None = None
    data_center: Text | None = None
    trusted_account: AccountId | None = None
    trusted_principals: list[Text] | Literal["pending"] | None = None
    external_id_scope: Literal["project", "workspace", "parent"] | None = None
    secrets_scope: Literal["project", "workspace"] = "project"
    parent: ParentSlug | None = None
    external_id: ExternalIdValue | None = None
    previous_external_id: PreviousExternalId | None = None
    rotation: Rotation | None = None
    workspace_role: ProjectBase | None = None
    projects: list[Project] = Field(default_factory=list)


class EstateFile(Part):
    """estate.yaml."""

    schema_version: SchemaVersion = Field(alias="schema")
    estate: EstateSlug
    defaults: Defaults = Defaults()
    guardrails: Guardrails = Guardrails()
    vendors: dict[str, dict[str, Any]] = Field(default_factory=dict)
