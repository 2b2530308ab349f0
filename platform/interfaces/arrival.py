"""Where a request has come from: its address and its scheme, through proxies that the settings trust."""

import ipaddress
from collections.abc import Callable, Sequence
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class TrustedProxyMiddleware:
    """Put the caller's own address and scheme in place of those of a proxy in `TRUSTED_PROXIES` (CIDRs).

    What anybody else sends as `X-Forwarded-For` or `X-Forwarded-Proto` says nothing, so no caller chooses its
    own address. The list of addresses is read from its end: the first that is no proxy of ours is the caller.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Correct the request's address and scheme, if a trusted proxy brought it."""
        nearest = str(request.META.get("REMOTE_ADDR", ""))
        if is_within(nearest, tuple(settings.TRUSTED_PROXIES)):
            request.META["REMOTE_ADDR"] = caller_of(nearest, request.headers.get("X-Forwarded-For", ""))
            if request.headers.get("X-Forwarded-Proto", "").strip().lower() == "https":
                request.META["wsgi.url_scheme"] = "https"
        return self.get_response(request)


def caller_of(nearest: str, forwarded: str) -> str:
    """Return the address of the caller behind trusted proxies."""
    trusted, found = tuple(settings.TRUSTED_PROXIES), nearest
    for address in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not is_within(found, trusted) or not _is_address(address):
            break
        found = address
    return found


def address_of(request: HttpRequest) -> str:
    """Return the address a request comes from, or nothing when the server does not know it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def is_within(address: str, ranges: Sequence[str]) -> bool:
    """Return whether an address lies in one of the ranges (CIDR)."""
    if not ranges or not _is_address(address):
        return False
    found = ipaddress.ip_address(address)
    return any(found in one for one in _networks(tuple(ranges)))


@lru_cache(maxsize=1024)
def _networks(
    ranges: tuple[str, ...],
) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(one) for one in ranges)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
