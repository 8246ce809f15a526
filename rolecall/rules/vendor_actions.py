"""RC221: what a vendor's entry asks for under `services` beyond work with what is in the resources."""

from collections.abc import Iterator

from rolecall.model.finding import Finding, Severity
from rolecall.model.invalid import four_parts
from rolecall.policy.services.content import changes_resources
from rolecall.rules.role import Role


def changing_actions(roles: list[Role]) -> Iterator[Finding]:
    """RC221: actions that make, change or delete resources, or say who may use them. `statements` are one's own."""
    for role in roles:
        for access in role.grant.permissions.services:
            asked = [mode for mode in access.modes_asked if mode in dict(access.documented.actions)]
            named = [action for mode in asked for action in access.documented.of_mode(mode) or ()]
            far = [action for action in named if changes_resources(action)]
            if far:
                message = four_parts(
                    f"{access.service} of {role.grant.address}: the vendor's entry asks for more than work with what "
                    "is in the resources",
                    ", ".join(dict.fromkeys(far)),
                    "actions that read, send, write or call",
                    "take them out of the entry, or grant them to this project alone, under `statements`",
                )
                yield role.finding("RC221", Severity.WARNING, message, at=access.location)
