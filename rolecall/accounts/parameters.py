"""External IDs that are kept in Parameter Store, read and checked before anything relies on them."""

from typing import Any

from rolecall.accounts.reach import Reach
from rolecall.accounts.received_ids import checked
from rolecall.answer import CANNOT_TELL, CommandError
from rolecall.model.grant import Grant
from rolecall.model.trust import ExternalId, ParameterReference
from rolecall.runtime.observation import DENIED, observe

_ABSENT = ("ParameterNotFound", "ParameterVersionNotFound")
_NO = DENIED | frozenset(_ABSENT)
_TIPS = {
    **dict.fromkeys(_ABSENT, "make the parameter, as plain text (String), or correct its path and version"),
    **dict.fromkeys(DENIED, "let the caller use ssm:GetParameter on it"),
}


def external_ids(grant: Grant, reach: Reach | None) -> tuple[str, ...]:
    """The external IDs of a role as the vendor sends them; of those that are a pattern, the pattern.

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
        return str(external_id)
    if reach is None:
        raise CommandError(
            f"{grant.address}: the external ID is kept in parameter {external_id.path}, in the customer's account",
            "verify --as owner",
            CANNOT_TELL,
        )
    name = f"{external_id.path}:{external_id.version}"
    ssm = reach.client(grant.account, "ssm", grant.region)
    seen, text = observe(lambda: _plain(ssm.get_parameter(Name=name)["Parameter"]), denied=_NO)
    if text is None:
        why = seen.reason or f"AWS answered {seen.error_code}"
        tip = _TIPS.get(seen.error_code or "", "try again when AWS can be asked")
        sentence = f"{grant.address}: parameter {name} in account {grant.account} cannot be read: {why}"
        raise CommandError(sentence, tip, CANNOT_TELL)
    return checked(text, f"parameter {name}")


def _plain(parameter: Any) -> str:
    """The text of a parameter.

    Raises:
        ValueError: it is a list or encrypted, and what stands there is no external ID.
    """
    if parameter["Type"] != "String" or not isinstance(parameter["Value"], str):
        raise ValueError("no plain parameter")
    return parameter["Value"]
