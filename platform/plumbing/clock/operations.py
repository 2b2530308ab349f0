"""Starting and moving the business date."""

from datetime import date

from kernel.refusals import Kind, Refusal
from plumbing.clock.models import BusinessClock
from plumbing.clock.queries import ClockNotStarted
from plumbing.sql import in_transaction


class DateMismatch(Refusal):
    """The books are open for another day."""

    code = "clock.date_mismatch"
    kind = Kind.CONFLICT
    message = "The books are open for {current}, not for {given}."


class DateNotLater(Refusal):
    """The business date only moves forward."""

    code = "clock.date_not_later"
    kind = Kind.INVALID
    message = "The business date cannot move from {from_date} to {to_date}."


@in_transaction
def start(*, business_date: date) -> None:
    """Open the books for their first day; a second start for the same day changes nothing."""
    clock, created = BusinessClock.objects.get_or_create(id=1, defaults={"business_date": business_date})
    if not created and clock.business_date != business_date:
        raise DateMismatch(current=clock.business_date, given=business_date)


@in_transaction
def roll(*, from_date: date, to_date: date) -> None:
    """Close one day and open a later one (日切); refuses when the books are not at `from_date`."""
    if to_date <= from_date:
        raise DateNotLater(from_date=from_date, to_date=to_date)
    clock = BusinessClock.objects.select_for_update().filter(id=1).first()
    if clock is None:
        raise ClockNotStarted
    if clock.business_date != from_date:
        raise DateMismatch(current=clock.business_date, given=from_date)
    BusinessClock.objects.filter(id=1).update(business_date=to_date, previous_date=from_date)
