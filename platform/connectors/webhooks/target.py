"""Where an event may be sent: the address a scene gave, checked against the networks it must not reach."""

import ipaddress
import os
import re
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from kernel.refusals import Kind, Phrase, Refusal

MAX_URL_LENGTH: Final = 500
# At least two labels, the last one not a number: 0x7f.1 and 2130706433 are IP addresses to a resolver.
_DOMAIN: Final = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1")
# Addresses that carry an IPv4 address inside: what they lead to is decided by somebody else's gateway.
_TRANSLATED: Final = tuple(
    ipaddress.ip_network(text)
    for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)


class UrlRefused(Refusal):
    """Events cannot be sent to this address."""

    code = "webhooks.url_refused"
    kind = Kind.UNMET
    message = "Events cannot be sent to this address: {reason}."


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: the name goes into TLS and the Host header, the connection goes to `ip_address`."""

    scheme: str
    host: str
    port: int
    path: str
    ip_address: str


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart, its form checked, not yet looked up."""

    scheme: str
    host: str
    port: int
    path: str


def loopback_allowed() -> bool:
    """Return whether this deployment may post to itself: demos and tests say so in the environment."""
    return os.environ.get("SLUICE_ALLOW_LOOPBACK_WEBHOOKS") == "1"


def check_form(url: str) -> Address:
    """Return the address taken apart; refuses other schemes, users, fragments and private IPs."""
    if len(url) > MAX_URL_LENGTH or not url.isascii() or any(ord(letter) <= 32 for letter in url):
        raise UrlRefused(reason=Phrase("write plain ASCII, at most 500 characters"))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlRefused(reason=Phrase("it is not a URL")) from None
    host = (parts.hostname or "").rstrip(".")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise UrlRefused(reason=Phrase("it needs a host, and neither a user nor a fragment"))
    own = loopback_allowed() and host in _LOOPBACK_NAMES
    if parts.scheme != "https" and not (own and parts.scheme == "http"):
        raise UrlRefused(reason=Phrase("it must be https"))
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        literal = None
    if literal is not None and not is_reachable(literal):
        raise UrlRefused(reason=Phrase("it is not a public address"))
    if literal is None and not own and not _DOMAIN.fullmatch(host):
        raise UrlRefused(reason=Phrase("its host is not a domain name"))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)


def is_reachable(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Return whether an event may be posted to this IP address: public, or loopback where that is allowed."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return is_reachable(address.ipv4_mapped)
    if address.is_loopback:
        return loopback_allowed()
    if isinstance(address, ipaddress.IPv6Address) and any(address in network for network in _TRANSLATED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(url: str) -> Target:
    """Look an address up once, return where to connect; every address found must be public."""
    address = check_form(url)
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError:
        raise UrlRefused(reason=Phrase("its name cannot be found")) from None
    texts = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not texts or not all(is_reachable(ipaddress.ip_address(text)) for text in texts):
        raise UrlRefused(reason=Phrase("it does not lead to a public address"))
    return Target(address.scheme, address.host, address.port, address.path, texts[0])
