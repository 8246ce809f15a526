"""Asking the server whether it answers."""

import http.client
import ssl

from rolecall.local.certificates import HOST
from rolecall.local.errors import LocalAwsError
from rolecall.local.state import StateDir

HEALTH_PATH = "/_ministack/health"


def wait_until_healthy(state: StateDir, port: int, *, seconds: float) -> None:
    """Return when the server says 200, LocalAwsError when it ends or says anything else within that time.

    One request is enough and nothing is polled: the socket listens already, so the connection waits until the server
    takes it, and breaks if the server ends.
    """
    trusted = ssl.create_default_context(cafile=str(state.ca_bundle))
    connection = http.client.HTTPSConnection(HOST, port, timeout=seconds, context=trusted)
    try:
        connection.request("GET", HEALTH_PATH)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise LocalAwsError(f"the embedded AWS did not start ({error}); its log is {state.log}") from error
    finally:
        connection.close()
    if status != http.client.OK:
        raise LocalAwsError(f"the embedded AWS answers its health check with {status}; its log is {state.log}")
