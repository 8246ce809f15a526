"""The types that pass between hypercorn, the guard and ministack."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

Response = tuple[int, dict[str, str], bytes]
"""What a service of ministack returns: status, headers, body."""

Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Response]]
"""A service of ministack: method, path, headers in lower case, body, query parameters."""


def json_object(body: bytes) -> dict[str, Any]:
    """The members of a request in the JSON protocol; none for a body that is no JSON object: ministack refuses it."""
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
