"""The tasks: keyword arguments in, one bank's schema entered, short transactions inside, safe to run twice.

Task names are the contract with the doors that enqueue them (`interfaces.door.enqueue`).
"""

from datetime import date
from typing import Any
from uuid import UUID

import structlog
from celery import current_app, shared_task

from interfaces.door import in_bank, now
from interfaces.jobs import (
    assessments,
    clearing,
    day_ends,
    expiries,
    graph_nights,
    oversight,
    partners,
    payments,
    reviews,
    sandbox_clocks,
    sealing,
    webhooks,
)
from interfaces.jobs.schedule import TICK_SECONDS
from kernel.refusals import Refusal
from plumbing.clock.queries import business_date
from plumbing.schemas import public_schema
from tenants.banks.queries import BankView, banks, get_bank

log = structlog.get_logger(__name__)


def _ready_banks() -> tuple[BankView, ...]:
    with public_schema():
        return tuple(bank for bank in banks() if bank.ready_at is not None)


@shared_task(name="jobs.tick", ignore_result=True)
def tick() -> int:
    """Send every ready bank its sweep and its relay; return how many banks."""
    expiries.forget_tokens()
    for clock_id in sandbox_clocks.left_behind():
        current_app.send_task("jobs.advance_clock", kwargs={"clock_id": str(clock_id)})
    ready = _ready_banks()
    for bank in ready:
        for name in ("jobs.sweep", "jobs.relay_outbox"):
            current_app.send_task(name, kwargs={"schema": bank.schema_name}, expires=TICK_SECONDS * 5)
    return len(ready)


@shared_task(name="jobs.assess")
def assess(*, schema: str, application_id: str | UUID) -> str:
    """Assess a submitted application."""
    with in_bank(schema):
        try:
            return assessments.assess(UUID(str(application_id)))
        except Refusal as refusal:
            return _refused("assess", refusal)


@shared_task(name="jobs.review_lines")
def review_lines(*, schema: str, enterprise_id: str | UUID) -> int | str:
    """Review a merchant's lines by what is known now."""
    with in_bank(schema):
        try:
            moved = reviews.review_lines(UUID(str(enterprise_id)))
            oversight.watch_borrower(UUID(str(enterprise_id)))
            return moved
        except Refusal as refusal:
            return _refused("review_lines", refusal)


@shared_task(name="jobs.disburse")
def disburse(*, schema: str, drawdown_id: str | UUID) -> str:
    """Book a drawdown and send its money."""
    with in_bank(schema):
        try:
            return payments.disburse(UUID(str(drawdown_id)))
        except Refusal as refusal:
            return _refused("disburse", refusal)


@shared_task(name="jobs.collect")
def collect(*, schema: str, repayment_id: str | UUID) -> str:
    """Collect a repayment over the rail."""
    with in_bank(schema):
        try:
            return payments.collect(UUID(str(repayment_id)))
        except Refusal as refusal:
            return _refused("collect", refusal)


@shared_task(name="jobs.book_notices")
def book_notices(*, schema: str) -> int:
    """Book what the rail called back to say."""
    with in_bank(schema):
        return clearing.book_notices()


@shared_task(name="jobs.reconcile")
def reconcile(*, schema: str, through_date: str) -> int | str:
    """End what the rail's files answer, and reconcile through a day; return how many breaks that opened."""
    with in_bank(schema):
        try:
            return clearing.reconcile_rail(date.fromisoformat(through_date)).opened_count
        except Refusal as refusal:
            return _refused("reconcile", refusal)


@shared_task(name="jobs.exchange")
def exchange(*, schema: str) -> dict[str, int]:
    """Share joint loans, decide on requests of other banks, and carry messages to them."""
    with in_bank(schema):
        return partners.exchange()


@shared_task(name="jobs.net_day")
def net_day(*, schema: str) -> int:
    """Net what the bank and others owe each other through its open day."""
    with in_bank(schema):
        return clearing.net_day()


@shared_task(name="jobs.enquire_open")
def enquire_open(*, schema: str) -> int:
    """Ask the rail about what it has not answered."""
    with in_bank(schema):
        return payments.enquire_open()


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep(*, schema: str) -> dict[str, int]:
    """Take up what a dead process or a lost job left behind, and end what has run out."""
    with in_bank(schema):
        moved = payments.sweep() | clearing.sweep() | partners.exchange()
        found = {"assessed": assessments.assess_lost(), **moved, "ended": expiries.end_expired()}
        sealing.seal_decisions()
        return {**found, "reviewed": reviews.review_lost(), "days": day_ends.take_up()}


@shared_task(name="jobs.day_end")
def day_end(*, schema: str, until_date: str | None = None) -> dict[str, Any]:
    """End business days until the books are open for `until_date`, or just the open day."""
    with in_bank(schema):
        until = None if until_date is None else date.fromisoformat(until_date)
        reached, failed = day_ends.end_days(until)
        return {"business_date": reached.isoformat(), "failed_step": None if failed is None else failed.name}


@shared_task(name="jobs.advance_clock")
def advance_clock(*, clock_id: str) -> str:
    """Move a test clock on, day by day, to where its scene asked for; return how it stands then."""
    return sandbox_clocks.advance(UUID(clock_id))


@shared_task(name="jobs.oversee", ignore_result=True)
def oversee(*, schema: str) -> dict[str, int]:
    """Judge borrowers, hand in outcomes and read the monitors for the days that have ended."""
    with in_bank(schema):
        return oversight.after_days(business_date())


@shared_task(name="jobs.reckon_graph")
def reckon_graph(*, schema: str, as_of_date: str | None = None) -> int | str:
    """Reckon the whole graph of a day that has ended; return how many rows that wrote."""
    with in_bank(schema):
        try:
            day = None if as_of_date is None else date.fromisoformat(as_of_date)
            return graph_nights.reckon_night(day).done
        except Refusal as refusal:
            return _refused("reckon_graph", refusal)


@shared_task(name="jobs.relay_outbox", ignore_result=True)
def relay_outbox(*, schema: str) -> dict[str, int]:
    """Publish what waits in a bank's outbox and post what is due to the scenes."""
    with in_bank(schema):
        with public_schema():
            bank = get_bank(schema_name=schema)
        published, posted = webhooks.relay(schema=schema, bank_id=bank.id, livemode=bank.livemode, now=now)
    return {"published": published, "posted": posted}


def _refused(act: str, refusal: Refusal) -> str:
    """Say in the log why a task changed nothing; running it again would not help."""
    log.info("task_refused", act=act, code=refusal.code)
    return refusal.code
