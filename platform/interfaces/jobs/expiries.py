"""What time ends by itself: approvals, offers, consents, held funds; answers and tokens are forgotten."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction

from interfaces.door import now
from interfaces.jobs.guarding import guarded
from ledger.journal import operations as journal
from lending.applications import operations as applications
from marketing.campaigns import operations as campaigns
from openbanking.batches import operations as batches
from openbanking.consents import operations as consents
from openbanking.embed_sessions import operations as embed_sessions
from plumbing.clock.queries import business_date
from plumbing.idempotency import operations as idempotency
from plumbing.outbox import operations as outbox
from plumbing.schemas import public_schema
from regulation import queries as regulation
from tenants.access import operations as access
from tenants.reference.queries import LOGS, calls_kept


def end_expired() -> int:
    """End one batch of each kind that has run out in this bank; return how many things ended.

    Each kind is a transaction of its own: what fails or is left over is met again by the next sweep.
    """
    instant, today = now(), business_date()
    return sum(
        _guarded(name, act)
        for name, act in {
            "applications": partial(applications.expire_applications, business_date=today, now=instant),
            "offers": partial(campaigns.expire_offers, business_date=today, now=instant),
            "consents": partial(consents.expire_consents, now=instant),
            "uploads": partial(batches.forget_uploads, now=instant),
            "pending entries": partial(journal.void_expired, now=instant),
            "embed sessions": partial(embed_sessions.forget_sessions, now=instant),
            "answers": partial(idempotency.forget_old, now=instant),
            "deliveries": partial(_forget_deliveries, today, instant),
        }.items()
    )


def _forget_deliveries(today: date, instant: datetime) -> int:
    """Delete deliveries that arrived, after the days that the bank's rule says; without one, none."""
    if not regulation.in_force(LOGS, today):
        return 0
    days = int(regulation.rule(LOGS, today).parameters["deliveries_days"])
    return outbox.forget_deliveries(kept=timedelta(days=days), now=instant)


def forget_tokens() -> int:
    """Delete the access tokens that have run out, return how many; and calls older than they are kept."""
    with public_schema():
        instant = now()
        kept = calls_kept(on_date=instant.date())
        _guarded("calls", partial(access.forget_old_calls, kept=kept, now=instant))
        return _guarded("tokens", partial(access.forget_expired_tokens, now=now()))


def _guarded(kind: str, act: Callable[[], int]) -> int:
    return guarded("expire", kind, transaction.atomic(durable=True)(act)) or 0
