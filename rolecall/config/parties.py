"""The roles of an estate with all that was written about them, for whoever tells people about a vendor's screens."""

from rolecall.config.files import WrittenEstate
from rolecall.config.party import Party
from rolecall.config.roles import roles_of


def parties(written: WrittenEstate) -> dict[str, Party]:
    """Each role's party by its address; of vendors that are known."""
    workspaces = {within.workspace.workspace: within for within in written.workspaces}
    found = (
        Party(within, written.vendors[within.workspace.vendor], workspaces, project)
        for within in workspaces.values()
        if within.workspace.vendor in written.vendors
        for project in roles_of(within)
    )
    return {party.address: party for party in found}
