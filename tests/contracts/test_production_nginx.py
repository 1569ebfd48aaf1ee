"""The nginx block of the manual for production, with TLS, by Debian's nginx: what the portal may believe of it."""

import json
import re
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conftest import ROOT
from tests.nginx import nginx_in_front
from tests.waiting import eventually

BLOCK = re.compile(r"```\n(server \{.*?\n\})\n```", re.DOTALL)
NAME = "portal.example"


class _Portal(BaseHTTPRequestHandler):
    """Says what it is told, and how much of a body reached it."""

    def do_POST(self) -> None:
        length = len(self.rfile.read(int(self.headers["Content-Length"])))
        said = json.dumps({**dict(self.headers), "body": length}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        pass


def certificate(folder: Path) -> tuple[Path, Path]:
    """By itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    written = folder / "portal.pem", folder / "portal.key"
    written[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    written[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return written


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # started by root, nginx keeps bodies as a user of its own
        yield Path(folder)


@pytest.fixture
def front(folder: Path) -> Iterator[tuple[int, ssl.SSLContext]]:
    block = BLOCK.search((ROOT / "docs" / "operations.md").read_text())
    assert block
    public, secret = certificate(folder)
    text = block[1].replace("/etc/ssl/portal.pem", str(public)).replace("/etc/ssl/portal.key", str(secret))
    with ThreadingHTTPServer(("127.0.0.1", 0), _Portal) as portal:
        threading.Thread(target=portal.serve_forever, daemon=True).start()
        configuration = f"events {{}}\nhttp {{\n{text}\n}}\n"
        with nginx_in_front(folder, portal.server_port, configuration, f"{folder}/access.log") as port:
            trusted = ssl.create_default_context(cafile=str(public))
            trusted.check_hostname = False  # it is asked at its number
            yield port, trusted
        portal.shutdown()


def test_the_portal_hears_of_tls_and_of_the_true_client_whatever_that_claims(
    front: tuple[int, ssl.SSLContext],
) -> None:
    port, trusted = front
    claims = {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "http", "Host": f"{NAME}:{port}"}
    request = urllib.request.Request(
        f"https://127.0.0.1:{port}/imports/", bytes(3_000_000), claims, method="POST"
    )
    heard = _said(request, trusted)
    assert heard["X-Forwarded-For"] == "127.0.0.1"
    assert heard["X-Forwarded-Proto"] == "https"
    assert heard["Host"] == f"{NAME}:{port}"
    assert heard["body"] == 3_000_000


def test_addresses_that_are_secrets_stand_in_no_log(front: tuple[int, ssl.SSLContext], folder: Path) -> None:
    port, trusted = front
    for path in ("cases/deadlines/feed-secret.ics", "receipts/mail/mail-secret/", "cases/inbox/"):
        request = urllib.request.Request(f"https://127.0.0.1:{port}/{path}", b"x", method="POST")
        assert _said(request, trusted)["X-Forwarded-Proto"] == "https"
    log = folder / "access.log"
    eventually(lambda: "/cases/inbox/" in log.read_text())
    assert "secret" not in log.read_text()


def _said(request: urllib.request.Request, trusted: ssl.SSLContext) -> dict[str, Any]:
    with urllib.request.urlopen(request, timeout=20, context=trusted) as answer:  # noqa: S310  our own address
        said: dict[str, Any] = json.loads(answer.read())
    return said
