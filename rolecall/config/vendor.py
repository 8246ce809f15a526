"""A vendor: whom its roles trust, who makes the external IDs, and what its screens ask for."""

import re
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from rolecall.config import scalars
from rolecall.config.parts import Part
from rolecall.config.scalars import Access, Pending, Text
from rolecall.config.vendor_services import VendorServices
from rolecall.model.identifiers import principal
from rolecall.model.invalid import InvalidValueError
from rolecall.model.safe_pattern import fits

ScreenValue = Literal[
    "workspace_id", "project_id", "data_center", "trusted_account", "external_id", "role_arn", "region"
]
"""What a person looks up on the vendor's screens, or enters there."""

PLACEHOLDERS = frozenset(
    (
        "role_arn",
        "role_name",
        "account",
        "region",
        "external_id",
        "workspace_id",
        "project_id",
        "principal",
        "trusted_account",
        "prefix",
        "service_region",
    )
)
"""What may stand in braces in the texts of a hand-off.

trusted_account is the account of the principal, service_region where the granted services are.
"""


Published = list[Text] | dict[str, list[Text]]
"""Principals as a vendor has published them: a list, or lists by data centre."""

OtherPartition = Literal["aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"]
"""AWS's partitions besides the standard one, whose accounts are others under the same numbers."""


class PatternedId(Part):
    """A vendor's need for StringLike on the external ID, which is an error everywhere else."""

    form: scalars.Pattern = Field(description="Regular expression of the patterns that the vendor asks for.")
    reason: Text = Field(description="Why the vendor asks for a pattern.")


_WITH_PATTERNS: dict[str, Any] = {"properties": {"string_like": {"type": "object"}}, "required": ["string_like"]}


class ExternalIdRule(Part):
    """Who makes a vendor's external IDs, and what one belongs to."""

    # What `_has_its_rule` and `_has_a_reason_for_patterns` ask.
    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {
                    "if": {"properties": {"origin": {"const": "derived"}, "per": {"const": per}}},
                    "then": {"required": ["derived"], "properties": {"derived": {"required": [per]}}},
                }
                for per in ("project", "workspace")
            ]
            + [{"if": _WITH_PATTERNS, "then": {"properties": {"origin": {"const": "vendor"}}}}]
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
    def _has_a_reason_for_patterns(self) -> Self:
        if self.string_like is not None and self.origin != "vendor":
            allowed = "origin vendor: an ID that is derived or your own is known whole"
            raise InvalidValueError(
                "string_like where the ID is known", self.origin, allowed, "take it out", rule="RC005"
            )
        return self

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


class Step(Part):
    """One step on the vendor's screens."""

    at: Text | None = Field(None, description="The screen, as a path of menus. Default: where the step before was")
    do: Text = Field(
        description="What to do there, a sentence or two; placeholders such as {role_arn} may stand in it, and "
        "words of the screen between `backticks`."
    )
    compare: dict[Text, Text] = Field(
        default_factory=dict, description="What the screen shows and has to be: its label on the screen, and the value."
    )
    enter: dict[Text, Text] = Field(
        default_factory=dict, description="What goes into which field: its label on the screen, and the value."
    )
    warning: Text | None = Field(None, description="What the step may break, a sentence or two.")
    secrets_scope: Literal["project", "workspace"] | None = Field(
        None, description="Only where the workspace has this scope of secrets. Default: always"
    )
    external_id_scope: Literal["project", "workspace", "parent"] | None = Field(
        None, description="Only where external IDs have this scope. Default: always"
    )
    grants: Literal["secrets", "services"] | None = Field(
        None, description="Only for a role that was granted some of these. Default: always"
    )

    @model_validator(mode="after")
    def _knows_its_placeholders(self) -> Self:
        texts = [self.at or "", self.do, *self.compare.values(), *self.enter.values(), self.warning or ""]
        refuse_unknown_placeholders(texts)
        return self


class HandOff(Part):
    """What the person does who works on the vendor's screens."""

    first: list[Text] = Field(default_factory=list, description="What has to be there before, a sentence each.")
    steps: list[Step] = Field(min_length=1, description="The steps, in order.")
    last: list[Text] = Field(default_factory=list, description="What to do once it works, a sentence each.")
    check: list[Text] = Field(min_length=1, description="How to see that it worked, a sentence each.")
    trouble: dict[Text, Text] = Field(
        default_factory=dict, description="What the vendor says when it does not work, and what to do about it."
    )
    source: Text | None = Field(None, description="URL of the guide that the steps are from")

    @model_validator(mode="after")
    def _knows_its_placeholders(self) -> Self:
        refuse_unknown_placeholders([*self.first, *self.last, *self.check, *self.trouble.values()])
        return self


def refuse_unknown_placeholders(texts: list[str]) -> None:
    """Refuse what stands in braces and is no value of a role.

    Raises:
        InvalidValueError: RC003.
    """
    # Two braces are a text's own: Workato's references are written with them.
    for name in (name for text in texts for name in re.findall(r"(?<!\{)\{([^{}]*)\}(?!\})", text)):
        if name not in PLACEHOLDERS:
            allowed = ", ".join(f"{{{known}}}" for known in sorted(PLACEHOLDERS))
            raise InvalidValueError("placeholder", f"{{{name}}}", allowed, "correct it", rule="RC003")


class Vendor(Part):
    """A vendor: a catalog entry or one of the customer's own."""

    # What `_trusts_itself_by_one_id` asks.
    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"self_trust": {"const": True}}, "required": ["self_trust"]},
            "then": {"properties": {"external_id": {"not": _WITH_PATTERNS}}},
        }
    )

    name: Text = Field(description="The vendor's name, for people.")
    principals: Published | Pending = Field(
        description="Whom roles trust: account ids or ARNs, or lists of them by data centre; pending while unknown."
    )
    other_partitions: dict[OtherPartition, Published] = Field(
        default_factory=dict,
        description="Whom roles in other partitions than aws trust, such as aws-us-gov: whole ARNs of that partition, "
        "or lists of them by data centre. Default: nobody is known there",
    )
    external_id: ExternalIdRule = Field(description="Who makes the external IDs, and what one belongs to.")
    access: Access = Field("read", description="Access of projects that do not say. Default: read")
    actions: Actions = Field(Actions(), description="IAM actions of the two kinds of access.")
    services: VendorServices = Field(
        default_factory=dict, description="What the vendor documents that its connectors to AWS services need."
    )
    session: scalars.Session | None = Field(
        None, description="Session that the vendor asks for: a whole number with h or m, 1h to 12h. Default: 1h"
    )
    self_trust: bool = Field(
        False,
        description="Whether the vendor asks that each role trusts itself too, and may assume itself. Default: false",
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
    permission_profile: Literal["read-one-secret", "read", "read-write-prefix", "no-secrets"] | None = Field(
        None,
        description="What the vendor does with secrets: reads one, reads several, keeps its own under a prefix, or has "
        "to do with other services only. Default: unknown",
    )
    handshake: Literal["external-id-first", "role-first"] = Field(
        "external-id-first",
        description="What comes first: the external ID, or the role's ARN, without which the vendor shows no ID, so "
        "that a new project begins as pending. Default: external-id-first",
    )
    role_path: scalars.RolePath | None = Field(
        None, description="The one IAM path that the vendor takes roles at. Default: any"
    )
    screens: dict[ScreenValue, Text] = Field(
        default_factory=dict,
        description="Where each value is found or entered on the vendor's screens, as a person would be told.",
    )
    hand_off: HandOff | None = Field(None, description="What to do on the vendor's screens. Default: made of `screens`")
    notes: list[Text] = Field(default_factory=list, description="What else one should know, a sentence each.")
    source: Text | None = Field(None, description="URL of the vendor's own documentation")
    checked: scalars.Date = Field(None, description="Date on which the source was read, such as 2026-11-22")

    @model_validator(mode="after")
    def _trusts_itself_by_one_id(self) -> Self:
        if self.self_trust and self.external_id.string_like is not None:
            allowed = "one of the two: a role that trusts itself asks for one external ID"
            raise InvalidValueError("self_trust beside string_like", "both", allowed, "take one out", rule="RC005")
        return self

    @model_validator(mode="after")
    def _names_partitions_by_their_arns(self) -> Self:
        for partition, published in self.other_partitions.items():
            for written in listed(published):
                if not principal(written, partition).startswith(f"arn:{partition}:") or not written.startswith("arn:"):
                    allowed, change = f"whole ARNs that begin with arn:{partition}:", "copy the ARN from the vendor"
                    raise InvalidValueError("principal of another partition", written, allowed, change, rule="RC106")
        return self

    @property
    def has_data_centers(self) -> bool:
        """Whether its principals differ by data centre, in any partition."""
        return any(isinstance(published, dict) for published in (self.principals, *self.other_partitions.values()))

    def published_in(self, partition: str) -> Published | Pending | None:
        """Its principals of a partition; None where none are known there.

        What vendors publish are accounts of the standard partition: the same number elsewhere is somebody else's. What
        an estate says about a vendor of its own holds where its roles are.
        """
        for other, published in self.other_partitions.items():
            if other == partition:
                return published
        is_known = partition == "aws" or self.source is None or self.principals == "pending"
        return self.principals if is_known else None


def listed(published: Published | Pending) -> list[str]:
    """Every principal, of all data centres; none while pending."""
    if isinstance(published, dict):
        return [principal for principals in published.values() for principal in principals]
    return published if isinstance(published, list) else []
