"""Newer takings: merchants' receipts of the days told so far arrive, and their limits follow (S0-21)."""

import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import Any, Final

from testkit.receipts import Merchant, Shape
from testkit.story.cast import day
from testkit.story.client import SceneClient, poll
from testkit.story.enrolment import Enrolled, Place
from testkit.story.servicing import Calendar
from testkit.story.telling import Teller

TAKINGS_DAY: Final = 24
MERCHANT_COUNT: Final = 6
TIMES_BUSIER: Final = 3
PATIENCE_SECONDS: Final = 60.0
MOVES: Final = {
    "line_proposal.made": "more offered",
    "credit_line.changed": "changed",
    "credit_line.frozen": "stopped",
}


def plan_takings(calendar: Calendar, place: Place, teller: Teller) -> None:
    """Plan for some merchants' newer receipts: every second takes in much more, the others refund much."""

    def arrive() -> None:
        last = _last_event(place.scene)
        outcomes = []
        for place_no, one in enumerate(place.revolving[:MERCHANT_COUNT]):
            word, passed, last = _follow(place, one, last, busier=place_no % 2 == 0)
            outcomes.append((word, passed))
        if outcomes:
            place.limit_seconds = [passed for _, passed in outcomes]
            words = ", ".join(sorted({word for word, _ in outcomes}))
            middle, most = median(place.limit_seconds), max(place.limit_seconds)
            teller.line(
                f"day {TAKINGS_DAY}: newer takings of {len(outcomes)} merchants arrive; "
                f"their limits follow ({words}) in {middle:.2f} s, at most {most:.2f} s"
            )

    calendar.on(TAKINGS_DAY, arrive)


def _follow(place: Place, one: Enrolled, last: str, *, busier: bool) -> tuple[str, float, str]:
    """Send a merchant's newer receipts; return what its line did, how many seconds later, and the event."""
    key = place.key("batch", "newer", one.merchant.external_id)
    lines = b"".join(_newer(one.merchant, busier=busier))
    place.scene.feed("/data_batches", lines, key=key, business=one.business, consent=one.consent)
    sent = time.monotonic()
    moves = poll(lambda: _moves(place.scene, one, last), bool, f"{one.line} to move", PATIENCE_SECONDS)
    return MOVES[moves[0]["type"]], time.monotonic() - sent, str(moves[0]["id"])


def _newer(merchant: Merchant, *, busier: bool) -> Iterator[bytes]:
    shape = Shape.STEADY if busier else Shape.HIGH_REFUNDS
    ticket_fen = merchant.ticket_fen * (TIMES_BUSIER if busier else 1)
    since = replace(merchant, end_date=day(TAKINGS_DAY), days=TAKINGS_DAY, shape=shape, ticket_fen=ticket_fen)
    return (line.replace(b'"receipt_no":"R', b'"receipt_no":"N', 1) for line in since.ndjson())


def _last_event(scene: SceneClient) -> str:
    return str(list(scene.each("/events"))[-1]["id"])


def _moves(scene: SceneClient, one: Enrolled, last: str) -> list[dict[str, Any]]:
    """Return the events since the last one by which this line moved."""
    return [
        event
        for event in scene.get("/events", limit=100, after=last)["data"]
        if event["type"] in MOVES
        and one.line in (event["subject"], event["data"]["object"].get("credit_line"))
    ]
