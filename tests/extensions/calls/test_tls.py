"""A websocket over TLS, which all are that do not stay on this machine."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.extensions.calls.conftest import Runner
from tests.extensions.calls.peer import LiveServer, Peer
from vapi_async import AsyncVapi, ConnectError


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    kind, form, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(kind, form, plain) + made.public_bytes(kind))
    return path


def encrypt(server: LiveServer, certificate: Path) -> dict[str, Any]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.wrap = lambda sock: context.wrap_socket(sock, server_side=True)
    return {"monitor": {"listenUrl": f"wss://localhost:{server.port}/secret-id/listen"}}


def test_frames_come_over_tls(run: Runner, server: LiveServer, certificate: Path) -> None:
    done = threading.Event()

    def script(peer: Peer) -> None:
        peer.accept().send(b"x" * 100_000, {"type": "x"})
        peer.receive()
        assert peer.closed_with == 1000
        done.set()

    async def main() -> None:
        context = ssl.create_default_context(cafile=str(certificate))
        async with (
            httpx.AsyncClient(verify=context) as http,
            AsyncVapi("key", http_client=http) as vapi,
            vapi.live(call, allow_hosts=("localhost",)).listen() as frames,
        ):
            assert [await anext(frames), await anext(frames)] == [b"x" * 100_000, {"type": "x"}]

    call = encrypt(server, certificate)
    server.script = script
    run(main)
    assert done.wait(30)


def test_a_certificate_that_nobody_vouches_for_is_no_connection(
    run: Runner, server: LiveServer, certificate: Path
) -> None:
    async def main() -> None:
        async with AsyncVapi("key") as vapi, vapi.live(call, allow_hosts=("localhost",)).listen():
            pass

    call = encrypt(server, certificate)
    with pytest.raises(ConnectError):
        run(main)
    assert not server.handshakes
