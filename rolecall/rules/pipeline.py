"""What an estate's pipeline could do beyond the estate: RC132 and RC331."""

from collections.abc import Iterator, Mapping

from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import Estate
from rolecall.model.invalid import four_parts
from rolecall.model.pipeline import Pipeline, is_shared
from rolecall.policy.deployer import boundaries_by_path
from rolecall.rules.role import Role

# As boundaries these leave everything: the second one lets a role give itself the rest.
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html, read 2026-11-22.
_NO_LIMIT = ("AdministratorAccess", "IAMFullAccess")


def unbounded(estate: Estate, roles: list[Role]) -> Iterator[Finding]:
    """RC132: without a boundary, whoever deploys can write roles whatever permissions he likes."""
    for role in roles if estate.pipeline else ():
        boundary, path = role.grant.permissions_boundary, role.grant.role_path
        if boundary is None:
            what = (
                f"{role.grant.address} has no permissions boundary, so the pipeline could give any permission to any "
            )
            what += f"role below {path}"
            message = four_parts(what, "none", "the name of a policy in its account", "set `permissions_boundary`")
            yield role.finding("RC132", Severity.WARNING, message)
        elif ":iam::aws:policy/" in boundary and boundary.rpartition("/")[2] in _NO_LIMIT:
            what = f"permissions_boundary of {role.grant.address} limits nothing that the pipeline could give to a role"
            allowed = "a policy that allows what the estate's roles need"
            message = four_parts(what, boundary, allowed, "write one, and name it")
            yield role.finding("RC132", Severity.WARNING, message)
    if estate.pipeline:
        yield from _interchangeable(roles)


def _interchangeable(roles: list[Role]) -> Iterator[Finding]:
    """RC132 for the first role of each path on whose roles the pipeline may put more than one boundary."""
    first: dict[str, dict[str, Role]] = {}
    for role in roles:
        first.setdefault(role.grant.account, {}).setdefault(role.grant.role_path, role)
    for account, paths in first.items():
        said = boundaries_by_path(role.grant for role in roles if role.grant.account == account)
        for path, role in paths.items():
            # What holds below a path holds below every path inside it too.
            found = {each for around, some in said.items() if path.startswith(around) for each in some} - {None}
            if len(found) > 1:
                what = f"roles below {path} of account {account}, such as {role.grant.address}, may have one boundary "
                what += "or the other, so the pipeline could put the looser one on each of them"
                allowed = "one boundary for all roles below a path, and below those around it"
                change = "give the roles of each boundary a path of their own, none inside the other"
                message = four_parts(what, ", ".join(sorted(map(str, found))), allowed, change)
                yield role.finding("RC132", Severity.WARNING, message)


def not_narrowed(estate: Estate, roles: list[Role]) -> Iterator[Finding]:
    """RC331: what the pipeline could change are the estate's roles, and nobody else's."""
    if estate.pipeline is None:
        return
    below = {_roles_below(role): role.grant.role_path for role in roles if role.grant.role_path != "/"}
    for role in roles:
        path = role.grant.role_path
        if is_shared(path):
            what = f"role_path of {role.grant.address} cannot be told from that of other roles of the account"
            message = four_parts(what, path, "a path of the estate's own", "set `role_path: /vendors/` in `defaults`")
            yield role.finding("RC331", Severity.ERROR, message)
        yield from _readers(estate.pipeline, role, below)


def _readers(pipeline: Pipeline, role: Role, below: Mapping[str, str]) -> Iterator[Finding]:
    """RC331 for a reader that the pipeline could rewrite, or that can read nothing."""
    if role.grant.reader_role is None:
        return
    reader = role.grant.reader_role.replace("{account}", role.grant.account)
    if reader == f"arn:{role.grant.partition}:iam::{pipeline.account}:role/{pipeline.role_name}":
        what = f"reader_role of {role.grant.address} is the pipeline's own role, which can do nothing but become others"
        message = four_parts(what, reader, "a role that may read", "name another, or leave it out")
        yield role.finding("RC331", Severity.ERROR, message)
    path = next((path for start, path in below.items() if reader.startswith(start)), None)
    if path is not None:
        what = f"reader_role of {role.grant.address} lies below the role path {path}, so the pipeline could "
        what += "change whom it lets in"
        message = four_parts(what, reader, "a role outside the estate's paths", "move it, and name it anew")
        yield role.finding("RC331", Severity.ERROR, message)


def _roles_below(role: Role) -> str:
    grant = role.grant
    return f"arn:{grant.partition}:iam::{grant.account}:role{grant.role_path}"
