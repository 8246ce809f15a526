"""The ARN of a customer managed key of KMS."""

import re

from rolecall.model.identifiers import Arn
from rolecall.model.invalid import InvalidValueError

_RESOURCE = re.compile(r"key/[A-Za-z0-9-]+")


def check_kms_key(kms_key: str) -> None:
    """Refuse what is not the ARN of a key: a key policy is written for the key, whatever alias it has.

    Raises:
        InvalidValueError: RC208; RC303 for what is no ARN.
    """
    arn = Arn.parse(kms_key, "kms_key")
    if arn.service != "kms" or not arn.region or not arn.account or not _RESOURCE.fullmatch(arn.resource):
        raise InvalidValueError(
            "kms_key", kms_key, "arn:aws:kms:REGION:ACCOUNT:key/ID (no alias)", "copy the key's ARN", rule="RC208"
        )
