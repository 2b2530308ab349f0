"""A light HTTP client for load: one kept connection a borrower, no library between the clock and the wire.

A library that parses and pools would take more of the two processors than the server that is measured.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any


class AnswerUnexpected(RuntimeError):
    """The server answered what the journey cannot go on with."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long it took from the first byte out to the last byte in."""

    status: int
    body: bytes
    seconds: float
    began: float  # of the monotonic clock

    @property
    def data(self) -> Any:
        """The JSON in it."""
        return json.loads(self.body)


class Line:
    """One connection to the server, kept open, opened again when the server closed it."""

    def __init__(self, port: int, token: str, host: str = "api.localhost") -> None:
        self.port, self.token, self.host = port, token, host
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "",
        host: str = "",
        form: str = "",
        expected: tuple[int, ...] = (200, 201),
    ) -> Answer:
        """Send a call and return its answer; raises `AnswerUnexpected`."""
        content = form.encode() if form else b"" if body is None else json.dumps(body).encode()
        head = [f"{method} {path} HTTP/1.1", f"Host: {host or self.host}", "Accept: application/json"]
        head.append(f"Content-Length: {len(content)}")
        if content:
            kind = "application/x-www-form-urlencoded" if form else "application/json"
            head.append(f"Content-Type: {kind}")
        if not host:
            head.append(f"Authorization: Bearer {self.token}")
        if key:
            head.append(f"Idempotency-Key: {key}")
        message = "\r\n".join([*head, "", ""]).encode() + content
        began = time.monotonic()
        try:
            status, answer = await self._exchange(message)
        except (ConnectionError, asyncio.IncompleteReadError):  # closed while it was idle
            await self.close()
            status, answer = await self._exchange(message)
        if status not in expected:
            raise AnswerUnexpected(f"{method} {path} -> {status}: {answer[:400]!r}")
        return Answer(status, answer, time.monotonic() - began, began)

    async def _exchange(self, message: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        length = 0
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return int(lines[0].split(b" ")[1]), await reader.readexactly(length) if length else b""

    async def close(self) -> None:
        """Let the connection go."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
