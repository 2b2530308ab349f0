"""Newer takings: merchants' receipts of the days told so far arrive, and their limits follow (S0-21)."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from statistics import median
from typing import Any, Final

from testkit.receipts import Merchant, Shape
from testkit.story.cast import day
from testkit.story.client import poll
from testkit.story.enrolment import Enrolled, Place
from testkit.story.servicing import Calendar
from testkit.story.telling import Teller

TAKINGS_DAY: Final = 24
MERCHANT_COUNT: Final = 6
TIMES_BUSIER: Final = 3
PATIENCE_SECONDS: Final = 60.0


def plan_takings(calendar: Calendar, place: Place, teller: Teller) -> None:
    """Plan for some merchants' newer receipts: every second takes in much more, the others refund much."""

    def arrive() -> None:
        chosen = place.revolving[:MERCHANT_COUNT]
        told = [_follow(place, one, busier=place_no % 2 == 0) for place_no, one in enumerate(chosen)]
        if told:
            place.limit_seconds = [passed for _, passed in told]
            middle, most = median(place.limit_seconds), max(place.limit_seconds)
            counted = ", ".join(
                f"{word}: {count}" for word, count in Counter(w for w, _ in told).most_common()
            )
            teller.line(
                f"day {TAKINGS_DAY}: newer takings of {len(told)} merchants arrive; limits: {counted}"
            )
            teller.line(
                f"the lines were decided anew {middle:.2f} s after they arrived, {most:.2f} s at most"
            )

    calendar.on(TAKINGS_DAY, arrive)


def _follow(place: Place, one: Enrolled, *, busier: bool) -> tuple[str, float]:
    """Send a merchant's newer receipts; return what its line's limit did, and how many seconds later.

    A line moves in the transaction that records its decision: once the bank sees the one, the other is done.
    """
    before = {row["id"] for row in _decisions(place, one)}
    key = place.key("batch", "newer", one.merchant.external_id)
    lines = b"".join(_newer(one.merchant, busier=busier))
    place.scene.feed("/data_batches", lines, key=key, business=one.business, consent=one.consent)
    sent = time.monotonic()

    def anew() -> list[dict[str, Any]]:
        return [row for row in _decisions(place, one) if row["id"] not in before]

    decided = poll(anew, bool, f"{one.line} to be decided anew", PATIENCE_SECONDS)[0]
    return _word(decided, Decimal(one.limit)), time.monotonic() - sent


def _decisions(place: Place, one: Enrolled) -> list[dict[str, Any]]:
    """Return a line's decisions as the bank's staff find them."""
    return list(place.manager.get("/decisions", q=one.line)["decisions"])


def _word(decided: dict[str, Any], limit: Decimal) -> str:
    """Say what a decision did to a limit; what is referred to a person moves nothing."""
    if decided["verdict"] != "approve":
        return "left to a person" if decided["verdict"] == "refer" else "stopped"
    found = Decimal(decided["limit"]["amount"])
    return "as it was" if found == limit else "more offered" if found > limit else "lowered"


def _newer(merchant: Merchant, *, busier: bool) -> Iterator[bytes]:
    shape = Shape.STEADY if busier else Shape.HIGH_REFUNDS
    ticket_fen = merchant.ticket_fen * (TIMES_BUSIER if busier else 1)
    since = replace(merchant, end_date=day(TAKINGS_DAY), days=TAKINGS_DAY, shape=shape, ticket_fen=ticket_fen)
    return (line.replace(b'"receipt_no":"R', b'"receipt_no":"N', 1) for line in since.ndjson())
