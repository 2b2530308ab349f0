"""Web origins: a scheme, a host and a port, as browsers compare them (RFC 6454)."""

import re
from typing import Final
from urllib.parse import urlsplit

_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_DEFAULT: Final = {"https": 443, "http": 80}
LENGTH_MAX: Final = 200


def origin_of(address: str) -> str | None:
    """Return the origin of an address, in small letters and without a default port; None if it has none.

    Only https, but http on a machine's own name: a page under development.
    """
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if not _HOST.fullmatch(host) or parts.username is not None or len(address) > 10 * LENGTH_MAX:
        return None
    if scheme != "https" and not (scheme == "http" and _is_own_machine(host)):
        return None
    shown = "" if port in (None, _DEFAULT[scheme]) else f":{port}"
    return f"{scheme}://{host}{shown}"


def is_origin(text: str) -> bool:
    """Return whether a text is an origin and nothing else: no path, no default port, no capital letter."""
    return len(text) <= LENGTH_MAX and origin_of(text) == text


def _is_own_machine(host: str) -> bool:
    return host in ("localhost", "127.0.0.1") or host.endswith(".localhost")
