"""What day the bank's books are open for."""

from datetime import date

from kernel.refusals import Kind, Refusal
from plumbing.clock.models import BusinessClock


class ClockNotStarted(Refusal):
    """The bank has no business date yet: its creation is not finished."""

    code = "clock.not_started"
    kind = Kind.UNAVAILABLE
    message = "The bank's books are not open yet."


def business_date() -> date:
    """Return the bank's business date; raises `ClockNotStarted`."""
    row = BusinessClock.objects.values_list("business_date", flat=True).first()
    if row is None:
        raise ClockNotStarted
    return row
