"""Why a call gave no answer: told apart, so that nobody takes a broken line or a stale key for a refusal.

The texts of errors stay here. They can hold endpoints, headers and whatever a proxy wrote.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from botocore import exceptions as sdk
from botocore.parsers import ResponseParserError


class Trouble(StrEnum):
    """What stood in the way, each with the words for it."""

    CREDENTIALS = "the credentials are missing, expired or not known to AWS"
    CLOCK = "AWS refused the request's time or signature: this machine's clock may be off, or the secret key is wrong"
    THROTTLED = "AWS throttled the call to the end"
    UNREACHABLE = "the endpoint cannot be reached"
    SILENT = "the endpoint did not answer in time, or broke off"
    CERTIFICATE = "the endpoint's certificate is not trusted here"
    SERVER = "the service failed"
    NONSENSE = "the answer could not be understood"
    REQUEST = "boto3 refused the request before it was sent"
    OTHER = "the call did not come through"

    @property
    def is_of_the_line(self) -> bool:
        """Whether it tells of the way to the endpoint, so that the next call will fare no better."""
        return self in (Trouble.UNREACHABLE, Trouble.SILENT, Trouble.CERTIFICATE)

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
    **dict.fromkeys(
        [
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "RequestExpired",
            "RequestTimeTooSkewed",
        ],
        Trouble.CLOCK,
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
# In the order in which they are looked up: the narrower kind first.
_BY_KIND: tuple[tuple[tuple[type[Exception], ...], Trouble], ...] = (
    (
        (
            sdk.NoCredentialsError,
            sdk.PartialCredentialsError,
            sdk.CredentialRetrievalError,
            sdk.TokenRetrievalError,
            sdk.SSOError,
            sdk.ProfileNotFound,
            sdk.RefreshWithMFAUnsupportedError,
        ),
        Trouble.CREDENTIALS,
    ),
    (
        (sdk.ParamValidationError, sdk.NoRegionError, sdk.InvalidRegionError, sdk.InvalidConfigError),
        Trouble.REQUEST,
    ),
    ((sdk.SSLError,), Trouble.CERTIFICATE),
    ((sdk.ReadTimeoutError, sdk.ConnectionClosedError, sdk.ResponseStreamingError), Trouble.SILENT),
    ((sdk.EndpointConnectionError, sdk.ConnectTimeoutError, sdk.ProxyConnectionError), Trouble.UNREACHABLE),
    ((ResponseParserError, LookupError, TypeError, ValueError, AttributeError), Trouble.NONSENSE),
)


def of_code(code: str, response: Mapping[str, Any]) -> Trouble | None:
    """What an error code of AWS's tells; None where it is an answer of the service's own."""
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _BY_CODE:
        return _BY_CODE[code]
    return Trouble.SERVER if isinstance(status, int) and status >= 500 else None


def of_error(error: Exception) -> Trouble:
    """What an exception tells that is no error code."""
    return next((trouble for kinds, trouble in _BY_KIND if isinstance(error, kinds)), Trouble.OTHER)
