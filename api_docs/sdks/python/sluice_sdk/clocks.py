"""Waiting, reading page by page, and test clocks."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, Unpack

from sluice_sdk.errors import SluiceError
from sluice_sdk.generated.client import Sluice
from sluice_sdk.generated.types import AdvanceBody, Clock, ClockBody

Found = TypeVar("Found")


def until(
    read: Callable[[], Found],
    is_done: Callable[[Found], bool],
    *,
    timeout_seconds: float = 60.0,
    every_seconds: float = 0.2,
) -> Found:
    """Read until what is read is as wanted; raises `SluiceError` when the time is over."""
    end = time.monotonic() + timeout_seconds
    while True:
        found = read()
        if is_done(found):
            return found
        if time.monotonic() >= end:
            raise SluiceError(0, "timeout", f"not so within {timeout_seconds:g} s")
        time.sleep(every_seconds)


def every(read_page: Callable[..., Mapping[str, Any]], **query: Any) -> Iterator[Any]:
    """Yield all objects of a list, page by page: `every(sluice.list_loans, business=…)`."""
    page = read_page(**query)
    yield from page["data"]
    while page["has_more"]:
        page = read_page(**{**query, "after": page["next_cursor"]})
        yield from page["data"]


def advance_and_wait(
    sluice: Sluice, clock_id: str, *, timeout_seconds: float = 600.0, **body: Unpack[AdvanceBody]
) -> Clock:
    """Move a test clock and wait until it has arrived; a day that could not be ended is an error."""
    sluice.advance_test_clock(clock_id, **body)
    clock = until(
        lambda: sluice.get_test_clock(clock_id),
        lambda found: found["status"] != "advancing",
        timeout_seconds=timeout_seconds,
    )
    if clock["status"] == "failed":
        raise SluiceError(0, "clock_failed", clock["failure"])
    return clock


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A test clock: a bank of one's own, and a client for it."""

    scene: Sluice
    sluice: Sluice
    clock: Clock

    def advance(self, *, timeout_seconds: float = 600.0, **body: Unpack[AdvanceBody]) -> Clock:
        """Move it and wait until it has arrived."""
        return advance_and_wait(self.scene, self.clock["id"], timeout_seconds=timeout_seconds, **body)

    def delete(self) -> None:
        """Take it away with its bank."""
        self.scene.delete_test_clock(self.clock["id"])


def begin_clock(sluice: Sluice, **body: Unpack[ClockBody]) -> RunningClock:
    """Begin a test clock."""
    clock = sluice.begin_test_clock(**body)
    return RunningClock(sluice, sluice.at(clock["bank"]), clock)
