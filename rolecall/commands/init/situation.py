"""What there is already, where something new is to be made."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rolecall.accounts.profiles import Profile
from rolecall.commands.init.wishes import Wishes
from rolecall.config.files import WrittenWorkspace
from rolecall.config.schema import Defaults, Vendor, Workspace


@dataclass(frozen=True)
class Situation:
    """An estate, its vendors and the person who is asked; new estates have no workspaces yet."""

    kind: str
    """What is made: estate, workspace, project or pipeline."""
    vendors: Mapping[str, Vendor]
    defaults: Defaults = field(default_factory=Defaults)
    """Of the estate."""
    workspaces: Mapping[str, WrittenWorkspace] = field(default_factory=dict)
    """Of the estate, by their slugs."""
    profiles: tuple[Profile, ...] = ()
    """Of the person who is asked."""
    region_in_force: str | None = None
    """What the environment names as the region."""
    is_asked: bool = False
    """Whether somebody answers questions."""
    folder: str = ""
    """What the estate's folder is called."""
    remotes: Mapping[str, str] = field(default_factory=dict)
    """Repositories on GitHub, by the names of the git remotes that lead there."""

    def within(self, wishes: Wishes) -> Workspace | None:
        """The workspace that a new project goes into, once it is known."""
        found = self.workspaces.get(wishes.workspace or "") if self.kind == "project" else None
        return found.workspace if found else None

    def vendor(self, wishes: Wishes) -> Vendor | None:
        """The vendor, once it is known."""
        within = self.within(wishes)
        return self.vendors.get(within.vendor if within else wishes.vendor or "")

    def region(self, wishes: Wishes) -> str | None:
        """Where the role will be, once it is known."""
        within = self.within(wishes)
        return wishes.region or (within.region if within else None) or self.defaults.region
