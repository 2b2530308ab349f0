"""How often a client may call at a bank: fixed windows, counted in one atomic step (`api.md` 1).

Two policies, `money` for calls that move money and `default` for the others, so that a client that polls too
much does not refuse its own draws. Tokens are counted apart from both: `token` by client once it has shown
who it is, so that nobody uses up another's, and `token_address` by address before anything is looked at. The
headers are those of the IETF's draft "RateLimit header fields".
"""

import ipaddress
import math
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import redis
import structlog
from django.conf import settings

from kernel.refusals import Kind, Refusal

TIMEOUT_SECONDS: Final = 0.1
EVERYWHERE: Final = "-"  # in place of a bank's schema, which no schema is called
DEFAULTS: Final = "default=6000/60 money=6000/60 token=600/60 token_address=3000/60"
PAUSE_SECONDS: Final = 1.0  # after a failure nobody asks for so long: a server that hangs slows nobody down
_COUNT: Final = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
"""
_log = structlog.get_logger(__name__)
_paused: dict[str, float] = {"until": 0.0}


class RateLimited(Refusal):
    """The client has called more often than its policy allows: wait as long as `Retry-After` says."""

    code = "rate_limited"
    kind = Kind.UNAVAILABLE
    message = "More than {limit} calls in {seconds} seconds: try again in {again} seconds."


@dataclass(frozen=True, slots=True)
class Rate:
    """How a client stands after a call."""

    policy: str
    limit: int
    seconds: int
    count: int
    resets_in: int

    @property
    def exceeded(self) -> bool:
        """Whether this call was one too many."""
        return self.count > self.limit

    def headers(self) -> dict[str, str]:
        """Return what the answer says of it."""
        left = max(self.limit - self.count, 0)
        said = {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={self.seconds}',
            "RateLimit": f'"{self.policy}";r={left};t={self.resets_in}',
        }
        return {**said, "Retry-After": str(self.resets_in)} if self.exceeded else said

    def refusal(self) -> RateLimited:
        """Return what is said to the call that was one too many."""
        return RateLimited(limit=self.limit, seconds=self.seconds, again=self.resets_in)


def count(*, policy: str, client_id: str, bank: str) -> Rate | None:
    """Count one call of a client at a bank; None when nobody can count: it is let through."""
    limit, seconds = {**policies(DEFAULTS), **policies(settings.RATE_LIMITS)}[policy]
    if time.monotonic() < _paused["until"]:
        return None
    name = f"rate:{policy}:{bank}:{client_id}"
    try:
        counted, left = _script(settings.CACHES["default"]["LOCATION"])(keys=[name], args=[seconds * 1000])
    except redis.RedisError as error:
        _paused["until"] = time.monotonic() + PAUSE_SECONDS
        _log.warning("rate_not_counted", policy=policy, error=type(error).__name__)
        return None
    return Rate(policy, limit, seconds, int(counted), max(1, math.ceil(int(left) / 1000)))


def count_address(address: str) -> Rate | None:
    """Count one token asked for from an address; of IPv6 from its /64, which one caller has whole."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None  # the server does not know it: nobody pays for everybody
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        address = str(ipaddress.IPv6Network((int(found), 64), strict=False))
    return count(policy="token_address", client_id=address, bank=EVERYWHERE)


@lru_cache(maxsize=8)
def policies(text: str) -> dict[str, tuple[int, int]]:
    """Return the policies of a setting, `name=calls/seconds` separated by spaces."""
    found = {}
    for part in text.split():
        name, _, rate = part.partition("=")
        calls, _, seconds = rate.partition("/")
        found[name] = (int(calls), int(seconds))
    return found


@lru_cache(maxsize=4)
def _script(url: str) -> Any:
    server = redis.Redis.from_url(
        url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS, retry=None
    )
    return server.register_script(_COUNT)
