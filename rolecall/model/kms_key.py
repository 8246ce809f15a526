"""The ARN of a customer managed key of KMS."""

import re

from rolecall.model.identifiers import Arn
from rolecall.model.invalid import InvalidValueError

_ALLOWED = "arn:aws:kms:REGION:ACCOUNT:key/ID (no alias)"
_CHANGE = "copy the key's ARN"
_RESOURCE = re.compile(r"key/[A-Za-z0-9-]+")


def check_kms_key(kms_key: str) -> None:
    """Refuse what is not the ARN of a key: a key policy is written for the key, whatever alias it has.

    Raises:
        InvalidValueError: RC208; RC303 for what is no ARN.
    """
    try:
        arn = Arn.parse(kms_key, "kms_key")
    except InvalidValueError as error:
        raise InvalidValueError(error.what, kms_key, _ALLOWED, _CHANGE, rule=error.rule) from None
    if arn.service != "kms" or not arn.region or not arn.account or not _RESOURCE.fullmatch(arn.resource):
        raise InvalidValueError("kms_key", kms_key, _ALLOWED, _CHANGE, rule="RC208")
