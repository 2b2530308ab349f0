"""Running day-ends: a loop of small transactions, safe to kill and to run twice."""

from datetime import date

import structlog
from django.db import transaction

from interfaces.door import now
from lending.day_end import operations as day_end
from lending.day_end.queries import StepView, unfinished_run
from plumbing.clock.queries import business_date

log = structlog.get_logger(__name__)


def end_days(until_date: date | None = None) -> tuple[date, StepView | None]:
    """End business days until the books are open for `until_date` (by default, just the open day).

    A run that was left behind is finished first. Returns the business date reached and, if a proof did not
    hold, the failed step: the date has not moved past that day.
    """
    left = unfinished_run()
    if left is not None:
        failed = end_day(left.business_date)
        if failed is not None or until_date is None:
            return business_date(), failed
    first = business_date()
    while business_date() < until_date if until_date is not None else business_date() == first:
        failed = end_day(business_date())
        if failed is not None:
            return business_date(), failed
    return business_date(), None


def end_day(day: date) -> StepView | None:
    """Run every step of one day that is not done; return the step that failed, if one did."""
    with transaction.atomic(durable=True):
        run = day_end.begin_day_end(business_date=day, now=now())
    while True:
        with transaction.atomic(durable=True):
            step = day_end.run_next_step(run_id=run.id, now=now())
        if step is None:
            return None
        if step.status == "failed":
            log.error("day_end_failed", business_date=day.isoformat(), step=step.name, figures=step.figures)
            return step
