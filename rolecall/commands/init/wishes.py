"""What somebody wants of whatever is made, and how each value of it is checked by itself."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from rolecall.config import values
from rolecall.model import external_ids, identifiers, naming, pipeline, tags
from rolecall.model.invalid import AS_TEXT, InvalidValueError
from rolecall.pipelines import Layout


@dataclass(frozen=True)
class Wishes:
    """Flags and answers. None is what nobody has said yet; an empty text is left out on purpose."""

    name: str | None = None
    account: str | None = None
    region: str | None = None
    owner: str | None = None
    vendor: str | None = None
    workspace: str | None = None
    workspace_id: str | None = None
    data_center: str | None = None
    trusted: str | None = None
    """An account id, the ARN of a user or role, or `pending`."""
    external_id: str | None = None
    project: str | None = None
    project_id: str | None = None
    own_file: bool = False
    """Whether a new project gets a file of its own wherever the others are."""

    repository: str | None = None
    repository_id: str | None = None
    owner_id: str | None = None
    environment: str | None = None
    branch: str | None = None

    def given(self) -> dict[str, str]:
        """What has been said, by its name."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in said.items() if isinstance(value, str)}


FLAGS = {each.name: f"--{each.name.replace('_', '-')}" for each in fields(Wishes)} | {"trusted": "--trusted-account"}

OF_PIPELINE = ("repository", "repository_id", "owner_id", "environment", "branch")
"""What a pipeline is made of; nothing else has any of it, and a pipeline has nothing else."""


def check(name: str, value: str, what: str) -> None:
    """Refuse a value that can never be right, whatever the vendor.

    Args:
        name: of the wish.
        value: what was said.
        what: how it is called towards the user, such as --account.

    Raises:
        InvalidValueError: in four parts.
    """
    try:
        _CHECKS[name](value, what)
    except InvalidValueError as error:
        raise _as_typed(error, value) from None


def _as_typed(error: InvalidValueError, value: str) -> InvalidValueError:
    """Without what is said of YAML's quotes: at a prompt they would be a part of the value, and a shell eats them."""
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    change = "leave the quotes out" if is_quoted else error.change
    return InvalidValueError(error.what, error.value, error.allowed.removesuffix(AS_TEXT), change, rule=error.rule)


def _project(value: str, what: str) -> None:
    values.short_slug(value, what)
    if value == naming.WORKSPACE_ROLE:
        raise InvalidValueError(what, value, "a slug other than `workspace`", "rename it", rule="RC301")


def _external_id(value: str, what: str) -> None:
    # Whether a pattern is in order is known when the vendor is.
    if value != values.PENDING and "*" not in value:
        external_ids.external_id(value, what)


def _trusted(value: str, what: str) -> None:
    if value != values.PENDING:
        identifiers.principal(value, "aws", what)


def _owner(value: str) -> None:
    tags.tag_value(values.text(value))
    if not value:
        raise InvalidValueError("owner", value, "who answers for the roles", "name a team or a person", rule="RC310")


_CHECKS: dict[str, Callable[[str, str], object]] = {
    "name": values.short_slug,
    "account": identifiers.account_id,
    "region": identifiers.region,
    "owner": lambda value, what: _owner(value),
    "vendor": values.short_slug,
    "workspace": values.stack_slug,
    "workspace_id": values.vendor_id,
    "data_center": values.short_slug,
    "trusted": _trusted,
    "external_id": _external_id,
    "project": _project,
    "project_id": values.vendor_id,
    "repository": lambda value, what: pipeline.repository(value),
    "repository_id": pipeline.number,
    "owner_id": pipeline.number,
    "environment": lambda value, what: pipeline.environment(value),
    "branch": lambda value, what: Layout(branch=value),
}
