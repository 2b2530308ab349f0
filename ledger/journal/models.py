"""Entries, their postings, the lines that hold funds while an entry is pending, and accounting periods.

What makes them books is in `sql/journal.sql`: PostgreSQL refuses an entry that does not balance, a posting
that is changed, a day in a closed period, whoever asks.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from ledger.chart.models import NormalSide
from plumbing.fields import key


class EntryState(models.TextChoices):
    """Pending holds funds; posted and voided are final."""

    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"


class PeriodState(models.TextChoices):
    """Nothing posts into a closed period."""

    OPEN = "open"
    CLOSED = "closed"


class Entry(models.Model):
    """A journal entry (凭证): one business act, balanced per currency, identified by its idempotency key."""

    id = key()
    kind = models.CharField(max_length=64)
    booking_date = models.DateField()
    value_date = models.DateField()
    reference = models.CharField(max_length=64, blank=True)
    description = models.CharField(max_length=255, blank=True)
    idempotency_key = models.CharField(max_length=128)
    content_hash = models.BinaryField(max_length=32)
    request_hash = models.BinaryField(
        max_length=32, null=True
    )  # of a pending entry as asked; settling changes its dates
    state = models.CharField(max_length=8, choices=EntryState.choices)
    expires_at = models.DateTimeField(null=True)  # of a pending entry: the first sweep after it voids it
    line_count = models.SmallIntegerField()
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="reversals",
        db_index=False,
        db_constraint=False,  # the trigger proves that it mirrors a posted entry, which nothing can delete
    )
    recorded_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_entry"
        constraints = [
            models.UniqueConstraint(fields=["idempotency_key"], name="ledger_entry_idempotency_key"),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="ledger_entry_reversed_once"
            ),
        ]
        indexes = [
            models.Index(fields=["reference"], condition=~Q(reference=""), name="ledger_entry_reference"),
            # Entries are read by ranges of days and lie in their order: a summary of each range of pages
            # finds them, at a fraction of what a tree of every entry costs the posting.
            BrinIndex(
                fields=["booking_date"], autosummarize=True, pages_per_range=32, name="ledger_entry_booked"
            ),
            models.Index(fields=["booking_date"], condition=Q(state="pending"), name="ledger_entry_pending"),
            models.Index(
                fields=["expires_at"],
                condition=Q(state="pending", expires_at__isnull=False),
                name="ledger_entry_expiring",
            ),
        ]


class Posting(models.Model):
    """One leg of a posted entry (分录行): append-only.

    No foreign-key triggers: the statement trigger proves that entry and account exist, and neither can be
    deleted.
    """

    pk = models.CompositePrimaryKey("entry_id", "line_no")
    entry = models.ForeignKey(
        Entry, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="postings"
    )
    line_no = models.SmallIntegerField()
    account_id = models.UUIDField()
    side = models.CharField(max_length=6, choices=NormalSide.choices)
    amount = models.BigIntegerField()
    booking_date = models.DateField()
    value_date = models.DateField()
    position = models.BigIntegerField()  # an identity column: numbered by PostgreSQL, under the books lock

    class Meta:
        db_table = "ledger_posting"
        indexes = [
            models.Index(fields=["account_id", "booking_date"], name="ledger_posting_account"),
            models.Index(fields=["position"], name="ledger_posting_position"),
            models.Index(
                fields=["booking_date"],
                condition=~Q(value_date=models.F("booking_date")),
                name="ledger_posting_backdated",
            ),
        ]


class PendingLine(models.Model):
    """One leg of an entry that is, or was, pending: what it holds; append-only."""

    pk = models.CompositePrimaryKey("entry_id", "line_no")
    entry = models.ForeignKey(
        Entry, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="pending_lines"
    )
    line_no = models.SmallIntegerField()
    account_id = models.UUIDField()
    side = models.CharField(max_length=6, choices=NormalSide.choices)
    amount = models.BigIntegerField()

    class Meta:
        db_table = "ledger_pending_line"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_pending_line_amount"),
            models.CheckConstraint(condition=Q(side__in=NormalSide.values), name="ledger_pending_line_side"),
        ]


class Period(models.Model):
    """An accounting month. The books begin with the first month opened; only closing shuts a month."""

    month = models.DateField(primary_key=True)
    state = models.CharField(max_length=8, choices=PeriodState.choices, default=PeriodState.OPEN)
    closed_by = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_period"
        ordering = ["month"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="ledger_period_month"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
                name="ledger_period_state",
            ),
        ]
