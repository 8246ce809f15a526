"""RC120: what the estate's verifier could read, because it may call the roles that it proves."""

from collections.abc import Iterator

from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import Grant
from rolecall.model.invalid import four_parts
from rolecall.model.secret import Secret
from rolecall.rules.role import Role

# More secrets than anybody reads in one message.
_NAMED = 5


def what_it_could_read(roles: list[Role]) -> Iterator[Finding]:
    """Once for each role that lets a verifier in and may do anything."""
    for role in roles:
        grant, verifier = role.grant, role.grant.trust.verifier
        granted = list(_granted(grant)) if verifier is not None and not grant.trust.pending else []
        if verifier is not None and granted:
            named, more = ", ".join(granted[:_NAMED]), len(granted) - _NAMED
            listed = f"{named} and {more} more" if more > 0 else named
            message = four_parts(
                f"verifier could read or use all that {grant.address} is granted ({listed})",
                verifier.principal,
                "a role of your own that may do so anyway",
                "waive this if so; else take `verifier` out, and prove a canary role of the same shape instead",
            )
            yield role.finding("RC120", Severity.WARNING, message)


def _granted(grant: Grant) -> Iterator[str]:
    """Each secret and resource as the estate names it, and how many statements there are besides."""
    yield from map(_spoken, grant.permissions.secrets)
    yield from (f"{access.service} {name}" for access in grant.permissions.services for name in access.names)
    if count := len(grant.permissions.statements):
        yield f"{count} {'statement' if count == 1 else 'statements'} of its own"


def _spoken(secret: Secret) -> str:
    value = " and ".join(f"{key}={value}" for key, value in secret.tags) if secret.kind == "tag" else secret.value
    return f"{secret.kind} {value}"
