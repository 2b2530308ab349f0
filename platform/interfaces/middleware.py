"""What happens to every request: it gets an id, and it enters the schema of the bank whose host was asked."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast
from uuid import UUID

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.signals import request_finished
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_urlconf
from django_tenants.utils import remove_www

from kernel.ids import new_id
from plumbing.schemas import PUBLIC, bank_schema, public_schema, return_to_public
from tenants.banks.queries import BankView, bank_at

CACHED_SECONDS: Final = 30.0  # how long a new host, or a suspension, may go unnoticed by one process
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request has come to: a bank, or the platform itself (`bank` is None)."""

    schema_name: str
    bank: BankView | None = None
    domain_url: str = ""


class RequestIdMiddleware:
    """Give each request an id, its own if it brought a decent one, and return it as `Request-Id`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the request, in the logs too."""
        given = request.headers.get("Request-Id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else f"req_{new_id().hex}"
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["Request-Id"] = request_id
        return response


def forget_names(**_: Any) -> None:
    """Forget the request's names once it is over: Django logs a failure after the middleware is done."""
    structlog.contextvars.clear_contextvars()


request_finished.connect(forget_names, dispatch_uid="interfaces.forget_names")


class BankFromHostMiddleware:
    """Enter the schema of the bank whose host was asked for; an unknown host is a 404.

    Leaves every request in the public schema, so that whatever a worker thread does next starts there.
    """

    _known: ClassVar[dict[str, tuple[float, BankView | None]]] = {}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer inside the bank's schema."""
        return_to_public()
        place = self.place_of(request)
        request.tenant = place  # type: ignore[attr-defined]
        if place.bank is None:
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            set_urlconf(settings.PUBLIC_SCHEMA_URLCONF)
            with public_schema():
                return self.get_response(request)
        set_urlconf(settings.ROOT_URLCONF)
        structlog.contextvars.bind_contextvars(bank=place.schema_name)
        with bank_schema(place.schema_name):
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            chunks = cast("Iterator[bytes]", response.streaming_content)
            response.streaming_content = _inside(place.schema_name, chunks)
        return response

    def place_of(self, request: HttpRequest) -> Place:
        """Return where the request has come to; raises `Http404` for a host nobody has."""
        try:
            host = remove_www(request.get_host().split(":")[0]).lower()
        except DisallowedHost:
            raise Http404 from None
        if host in public_hosts():
            return Place(PUBLIC, None, host)
        bank = self._bank_at(host)
        if bank is None or bank.ready_at is None:
            raise Http404
        return Place(bank.schema_name, bank, host)

    @classmethod
    def _bank_at(cls, host: str) -> BankView | None:
        known = cls._known.get(host)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        bank = bank_at(host)
        if len(cls._known) > 10_000:  # hosts that nobody has, asked for by a scanner
            cls._known.clear()
        cls._known[host] = (time.monotonic() + CACHED_SECONDS, bank)
        return bank

    @classmethod
    def forget_hosts(cls) -> None:
        """Look hosts up afresh, for instance after a bank was created or suspended."""
        cls._known.clear()


def _inside(schema_name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Make each chunk of a streamed answer in the bank's schema: it is asked for after the view is done."""
    iterator = iter(chunks)
    while True:
        with bank_schema(schema_name):
            try:
                chunk = next(iterator)
            except StopIteration:
                return
        yield chunk


def public_hosts() -> frozenset[str]:
    """Return the hosts of the platform itself."""
    base = settings.BASE_HOST
    return frozenset(
        {base, "localhost", "127.0.0.1", "testserver", f"ops.{base}", f"api.{base}", f"docs.{base}"}
    )


def bank_of(request: Any) -> BankView | None:
    """Return the bank a request has come to; None on the platform's own hosts."""
    place = getattr(request, "tenant", None)
    return place.bank if isinstance(place, Place) else None


def bank_id_of(request: Any) -> UUID | None:
    """Return the id of the bank a request has come to."""
    bank = bank_of(request)
    return None if bank is None else bank.id
