"""What an endpoint, or something that stands where it should be, answers when it is broken."""

import json

from tests.embedded.faults import SESSION, Answer

_HTML = {"Content-Type": "text/html"}
_JSON = {"Content-Type": "application/x-amz-json-1.1"}
_PAGE = b"<html><head><title>Please sign in</title></head><body><p>Guests, welcome</p></body></html>"
_BROKEN_PAGE = b"<!DOCTYPE html><html><body><p>Guests, <br>welcome &nbsp;</body></html>"
_STS = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'
SECRET = "made-up-secret-7c1e"
"""Stands in credentials and bodies that are made up here; nobody is to print it."""


def query_error(status: int, code: str) -> Answer:
    """An error in the query protocol, which STS and IAM speak."""
    text = f"<ErrorResponse {_STS}><Error><Type>Sender</Type><Code>{code}</Code><Message>{SECRET}</Message></Error>"
    return Answer(status, f"{text}<RequestId>1</RequestId></ErrorResponse>".encode())


def json_error(status: int, code: str) -> Answer:
    """An error in the JSON protocol, which Secrets Manager speaks."""
    return Answer(status, json.dumps({"__type": code, "message": SECRET}).encode(), _JSON)


def assumed(role_arn: str, name: str = "", *, key: str = SECRET) -> Answer:
    """A well-formed answer of sts:AssumeRole for a role, or for another one of its account."""
    account, own = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    session = f"arn:aws:sts::{account}:assumed-role/{name or own}/{SESSION.decode()}"
    keys = f"<AccessKeyId>ASIAMADEUP</AccessKeyId><SecretAccessKey>{key}</SecretAccessKey>"
    issued = f"{keys}<SessionToken>{SECRET}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
    user = f"<AssumedRoleUser><AssumedRoleId>AROAMADEUP:x</AssumedRoleId><Arn>{session}</Arn></AssumedRoleUser>"
    result = f"<AssumeRoleResult>{user}<Credentials>{issued}</Credentials></AssumeRoleResult>"
    return Answer(200, f"<AssumeRoleResponse {_STS}>{result}</AssumeRoleResponse>".encode())


_IDENTITY = (
    "<GetCallerIdentityResult><Arn>arn:aws:iam::1:root</Arn><UserId>1</UserId><Account>1</Account>"
    "</GetCallerIdentityResult>"
)
GARBAGE = {
    "200 with a page": Answer(200, _PAGE, _HTML),
    "200 with a page that is no XML": Answer(200, _BROKEN_PAGE, _HTML),
    "200 with nothing": Answer(200, b""),
    "200 with another operation's XML": Answer(
        200, f"<GetCallerIdentityResponse {_STS}>{_IDENTITY}</GetCallerIdentityResponse>".encode()
    ),
    "200 with an empty result": Answer(
        200, f"<AssumeRoleResponse {_STS}><AssumeRoleResult/></AssumeRoleResponse>".encode()
    ),
    "200 with JSON": Answer(200, b'{"Version": "2012-10-17", "Statement": []}', _JSON),
    "200 with half an XML document": Answer(200, b"<AssumeRoleResponse><AssumeRoleResult><Credentials>"),
    "204 with nothing": Answer(204, b""),
    "403 with a page": Answer(403, _PAGE, _HTML),
    "403 with a page that is no XML": Answer(403, _BROKEN_PAGE, _HTML),
    "403 with nothing": Answer(403, b""),
    "403 with a bucket's AccessDenied": Answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"),
    "403 with JSON's AccessDenied": json_error(403, "AccessDeniedException"),
    "404 with a page": Answer(404, _PAGE, _HTML),
    "407 with a page": Answer(407, _PAGE, _HTML),
    "418 with another error": query_error(418, "NoSuchTea"),
}
SERVER = {
    "500 as AWS says it": query_error(500, "InternalFailure"),
    "500 with a page": Answer(500, _PAGE, _HTML),
    "502 with a page that is no XML": Answer(502, _BROKEN_PAGE, _HTML),
    "503 as AWS says it": query_error(503, "ServiceUnavailable"),
    "503 with nothing": Answer(503, b""),
    "503 that says AccessDenied": query_error(503, "AccessDenied"),
}
THROTTLES = {
    "400 Throttling": query_error(400, "Throttling"),
    "400 ThrottlingException": query_error(400, "ThrottlingException"),
    "429 TooManyRequestsException": query_error(429, "TooManyRequestsException"),
    "400 RequestLimitExceeded": query_error(400, "RequestLimitExceeded"),
    "503 SlowDown": query_error(503, "SlowDown"),
}
