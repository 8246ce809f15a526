"""A package registry on loopback with one package, and estates whose lock file pins it."""

import base64
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from rolecall.commands.cdk_version import pinned

PROGRAM = "#!/usr/bin/env node\nconsole.log('this is node ' + process.version)\n"


def package(version: str) -> bytes:
    """An npm package called aws-cdk, whose install script would leave a file behind."""
    about = {"name": "aws-cdk", "version": version, "bin": {"cdk": "bin/cdk"}}
    about["scripts"] = {"install": "touch ../../script-ran"}  # type: ignore[assignment]
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, text, mode in (("package.json", json.dumps(about), 0o644), ("bin/cdk", PROGRAM, 0o755)):
            member = tarfile.TarInfo(f"package/{name}")
            member.size, member.mode = len(text), mode
            archive.addfile(member, io.BytesIO(text.encode()))
    return content.getvalue()


def integrity(content: bytes) -> str:
    """As package-lock.json has it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


@contextmanager
def registry(content: bytes, *, status: int = 200) -> Iterator[str]:
    """The address of a registry that gives this content for every version, or this status for everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = f"http://{self.headers['Host']}"
            version = {"name": "aws-cdk", "version": pinned(), "bin": {"cdk": "bin/cdk"}}
            version["dist"] = {"tarball": f"{host}/aws-cdk/-/aws-cdk-{pinned()}.tgz"}  # type: ignore[assignment]
            index = {"name": "aws-cdk", "versions": {pinned(): version}, "dist-tags": {"latest": pinned()}}
            body = content if self.path.endswith(".tgz") else json.dumps(index).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def pin(estate: Path, value: str) -> None:
    """Have the estate's lock file pin a package by another checksum."""
    path = estate / "package-lock.json"
    lock = json.loads(path.read_text("utf-8"))
    entry = lock["packages"]["node_modules/aws-cdk"]
    entry |= {"integrity": value, "hasInstallScript": True}  # without the second npm looks for no script
    path.write_text(json.dumps(lock), "utf-8")
