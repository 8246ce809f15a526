"""Parts of the files with rules of their own: vendors and secrets."""

from functools import cached_property
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rolecall.config import scalars, values
from rolecall.config.scalars import Access, Pending, Text
from rolecall.model.invalid import InvalidValueError
from rolecall.model.secret import Secret
from rolecall.policy.safe_pattern import fits

_SECRET_KINDS = ("name", "prefix", "arn", "tag")


class Part(BaseModel):
    """Any mapping of the files: unknown keys are errors, and no value is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class WaiverEntry(Part):
    """A finding that somebody lets stand, for a reason and for a time."""

    rule: scalars.RuleId = Field(description="Id of the rule that may be broken, such as RC203.")
    at: scalars.Address = Field(description="Where: WORKSPACE/PROJECT, or WORKSPACE for all its roles.")
    reason: Text = Field(description="Why the finding may stand, for whoever reads this next year.")
    owner: Text = Field(description="Who answers for it: a person or a team.")
    until: scalars.LastDay = Field(description="Last day on which it holds, such as 2027-03-31; then it is an error.")


class VerifierEntry(Part):
    """One role of your own that may call every role, to prove it: by a statement of its own, with an ID of its own."""

    principal: scalars.RolePrincipal = Field(
        description="ARN of one IAM role of an account of your own, such as the one that your pipeline runs as."
    )
    external_id: scalars.VerifierId = Field(
        description="What that role sends: an ID of your own making that opens nothing else, such as a UUID4; or "
        "{ssm_parameter: /path, version: 3}, in the account and region of every stack."
    )


class PatternedId(Part):
    """A vendor's need for StringLike on the external ID, which is an error everywhere else."""

    form: scalars.Pattern = Field(description="Regular expression of the patterns that the vendor asks for.")
    reason: Text = Field(description="Why the vendor asks for a pattern.")


class ExternalIdRule(Part):
    """Who makes a vendor's external IDs, and what one belongs to."""

    # What `_has_its_rule` asks.
    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {
                    "if": {"properties": {"origin": {"const": "derived"}, "per": {"const": per}}},
                    "then": {"required": ["derived"], "properties": {"derived": {"required": [per]}}},
                }
                for per in ("project", "workspace")
            ]
        }
    )

    origin: Literal["vendor", "customer", "derived"] = Field(
        description="Who makes the ID: the vendor, you, or a rule of the vendor's from its own ids."
    )
    per: Literal["project", "workspace"] = Field(description="What one ID belongs to.")
    pattern: scalars.Pattern | None = Field(
        None, description="Regular expression that the whole ID fits. Default: whatever AWS takes"
    )
    derived: dict[Literal["project", "workspace"], scalars.DerivedId] = Field(
        default_factory=dict, description="Origin derived: the ID of each scope, with {workspace_id} and {project_id}"
    )
    string_like: PatternedId | None = Field(None, description="Why patterns of the ID are in order for this vendor.")
    older_forms: list[scalars.Pattern] = Field(
        default_factory=list, description="Patterns that the vendor documented before; accepted with a warning."
    )

    @model_validator(mode="after")
    def _has_its_rule(self) -> Self:
        if self.origin == "derived" and self.per not in self.derived:
            allowed = "`derived` with the ID of each scope, with {workspace_id} and {project_id}"
            raise InvalidValueError(
                "origin derived without its rule", self.per, allowed, f"add derived: {{{self.per}: …}}", rule="RC005"
            )
        for rule in self.derived.values():
            made = rule.replace("{workspace_id}", "1").replace("{project_id}", "1")
            if self.pattern is not None and fits(self.pattern, made) is False:
                change = "make the pattern and the rule agree"
                raise InvalidValueError("derived ID does not fit the pattern", made, self.pattern, change, rule="RC005")
        return self


class Actions(Part):
    """IAM actions of a vendor's two kinds of access."""

    read: list[scalars.VendorAction] | None = Field(
        None, min_length=1, description="Actions of access read. Default: GetSecretValue and DescribeSecret"
    )
    read_write: list[scalars.VendorAction] | None = Field(
        None,
        min_length=1,
        alias="read-write",
        description="All actions of access read-write. Default: those of read, and CreateSecret, UpdateSecret, "
        "DeleteSecret",
    )


class Vendor(Part):
    """A vendor: a catalog entry or one of the customer's own."""

    name: Text = Field(description="The vendor's name, for people.")
    principals: list[Text] | dict[str, list[Text]] | Pending = Field(
        description="Whom roles trust: account ids or ARNs, or lists of them by data centre; pending while unknown."
    )
    external_id: ExternalIdRule = Field(description="Who makes the external IDs, and what one belongs to.")
    access: Access = Field("read", description="Access of projects that do not say. Default: read")
    actions: Actions = Field(Actions(), description="IAM actions of the two kinds of access.")
    session: scalars.Session | None = Field(
        None, description="Session that the vendor asks for: a whole number with h or m, 1h to 12h. Default: 1h"
    )
    one_region: bool = Field(
        False, description="Whether a workspace at the vendor works with the secrets of a single region. Default: false"
    )
    names_secrets: bool = Field(
        False, description="Whether the vendor makes secrets under names of its own, so that it needs a prefix."
    )
    json_secrets: bool = Field(
        False, description="Whether the vendor reads values out of JSON objects only, and no plain text. Default: false"
    )
    source: Text | None = Field(None, description="URL of the vendor's own documentation")
    checked: scalars.Date = Field(None, description="Date on which the source was read, such as 2026-11-22")


class SecretEntry(Part):
    """One granted secret, prefix, ARN or set of tags: exactly one of the four."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [kind]} for kind in _SECRET_KINDS]})

    name: scalars.SecretName | None = Field(
        None, description="Exactly this secret: its name, without the ARN's six last characters and without wildcards."
    )
    prefix: scalars.SecretPrefix | None = Field(
        None,
        description="Every secret below it. Ends in one of / _ . = + @; one that ends in - is accepted with a warning.",
    )
    arn: scalars.SecretArn | None = Field(
        None, description="The secret's whole ARN with its six last characters, in the role's account."
    )
    tag: dict[str, scalars.TagOfSecret] | None = Field(
        None, description="Every secret that carries all of these tags, without * ? $ in them."
    )
    keys: list[Text] = Field(
        default_factory=list,
        description="JSON keys in the secret that connections refer to; beside name and arn only.",
    )
    kms_key: scalars.KmsKey | None = Field(
        None,
        description="ARN (no alias) of the customer managed key that encrypts it. Default: the AWS managed key, which "
        "needs no grant",
    )
    region: scalars.Region | None = Field(None, description="Where the secret is. Default: the project's region")
    shared: bool = Field(False, description="Several projects read it on purpose; silences RC203. Default: false")

    @model_validator(mode="after")
    def _is_one_secret(self) -> Self:
        _ = self.secret
        return self

    @cached_property
    def secret(self) -> Secret:
        """The entry as the model knows it; made, and so checked, while the file is read."""
        return values.secret(self)
