"""What a call showed: by AWS's code, or by botocore's exception. No trouble is ever a yes or a no."""

import ssl
from typing import Any

import pytest
from botocore import exceptions as sdk
from botocore.parsers import ResponseParserError
from case_tables import cases
from urllib3.exceptions import SSLError as UntrustedError

from rolecall.runtime.observation import DENIED, OUT_OF_LIMITS, Observation, Observed, observe
from rolecall.runtime.sdk_errors import of_error
from rolecall.runtime.trouble import Trouble

HIDDEN = "https://user:hidden@proxy.example.com"
_MADE: list[tuple[Exception, Trouble]] = [
    (sdk.NoCredentialsError(), Trouble.CREDENTIALS),
    (sdk.PartialCredentialsError(provider="env", cred_var="secret"), Trouble.CREDENTIALS),
    (sdk.CredentialRetrievalError(provider="process", error_msg=HIDDEN), Trouble.CREDENTIALS),
    (sdk.TokenRetrievalError(provider="sso", error_msg=HIDDEN), Trouble.CREDENTIALS),
    (sdk.UnauthorizedSSOTokenError(), Trouble.CREDENTIALS),
    (sdk.SSOTokenLoadError(error_msg=HIDDEN), Trouble.CREDENTIALS),
    (sdk.ProfileNotFound(profile="x"), Trouble.CREDENTIALS),
    (sdk.ParamValidationError(report=HIDDEN), Trouble.REQUEST),
    (sdk.SSLError(endpoint_url=HIDDEN, error="x"), Trouble.TLS),
    (sdk.ReadTimeoutError(endpoint_url=HIDDEN), Trouble.SILENT),
    (sdk.ConnectionClosedError(endpoint_url=HIDDEN), Trouble.SILENT),
    (sdk.ResponseStreamingError(error=HIDDEN), Trouble.SILENT),
    (sdk.ConnectTimeoutError(endpoint_url=HIDDEN), Trouble.UNREACHABLE),
    (sdk.EndpointConnectionError(endpoint_url=HIDDEN), Trouble.UNREACHABLE),
    (sdk.ProxyConnectionError(proxy_url=HIDDEN), Trouble.UNREACHABLE),
    (sdk.HTTPClientError(error=HIDDEN), Trouble.OTHER),
    (sdk.NoRegionError(), Trouble.REQUEST),
    (sdk.InvalidRegionError(region_name="x y"), Trouble.REQUEST),
    (sdk.InvalidConfigError(error_msg=HIDDEN), Trouble.CONFIGURATION),
    (sdk.InvalidConfigError(error_msg=f"Invalid CA bundle: {HIDDEN}"), Trouble.CA_FILE),
    (sdk.ConfigParseError(path=HIDDEN), Trouble.CONFIGURATION),
    (sdk.InvalidDefaultsMode(mode=HIDDEN, valid_modes=""), Trouble.CONFIGURATION),
    (sdk.InvalidSTSRegionalEndpointsConfigError(sts_regional_endpoints_config=HIDDEN), Trouble.CONFIGURATION),
    (OSError(HIDDEN), Trouble.OTHER),
    (ResponseParserError(HIDDEN), Trouble.NONSENSE),
    (KeyError("Credentials"), Trouble.NONSENSE),
    (TypeError(HIDDEN), Trouble.NONSENSE),
    (ValueError(HIDDEN), Trouble.NONSENSE),
    (AttributeError(HIDDEN), Trouble.NONSENSE),
    (IndexError(HIDDEN), Trouble.NONSENSE),
]


def _seen(error: Exception, denied: frozenset[str] = DENIED) -> Observation:
    def fail() -> None:
        raise error

    seen, answer = observe(fail, denied=denied)
    assert answer is None
    return seen


def _error(case: dict[str, Any]) -> sdk.ClientError:
    message = f"{case.get('message', '')} {HIDDEN}"
    said = {"Code": case["code"], "Message": message} if case["code"] is not None else {}
    response: Any = {"Error": said, "ResponseMetadata": {"HTTPStatusCode": case["status"]}}
    return sdk.ClientError(response, "AssumeRole")


@pytest.mark.parametrize("case", cases("error_codes"))
def test_what_a_code_shows(case: dict[str, Any]) -> None:
    seen = _seen(_error(case))
    trouble = Trouble[case["trouble"]] if case.get("trouble") else None
    assert (seen.observed.value, seen.trouble) == (case["observed"], trouble)
    assert seen.error_code == (case["code"] or None)


@pytest.mark.parametrize(("error", "trouble"), _MADE, ids=[type(error).__name__ for error, _ in _MADE])
def test_what_an_exception_shows(error: Exception, trouble: Trouble) -> None:
    seen = _seen(error)
    assert (seen.observed, seen.trouble, seen.error_code) == (Observed.UNDECIDED, trouble, None)


@pytest.mark.parametrize("kind", [k for k in vars(sdk).values() if isinstance(k, type) and issubclass(k, Exception)])
def test_no_exception_of_botocore_is_a_yes_or_a_no(kind: type[Exception]) -> None:
    assert of_error(kind.__new__(kind)) in Trouble


def test_every_undecided_call_says_why_and_nothing_of_what_the_error_said() -> None:
    errors = [*(error for error, _ in _MADE), *(_error(case.values[0]) for case in cases("error_codes"))]
    for seen in map(_seen, errors):
        assert seen.reason or seen.observed is Observed.DENIED
        assert "hidden" not in repr(seen)
        assert "20261122T" not in repr(seen)


@pytest.mark.parametrize("code", sorted(OUT_OF_LIMITS))
def test_limits_refuse_only_whoever_asks_for_them(code: str) -> None:
    error = _error({"code": code, "status": 400})
    assert _seen(error).observed is Observed.UNDECIDED
    assert _seen(error, DENIED | OUT_OF_LIMITS).observed is Observed.DENIED


def test_a_code_of_trouble_refuses_nobody_even_if_it_is_asked_for() -> None:
    error = _error({"code": "Throttling", "status": 400})
    assert _seen(error, frozenset({"Throttling"})).observed is Observed.UNDECIDED


@pytest.mark.parametrize("answer", [{}, None, [], "<html>", {"Credentials": None}])
def test_an_answer_of_another_shape_is_no_yes(answer: Any) -> None:
    seen, returned = observe(lambda: answer, is_sound=lambda got: bool(got["Credentials"]["AccessKeyId"]))
    assert (seen.observed, seen.trouble, returned) == (Observed.UNDECIDED, Trouble.NONSENSE, None)


def test_only_the_way_to_the_endpoint_is_given_up() -> None:
    of_the_line = {trouble for trouble in Trouble if trouble.is_of_the_line}
    certificates = {Trouble.CERTIFICATE, Trouble.TLS, Trouble.CA_FILE}
    assert of_the_line == {Trouble.UNREACHABLE, Trouble.SILENT, *certificates}


def _of_tls(reason: str, library: str) -> ssl.SSLError:
    """As OpenSSL raises it, which alone can set these two."""
    error = ssl.SSLError(1, HIDDEN)
    error.reason, error.library = reason, library
    return error


@pytest.mark.parametrize(
    ("why", "trouble"),
    [
        (FileNotFoundError(2, HIDDEN), Trouble.CA_FILE),
        (IsADirectoryError(21, HIDDEN), Trouble.CA_FILE),
        (PermissionError(13, HIDDEN), Trouble.CA_FILE),
        (_of_tls("NO_CERTIFICATE_OR_CRL_FOUND", "X509"), Trouble.CA_FILE),
        (_of_tls("BAD_END_LINE", "PEM"), Trouble.CA_FILE),
        (_of_tls("CERTIFICATE_VERIFY_FAILED", "SSL"), Trouble.CERTIFICATE),
        (ssl.SSLCertVerificationError(1, HIDDEN), Trouble.CERTIFICATE),
        (_of_tls("TLSV1_ALERT_PROTOCOL_VERSION", "SSL"), Trouble.TLS),
        (_of_tls("WRONG_VERSION_NUMBER", "SSL"), Trouble.TLS),
        (ssl.SSLEOFError(8, HIDDEN), Trouble.SILENT),
    ],
    ids=lambda value: getattr(value, "reason", None) or type(value).__name__,
)
def test_a_file_of_cas_a_certificate_and_a_handshake_that_fails_are_told_apart(
    why: Exception, trouble: Trouble
) -> None:
    seen = _seen(sdk.SSLError(endpoint_url=HIDDEN, error=UntrustedError(why)))
    assert seen.trouble is trouble
    assert "hidden" not in repr(seen)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError])
def test_what_is_no_answer_at_all_goes_through(error: type[BaseException]) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(error):
        observe(fail)
