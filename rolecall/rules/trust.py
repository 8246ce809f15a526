"""RC101 to RC111, RC117, RC133, RC304: one compiled trust by itself: protection, whole and own accounts, sessions."""

from collections.abc import Iterator

from rolecall.model.finding import Finding, Severity
from rolecall.model.invalid import four_parts
from rolecall.policy.analyse import problems
from rolecall.policy.principal import account_of
from rolecall.policy.reading import own_reading
from rolecall.rules.role import Role


def unprotected(roles: list[Role]) -> Iterator[Finding]:
    """The first of two looks at every trust: on the grant, before anything is synthesised."""
    for role in roles:
        for problem in problems(role.trust, own_reading(role.grant.trust)):
            modes = (problem.failure_mode,) if problem.failure_mode else ()
            place = role.grant.id_location if problem.severity is Severity.WARNING else None
            message = f"{role.grant.address}: {problem.message}"
            yield role.finding(problem.rule, problem.severity, message, *modes, at=place)


def whole_accounts(roles: list[Role]) -> Iterator[Finding]:
    """RC109: with `:root` as principal the external ID is the only guard within the vendor's account."""
    for role in roles:
        if any(principal.endswith(":root") for principal in role.grant.trust.principals):
            message = f"{role.grant.address} trusts the vendor's whole account: everybody there can try the external ID"
            yield role.finding("RC109", Severity.INFO, message, "FM12")


def closed(roles: list[Role]) -> Iterator[Finding]:
    """RC133: a pending role is deployed and verified like others, and lets nobody in."""
    for role in roles:
        if role.grant.trust.pending:
            message = four_parts(
                f"{role.grant.address} lets nobody in yet",
                "pending",
                "the vendor's principal and external ID, once the vendor has shown both",
                "write what it shows in the place of `pending`, then deploy",
            )
            yield role.finding("RC133", Severity.INFO, message)


def own_accounts(roles: list[Role]) -> Iterator[Finding]:
    """RC117: a principal of the role's own account is no vendor: an account may stand in the wrong place.

    Where the vendor has one's own role or user call, it is meant to be there.
    """
    for role in roles:
        grant = role.grant
        if grant.own_principals:
            continue
        for principal in grant.trust.principals:
            if account_of(principal) == grant.account:
                message = four_parts(
                    f"{grant.address} trusts the account that it is in",
                    principal,
                    "the vendor's account, and another one for the role",
                    "correct `account` or the trusted one",
                )
                yield role.finding("RC117", Severity.WARNING, message)


def short_sessions(roles: list[Role]) -> Iterator[Finding]:
    """RC304: a vendor that asks for longer sessions than the role allows is refused each time."""
    for role in roles:
        wanted, longest = role.grant.session_seconds or 0, role.grant.max_session_seconds
        if wanted > longest:
            message = four_parts(
                f"session of {role.grant.address} is shorter than the vendor asks for",
                f"max_session {longest} s",
                f"{wanted} s or more",
                "raise max_session",
            )
            yield role.finding("RC304", Severity.ERROR, message)
