"""Signs and posts one event: pinned to the checked address, one deadline, no redirects, little read back."""

import base64
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from math import ceil
from typing import Any, Final

import httpcore
from standardwebhooks.webhooks import Webhook

from connectors.webhooks.excerpt import READ_BYTES, excerpt
from connectors.webhooks.target import Target, UrlRefused, resolve
from plumbing.outbox.keys import PRIVATE, private_key

DEADLINE_SECONDS: Final = 10.0
_CONNECT_SECONDS: Final = 3.0
_USER_AGENT: Final = "Sluice-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of one attempt: a status, or an error text where there was no answer."""

    status_code: int | None
    error: str = ""
    response_excerpt: str = ""
    retry_after_seconds: int | None = None
    duration: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: the body as it is signed, its media type, and whether it was sent before on request."""

    message_id: str
    body: str
    media_type: str = "application/json"
    is_replay: bool = False


def signature_headers(
    *, message_id: str, body: str, secrets: Iterable[str], sent_at: datetime
) -> dict[str, str]:
    """Return the three Standard Webhooks headers; one signature per key: rotations overlap.

    A `whsec_` secret signs with HMAC-SHA256 (`v1`), a `whsk_` key with Ed25519 (`v1a`).
    """
    instant = sent_at.astimezone(UTC)
    signatures = [_signature(secret, message_id, instant, body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(instant.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, message_id: str, instant: datetime, body: str) -> str:
    if not secret.startswith(PRIVATE):
        return str(Webhook(secret).sign(message_id, instant, body))
    signed = private_key(secret).sign(f"{message_id}.{int(instant.timestamp())}.{body}".encode())
    return f"v1a,{base64.b64encode(signed).decode()}"


def post_event(
    *,
    url: str,
    letter: Letter,
    secrets: Iterable[str],
    sent_at: datetime,
    deadline_seconds: float | None = None,
) -> Delivered:
    """Post one event and return what came of it; never raises for what the other side does."""
    begun = time.monotonic()
    seconds = DEADLINE_SECONDS if deadline_seconds is None else deadline_seconds
    try:
        outcome = _posted(url, _headers(letter, secrets, sent_at), letter.body, sent_at, seconds)
    except UrlRefused as refusal:
        outcome = Delivered(None, str(refusal))
    except (httpcore.TimeoutException, TimeoutError):
        outcome = Delivered(None, "no answer in time")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        outcome = Delivered(None, f"{type(error).__name__}: {error}"[:200])
    return replace(outcome, duration=timedelta(seconds=time.monotonic() - begun))


def _headers(letter: Letter, secrets: Iterable[str], sent_at: datetime) -> dict[bytes | str, bytes | str]:
    headers: dict[bytes | str, bytes | str] = {
        "Content-Type": letter.media_type,
        "User-Agent": _USER_AGENT,
        "Connection": "close",
    }
    if letter.is_replay:
        headers["Sluice-Replay"] = "true"
    signed = signature_headers(
        message_id=letter.message_id, body=letter.body, secrets=secrets, sent_at=sent_at
    )
    headers.update(signed.items())
    return headers


def _posted(
    url: str,
    headers: dict[bytes | str, bytes | str],
    body: str,
    sent_at: datetime,
    deadline_seconds: float,
) -> Delivered:
    target = resolve(url)
    backend = PinnedBackend(target.ip_address, time.monotonic() + deadline_seconds)
    waits = {"connect": _CONNECT_SECONDS, "read": deadline_seconds, "write": deadline_seconds}
    with (
        httpcore.ConnectionPool(ssl_context=trusted(), network_backend=backend) as pool,
        pool.stream(
            "POST",
            httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
            headers={"Host": _host_header(target), **headers},
            content=body.encode(),
            extensions={"timeout": waits},
        ) as response,
    ):
        return Delivered(
            response.status,
            response_excerpt=excerpt(_beginning(response)),
            retry_after_seconds=_retry_after(response.headers, sent_at),
        )


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """Return whom we trust with TLS; read once, since reading it costs more than a post."""
    return ssl.create_default_context()


def _beginning(response: httpcore.Response) -> bytes:
    """Return what an answer begins with; its status counts, whatever becomes of the rest."""
    found = b""
    try:
        for part in response.iter_stream():
            found += part
            if len(found) >= READ_BYTES:
                break
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return found
    return found


def _host_header(target: Target) -> str:
    name = f"[{target.host}]" if ":" in target.host else target.host
    return name if target.port in (80, 443) else f"{name}:{target.port}"


def _retry_after(headers: list[tuple[bytes, bytes]], sent_at: datetime) -> int | None:
    """Return the seconds that `Retry-After` asks for, which it may say as a date (RFC 9110, 10.2.3)."""
    for name, value in headers:
        if name.lower() != b"retry-after" or len(value) > 40:
            continue
        if value.isdigit():
            return int(value) if len(value) <= 6 else None
        try:
            until = parsedate_to_datetime(value.decode("ascii"))
            return max(ceil((until - sent_at).total_seconds()), 0)
        except (ValueError, TypeError, OverflowError):  # another notation, or a date without its zone
            return None
    return None


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to the checked IP address whatever the name says now; nothing passes the deadline."""

    def __init__(self, ip_address: str, deadline: float) -> None:
        self._ip_address = ip_address
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Open the connection to the checked address."""
        seconds = remaining(self._deadline, timeout)
        stream = self._inner.connect_tcp(self._ip_address, port, seconds, local_address, socket_options)
        return DeadlineStream(stream, self._deadline)


class DeadlineStream(httpcore.NetworkStream):
    """A stream whose every wait ends at one deadline: an answer dripped byte by byte holds no worker."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read within what is left."""
        return self._inner.read(max_bytes, remaining(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write within what is left."""
        self._inner.write(buffer, remaining(self._deadline, timeout))

    def close(self) -> None:
        """Close it."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Begin TLS within what is left; the certificate is checked against the name."""
        seconds = remaining(self._deadline, timeout)
        return DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, seconds), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Ask the stream underneath."""
        return self._inner.get_extra_info(info)


def remaining(deadline: float, timeout: float | None) -> float:
    """Return the seconds left, at most `timeout`; raises when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return left if timeout is None else min(left, timeout)
