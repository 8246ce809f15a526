"""What is done on a vendor's screens: the steps of a hand-off, and the values that may stand in them."""

import re
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from rolecall.config.parts import Part
from rolecall.config.scalars import Text
from rolecall.model.invalid import InvalidValueError

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
        "bucket",
        "object_prefix",
    )
)
"""What may stand in braces in the texts of a hand-off.

trusted_account is the account of the principal, service_region where the granted services are; bucket and object_prefix
are those of S3 that are granted below prefixes.
"""

PLACEHOLDER = r"(?<!\{)\{(?P<name>[^{}]*)\}(?!\})"
"""Regular expression of one in a text. Two braces are a text's own: Workato's references are written with them."""

IdScope = Literal["project", "workspace", "parent"]
"""What one external ID belongs to."""


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
    external_id_scope: IdScope | list[IdScope] | None = Field(
        None, description="Only where external IDs have this scope, or one of these. Default: always"
    )
    shares_its_id: bool | None = Field(
        None, description="true: only in a workspace whose external ID others take as their parent's. Default: always"
    )
    grants: Literal["secrets", "services", "sqs", "s3-prefixes"] | None = Field(
        None,
        description="Only for a role that was granted some of these; s3-prefixes: buckets below prefixes only. "
        "Default: always",
    )

    @model_validator(mode="after")
    def _knows_its_placeholders(self) -> Self:
        labelled = [*self.compare.items(), *self.enter.items()]
        texts = [self.at or "", self.do, *(text for both in labelled for text in both), self.warning or ""]
        refuse_unknown_placeholders(texts)
        return self


class HandOff(Part):
    """What the person does who works on the vendor's screens."""

    # What `_says_how_to_see_it` asks.
    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"steps": {"minItems": 1}}, "required": ["steps"]},
            "then": {"properties": {"check": {"minItems": 1}}, "required": ["check"]},
        }
    )

    first: list[Text] = Field(default_factory=list, description="What has to be there before, a sentence each.")
    steps: list[Step] = Field(default_factory=list, description="The steps, in order. Default: made of `screens`")
    last: list[Text] = Field(default_factory=list, description="What to do once it works, a sentence each.")
    check: list[Text] = Field(
        default_factory=list, description="How to see that it worked, a sentence each; with steps there is one."
    )
    trouble: dict[Text, Text] = Field(
        default_factory=dict, description="What the vendor says when it does not work, and what to do about it."
    )
    notes: list[Text] = Field(
        default_factory=list, description="What else this person should know, a sentence each; `notes` are the owner's."
    )
    keys: Text | None = Field(
        None, description="What the screens ask for that is on no sheet, such as access keys, and who enters it."
    )
    source: Text | None = Field(None, description="URL of the guide that the steps are from")

    @model_validator(mode="after")
    def _knows_its_placeholders(self) -> Self:
        trouble = [text for both in self.trouble.items() for text in both]
        sentences = [*self.first, *self.last, *self.check, *trouble, *self.notes, self.keys or ""]
        refuse_unknown_placeholders(sentences)
        return self

    @model_validator(mode="after")
    def _says_how_to_see_it(self) -> Self:
        if self.steps and not self.check:
            allowed = "`check` beside `steps`: how to see that they worked, a sentence or more"
            raise InvalidValueError("steps of a hand-off without a check", "none", allowed, "add it", rule="RC005")
        return self


def refuse_unknown_placeholders(texts: list[str]) -> None:
    """Refuse what stands in braces and is no value of a role.

    Raises:
        InvalidValueError: RC003.
    """
    for name in (name for text in texts for name in re.findall(PLACEHOLDER, text)):
        if name not in PLACEHOLDERS:
            allowed = ", ".join(f"{{{known}}}" for known in sorted(PLACEHOLDERS))
            raise InvalidValueError("placeholder", f"{{{name}}}", allowed, "correct it", rule="RC003")
