"""Who makes a vendor's external IDs, by which rule, and what they look like."""

from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from rolecall.config import scalars
from rolecall.config.parts import Part
from rolecall.config.scalars import Text
from rolecall.model.invalid import InvalidValueError
from rolecall.model.safe_pattern import fits


class PatternedId(Part):
    """A vendor's need for StringLike on the external ID, which is an error everywhere else.

    Only Rolecall's own catalog has any, each one reviewed: a form that is a little too wide opens a role to every
    customer of the vendor. `config.files` refuses one that an estate writes; what else holds of each is in the tests.
    """

    form: scalars.Pattern = Field(
        description="Regular expression of the patterns that the vendor asks for. It has to demand a part of one's own "
        "before the first *, and a sign that ends it."
    )
    reason: Text = Field(description="Why the vendor asks for a pattern.")
    example: Text | None = Field(None, description="A pattern of that form, such as acme@*, for people.")
    divider: Literal["@", "/", ":", ".", ",", "=", "+", "_"] | None = Field(
        None, description="The sign between the parts of a whole ID, which stands in no part. Default: not known"
    )
    parts: int | None = Field(
        None,
        ge=2,
        le=16,
        description="How many parts each whole ID has. Two patterns that no ID of so many parts fits do not overlap.",
    )


_WITH_A_RULE: dict[str, Any] = {"properties": {"derived": {"minProperties": 1}}, "required": ["derived"]}


class ExternalIdRule(Part):
    """Who makes a vendor's external IDs, and what one belongs to."""

    # What `_has_its_rule` and `_is_derived_by_its_rule` ask.
    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {
                    "if": {"properties": {"origin": {"const": "derived"}, "per": {"const": per}}},
                    "then": {"required": ["derived"], "properties": {"derived": {"required": [per]}}},
                }
                for per in ("project", "workspace")
            ]
            + [{"if": _WITH_A_RULE, "then": {"properties": {"origin": {"const": "derived"}}}}]
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
    string_like: SkipJsonSchema[PatternedId | None] = Field(
        None, description="Why patterns of the ID are in order for this vendor: the catalog's alone, never an estate's."
    )
    older_forms: list[scalars.Pattern] = Field(
        default_factory=list, description="Patterns that the vendor documented before; accepted with a warning."
    )

    @model_validator(mode="after")
    def _is_derived_by_its_rule(self) -> Self:
        if self.derived and self.origin != "derived":
            allowed = "origin derived: the rule makes the ID, and nobody else does"
            change = "write origin: derived, or take `derived` out"
            raise InvalidValueError("derived beside another origin", self.origin, allowed, change, rule="RC005")
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
