"""Verbs of the balances: fold what was posted, close days."""

from datetime import date, datetime

from django.db import connection

from plumbing.sql import in_transaction


def _number(statement: str, argument: date | datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, (argument,))
        return int(cursor.fetchone()[0])


@in_transaction
def fold(*, now: datetime) -> int:
    """Carry new postings into balances and account days; return how many lines.

    Stops short of transactions that are still posting, and takes them next time; exact reads add that tail.
    """
    return _number("SELECT ledger_fold(%s)", now)


@in_transaction
def close_days(*, through_date: date) -> int:
    """Write the closing balances of account days up to and including a date; return how many were written.

    A posting booked into a closed day later is not refused (the period decides that): the fold then corrects
    the closings.
    """
    return _number("SELECT ledger_close_days(%s)", through_date)
