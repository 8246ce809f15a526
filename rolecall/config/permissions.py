"""What a role may do, from what was written: secrets, services and statements, each checked against its place."""

from collections.abc import Iterator
from functools import partial

from rolecall.config import schema
from rolecall.config.elsewhere import is_at_home, secret_at_home, service_at_home
from rolecall.config.party import Party
from rolecall.config.vendor_services import VendorService
from rolecall.model.grant import READ_ACTIONS, WRITE_ACTIONS, Access, Permissions
from rolecall.model.services import Documented, ServiceAccess
from rolecall.policy.compile import Home


def permissions_of(party: Party, own: schema.ProjectBase, home: Home) -> Permissions | None:
    """The permissions of a role; None, and noted, where something lies where the role could not use it."""
    vendor, source, path = party.vendor, party.source, party.path
    secrets = [
        secret_at_home(entry, home, source, (*path, "secrets", index)) for index, entry in enumerate(own.secrets)
    ]
    services = list(_services(party, own, home))
    at_home = [
        is_at_home(statement, home, source, (*path, "statements", index))
        for index, statement in enumerate(own.statements)
    ]
    if None in secrets or None in services or not all(at_home):
        return None
    return Permissions(
        access=Access(own.access or vendor.access),
        read_actions=tuple(vendor.actions.read or READ_ACTIONS),
        write_actions=tuple(vendor.actions.read_write or (*(vendor.actions.read or READ_ACTIONS), *WRITE_ACTIONS)),
        secrets=tuple(secret for secret in secrets if secret is not None),
        services=tuple(access for access in services if access is not None),
        allow_permanent_delete=own.allow_permanent_delete,
        statements=tuple(own.statements),
        statement_locations=tuple(
            source.location((*path, "statements", index)) for index in range(len(own.statements))
        ),
    )


def _services(party: Party, own: schema.ProjectBase, home: Home) -> Iterator[ServiceAccess | None]:
    for name, part in own.services.written():
        path = (*party.path, "services", name)
        entry = party.vendor.services.get(name)  # type: ignore[call-overload]
        documented = _documented(entry, party)
        access = part.access_of(documented, partial(party.source.location, path))
        yield service_at_home(access, home, party.source, path)


def _documented(entry: VendorService | None, party: Party) -> Documented:
    """What stands for the vendor; where nothing does, it was searched for if the entry as a whole names a page."""
    vendor = party.vendor
    return entry.documented(vendor.name) if entry else Documented(vendor.name, searched=vendor.source is not None)
