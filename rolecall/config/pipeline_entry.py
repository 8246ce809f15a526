"""The shape of `pipeline` in estate.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from rolecall.config import scalars
from rolecall.config.parts import Part
from rolecall.model import iam_names, pipeline
from rolecall.model.invalid import InvalidValueError
from rolecall.model.pipeline import GitHub

_NUMBER = "[1-9][0-9]{0,19}"


def _text(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^({pattern})$"})


_Repository = Annotated[
    str, PlainValidator(pipeline.repository), _text("[A-Za-z0-9][A-Za-z0-9_-]{0,38}/[A-Za-z0-9._-]{1,100}")
]
_RepositoryId = Annotated[str, PlainValidator(lambda value: pipeline.number(value, "repository_id")), _text(_NUMBER)]
_OwnerId = Annotated[str, PlainValidator(lambda value: pipeline.number(value, "owner_id")), _text(_NUMBER)]
_Environment = Annotated[str, PlainValidator(pipeline.environment), _text("[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}")]
_Branch = Annotated[str, PlainValidator(pipeline.branch), _text(pipeline.BRANCH.pattern)]
_RoleName = Annotated[str, PlainValidator(iam_names.role_name), _text(f"{iam_names.SIGN}{{1,64}}")]


class GitHubEntry(Part):
    """One environment of one repository on github.com: all that may use the deploy role."""

    repository: _Repository = Field(description="OWNER/NAME, spelt as GitHub spells it.")
    repository_id: _RepositoryId = Field(
        description="The repository's number, in quotes: `gh api repos/OWNER/NAME -q .id`"
    )
    owner_id: _OwnerId | None = Field(
        None, description="The number of its owner, in quotes; needed with subject immutable: `-q .owner.id`"
    )
    environment: _Environment = Field(description="The environment that the deploying jobs name.")
    subject: Literal["immutable", "classic"] = Field(
        "immutable",
        description="How the repository's tokens name it: immutable if it was made, renamed or transferred after "
        "2026-07-15, or if it or its organization opted in; else classic. `gh api "
        "repos/OWNER/NAME/actions/oidc/customization/sub` shows it. Default: immutable",
    )
    branch: _Branch | None = Field(
        None,
        description="The only branch whose runs are let in, such as main; the nightly run is always of the "
        "repository's default branch. Default: any that the environment lets deploy",
    )

    @model_validator(mode="after")
    def _is_one_environment(self) -> Self:
        _ = self.github
        return self

    @property
    def github(self) -> GitHub:
        """The entry as the model knows it."""
        return GitHub(self.repository, self.repository_id, self.environment, self.owner_id, self.subject, self.branch)


def not_bare(value: object) -> object:
    """Nothing behind `pipeline:` is a mistake, and no estate without one. Raises InvalidValueError, RC131."""
    if value is None:
        allowed = "`github` with the repository that deploys"
        raise InvalidValueError(
            "`pipeline` of the estate", "nothing", allowed, "fill it in or take it out", rule="RC131"
        )
    return value


class PipelineEntry(Part):
    """What deploys the estate: a role that one environment of one repository may use, without any long-lived key."""

    github: GitHubEntry = Field(description="Whom the deploy role trusts.")
    account: scalars.AccountId | None = Field(
        None, description="Account of the deploy role: 12 digits, in quotes. Default: that of `defaults`"
    )
    region: scalars.Region | None = Field(
        None,
        description="Region of the pipeline's stacks, in every account. It has to stay the same, as what they make has "
        "one name in an account. Default: that of `defaults`, or else the first by name of those that roles have",
    )
    role_name: _RoleName | None = Field(
        None, description="The deploy role's name, up to 64 characters. Default: rolecall-ESTATE-deploy"
    )
    create_provider: bool = Field(
        False,
        description="Whether the stack makes the account's identity provider for GitHub, which an account has once at "
        "most. Default: false, it is there",
    )
