"""A TLS proxy before the embedded AWS that spoils what it is told to, and passes the rest on as it came."""

import re
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import trustme

from rolecall.local import LocalAws
from tests.embedded.faults import SESSION, Answer, Fault, Line, Rule, Slow, Stale

HOST = "127.0.0.1"
LONGEST_SECONDS = 120
"""No connection lives longer, whatever the plan says."""
DRIP_SECONDS = 0.1
"""Between two bytes: so often that no pause is a silence."""
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/(?P<service>[^/]+)/aws4_request")
# They speak of one connection, and there are two.
_OF_THE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect"}


@dataclass
class FaultProxy:
    """A running proxy.

    Args:
        calls: service and action of every request so far, the retries too.
    """

    aws: LocalAws
    rules: Sequence[Rule]
    ca_bundle: Path
    calls: list[tuple[str, str]] = field(default_factory=list)
    given: dict[str, list[Answer]] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0

    def environment(self, identity: str) -> dict[str, str]:
        """The variables that bind a client to the proxy as a caller of the embedded AWS."""
        url = f"https://{HOST}:{self.port}"
        return {**self.aws.environment(identity), "AWS_ENDPOINT_URL": url, "AWS_CA_BUNDLE": str(self.ca_bundle)}

    def count(self, action: str) -> int:
        """How many requests asked for it."""
        return sum(called == action for _, called in self.calls)

    def stale(self, which: Stale, action: str, answer: Answer) -> Answer:
        """The answer to another request, in place of that to the one which has just come."""
        with self.lock:
            given = self.given.setdefault(action, [])
            given.append(answer)
            return given[which.value] if len(given) > 1 else answer

    def fault(self, service: str, action: str) -> Fault | None:
        """What the plan has for the request that has just come: of the first rule that fits."""
        with self.lock:
            self.calls.append((service, action))
            for rule in self.rules:
                nth = sum(rule.fits(*call) for call in self.calls)
                is_its_turn = nth > rule.after and (rule.times is None or nth <= rule.after + rule.times)
                if rule.fits(service, action) and is_its_turn:
                    return rule.fault
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, proxy: FaultProxy, own: ssl.SSLContext) -> None:
        super().__init__((HOST, 0), _Handler)
        self.proxy, self.own, self.open = proxy, own, set[socket.socket]()
        self.aws = ssl.create_default_context(cafile=str(proxy.aws.ca_bundle))

    def get_request(self) -> tuple[Any, Any]:
        """The handshake is left to the connection's thread."""
        connection, address = super().get_request()
        connection.settimeout(LONGEST_SECONDS)
        wrapped = self.own.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self.open.add(wrapped)
        return wrapped, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that does not trust the certificate, or that has gone: nothing to complain of."""

    def die(self) -> None:
        """From now on the port refuses connections, and those that were open are broken."""
        self.shutdown()
        self.socket.close()
        for connection in list(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.proxy.ended.set()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def __getattr__(self, name: str) -> Any:
        """Every method is answered alike."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        service, action = self._asked(body)
        match self.server.proxy.fault(service, action):
            case Answer() as answer:
                self._reply(_addressed(answer, body))
            case Stale() as which:
                self._reply(self.server.proxy.stale(which, action, self._forward(body)))
            case Line.HALF:
                self._reply(self._forward(body), is_half=True)
            case Line.DRIP:
                self._drip(self._forward(body))
            case Line.CLOSE:
                self.close_connection = True
            case Line.HANG:
                self.server.proxy.ended.wait(LONGEST_SECONDS)
                self.close_connection = True
            case Line.DIE:
                self.close_connection = True
                self.server.die()
            case Slow(seconds):
                self.server.proxy.ended.wait(seconds)
                self._reply(self._forward(body))
            case None:
                self._reply(self._forward(body))

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _asked(self, body: bytes) -> tuple[str, str]:
        scope = _SCOPE.search(self.headers.get("Authorization", ""))
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        query = parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0] if not target else ""
        return scope["service"] if scope else "", target or query

    def _forward(self, body: bytes) -> Answer:
        """AWS's answer. The Host stays the proxy's, since it is signed."""
        aws = HTTPSConnection(HOST, self.server.proxy.aws.port, context=self.server.aws, timeout=LONGEST_SECONDS)
        try:
            aws.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _OF_THE_CONNECTION:
                    aws.putheader(name, value)
            aws.putheader("Content-Length", str(len(body)))
            aws.endheaders(body)
            answer = aws.getresponse()
            return Answer(answer.status, answer.read(), dict(answer.getheaders()))
        finally:
            aws.close()

    def _drip(self, answer: Answer) -> None:
        self._begin(answer)
        for byte in answer.body:
            if self.server.proxy.ended.wait(DRIP_SECONDS):
                break
            self.wfile.write(bytes([byte]))
        self.close_connection = True

    def _reply(self, answer: Answer, *, is_half: bool = False) -> None:
        self._begin(answer)
        self.wfile.write(answer.body[: len(answer.body) // 2] if is_half else answer.body)
        self.close_connection = is_half

    def _begin(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in _OF_THE_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()


def _addressed(answer: Answer, body: bytes) -> Answer:
    """The answer, with the name of the session that was asked for."""
    name = parse_qs(body.decode("utf-8", "replace")).get("RoleSessionName", [""])[0]
    return replace(answer, body=answer.body.replace(SESSION, name.encode()))


@contextmanager
def fault_proxy(aws: LocalAws, folder: Path, *rules: Rule) -> Iterator[FaultProxy]:
    """Run one on a free port, with a certificate of its own, until the block ends."""
    authority = trustme.CA()
    proxy = FaultProxy(aws, rules, folder / "proxy-ca.pem")
    authority.cert_pem.write_to_path(str(proxy.ca_bundle))
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, "localhost").configure_cert(own)
    server = _Server(proxy, own)
    proxy.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.die()
        thread.join(5)
