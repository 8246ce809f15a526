"""How one run of `init` talks with its user, and where it has randomness from."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from rolecall.accounts.profiles import Profile, profiles, region_in_force
from rolecall.answer import Say
from rolecall.commands.init.completing import Ask
from rolecall.config.schema import Vendor
from rolecall.model.external_ids import masked


@dataclass(frozen=True)
class Talk:
    """The user's side of a run."""

    ask: Ask | None
    """None where nobody is asked: flags and what can stand for them decide."""
    say: Say
    show_ids: bool = False
    """Whether a new external ID is shown whole."""
    make_id: Callable[[], object] = uuid.uuid4
    read_profiles: Callable[[], tuple[Profile, ...]] = profiles
    read_region: Callable[[], str | None] = region_in_force

    def profiles(self) -> tuple[Profile, ...]:
        """The user's AWS profiles; none where nobody is asked: what flags lead to is the same on every machine."""
        return self.read_profiles() if self.ask else ()

    def region(self) -> str | None:
        """What the environment names as the region, where somebody is asked or not: it is told what was taken."""
        return self.read_region()

    def show_id(self, made: str, place: str, vendor: Vendor | None) -> None:
        """Tell of a new external ID: whole where a person has just been asked, as logs keep what pipelines print."""
        shown = made if self.show_ids or self.ask else masked(made)
        self.say(f"external ID, made for this vendor: {shown}, in {place}")
        if vendor and "external_id" in vendor.screens:
            self.say(f"  enter it at: {vendor.screens['external_id']}")
