"""sts:AssumeRole: what AWS validates and ministack does not.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (checked 2026-11-22)
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from rolecall.local.guard.asgi import Handler, Response

_PATTERNS = {
    "externalId": r"[\w+=,.@:\/-]*",
    "roleSessionName": r"[\w+=,.@-]*",
    "roleArn": "[\\u0009\\u000A\\u000D\\u0020-\\u007E]+",
}
_LENGTHS = {"externalId": (2, 1224), "roleSessionName": (2, 64), "roleArn": (20, 2048)}  # characters
_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:role/.+")
_REQUIRED = frozenset({"roleArn", "roleSessionName"})
_SECONDS = (900, 43200)
CHAINED_SECONDS = 3600
"""Longest session of a role that a role assumes: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html"""


def checked(original: Handler, sts: Any, roles: Any) -> Handler:
    """ministack's handler of STS with AWS's refusals around its own. Signature and identity policy come before it."""

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Response:
        parameters = request_parameters(method, body, query_params)
        if (refusal := _ambiguous(method, headers, body, query_params)) is not None:
            return _error(*refusal)
        if parameters.get("Action") != "AssumeRole":
            return await original(method, path, headers, body, query_params)
        caller = sts._caller_identity(headers, query_params)
        refusal = _invalid(parameters) or _denied(parameters, caller, roles)
        if refusal is not None:
            return _error(*refusal)
        response = await original(method, path, headers, body, query_params)
        # Only who may assume the role is told about its limits; the session just made dies unknown with this response.
        refusal = _too_long(parameters, caller, roles) if response[0] == 200 else None
        return response if refusal is None else _error(*refusal)

    return handle_request


def request_parameters(method: str, body: bytes, query: Mapping[str, list[str]]) -> dict[str, str]:
    """The parameters of the query protocol.

    Blank ones are kept, where ministack drops them: AWS refuses an empty external ID, it does not ignore it.
    """
    return dict(_pairs(method, body, query))


def _pairs(method: str, body: bytes, query: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    in_body = parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True) if method == "POST" else []
    return [(name, value) for name, values in query.items() for value in values] + in_body


def _ambiguous(
    method: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, list[str]]
) -> tuple[int, str, str] | None:
    """A refusal of what ministack's policy check and its handler read differently: one would be checked, another done.

    It also takes a JSON protocol, which STS does not have.
    """
    if "x-amz-target" in headers:
        return 400, "UnknownOperationException", "STS has the query protocol only"
    names = [name for name, _ in _pairs(method, body, query)]
    if len(names) != len(set(names)):
        return 400, "MalformedQueryString", "a parameter is given more than once"
    return None


def _invalid(parameters: Mapping[str, str]) -> tuple[int, str, str] | None:
    """AWS's ValidationError for the first parameter that breaks its length, pattern or range."""
    for member in _PATTERNS:
        value = parameters.get(member[0].upper() + member[1:])
        if broken := _broken_constraint(member, value):
            return 400, "ValidationError", _one_error(member, value, broken)
    return _invalid_duration(parameters.get("DurationSeconds"))


def _broken_constraint(member: str, value: str | None) -> str | None:
    if value is None:
        return "Member must not be null" if member in _REQUIRED else None
    shortest, longest = _LENGTHS[member]
    if len(value) < shortest:
        return f"Member must have length greater than or equal to {shortest}"
    if len(value) > longest:
        return f"Member must have length less than or equal to {longest}"
    if re.fullmatch(_PATTERNS[member], value, re.ASCII) is None:
        return f"Member must satisfy regular expression pattern: {_PATTERNS[member]}"
    return None


def _invalid_duration(value: str | None) -> tuple[int, str, str] | None:
    if value is None:
        return None
    shortest, longest = _SECONDS
    if re.fullmatch(r"-?[0-9]{1,9}", value) is None:
        return 400, "MalformedInput", "Unexpected value for DurationSeconds"
    if int(value) < shortest:
        broken = f"Member must have value greater than or equal to {shortest}"
    elif int(value) > longest:
        broken = f"Member must have value less than or equal to {longest}"
    else:
        return None
    return 400, "ValidationError", _one_error("durationSeconds", value, broken)


def _one_error(member: str, value: str | None, broken: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"1 validation error detected: Value {shown} at '{member}' failed to satisfy constraint: {broken}"


def _denied(parameters: Mapping[str, str], caller: Any, roles: Any) -> tuple[int, str, str] | None:
    """AccessDenied for root, and for an ARN that is not the role's own: ministack looks at its last part alone."""
    if not isinstance(caller, dict):
        return None
    if caller["principalType"] == "Root":
        return 403, "AccessDenied", "Roles may not be assumed by root accounts."
    arn = parameters["RoleArn"]
    role = _role(arn, roles)
    if _ROLE_ARN.fullmatch(arn) is None or (role is not None and role["Arn"] == arn):
        return None
    user = caller["userArn"]
    return 403, "AccessDenied", f"User: {user} is not authorized to perform: sts:AssumeRole on resource: {arn}"


def _too_long(parameters: Mapping[str, str], caller: Any, roles: Any) -> tuple[int, str, str] | None:
    """ValidationError for a session longer than the role allows, or than an hour where a role assumes the role."""
    seconds = int(parameters.get("DurationSeconds", CHAINED_SECONDS))
    role = _role(parameters["RoleArn"], roles) or {}
    if isinstance(caller, dict) and caller["principalType"] == "AssumedRole" and seconds > CHAINED_SECONDS:
        limit = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        return 400, "ValidationError", limit
    if seconds > int(role.get("MaxSessionDuration", CHAINED_SECONDS)):
        return 400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    return None


def _role(arn: str, roles: Any) -> Any:
    """ministack's record of the role, found as ministack finds it: by account and last name."""
    fields = arn.split(":", 5)
    return roles.get_scoped(fields[4], None, arn.rpartition("/")[2]) if len(fields) == 6 else None


def _error(status: int, code: str, message: str) -> Response:
    """An error as the query protocol carries it."""
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    namespace = "https://sts.amazonaws.com/doc/2011-06-15/"
    return status, {"Content-Type": "text/xml"}, f'<ErrorResponse xmlns="{namespace}">{error}</ErrorResponse>'.encode()
