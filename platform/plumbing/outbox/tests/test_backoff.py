"""The published schedule of retries (`api.md`, section 4)."""

from datetime import timedelta

import pytest

from plumbing.outbox.backoff import DELAYS, next_delay


def test_the_schedule_is_the_published_one() -> None:
    hours = [delay / timedelta(hours=1) for delay in DELAYS]
    assert hours == pytest.approx([0, 5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24])


def test_the_first_attempt_is_at_once_and_the_last_is_the_tenth() -> None:
    assert next_delay(attempt_count=0) == timedelta(0)
    assert next_delay(attempt_count=9) == timedelta(hours=24)
    assert next_delay(attempt_count=10) is None


def test_jitter_adds_up_to_a_tenth() -> None:
    assert next_delay(attempt_count=2, jitter=0.0) == timedelta(minutes=5)
    assert next_delay(attempt_count=2, jitter=1.0) == timedelta(minutes=5, seconds=30)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(1, timedelta(minutes=5)), (900, timedelta(minutes=15)), (10**9, timedelta(hours=24))],
)
def test_a_longer_retry_after_is_honoured_up_to_a_day(seconds: int, expected: timedelta) -> None:
    assert next_delay(attempt_count=2, retry_after_seconds=seconds) == expected
