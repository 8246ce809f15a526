"""Parts of the files with rules of their own: secrets, waivers and the verifier."""

from functools import cached_property
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rolecall.config import scalars, values
from rolecall.config.scalars import Text
from rolecall.model.secret import Secret

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
    until: scalars.Day = Field(description="Last day on which it holds, such as 2027-03-31; then it is an error.")


class VerifierEntry(Part):
    """One role of your own that may call every role, to prove it: by a statement of its own, with an ID of its own."""

    principal: scalars.RolePrincipal = Field(
        description="ARN of one IAM role of an account of your own, such as the one that your pipeline runs as."
    )
    external_id: scalars.VerifierId = Field(
        description="What that role sends: an ID of your own making that opens nothing else, such as a UUID4; or "
        "{ssm_parameter: /path, version: 3}, in the account and region of every stack."
    )


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
