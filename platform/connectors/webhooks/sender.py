"""Signs and posts one event: pinned to the checked address, one deadline, no redirects, nothing read back."""

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpcore
from standardwebhooks.webhooks import Webhook

from connectors.webhooks.target import Target, UrlRefused, resolve

DEADLINE_SECONDS: Final = 10.0
_CONNECT_SECONDS: Final = 3.0
_USER_AGENT: Final = "Sluice-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of one attempt: a status, or an error text where there was no answer."""

    status_code: int | None
    error: str = ""
    retry_after_seconds: int | None = None


def signature_headers(
    *, message_id: str, body: str, secrets: Iterable[str], sent_at: datetime
) -> dict[str, str]:
    """Return the three Standard Webhooks headers; one v1 signature per secret: rotations overlap."""
    instant = sent_at.astimezone(UTC)
    signatures = [Webhook(secret).sign(message_id, instant, body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(instant.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def post_event(
    *,
    url: str,
    message_id: str,
    body: str,
    secrets: Iterable[str],
    sent_at: datetime,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Delivered:
    """Post one event and return what came of it; never raises for what the other side does."""
    try:
        target = resolve(url)
    except UrlRefused as refusal:
        return Delivered(None, str(refusal))
    headers: dict[bytes | str, bytes | str] = {
        "Host": _host_header(target),
        "Content-Type": "application/json",
        "User-Agent": _USER_AGENT,
        "Connection": "close",
    }
    headers.update(
        signature_headers(message_id=message_id, body=body, secrets=secrets, sent_at=sent_at).items()
    )
    backend = PinnedBackend(target.ip_address, time.monotonic() + deadline_seconds)
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=ssl.create_default_context(), network_backend=backend
            ) as pool,
            pool.stream(
                "POST",
                httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
                headers=headers,
                content=body.encode(),
                extensions={
                    "timeout": {
                        "connect": _CONNECT_SECONDS,
                        "read": deadline_seconds,
                        "write": deadline_seconds,
                    }
                },
            ) as response,
        ):
            return Delivered(response.status, retry_after_seconds=_retry_after(response.headers))
    except (httpcore.TimeoutException, TimeoutError):
        return Delivered(None, "no answer in time")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        return Delivered(None, f"{type(error).__name__}: {error}"[:200])


def _host_header(target: Target) -> str:
    name = f"[{target.host}]" if ":" in target.host else target.host
    return name if target.port in (80, 443) else f"{name}:{target.port}"


def _retry_after(headers: list[tuple[bytes, bytes]]) -> int | None:
    for name, value in headers:
        if name.lower() == b"retry-after" and value.isdigit() and len(value) <= 6:
            return int(value)
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
