"""Bodies too long to hold: read from the socket piece by piece into a file, whole or marked as broken off.

Tried over HTTP with the web server of this project: it hands a body over as it arrives, with a declared
length or in chunks, and a body in chunks whose connection breaks ends like one that is complete. What arrived
without a declared length is therefore never taken for the whole.
"""

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from interfaces.scene.parsing import declared_length
from kernel.refusals import Kind, Refusal

CHUNK_BYTES: Final = 64 * 1024
IN_MEMORY_BYTES: Final = 1024 * 1024
_BROKEN: Final = (UnreadablePostError, OSError)


class LengthMissing(Refusal):
    """A body that is one whole has to say how long it is."""

    code = "body_length_missing"
    kind = Kind.INVALID
    message = "Send a Content-Length, or open an upload and send the bytes in parts."


class BodyIncomplete(Refusal):
    """The connection ended before the body did."""

    code = "body_incomplete"
    kind = Kind.INVALID
    message = "The body ended after {received} bytes, before its end."


class LongBody:
    """What arrived, as a file at its start, and whether it was all that was declared."""

    def __init__(self, file: IO[bytes], size: int, *, is_whole: bool) -> None:
        self.file, self.size, self.is_whole = file, size, is_whole


def comes_in_chunks(request: HttpRequest) -> bool:
    """Tell whether the body comes without a declared length; Django takes such a one for empty (PEP 3333)."""
    environ: dict[str, Any] = getattr(request, "environ", {})
    return "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()


def spool(request: HttpRequest, *, most: int) -> LongBody:
    """Read the body into a file, on disk when it is long; refuses more than `most` bytes."""
    declared, chunked = declared_length(request.headers), comes_in_chunks(request)
    if declared > most:
        raise RequestDataTooBig
    read: Callable[[int], bytes] = request.environ["wsgi.input"].read if chunked else request.read  # type: ignore[attr-defined]
    kept: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - closed with the request
    size = 0
    while chunk := _piece(read):
        size += len(chunk)
        if size > most:
            kept.close()
            raise RequestDataTooBig
        kept.write(chunk)
    kept.seek(0)
    return LongBody(kept, size, is_whole=not chunked and size >= declared)


def _piece(read: Callable[[int], bytes]) -> bytes:
    """Return the next bytes; a connection that breaks ends the body."""
    try:
        return read(CHUNK_BYTES)
    except _BROKEN:
        return b""
