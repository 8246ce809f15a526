"""External IDs that are kept in Parameter Store, read and checked before anything relies on them."""

from rolecall.accounts.reach import Reach
from rolecall.answer import CANNOT_TELL, CommandError
from rolecall.model import identifiers
from rolecall.model.grant import ExternalId, Grant, ParameterReference
from rolecall.runtime.observation import Observed, observe


def external_ids(grant: Grant, reach: Reach | None) -> tuple[str, ...]:
    """The external IDs of a role as the vendor sends them.

    Args:
        reach: how the role's account is read; None where nobody may.

    Raises:
        CommandError: a parameter cannot be read.
        InvalidValueError: a parameter holds what can be no external ID.
    """
    return tuple(value(external_id, grant, reach) for external_id in grant.trust.external_ids)


def verifier_id(grant: Grant, reach: Reach | None) -> str | None:
    """The external ID of the customer's own caller; None where the role has none. Raises what `external_ids` raises."""
    verifier = grant.trust.verifier
    return value(verifier.external_id, grant, reach) if verifier else None


def value(external_id: ExternalId, grant: Grant, reach: Reach | None) -> str:
    """One external ID, read where it is kept. Raises what `external_ids` raises."""
    if not isinstance(external_id, ParameterReference):
        return external_id
    if reach is None:
        raise CommandError(
            f"{grant.address}: the external ID is kept in parameter {external_id.path}, in the customer's account",
            "verify --as owner",
            CANNOT_TELL,
        )
    ssm = reach.client(grant.account, "ssm", grant.region)
    name = f"{external_id.path}:{external_id.version}"
    seen, answer = observe(lambda: ssm.get_parameter(Name=name))
    if seen.observed is not Observed.ALLOWED:
        raise CommandError(
            f"{grant.address}: parameter {name} in account {grant.account} cannot be read ({seen.error_code})",
            "make the parameter, or correct its path and version",
            CANNOT_TELL,
        )
    return identifiers.external_id(answer["Parameter"]["Value"], f"parameter {name}")
