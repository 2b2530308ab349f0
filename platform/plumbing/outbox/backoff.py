"""When to try a webhook again (`api.md`, section 4)."""

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
