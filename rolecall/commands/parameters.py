"""External IDs that are kept in Parameter Store, read and checked before anything relies on them."""

from rolecall.commands.answer import CANNOT_TELL, CommandError
from rolecall.commands.reach import Reach
from rolecall.model import identifiers
from rolecall.model.grant import ExternalId, Grant, ParameterReference
from rolecall.runtime.observation import Observed, observe


def external_ids(grant: Grant, reach: Reach) -> tuple[str, ...]:
    """The external IDs of a role as the vendor sends them.

    Raises:
        CommandError: a parameter cannot be read.
        InvalidValueError: a parameter holds what can be no external ID.
    """
    return tuple(_value(external_id, grant, reach) for external_id in grant.trust.external_ids)


def _value(external_id: ExternalId, grant: Grant, reach: Reach) -> str:
    if not isinstance(external_id, ParameterReference):
        return external_id
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
