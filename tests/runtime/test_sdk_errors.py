"""What real botocore raises where its configuration is broken, and where TLS does not come about."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_server

import boto3
import pytest
import trustme
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import ClientError, HTTPClientError

from rolecall.runtime.clients import CONFIG
from rolecall.runtime.observation import Observation, Observed, observe
from rolecall.runtime.trouble import Trouble

HOST, SECRET = "127.0.0.1", "made-up-secret-5d2a"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAMADEUP", "AWS_SECRET_ACCESS_KEY": SECRET}


@pytest.fixture(autouse=True)
def nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No configuration but the test's own, and an endpoint where nobody listens."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", *KEYS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://{HOST}:9")


def seen() -> Observation:
    """What a call shows with this environment."""
    found, _ = observe(lambda: boto3.Session().client("sts", "eu-central-1", config=CONFIG).get_caller_identity())
    assert (found.observed, found.reason) == (Observed.UNDECIDED, found.trouble)
    assert SECRET not in repr(found)
    return found


@pytest.mark.parametrize(
    ("name", "value", "trouble"),
    [
        ("AWS_STS_REGIONAL_ENDPOINTS", "bogus", Trouble.CONFIGURATION),
        ("AWS_DEFAULTS_MODE", "bogus", Trouble.CONFIGURATION),
        ("AWS_REQUEST_CHECKSUM_CALCULATION", "bogus", Trouble.CONFIGURATION),
        ("AWS_ENDPOINT_URL", "no url", Trouble.CONFIGURATION),
        ("AWS_ENDPOINT_URL", "https://host:port", Trouble.CONFIGURATION),
        ("AWS_CA_BUNDLE", "", Trouble.CA_FILE),
        ("AWS_CA_BUNDLE", "  ", Trouble.CA_FILE),
    ],
)
def test_a_variable_that_boto3_does_not_take_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, trouble: Trouble
) -> None:
    for key, known in (*KEYS.items(), (name, value)):
        monkeypatch.setenv(key, known)
    assert seen().trouble is trouble


@pytest.mark.parametrize("variable", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
def test_a_file_that_boto3_cannot_parse_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    (tmp_path / "broken").write_text(f"aws_secret_access_key {SECRET}\n[[")
    monkeypatch.setenv(variable, str(tmp_path / "broken"))
    assert seen().trouble is Trouble.CONFIGURATION


@pytest.mark.parametrize(
    "process",
    [
        "/bin/false",
        "/bin/no-such-program",
        f"/bin/echo {SECRET}",
        "/bin/echo []",
        "/bin/echo null",
        '/bin/echo {\\"Version\\":1}',
        '"/bin/echo',
    ],
)
def test_a_program_that_gives_no_credentials_is_no_answer_of_aws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, process: str
) -> None:
    (tmp_path / "config").write_text(f"[default]\ncredential_process = {process}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert seen().trouble is Trouble.CREDENTIALS


@pytest.mark.parametrize("text", ["", "<html>", json.dumps({"Account": "1"})])
def test_what_answers_in_aws_place_is_still_told_as_such(text: str) -> None:
    found, _ = observe(lambda: json.loads(text)["Arn"])
    assert found.trouble is Trouble.NONSENSE


def _old(context: ssl.SSLContext) -> None:
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1


@contextmanager
def tls_server(authority: trustme.CA, host: str, change: Callable[[ssl.SSLContext], None]) -> Iterator[int]:
    """A server that shakes hands and closes; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    change(context)
    authority.issue_cert(host).configure_cert(context)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # the test is over
                return
            with suppress(OSError), connection:
                context.wrap_socket(connection, server_side=True).close()

    with create_server((HOST, 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("is_trusted", "host", "change", "trouble"),
    [
        (True, HOST, _old, Trouble.TLS),
        (False, HOST, lambda _: None, Trouble.CERTIFICATE),
        (True, "other.example", lambda _: None, Trouble.CERTIFICATE),
    ],
    ids=["TLS 1.1 at most", "a CA that is not known", "another host"],
)
def test_a_certificate_is_blamed_only_if_it_is_the_certificate(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    is_trusted: bool,
    host: str,
    change: Callable[[ssl.SSLContext], None],
    trouble: Trouble,
) -> None:
    authority, other = trustme.CA(), trustme.CA()
    (authority if is_trusted else other).cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    for key, known in (*KEYS.items(), ("AWS_CA_BUNDLE", str(tmp_path / "ca.pem")), ("AWS_MAX_ATTEMPTS", "1")):
        monkeypatch.setenv(key, known)
    with tls_server(authority, host, change) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://{HOST}:{port}")
        assert seen().trouble is trouble


def test_a_refusal_to_renew_the_callers_own_credentials_is_none_of_the_role() -> None:
    def refused() -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "AssumeRole")

    over = {"access_key": "A", "secret_key": SECRET, "token": "T", "expiry_time": "2020-01-01T00:00:00+00:00"}
    callers = RefreshableCredentials.create_from_metadata(over, refresh_using=refused, method="a profile's role")
    for call, trouble in ((callers.get_frozen_credentials, Trouble.CREDENTIALS), (refused, None)):
        found, _ = observe(call)
        assert found.trouble is trouble
        assert (found.observed is Observed.DENIED) is (trouble is None)


def test_nobody_to_ask_for_a_code_of_mfa_is_no_answer() -> None:
    """getpass, which botocore asks, where there is no terminal."""

    def ask() -> None:
        raise EOFError

    found, _ = observe(ask)
    assert found.observed is Observed.UNDECIDED


def test_a_session_token_that_cannot_be_sent_is_one_of_the_credentials() -> None:
    """As botocore tells of a header with a line break; it takes a connection to get there."""

    def send() -> None:
        raise HTTPClientError(error=ValueError("Invalid header value"))

    assert observe(send)[0].trouble is Trouble.CREDENTIALS
