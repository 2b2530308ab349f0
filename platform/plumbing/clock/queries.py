"""What day the bank's books are open for."""

from datetime import date

from django.db import connection

from kernel.refusals import Kind, Refusal


class ClockNotStarted(Refusal):
    """The bank has no business date yet: its creation is not finished."""

    code = "clock.not_started"
    kind = Kind.UNAVAILABLE
    message = "The bank's books are not open yet."


def business_date() -> date:
    """Return the bank's business date; raises `ClockNotStarted`."""
    with connection.cursor() as cursor:  # asked at every call: written out, not put together anew
        cursor.execute("SELECT business_date FROM clock_businessclock")
        row = cursor.fetchone()
    if row is None:
        raise ClockNotStarted
    found: date = row[0]
    return found
