"""An account's root, requests without a signature, and ministack's administration."""

import datetime as dt
import re

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from embedded_world import CUSTOMER, OK, OTHER_CUSTOMER, REGION, Case, World, answer, trust

FORM = {"content-type": "application/x-www-form-urlencoded"}
WHO_AM_I = "Action=GetCallerIdentity&Version=2011-06-15"
LIST_ROLES = "Action=ListRoles&Version=2010-05-08"


def root_assumes(world: World, trusted: object) -> str:
    sts = world.with_key("sts", OTHER_CUSTOMER, world.root_secret)
    return answer(sts.assume_role, RoleArn=world.role(trust(trusted)), RoleSessionName="probe")


def session_of_root_assumes(world: World) -> str:
    keys = world.with_key("sts", CUSTOMER, world.root_secret).get_session_token()["Credentials"]
    sts = world.with_key("sts", keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    role = world.role(trust({"AWS": f"arn:aws:iam::{CUSTOMER}:root"}))
    return answer(sts.assume_role, RoleArn=role, RoleSessionName="probe")


def lists_roles(world: World, key_id: str, secret: str) -> str:
    return answer(world.with_key("iam", key_id, secret).list_roles)


def posted(world: World, headers: dict[str, str], body: str = LIST_ROLES) -> str:
    status, text = world.http("POST", "/", {**FORM, **headers}, body)
    code = re.search(r"<Code>(\w+)</Code>", text)
    return OK if status == 200 else code[1] if code else str(status)


def forged(world: World) -> str:
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    credential = f"{CUSTOMER}/{now[:8]}/{REGION}/iam/aws4_request"
    signature = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
    return posted(world, {"authorization": signature, "x-amz-date": now})


def signed_yesterday(world: World) -> str:
    """A request that root signed rightly, a day ago."""
    request = AWSRequest("POST", f"{world.aws.endpoint_url}/", headers=dict(FORM), data=LIST_ROLES)
    signer = SigV4Auth(Credentials(CUSTOMER, world.root_secret), "iam", REGION)
    yesterday = (dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).strftime("%Y%m%dT%H%M%SZ")
    request.context["timestamp"] = yesterday
    request.headers["X-Amz-Date"] = yesterday
    request.headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders=host;x-amz-date, "
        f"Signature={signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)}"
    )
    return posted(world, dict(request.headers.items()))


def presigned(world: World, key_id: str, secret: str) -> str:
    request = AWSRequest("GET", f"{world.aws.endpoint_url}/?{WHO_AM_I}")
    SigV4QueryAuth(Credentials(key_id, secret), "sts", REGION).add_auth(request)
    status, _ = world.http("GET", request.url.removeprefix(world.aws.endpoint_url))
    return OK if status == 200 else str(status)


def status_of(world: World, method: str, path: str, headers: dict[str, str] | None = None, body: str = "") -> str:
    return str(world.http(method, path, headers, body)[0])


def with_any_signature(world: World, method: str, path: str) -> str:
    """Like a signed request, but for the signature: nothing below these paths looks at it."""
    return status_of(world, method, path, {"authorization": "AWS4-HMAC-SHA256 Credential=x"}, "{}")


def websocket(world: World) -> str:
    """AWS IoT's devices, whom ministack welcomes without credentials."""
    headers = {
        "host": f"x.iot.{REGION}.amazonaws.com",
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-protocol": "mqtt",
    }
    return status_of(world, "GET", "/mqtt", headers)


CASES = [
    Case("a websocket", websocket, "403", "101"),
    Case(
        "root assumes a role that trusts its account",
        lambda world: root_assumes(world, {"AWS": f"arn:aws:iam::{OTHER_CUSTOMER}:root"}),
        "AccessDenied",
        OK,
    ),
    Case(
        "root of any account assumes a role that trusts a service",
        lambda world: root_assumes(world, {"Service": "lambda.amazonaws.com"}),
        "AccessDenied",
        OK,
    ),
    Case("a session of root assumes a role", session_of_root_assumes, "AccessDenied", OK),
    Case(
        "an account id with any secret",
        lambda world: lists_roles(world, CUSTOMER, "wrong"),
        "SignatureDoesNotMatch",
        OK,
    ),
    Case(
        "an account id with ministack's own secret",
        lambda world: lists_roles(world, CUSTOMER, "test"),
        "SignatureDoesNotMatch",
        OK,
    ),
    Case("the key named test", lambda world: lists_roles(world, "test", "test"), "InvalidClientTokenId", OK),
    Case("root's signature of yesterday", signed_yesterday, "SignatureDoesNotMatch", OK),
    Case(
        "a forged signature",
        forged,
        "SignatureDoesNotMatch",
        OK,
    ),
    Case("root in a presigned address", lambda world: presigned(world, CUSTOMER, world.root_secret), "403", OK),
    Case(
        "a bearer token",
        lambda world: posted(world, {"authorization": "Bearer x", "host": f"iam.{REGION}.amazonaws.com"}),
        "MissingAuthenticationToken",
        OK,
    ),
    Case(
        "the runtime configuration", lambda world: with_any_signature(world, "POST", "/_ministack/config"), "403", "200"
    ),
    Case("the readiness page", lambda world: with_any_signature(world, "GET", "/_ministack/ready"), "403", "503"),
    Case("LocalStack's administration", lambda world: with_any_signature(world, "GET", "/_localstack/x"), "403", "404"),
    Case(
        "the instance metadata, which hands out credentials",
        lambda world: status_of(world, "GET", "/latest/meta-data/iam/security-credentials/"),
        "403",
        "200",
    ),
    Case("a preflight request of a browser", lambda world: status_of(world, "OPTIONS", "/"), "403", "200"),
]


@pytest.mark.embedded
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_guard_answers_as_aws_does(case: Case, guarded: World) -> None:
    assert case.ask(guarded) == case.aws


@pytest.mark.embedded
@pytest.mark.parametrize("case", CASES, ids=str)
def test_ministack_alone_answers_otherwise(case: Case, plain: World) -> None:
    assert case.ask(plain) == case.ministack


@pytest.mark.embedded
def test_root_is_refused_in_the_words_of_aws(guarded: World) -> None:
    sts = guarded.with_key("sts", CUSTOMER, guarded.root_secret)
    with pytest.raises(sts.exceptions.ClientError) as refused:
        sts.assume_role(RoleArn=guarded.role(trust()), RoleSessionName="probe")
    assert refused.value.response["Error"]["Message"] == "Roles may not be assumed by root accounts."


@pytest.mark.embedded
def test_root_with_the_secret_of_the_launch_may_do_the_rest(guarded: World) -> None:
    assert lists_roles(guarded, CUSTOMER, guarded.root_secret) == OK


@pytest.mark.embedded
def test_a_service_is_told_about_a_missing_signature_in_its_own_protocol(guarded: World) -> None:
    assert posted(guarded, {}) == "MissingAuthenticationToken"
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.ListSecrets"}
    status, text = guarded.http("POST", "/", headers, "{}")
    assert (status, "MissingAuthenticationTokenException" in text) == (400, True)


@pytest.mark.embedded
def test_administration_opens_to_the_token_of_the_launch_alone(guarded: World) -> None:
    tokens = (guarded.admin_token, guarded.admin_token[:-1], "")
    path, header = "/_ministack/config", "x-rolecall-admin-token"
    assert [status_of(guarded, "POST", path, {header: token}, "{}") for token in tokens] == ["200", "403", "403"]


@pytest.mark.embedded
def test_the_health_check_is_open(guarded: World) -> None:
    assert status_of(guarded, "GET", "/_ministack/health") == "200"


@pytest.mark.embedded
def test_a_user_s_presigned_address_works(guarded: World) -> None:
    user = guarded.powerless
    assert presigned(guarded, user.access_key_id, user.secret_access_key) == OK
    assert presigned(guarded, user.access_key_id, "wrong") == "403"
