"""RC217, RC218: grants that do not agree with how the vendor works, so that it could not use them."""

from collections.abc import Iterator

from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import Access
from rolecall.model.invalid import four_parts
from rolecall.rules.role import Role


def several_regions(roles: list[Role]) -> Iterator[Finding]:
    """RC217: the vendor's form takes one region, and looks for all secrets there."""
    for role in roles:
        grant = role.grant
        if not grant.one_region:
            continue
        first = grant.permissions.secrets[0].region_in(grant.region) if grant.permissions.secrets else grant.region
        for secret in grant.permissions.secrets:
            region = secret.region_in(grant.region)
            if region != first:
                message = four_parts(
                    f"secrets of {grant.address} are in several regions, and the vendor looks into one",
                    region,
                    f"{first}, as the first of them",
                    "move them to one region, or make a second workspace at the vendor",
                )
                yield role.finding("RC217", Severity.ERROR, message, at=secret.location)


def no_prefix(roles: list[Role]) -> Iterator[Finding]:
    """RC218: a vendor that names the secrets it makes can make none where only whole names are granted."""
    for role in roles:
        grant, kinds = role.grant, {secret.kind for secret in role.grant.permissions.secrets}
        writes = grant.vendor_names_secrets and grant.permissions.access is Access.READ_WRITE
        if writes and kinds and "prefix" not in kinds:
            message = (
                f"{grant.address} is granted no prefix: the vendor names the secrets that it makes, and can make none "
                "under the names that are granted; grant the prefix that its secrets begin with"
            )
            yield role.finding("RC218", Severity.INFO, message)
