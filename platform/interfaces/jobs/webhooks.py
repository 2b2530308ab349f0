"""The sender: takes due deliveries from a bank's outbox, posts them signed, writes down how it went.

No transaction is open while it talks to the outside. What goes out at the same time goes to different
subjects (the outbox holds back a parcel whose predecessor has not arrived), so threads do not reorder; and
what comes back is written down as it comes, so that whoever answers slowly keeps nobody else waiting.
"""

import json
import random
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from connectors.webhooks.sender import Delivered, Letter, post_event
from interfaces.event_body import cloud_event, event_body
from kernel.ids import public_id
from plumbing.outbox import operations as outbox
from plumbing.outbox.queries import Parcel
from plumbing.schemas import bank_schema

SENDERS: Final = 16
_MOST: Final = 1000  # posts of one run; the next tick goes on
_MEDIA_TYPES: Final = {"standard": "application/json", "cloudevents": "application/cloudevents+json"}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class From:
    """The bank whose events are sent."""

    bank_id: UUID
    livemode: bool


def relay(
    *, schema: str, bank_id: UUID, livemode: bool = False, now: Callable[[], datetime]
) -> tuple[int, int]:
    """Publish what waits in a bank and post what is due; return how many events and how many posts."""
    published = 0
    with bank_schema(schema):
        while True:
            with transaction.atomic():
                count = outbox.publish(now=now())
            published += count
            if count == 0:
                break
        return published, _deliver(From(bank_id, livemode), now)


def _deliver(sender: From, now: Callable[[], datetime]) -> int:
    """Keep the senders busy until nothing is due; threads touch no database."""
    posted = claimed = 0
    under_way: dict[Future[Delivered], Parcel] = {}
    with ThreadPoolExecutor(max_workers=SENDERS) as pool:
        while True:
            room = min(SENDERS - len(under_way), _MOST - claimed)
            for parcel in _claim(room, now()):
                claimed += 1
                under_way[pool.submit(send, parcel, sender=sender, sent_at=now())] = parcel
            if not under_way:
                return posted
            for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                _record(under_way.pop(done), done, now())
                posted += 1


def _claim(room: int, instant: datetime) -> tuple[Parcel, ...]:
    if room <= 0:
        return ()
    with transaction.atomic():
        return outbox.claim_deliveries(now=instant, limit=room)


def _record(parcel: Parcel, done: Future[Delivered], instant: datetime) -> None:
    fault = done.exception()
    if fault is not None:  # ours, not theirs: one event that cannot be sent keeps no other from going
        log.error("webhook_not_sent", delivery=public_id("whd", parcel.delivery_id), exc_info=fault)
    outcome = done.result() if fault is None else Delivered(None, "it could not be sent")
    with transaction.atomic():
        outbox.record_delivery(
            delivery_id=parcel.delivery_id,
            status_code=outcome.status_code,
            error=outcome.error,
            response_excerpt=outcome.response_excerpt,
            duration=outcome.duration,
            retry_after_seconds=outcome.retry_after_seconds,
            jitter=random.random(),  # noqa: S311 - spreads retries, guards nothing
            now=instant,
        )


def send(parcel: Parcel, *, sender: From, sent_at: datetime) -> Delivered:
    """Post one parcel; its message id is the event's on every attempt: repeats can be dropped.

    What goes to a simulated endpoint of a sandbox goes nowhere.
    """
    if parcel.simulation is not None and not sender.livemode:
        return Delivered(parcel.simulation.answer(parcel.attempt), response_excerpt="simulated")
    write = cloud_event if parcel.format == "cloudevents" else event_body
    body = write(
        parcel.event,
        bank_id=sender.bank_id,
        livemode=sender.livemode,
        api_version=parcel.api_version,
    )
    letter = Letter(
        message_id=public_id("evt", parcel.event.id),
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        media_type=_MEDIA_TYPES[parcel.format],
        is_replay=parcel.is_replay,
    )
    return post_event(url=parcel.url, letter=letter, secrets=parcel.secrets, sent_at=sent_at)
