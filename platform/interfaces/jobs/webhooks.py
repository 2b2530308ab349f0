"""The sender: takes due deliveries from a bank's outbox, posts them signed, writes down how it went.

No transaction is open while it talks to the outside. What goes out at the same time goes to different
subjects (the outbox holds back a parcel whose predecessor has not arrived), so threads do not reorder.
"""

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from connectors.webhooks.sender import Delivered, post_event
from interfaces.event_body import event_body
from kernel.ids import public_id
from plumbing.outbox import operations as outbox
from plumbing.outbox.queries import Parcel
from plumbing.schemas import bank_schema

BATCH: Final = 32
_THREADS: Final = 8
_MAX_ROUNDS: Final = 20


def relay(*, schema: str, bank_id: UUID, now: Callable[[], datetime]) -> tuple[int, int]:
    """Publish what waits in a bank and post what is due; return how many events and how many posts."""
    published = posted = 0
    with bank_schema(schema):
        while True:
            with transaction.atomic():
                count = outbox.publish(now=now())
            published += count
            if count == 0:
                break
        for _ in range(_MAX_ROUNDS):
            with transaction.atomic():
                parcels = outbox.claim_deliveries(now=now(), limit=BATCH)
            if not parcels:
                break
            posted += _post(parcels, bank_id=bank_id, now=now)
    return published, posted


def _post(parcels: tuple[Parcel, ...], *, bank_id: UUID, now: Callable[[], datetime]) -> int:
    """Post parcels side by side (threads touch no database); record each outcome by itself."""
    sent_at = now()
    with ThreadPoolExecutor(max_workers=_THREADS) as pool:
        outcomes = list(pool.map(lambda parcel: send(parcel, bank_id=bank_id, sent_at=sent_at), parcels))
    for parcel, outcome in zip(parcels, outcomes, strict=True):
        with transaction.atomic():
            outbox.record_delivery(
                delivery_id=parcel.delivery_id,
                status_code=outcome.status_code,
                error=outcome.error,
                retry_after_seconds=outcome.retry_after_seconds,
                jitter=random.random(),  # noqa: S311 - spreads retries, guards nothing
                now=now(),
            )
    return len(parcels)


def send(parcel: Parcel, *, bank_id: UUID, sent_at: datetime) -> Delivered:
    """Post one parcel; its message id is the event's on every attempt: repeats can be dropped."""
    body = json.dumps(event_body(parcel.event, bank_id=bank_id), ensure_ascii=False, separators=(",", ":"))
    return post_event(
        url=parcel.url,
        message_id=public_id("evt", parcel.event.id),
        body=body,
        secrets=parcel.secrets,
        sent_at=sent_at,
    )
