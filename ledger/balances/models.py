"""Balances: synchronous for guarded accounts, folded for the rest; the day book of each account."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from ledger.chart.models import Guard


class Balance(models.Model):
    """What an account has seen. A guarded row moves inside the posting transaction, the rest by the fold.

    A guarded account holds at least `minimum` (below nothing: an agreed overdraft) and at most `maximum`, in
    fen, on the side its guard protects; what is pending counts where it would hurt.
    """

    account_id = models.UUIDField(primary_key=True)
    guard = models.CharField(max_length=20, choices=Guard.choices)
    posted_debits = models.BigIntegerField(default=0)
    posted_credits = models.BigIntegerField(default=0)
    pending_debits = models.BigIntegerField(default=0)
    pending_credits = models.BigIntegerField(default=0)
    minimum = models.BigIntegerField(default=0)
    maximum = models.BigIntegerField(null=True)
    version = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ledger_balance"
        constraints = [
            models.CheckConstraint(
                condition=(~Q(guard=Guard.NO_CREDIT_BALANCE))
                | Q(posted_debits__gte=F("posted_credits") + F("pending_credits") + F("minimum")),
                name="ledger_balance_no_credit",
            ),
            models.CheckConstraint(
                condition=(~Q(guard=Guard.NO_DEBIT_BALANCE))
                | Q(posted_credits__gte=F("posted_debits") + F("pending_debits") + F("minimum")),
                name="ledger_balance_no_debit",
            ),
            models.CheckConstraint(
                condition=Q(maximum__isnull=True)
                | Q(
                    guard=Guard.NO_CREDIT_BALANCE,
                    maximum__gte=F("posted_debits") + F("pending_debits") - F("posted_credits"),
                )
                | Q(
                    guard=Guard.NO_DEBIT_BALANCE,
                    maximum__gte=F("posted_credits") + F("pending_credits") - F("posted_debits"),
                ),
                name="ledger_balance_ceiling",
            ),
            models.CheckConstraint(
                condition=Q(pending_debits__gte=0, pending_credits__gte=0), name="ledger_balance_pending"
            ),
        ]


class AccountDay(models.Model):
    """An account's debits and credits of one booking date; `closing` is debits less credits to that day."""

    pk = models.CompositePrimaryKey("account_id", "booking_date")
    account_id = models.UUIDField()
    booking_date = models.DateField()
    debits = models.BigIntegerField(default=0)
    credits = models.BigIntegerField(default=0)
    closing = models.BigIntegerField(null=True)

    class Meta:
        db_table = "ledger_account_day"
        indexes = [models.Index(fields=["booking_date"], name="ledger_account_day_booked")]


class FoldCursor(models.Model):
    """How far the fold has come: every posting numbered below `before_position` is in balances and days.

    The candidate is the next such number, good once the transactions that were posting then have ended.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    before_position = models.BigIntegerField(default=1)
    candidate_position = models.BigIntegerField(null=True)
    candidate_holders = ArrayField(models.TextField(), default=list)
    closed_through_date = models.DateField(null=True)
    folded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_fold_cursor"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ledger_fold_cursor_single")]
