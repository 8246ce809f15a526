"""Which trouble an exception of botocore's tells of, or one that came out of it. The texts of exceptions stay here."""

import ssl
from types import TracebackType

from botocore import exceptions as sdk
from botocore.parsers import ResponseParserError

from rolecall.runtime.trouble import Trouble

# In the order in which they are looked up: the narrower kind first. botocore/exceptions.py, read 2026-11-22.
_BY_KIND: tuple[tuple[tuple[type[Exception], ...], Trouble], ...] = (
    (
        (
            sdk.NoCredentialsError,
            sdk.PartialCredentialsError,
            sdk.CredentialRetrievalError,
            sdk.MetadataRetrievalError,
            sdk.TokenRetrievalError,
            sdk.NoAuthTokenError,
            sdk.SSOError,
            sdk.LoginError,
            sdk.ProfileNotFound,
            sdk.RefreshWithMFAUnsupportedError,
        ),
        Trouble.CREDENTIALS,
    ),
    (
        (
            sdk.ConfigParseError,
            sdk.ConfigNotFound,
            sdk.InvalidConfigError,
            sdk.InvalidChecksumConfigError,
            sdk.InvalidDefaultsMode,
            sdk.InvalidEndpointConfigurationError,
            sdk.InvalidIMDSEndpointError,
            sdk.InvalidIMDSEndpointModeError,
            sdk.InvalidProxiesConfigError,
            sdk.InvalidRetryConfigurationError,
            sdk.InvalidSTSRegionalEndpointsConfigError,
        ),
        Trouble.CONFIGURATION,
    ),
    ((sdk.ParamValidationError, sdk.NoRegionError, sdk.InvalidRegionError), Trouble.REQUEST),
    ((sdk.ReadTimeoutError, sdk.ConnectionClosedError, sdk.ResponseStreamingError), Trouble.SILENT),
    ((sdk.EndpointConnectionError, sdk.ConnectTimeoutError, sdk.ProxyConnectionError), Trouble.UNREACHABLE),
    ((ResponseParserError,), Trouble.NONSENSE),
)
# Where botocore lets an exception of Python's through: nothing was sent yet.
_BY_MODULE = {
    "botocore.credentials": Trouble.CREDENTIALS,
    "botocore.tokens": Trouble.CREDENTIALS,
    "botocore.configprovider": Trouble.CONFIGURATION,
    "botocore.session": Trouble.CONFIGURATION,
    "botocore.auth": Trouble.CONFIGURATION,
}
_MISSHAPEN = (LookupError, TypeError, ValueError, AttributeError, RecursionError)


def of_error(error: Exception) -> Trouble:
    """What an exception tells that is no error code."""
    if isinstance(error, sdk.SSLError):
        return _of_tls(error)
    if isinstance(error, sdk.HTTPClientError) and type(_of(error, "error")) is ValueError:
        return Trouble.CREDENTIALS  # a header cannot be sent, and a session token with a line break is one
    if isinstance(error, sdk.InvalidConfigError) and _is_of_the_ca_file(error):
        return Trouble.CA_FILE
    by_kind = next((trouble for kinds, trouble in _BY_KIND if isinstance(error, kinds)), None)
    if found := by_kind or _of_place(error.__traceback__):
        return found
    return Trouble.NONSENSE if isinstance(error, _MISSHAPEN) else Trouble.OTHER


def is_of_credentials(error: Exception) -> bool:
    """Whether it was raised while botocore got the caller's credentials, by STS too: a profile may name a role."""
    return _of_place(error.__traceback__) is Trouble.CREDENTIALS


def _of_tls(error: sdk.SSLError) -> Trouble:
    """The handshake that failed; or the reading of AWS_CA_BUNDLE, of which botocore tells in the same way."""
    why = next(iter(getattr(_of(error, "error"), "args", ())), None)
    reason, library = getattr(why, "reason", None), getattr(why, "library", None)
    # A ValueError is what both ssl and urllib3 make of another host's certificate.
    if reason == "CERTIFICATE_VERIFY_FAILED" or isinstance(why, ValueError):
        return Trouble.CERTIFICATE
    if reason == "NO_CERTIFICATE_OR_CRL_FOUND" or library == "PEM":
        return Trouble.CA_FILE
    if isinstance(why, OSError) and not isinstance(why, ssl.SSLError):
        return Trouble.CA_FILE
    return Trouble.SILENT if isinstance(why, ssl.SSLEOFError | ssl.SSLZeroReturnError) else Trouble.TLS


def _is_of_the_ca_file(error: sdk.InvalidConfigError) -> bool:
    """Whether the file's name was empty: there is no other sign of it than the text (botocore/endpoint.py)."""
    return str(_of(error, "error_msg")).startswith("Invalid CA bundle")


def _of(error: sdk.BotoCoreError, name: str) -> object:
    return getattr(error, "kwargs", {}).get(name)


def _of_place(traceback: TracebackType | None) -> Trouble | None:
    """What botocore was at when it failed: the innermost of its parts that is known here."""
    found = None
    while traceback is not None:
        found = _BY_MODULE.get(traceback.tb_frame.f_globals.get("__name__", ""), found)
        traceback = traceback.tb_next
    return found
