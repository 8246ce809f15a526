"""What no request gets past: the ASGI application in front of ministack."""

import hmac
import json
import re
from urllib.parse import parse_qsl

from rolecall.local.guard.asgi import Application, Receive, Response, Scope, Send
from rolecall.local.health import HEALTH_PATH

ADMIN_TOKEN_HEADER = "x-rolecall-admin-token"  # noqa: S105 -- the header's name

_SIGNED_HEADER = re.compile(r"AWS4-(HMAC-SHA256|ECDSA-P256-SHA256) ")
_ROOT_CREDENTIAL = re.compile(r"\d{12}(/|$)")
_SIGNED_QUERY = ("x-amz-signature", "signature")  # SigV4 and SigV2 presigned URLs

_CLOSED = "administration wants the token of this launch"
_MISSING = "Request is missing Authentication Token"


def gateway(application: Application, *, admin_token: str) -> Application:
    """The application, open to signed AWS requests, the health check, and administration with the token only."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] != "http":
            await application(scope, receive, send)
        elif (refusal := _refusal(scope, admin_token)) is not None:
            await _respond(send, refusal)
        else:
            await application(scope, receive, send)

    return guarded


def _refusal(scope: Scope, admin_token: str) -> Response | None:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    path: str = scope["path"]
    if path == HEALTH_PATH:
        return None
    # ministack's administration lives below /_ministack, /_localstack, /_aws and the like, and asks for no credentials:
    # one POST wipes everything. No bucket's name starts with an underscore, so no AWS request is lost.
    if path.startswith("/_"):
        given = headers.get(ADMIN_TOKEN_HEADER, "")
        if hmac.compare_digest(given.encode(), admin_token.encode()):
            return None
        return 403, {"content-type": "application/json"}, json.dumps({"message": _CLOSED}).encode()
    # ministack takes a request without a signature, or with a Bearer token, for an account's root; some of its services
    # (instance metadata, Cognito's pages) answer without credentials at all.
    query = {name.lower(): value for name, value in parse_qsl(scope.get("query_string", b"").decode("latin-1"))}
    if not _signed(headers, query):
        return _missing_token(headers)
    return None


def _signed(headers: dict[str, str], query: dict[str, str]) -> bool:
    """Whether there is a signature, which ministack then checks. A root's counts in the header only."""
    if any(name in query for name in ("x-amz-credential", "awsaccesskeyid")):
        credential = query.get("x-amz-credential") or query.get("awsaccesskeyid", "")
        return not _ROOT_CREDENTIAL.match(credential) and any(name in query for name in _SIGNED_QUERY)
    return _SIGNED_HEADER.match(headers.get("authorization", "")) is not None


def _missing_token(headers: dict[str, str]) -> Response:
    if "x-amz-target" in headers:
        error = {"__type": "MissingAuthenticationTokenException", "message": _MISSING}
        return 400, {"content-type": "application/x-amz-json-1.1"}, json.dumps(error).encode()
    error_xml = f"<Error><Code>MissingAuthenticationToken</Code><Message>{_MISSING}</Message></Error>"
    return 403, {"content-type": "text/xml"}, f"<ErrorResponse>{error_xml}</ErrorResponse>".encode()


async def _respond(send: Send, response: Response) -> None:
    status, headers, body = response
    headers = {**headers, "content-length": str(len(body)), "connection": "close"}
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
