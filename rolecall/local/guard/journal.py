"""One line of JSON for each AssumeRole, allowed or not, since ministack's CloudTrail knows none. Never credentials."""

import json
import os
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rolecall.local.guard.asgi import Response
from rolecall.local.guard.assume_role import request_parameters

Dispatch = Callable[[str, str, dict[str, str], bytes, dict[str, Any], str], Awaitable[Response]]

_ERROR_CODE = re.compile(rb"<Code>([A-Za-z]+)</Code>")


def journalled(original: Dispatch, evaluator: Any, journal: Path) -> Dispatch:
    """`_dispatch_service_request`, which alone sees refusals by signature and identity policy as well as STS's own."""

    async def dispatch(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any], request_id: str
    ) -> Response:
        response = await original(method, path, headers, body, query_params, request_id)
        if "/sts/aws4_request" in headers.get("authorization", ""):
            parameters = request_parameters(method, body, query_params)
            if parameters.get("Action") == "AssumeRole":
                _append(journal, _entry(parameters, response, evaluator))
        return response

    return dispatch


def _entry(parameters: dict[str, str], response: Response, evaluator: Any) -> dict[str, str | None]:
    code = _ERROR_CODE.search(response[2])
    verified = bool(evaluator._verified_key.get())
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "caller": evaluator.caller_arn() if verified else None,  # nobody's word is taken for who he is
        "role": parameters.get("RoleArn"),
        "session": parameters.get("RoleSessionName"),
        "outcome": "allowed" if response[0] == 200 else "denied",
        "error_code": code[1].decode() if code else None,
    }


def _append(journal: Path, entry: dict[str, str | None]) -> None:
    descriptor = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, json.dumps(entry).encode() + b"\n")
    finally:
        os.close(descriptor)
