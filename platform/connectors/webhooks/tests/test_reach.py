"""What the sender will not reach, tried against servers that are really there: none of them hears a word."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from connectors.webhooks.sender import Delivered, Letter, post_event, trusted
from connectors.webhooks.tests.receiver import Receiver, receiving

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
NAME = "scene.example"
look_up = socket.getaddrinfo


@pytest.fixture
def inner() -> Iterator[Receiver]:
    """A server inside, which a webhook must never find."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def _as_deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("SLUICE_ALLOW_LOOPBACK_WEBHOOKS", raising=False)
    trusted.cache_clear()
    yield
    trusted.cache_clear()


class Names:
    """What a name server that we do not control says of `scene.example`, one answer after the other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        self.answers, self.asked = list(answers), 0
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        if host != NAME:
            return look_up(host, port, *rest, **named)
        self.asked += 1
        address = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return look_up(address, port, *rest, **named)


def send(url: str) -> Delivered:
    return post_event(
        url=url,
        letter=Letter("evt_1", "{}"),
        secrets=(SECRET,),
        sent_at=datetime.now(UTC),
        deadline_seconds=2,
    )


def port_of(receiver: Receiver) -> int:
    return int(receiver.url.rpartition(":")[2].partition("/")[0])


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1.2.3", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]",
     "0.0.0.0", "127.1", "2130706433", "0x7f000001", "017700000001", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",  # noqa: S104
     "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254", "[fe80::1]", "[fd00:ec2::254]",
     "[::ffff:169.254.169.254]"],
)  # fmt: skip
def test_no_way_of_writing_an_inner_address_reaches_it(inner: Receiver, host: str) -> None:
    for scheme in ("http", "https"):
        delivered = send(f"{scheme}://{host}:{port_of(inner)}/hook")
        assert delivered.status_code is None
        assert "Events cannot be sent to this address" in delivered.error
    assert inner.received == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00:ec2::254"]
)
def test_no_name_leads_to_an_inner_address(
    inner: Receiver, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    Names(monkeypatch, address)
    delivered = send(f"https://{NAME}:{port_of(inner)}/hook")
    assert "it does not lead to a public address" in delivered.error
    assert inner.received == []


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_the_one_called(
    inner: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """DNS rebinding: the second answer would lead to another server, and is never asked for."""
    monkeypatch.setenv("SLUICE_ALLOW_LOOPBACK_WEBHOOKS", "1")
    with receiving(tls=certificate(tmp_path, NAME)) as outer:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        names = Names(monkeypatch, "127.0.0.1", "127.0.0.2")
        assert send(f"https://{NAME}:{port_of(outer)}/hook").status_code == 204
        assert names.asked == 1
        ((headers, _),) = outer.received
        assert headers["host"] == f"{NAME}:{port_of(outer)}"
    assert inner.received == []


def test_a_certificate_of_another_name_is_not_talked_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SLUICE_ALLOW_LOOPBACK_WEBHOOKS", "1")
    with receiving(tls=certificate(tmp_path, "other.example")) as outer:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        Names(monkeypatch, "127.0.0.1")
        delivered = send(f"https://{NAME}:{port_of(outer)}/hook")
        assert delivered.status_code is None
        assert "certificate" in delivered.error.lower()
        assert outer.received == []


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    """Write a certificate that signs itself, and return what a server needs to show it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begun = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(begun)
        .not_valid_after(begun + timedelta(days=3))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    shown, kept = folder / "certificate.pem", folder / "key.pem"
    shown.write_bytes(made.public_bytes(Encoding.PEM))
    kept.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, kept)
    return context
