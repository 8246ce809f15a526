"""RC217, RC218, RC222: grants that do not agree with how the vendor works: of no use to it, or more than it needs."""

from collections.abc import Iterator

from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.grant import Access, Grant
from rolecall.model.invalid import four_parts
from rolecall.model.secret import Secret
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


def beyond_profile(roles: list[Role]) -> Iterator[Finding]:
    """RC222: more than the vendor does with secrets, which only somebody else could use."""
    for role in roles:
        for received, allowed, change, place in _beyond(role.grant):
            what = f"{role.grant.address} is granted more than the vendor does with secrets"
            yield role.finding("RC222", Severity.WARNING, four_parts(what, received, allowed, change), at=place)


def _beyond(grant: Grant) -> Iterator[tuple[str, str, str, Location | None]]:
    """What is received, what is allowed, what to change, and where."""
    profile, secrets = grant.permission_profile, grant.permissions.secrets
    if profile == "no-secrets" and secrets:
        allowed = "none: the vendor has to do with other services only"
        yield _named(secrets[0]), allowed, "take the secrets out", secrets[0].location
    if profile == "read-one-secret" and (len(secrets) > 1 or any(each.kind in ("prefix", "tag") for each in secrets)):
        far = next((each for each in secrets if each.kind in ("prefix", "tag")), secrets[-1])
        change = "make a role for each secret, in a project of its own"
        yield _named(far), "one secret, by its name or ARN", change, far.location
    if profile in ("read", "read-one-secret") and secrets and grant.permissions.access is Access.READ_WRITE:
        yield "access read-write", "read: the vendor writes no secrets", "write access: read", None


def _named(secret: Secret) -> str:
    """What an entry says, in its own words: `name billing`, `prefix billing/`, `tag team=billing`."""
    return f"{secret.kind} {secret.value or ', '.join(f'{key}={value}' for key, value in secret.tags)}"
