"""The settings that cascade: from the estate's defaults to a workspace to a project, the nearest one winning."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rolecall.config import schema


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds at one level: what it says itself, or the nearest level around it. Tags are merged."""

    account: str | None = None
    region: str | None = None
    role_path: str | None = None
    role_name: str | None = None
    max_session: int | None = None
    permissions_boundary: str | None = None
    reader_role: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    def within(self, level: schema.Defaults) -> "Settings":
        """What holds at a level inside this one. A workspace's is asked for once and serves all its projects."""
        return Settings(
            level.account or self.account,
            level.region or self.region,
            level.role_path or self.role_path,
            level.role_name or self.role_name,
            level.max_session or self.max_session,
            level.permissions_boundary or self.permissions_boundary,
            level.reader_role or self.reader_role,
            {**self.tags, **level.tags} if level.tags else self.tags,
        )

    def boundary_arn(self, account: str, partition: str) -> str | None:
        """The ARN of the permissions boundary, whose form has been checked where it was written."""
        value = self.permissions_boundary
        if value is None or value.startswith("arn:"):
            return value
        return f"arn:{partition}:iam::{account}:policy/{value.removeprefix('/')}"
