"""What a template says about its roles: policies as plain documents, each with its place in the file.

Unknown values are text in guillemets, such as `«VendorAccount»`: see `rolecall.cloudformation.unknown`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rolecall.cloudformation.part import Part, PartPath, dotted, printable
from rolecall.model.finding import Finding, Location


@dataclass(frozen=True)
class Place:
    """A resource in its file, for telling where something of it stands."""

    file: str
    logical_id: str
    part: Part = field(repr=False)
    within: str = ""
    """Where the template of the resource stands within another one: that resource's id and a slash."""

    @property
    def shown_id(self) -> str:
        """The logical id for people, without control characters."""
        return printable(self.within + self.logical_id)

    def location(self, path: PartPath) -> Location:
        """Of the part at a path below the resource; line and column of the nearest one that was written."""
        nearest = self.part.nearest(path)
        whole = (self.within + self.logical_id, *path) if self.logical_id else path
        return Location(self.file, nearest.line, nearest.column, dotted(whole))


@dataclass(frozen=True)
class Origin:
    """Where the values of a resolved document were written.

    A document that functions have made has other indices than the written one: `moves` says where the values stand
    that went another way, from which follows the place of all that is below them.
    """

    place: Place
    moves: Mapping[PartPath, PartPath] = field(default_factory=dict, repr=False)
    root: PartPath = ()
    """The document within the result that `moves` speaks of."""
    base: PartPath = ()
    """That result's own place below the resource."""

    def written(self, path: PartPath = ()) -> PartPath:
        """The path below the resource at which a value of the document was written."""
        whole = (*self.root, *path)
        for end in range(len(whole), -1, -1):
            if (moved := self.moves.get(whole[:end])) is not None:
                return (*self.base, *moved, *whole[end:])
        return (*self.base, *whole)

    def location(self, path: PartPath = ()) -> Location:
        """The place of a value of the document."""
        return self.place.location(self.written(path))

    def statement(self, document: Mapping[str, Any] | None, index: int, below: PartPath) -> Location:
        """The place of a statement, counted as in `rolecall.policy.document.statements`."""
        listed = isinstance((document or {}).get("Statement"), list)
        return self.location(("Statement", *((index,) if listed else ()), *below))


@dataclass(frozen=True)
class PolicyText:
    """A permission policy that a role has, written in the same file."""

    kind: Literal["inline", "managed"]
    name: str | None
    document: dict[str, Any]
    """Empty where what stands there is no policy document."""
    location: Location
    """Of the document; the path begins with the logical id of the resource that holds it, role or policy."""
    origin: Origin = field(compare=False, repr=False)

    def statement_location(self, index: int, below: PartPath = ()) -> Location:
        """Where statement `index` of `document` was written, or what stands `below` it, such as `("Action", 0)`."""
        return self.origin.statement(self.document, index, below)


@dataclass(frozen=True)
class RoleVariant:
    """What a role is in one outcome of parameters and conditions.

    Where these are too many to be combined, every outcome of each statement of the trust and of each policy is in some
    variant, the policies' outcomes beside a trust that is as open as it can be then. Not every combination is.
    """

    when: str
    """The values that lead here, such as `Env=prod`; empty if there is only one outcome."""
    trust: dict[str, Any] | None
    """The trust policy. Empty where what stands there is none; None where the file holds permissions alone."""
    trust_path: PartPath
    """Where the trust policy stands below the resource."""
    policies: tuple[PolicyText, ...]
    managed_policy_arns: tuple[str, ...]
    """Attached policies that are not written in this file."""
    role_name: str | None
    role_path: str | None
    max_session_seconds: int | None
    description: str | None
    origin: Origin = field(compare=False, repr=False)
    """Of the trust policy."""

    def trust_location(self, path: PartPath = ()) -> Location:
        """Where a value of `trust` was written, such as `("Version",)`."""
        return self.origin.location(path)

    def statement_location(self, index: int, below: PartPath = ()) -> Location:
        """Where statement `index` of `trust` was written, or what stands `below` it, such as `("Condition",)`."""
        return self.origin.statement(self.trust, index, below)


@dataclass(frozen=True)
class TemplateRole:
    """A role: of a template, of IAM's own answers, or a policy document that stands alone (`logical_id` is empty)."""

    logical_id: str
    variants: tuple[RoleVariant, ...]
    """The different outcomes, at least one; first the one of the defaults."""
    place: Place = field(compare=False, repr=False)
    account: str | None = None
    """The account that the role is in, where the file says so; templates do not."""
    is_complete: bool = True
    """Whether every outcome of each statement of the trust and of each policy was read."""

    def location(self, path: PartPath) -> Location:
        """The place of what was written at a path below the resource."""
        return self.place.location(path)


@dataclass(frozen=True)
class TemplateSecret:
    """A secret that the template makes."""

    logical_id: str
    name: str | None
    """None where AWS makes one up."""
    kms_key: str | None
    """None where it is the account's own key for Secrets Manager."""
    location: Location


@dataclass(frozen=True)
class TemplateFile:
    """All that was read from a file."""

    name: str
    """As the user gave it."""
    findings: tuple[Finding, ...]
    roles: tuple[TemplateRole, ...] = ()
    secrets: tuple[TemplateSecret, ...] = ()
