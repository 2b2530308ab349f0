"""Verbs of the balances: fold what was posted, close days, limit what a guarded account may hold."""

from datetime import date, datetime

from django.db import connection

from kernel.money import CurrencyMismatch, Money
from kernel.refusals import Kind, Refusal
from ledger.balances.models import Balance
from ledger.balances.queries import LimitsView, limits_of
from ledger.chart.models import Guard
from ledger.chart.queries import get_account
from plumbing.sql import in_transaction


class LimitsNotPossible(Refusal):
    """Only a guarded account has limits; they are in order, and hold for what is there already."""

    code = "ledger.limits_not_possible"
    kind = Kind.CONFLICT
    message = "Account {account} cannot be limited so: {reason}."


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


@in_transaction
def set_limits(*, code: str, minimum: Money, maximum: Money | None = None) -> LimitsView:
    """Say between what a guarded account is kept, on the side its guard protects.

    `minimum` below nothing is an agreed overdraft; without `maximum` there is no ceiling. Holds from this
    transaction on, and for what is pending too. Refuses an ordinary account (its balance is not known at
    once), a ceiling below the floor, and limits that the account is already outside of.
    """
    account = get_account(code=code)
    for limit in (minimum, maximum):
        if limit is not None and limit.currency != account.currency:
            raise CurrencyMismatch(left=limit.currency, right=account.currency)
    if account.guard == Guard.NONE:
        raise LimitsNotPossible(account=code, reason="it is not guarded")
    if maximum is not None and maximum < minimum:
        raise LimitsNotPossible(account=code, reason="the upper limit is below the lower one")
    row = Balance.objects.select_for_update().get(account_id=account.id)
    inwards, outwards = (row.posted_debits, row.pending_debits), (row.posted_credits, row.pending_credits)
    if account.guard == Guard.NO_DEBIT_BALANCE:
        inwards, outwards = outwards, inwards
    lowest, highest = inwards[0] - sum(outwards), sum(inwards) - outwards[0]
    if lowest < minimum.minor or (maximum is not None and highest > maximum.minor):
        raise LimitsNotPossible(account=code, reason="it holds less or more already")
    row.minimum, row.maximum = minimum.minor, None if maximum is None else maximum.minor
    row.save(update_fields=["minimum", "maximum"])
    return limits_of(code=code)
