"""Why a call gave no answer: told apart, so that nobody takes a broken line or a stale key for a refusal.

The texts of errors stay here. They can hold endpoints, headers and whatever a proxy wrote.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Trouble(StrEnum):
    """What stood in the way, each with the words for it."""

    CREDENTIALS = "the credentials are missing, expired or not known to AWS"
    CLOCK = "AWS refused the request's time: this machine's clock is off"
    SIGNATURE = (
        "AWS refused the request's signature: the secret key does not belong to the access key id, or something on the"
        " way changed the request"
    )
    THROTTLED = "AWS throttled the call to the end"
    UNREACHABLE = "the endpoint cannot be reached"
    SILENT = "the endpoint did not answer in time, or broke off"
    CERTIFICATE = "the endpoint's certificate is not trusted here"
    TLS = "no TLS connection came about: the endpoint speaks another version of it, or none"
    CA_FILE = "the file of CA certificates cannot be read"
    SERVER = "the service failed"
    CONFIGURATION = "boto3's configuration is broken: a file of it, or a variable of the environment"
    NONSENSE = "the answer could not be understood"
    REQUEST = "boto3 refused the request before it was sent"
    OTHER = "the call did not come through"

    @property
    def is_of_the_line(self) -> bool:
        """Whether it tells of the way to the endpoint, so that the next call will fare no better."""
        return self in (Trouble.UNREACHABLE, Trouble.SILENT, Trouble.CERTIFICATE, Trouble.TLS, Trouble.CA_FILE)

    @property
    def may_last(self) -> bool:
        """Whether a few such calls in a row, each tried again by botocore, are a reason to ask no more."""
        return self.is_of_the_line or self in (Trouble.THROTTLED, Trouble.SERVER)


# Codes of the services asked here. https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and botocore's
# own list of throttling codes (botocore/retries/standard.py), read 2026-11-22.
_BY_CODE = {
    **dict.fromkeys(
        [
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "InvalidAccessKeyId",
            "AuthFailure",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "OptInRequired",
            "RegionDisabledException",
            "NotSignedUp",
        ],
        Trouble.CREDENTIALS,
    ),
    **dict.fromkeys(["RequestExpired", "RequestTimeTooSkewed"], Trouble.CLOCK),
    **dict.fromkeys(
        ["SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature", "IncompleteSignatureException"],
        Trouble.SIGNATURE,
    ),
    **dict.fromkeys(
        [
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottledException",
            "RequestThrottled",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "LimitExceededException",
            "ProvisionedThroughputExceededException",
            "TransactionInProgressException",
            "PriorRequestNotComplete",
            "SlowDown",
            "429",
        ],
        Trouble.THROTTLED,
    ),
}
# How a signature is refused for its time: a code of its own is rare.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html, read 2026-11-22.
_OF_TIME = re.compile(r"Signature expired|Signature not yet current|is now earlier than|is still later than")


def of_code(code: str, response: Mapping[str, Any]) -> Trouble | None:
    """What an error code of AWS's tells; None where it is an answer of the service's own.

    Args:
        response: the whole error. Of its message nothing is kept: it tells a clock from a key, which share a code.
    """
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    trouble = _BY_CODE.get(code)
    if trouble is Trouble.SIGNATURE and _OF_TIME.search(str(response.get("Error", {}).get("Message", ""))):
        return Trouble.CLOCK
    if trouble is not None:
        return trouble
    return Trouble.SERVER if isinstance(status, int) and status >= 500 else None
