"""Account and external ID the wrong way round: an ID that stands where the account belongs, and the other way."""

import re

from rolecall.policy.guard import Guard
from rolecall.policy.principal import EVERYBODY, Kind, account_of, is_nearly_an_account, is_no_aws_principal, kind_of
from rolecall.policy.reading import Reading

_ACCOUNT = re.compile(r"[0-9]{12}")
_PRINCIPAL_ARN = re.compile(r"arn:aws[a-z-]*:(iam|sts)::.*", re.DOTALL)
# A UUID, a hash, a derived ID: letters and digits. IAM's own ids (AKIA…, AROA…) look alike, and no vendor makes such.
_LIKE_AN_ID = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_+=-]{16,1224}")
_OF_IAM = re.compile(r"A[A-Z]{2}A[A-Z0-9]{12,}(:.*)?", re.IGNORECASE)
_SENDABLE = re.compile(r"[A-Za-z0-9_+=,.@:/-]{2,1224}")


def exchanged_principal(principals: list[str], reading: Reading) -> str | None:
    """The principal that is an external ID, if there is one."""
    return next((each for each in principals if _is_an_id(account_of(each) or each, reading)), None)


def exchanged_ids(guard: Guard, principals: list[str], reading: Reading) -> frozenset[str]:
    """The external IDs that are accounts or principals."""
    accounts = {account_of(principal) for principal in principals} | set(reading.vendors)
    misplaced = any(_may_be_an_id(principal, reading) for principal in principals)

    def is_exchanged(value: str) -> bool:
        is_account = _ACCOUNT.fullmatch(value) and misplaced
        return value in accounts or (reading.foreign and bool(is_account or _PRINCIPAL_ARN.fullmatch(value)))

    return frozenset(filter(is_exchanged, guard.exact or ()))


def is_cause(principal: str, reading: Reading) -> bool:
    """Whether what is wrong with this principal is that an ID stands there."""
    return _is_an_id(account_of(principal) or principal, reading) or _may_be_an_id(principal, reading)


def _is_an_id(text: str, reading: Reading) -> bool:
    """Whether a text has the form of the external IDs that some vendor makes, or is as long and random as most."""
    if any(re.fullmatch(form, text) for fact in reading.vendors.values() for form in fact.id_forms):
        return True
    return reading.foreign and _LIKE_AN_ID.fullmatch(text) is not None and not _OF_IAM.fullmatch(text)


def _may_be_an_id(principal: str, reading: Reading) -> bool:
    """Whether it could be sent as an ID and is no principal, whatever it is."""
    text = account_of(principal) or principal
    if not reading.foreign or principal == EVERYBODY or is_no_aws_principal(principal) or text.startswith("arn:"):
        return False
    is_none = kind_of(principal, reading.own_accounts) in (Kind.OTHER, Kind.BAD_ACCOUNT)
    is_account = _ACCOUNT.fullmatch(text) or is_nearly_an_account(text) or _OF_IAM.fullmatch(text)
    return is_none and not is_account and _SENDABLE.fullmatch(text) is not None
