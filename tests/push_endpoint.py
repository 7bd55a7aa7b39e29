"""A push service over TLS that decrypts what it accepts, and answers as a test asks for."""

import base64
import json
import os
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def encoded(data: bytes) -> str:
    """Base64url without padding, as browsers give keys out."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """One browser: its keys, and the path of its endpoint."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        self.auth = encoded(self._auth)
        self.p256dh = encoded(
            self._private.public_key().public_bytes(
                serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
            )
        )

    def decrypt(self, body: bytes) -> dict[str, Any]:
        """What the service worker would be given."""
        plain = http_ece.decrypt(
            body, private_key=self._private, auth_secret=self._auth, version="aes128gcm"
        )
        return json.loads(plain)


@dataclass(frozen=True)
class Pushed:
    """One request and what it was answered, 0 for nothing whole."""

    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    at: float = field(default_factory=time.monotonic)


Answer = Callable[["_Handler"], None]


def answer(status: int, **headers: str) -> Answer:
    """Answer so, with these headers (`_` stands for `-`)."""

    def send(handler: "_Handler") -> None:
        handler.log_push(status)
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return send


def hang(handler: "_Handler") -> None:
    """Never answer."""
    handler.log_push(0)
    handler.server.over.wait(60)
    handler.close_connection = True


def trickle(handler: "_Handler") -> None:
    """One byte a moment, so that no single read ever times out."""
    handler.log_push(0)
    for byte in b"HTTP/1.1 201 Created\r\n" * 100:
        if handler.server.over.wait(0.2):
            break
        handler.wfile.write(bytes([byte]))
    handler.close_connection = True


class PushService(ThreadingHTTPServer):
    """Listens on a free port of the loopback address; each path has an answer of its own."""

    daemon_threads = True

    def __init__(self, folder: Path, host: str = "localhost") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.host = host
        self.certificate = make_certificate(folder, host)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, folder / "key.pem")
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )
        self.answers: dict[str, Answer] = {}
        self.usual: Answer = answer(201)
        self.requests: list[Pushed] = []
        self.over = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def url(self, path: str) -> str:
        """The endpoint of a path that starts with `/`."""
        return f"https://{self.host}:{self.server_address[1]}{path}"

    def accepted(self, path: str) -> list[Pushed]:
        """The requests for a path that were answered with success."""
        return [each for each in self.requests if each.path == path and 200 <= each.status < 300]

    def close(self) -> None:
        """Stop listening, and end every answer that hangs."""
        self.over.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that goes away is part of the drill."""


class _Handler(BaseHTTPRequestHandler):
    server: PushService
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.get(self.path, self.server.usual)(self)

    def log_push(self, status: int) -> None:
        """Log the request before it is answered: who was answered finds it logged."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append(Pushed(self.path, headers, self.body, status))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


def make_certificate(folder: Path, host: str) -> Path:
    """A self-signed certificate for a name; its key lies beside it."""
    certificate = folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}",
         "-keyout", folder / "key.pem", "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate
