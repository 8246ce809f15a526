"""What was found when live roles were compared with the estate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rolecall.policy.permissions import Change


class Status(StrEnum):
    """What a live role is to the compiled one."""

    SAME = "same"
    DRIFTED = "drifted"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RoleDrift:
    """One role of the estate, compared.

    Args:
        changes: what it gained and lost, by part: trust, permissions, boundary, session, path, tags.
        policies_by_hand: policies under names that the estate does not make, whether they change access or not.
        reason: why nothing is known of it.
    """

    workspace: str
    project: str
    role_arn: str
    status: Status
    changes: Mapping[str, Change] = field(default_factory=dict)
    policies_by_hand: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def address(self) -> str:
        """`workspace/project`."""
        return f"{self.workspace}/{self.project}"


@dataclass(frozen=True)
class Drift:
    """Everything that was compared.

    Args:
        unmanaged: ARNs of roles that no file of the estate knows.
        unlisted: why the roles of an account could not be listed, by its id.
        other_estates: the estate that made it, as its tag says, by the ARN of a role under a path of this one.
    """

    roles: tuple[RoleDrift, ...]
    unmanaged: tuple[str, ...] = ()
    unlisted: Mapping[str, str] = field(default_factory=dict)
    other_estates: Mapping[str, str] = field(default_factory=dict)

    def count(self, status: Status) -> int:
        """How many roles have a status."""
        return sum(role.status is status for role in self.roles)
