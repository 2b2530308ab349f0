"""When to try a webhook again (`api.md`, section 4), and when to leave an endpoint in peace."""

from datetime import timedelta
from typing import Final

DELAYS: Final = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER_SHARE: Final = 0.1
DISABLED_AFTER: Final = timedelta(days=5)
LONGEST_RETRY_AFTER: Final = timedelta(hours=24)
OPEN_AFTER: Final = 5  # failures in a row, of whatever subject, after which an endpoint is left in peace
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(minutes=15)


def next_delay(
    *, attempt_count: int, jitter: float = 0.0, retry_after_seconds: int | None = None
) -> timedelta | None:
    """Return how long to wait after `attempt_count` failed attempts; None when there is no further attempt.

    `jitter` from 0 to 1 adds up to a tenth, so that many deliveries do not return together. A longer
    `Retry-After` is honoured, up to a day.
    """
    if attempt_count >= len(DELAYS):
        return None
    delay = DELAYS[attempt_count] * (1 + JITTER_SHARE * jitter)
    if retry_after_seconds is not None:
        delay = max(delay, min(timedelta(seconds=retry_after_seconds), LONGEST_RETRY_AFTER))
    return delay


def pause(*, consecutive_failures: int, retry_after_seconds: int | None = None) -> timedelta:
    """Return how long nothing at all is sent to an endpoint after so many failures in a row; zero: go on.

    Each trial that fails doubles the pause, up to a quarter of an hour. An endpoint that asks for longer with
    `Retry-After` (429 and 503 speak for the whole address, RFC 9110) is given it, up to a day.
    """
    asked = timedelta(seconds=retry_after_seconds or 0)
    beyond = consecutive_failures - OPEN_AFTER
    own = timedelta(0) if beyond < 0 else min(FIRST_PAUSE * 2 ** min(beyond, 10), LONGEST_PAUSE)
    return max(own, min(asked, LONGEST_RETRY_AFTER))
