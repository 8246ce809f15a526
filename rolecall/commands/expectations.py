"""From a grant to what a caller should find: right and wrong external IDs, secrets to read and to be refused."""

from collections.abc import Mapping, Sequence

from rolecall.commands.stand_ins import stands, to_read
from rolecall.model.grant import Grant
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.wrong_ids import Neighbours, wrong_ids

# At most so many secrets of a role are tried.
MAX_SECRETS = 5


def expectation(
    grant: Grant, ids: Mapping[str, tuple[str, ...]], neighbours: Neighbours, *, secrets: bool
) -> RoleExpectation:
    """Everything to be asked about one role.

    Args:
        ids: the external IDs of each role by its address, with parameters read.
        neighbours: the external IDs that the role's vendor sends in the estate.
        secrets: whether stand-ins exist that can be tried.
    """
    right = ids[grant.address] if not grant.trust.pending else ()
    tried = [to_read(grant, stand) for stand in stands(grant)] if secrets else []
    inside = [stand.granted for stand in stands(grant)] if secrets else []
    return RoleExpectation(
        workspace=grant.workspace,
        project=grant.project,
        role_arn=grant.role_arn,
        region=grant.region,
        external_ids=right,
        wrong_ids=(*wrong_ids(right), *neighbours.beside(grant.address, right)),
        session_seconds=grant.session_seconds,
        max_session_seconds=grant.max_session_seconds,
        readable=tuple(s for s, granted in zip(tried, inside, strict=True) if granted)[:MAX_SECRETS],
        unreadable=tuple(s for s, granted in zip(tried, inside, strict=True) if not granted)[:MAX_SECRETS],
    )


def neighbours_by_vendor(grants: Sequence[Grant], ids: Mapping[str, tuple[str, ...]]) -> dict[str, Neighbours]:
    """The external IDs of an estate by the vendor that sends them."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    for grant in grants:
        pairs.setdefault(grant.vendor, []).extend((value, grant.address) for value in ids[grant.address])
    return {vendor: Neighbours.of(found) for vendor, found in pairs.items()}
