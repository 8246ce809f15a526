"""The ledger of external IDs: which role each opens, and how hard it is to come by. RC107, RC108, RC114, RC116."""

from collections.abc import Hashable, Iterator

from rolecall.model.external_ids import masked
from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import Grant
from rolecall.model.invalid import four_parts
from rolecall.model.trust import ExternalId, ParameterReference
from rolecall.policy.guessable import why_guessable, words_of
from rolecall.policy.principal import account_of
from rolecall.rules.role import Role


def shared_ids(roles: list[Role]) -> Iterator[Finding]:
    """RC114 inside a workspace, where the scope says so; RC108 where the same ID opens roles of several workspaces."""
    first: dict[Hashable, tuple[Role, bool]] = {}
    for role in roles:
        for position, external_id in enumerate(role.grant.trust.external_ids):
            other, was_current = first.setdefault(_identity(external_id, role.grant), (role, position == 0))
            # Roles of a workspace that changes its scope had their previous ID together: it is on its way out.
            if other is role or not (was_current or position == 0):
                continue
            allowed, change = (
                "one ID for each role, unless the scope says otherwise",
                "correct the ids, or make a new ID",
            )
            yield shared(role, other, "external ID", "the same ID", allowed, change)


def shared(role: Role, other: Role, what: str, received: str, allowed: str, change: str) -> Finding:
    """One ID, or a pattern and what fits it, opens two roles: as the scope says, or by mistake."""
    if shared_by_scope(role.grant, other.grant):
        names = f"{role.grant.address} and {other.grant.address}"
        message = f"{names} share one external ID by scope: they are not isolated from each other"
        return role.finding("RC114", Severity.INFO, message)
    where = other.grant.id_location or other.grant.location
    message = four_parts(f"{what} also opens {other.grant.address} ({where})", received, allowed, change)
    return role.finding("RC108", Severity.ERROR, message, "FM8", at=role.grant.id_location)


def _identity(external_id: ExternalId, grant: Grant) -> Hashable:
    """What makes two IDs the same: their text, or the parameter, which each account and region has of its own."""
    return (external_id, grant.account, grant.region) if isinstance(external_id, ParameterReference) else external_id


def shared_by_scope(one: Grant, other: Grant) -> bool:
    """Whether the vendor sends one ID for both."""
    return one.shares_id and other.shares_id and one.id_workspace == other.id_workspace


def swapped_ids(roles: list[Role]) -> Iterator[Finding]:
    """RC112: the role's own account as an ID that the vendor has made. Of an ID of one's own, RC107 speaks."""
    for role in roles:
        grant = role.grant
        if grant.account in grant.trust.external_ids and not grant.masked_external_id:
            message = four_parts(
                f"external ID of {grant.address} is the role's own account: the two are the wrong way round",
                grant.account,
                "the external ID that the vendor's screen shows",
                "copy it from there",
            )
            yield role.finding("RC112", Severity.ERROR, message, at=grant.id_location)


def guessable_ids(roles: list[Role]) -> Iterator[Finding]:
    """RC107: whoever guesses an ID that the customer chose, and is a customer of the same vendor, gets in.

    The previous ID of a rotation is left alone: it is on its way out.
    """
    seen: set[tuple[str, str]] = set()
    for role in roles:
        grant = role.grant
        current = grant.trust.external_ids[:1] if grant.masked_external_id else ()
        for external_id in current:
            if not isinstance(external_id, str) or (grant.workspace, external_id) in seen:
                continue
            seen.add((grant.workspace, external_id))
            if why := why_guessable(external_id, set(_known_to_others(grant))):
                message = four_parts(
                    f"external ID of {grant.address} can be guessed: {why}",
                    masked(external_id),
                    "random text that nobody else has, such as a UUID4",
                    f"rolecall external-id new {grant.workspace if grant.shares_id else grant.address} --replace",
                )
                yield role.finding("RC107", Severity.ERROR, message, "FM7", at=grant.id_location)


def _known_to_others(grant: Grant) -> Iterator[str]:
    yield from words_of(grant.estate, grant.workspace, grant.project, grant.vendor, grant.role_name, grant.account)
    yield from filter(None, map(account_of, grant.trust.principals))


def unknown_values(roles: list[Role]) -> Iterator[Finding]:
    """RC116: an external ID that is kept in a parameter is known to those who deploy and verify, not to the files."""
    for role in roles:
        for external_id in role.grant.trust.external_ids:
            if isinstance(external_id, ParameterReference):
                where = f"{external_id.path}:{external_id.version}"
                yield role.finding(
                    "RC116", Severity.INFO, f"{role.grant.address}: the value of {where} is not known here"
                )
