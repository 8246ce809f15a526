"""What an estate's pipeline could do beyond the estate: RC132 and RC331."""

from collections.abc import Iterator

from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import Estate
from rolecall.model.invalid import four_parts
from rolecall.rules.role import Role


def unbounded(estate: Estate, roles: list[Role]) -> Iterator[Finding]:
    """RC132: without a boundary, whoever deploys can write a role whatever permissions he likes."""
    for role in roles if estate.pipeline else ():
        if role.grant.permissions_boundary is None:
            what = f"{role.grant.address} has no permissions boundary, so the pipeline could give it any permission"
            message = four_parts(what, "none", "the name of a policy in its account", "set `permissions_boundary`")
            yield role.finding("RC132", Severity.WARNING, message)


def not_narrowed(estate: Estate, roles: list[Role]) -> Iterator[Finding]:
    """RC331: below / are all roles of the account, that of the pipeline and CDK's own among them."""
    for role in roles if estate.pipeline else ():
        if role.grant.role_path == "/":
            what = f"role_path of {role.grant.address} cannot be told from that of every other role of the account"
            message = four_parts(what, "/", "a path of the estate's own", "set `role_path: /vendors/` in `defaults`")
            yield role.finding("RC331", Severity.ERROR, message)
