"""Tables: files and their rows, runs, matches, breaks and what became of them. Every one may only grow."""

from django.db import models
from django.db.models import Q

from plumbing.fields import MoneyField, key


class BreakCode(models.TextChoices):
    """What is wrong with a movement."""

    LONG_OURS = "LONG_OURS"  # we have it, their file does not
    LONG_THEIRS = "LONG_THEIRS"  # their file has it, we do not
    AMOUNT = "AMOUNT"  # both have it, for different amounts; or our books differ from our sub-ledger
    STATE = "STATE"  # one says that the money moved, the other that it did not, or not yet


class EventKind(models.TextChoices):
    """What happens to a break."""

    ASSIGNED = "assigned"
    PROPOSED = "proposed"  # by its maker
    REJECTED = "rejected"  # by the checker; another proposal may follow
    RESOLVED = "resolved"  # by a posting; final
    MATCHED = "matched"  # a later run found both sides in agreement, or the break is another one now; final


FINAL = (EventKind.RESOLVED, EventKind.MATCHED)


class Statement(models.Model):
    """A file of the other side, read once: the same bytes again are the same statement."""

    id = key()
    account = models.CharField(max_length=32)
    file_hash = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    reference = models.CharField(max_length=64)
    statement_date = models.DateField()
    opening = MoneyField(null=True)
    closing = MoneyField(null=True)
    row_count = models.PositiveIntegerField()
    bad_rows = models.JSONField()
    imported_by = models.CharField(max_length=200)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "file_hash"], name="statement_file_once"),
        ]


class StatementLine(models.Model):
    """One movement of a file; its entry reference is the other side's own and comes once."""

    id = key()
    statement_id = models.UUIDField(db_index=True)
    account = models.CharField(max_length=32)
    row_no = models.PositiveIntegerField()
    entry_reference = models.CharField(max_length=64)
    message_id = models.CharField(max_length=64, blank=True)
    effect = MoneyField()
    booking_date = models.DateField()
    value_date = models.DateField()
    state = models.CharField(max_length=8)
    failure_code = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "entry_reference"], name="statement_line_once"),
            models.CheckConstraint(condition=~Q(effect=0), name="statement_line_moves"),
            models.CheckConstraint(
                condition=Q(state__in=["settled", "refused"]), name="statement_line_state"
            ),
        ]
        indexes = [models.Index(fields=["account", "message_id"], name="statement_line_message")]


class Run(models.Model):
    """One reconciliation of an account through a day, with the totals of the three sides."""

    id = key()
    account = models.CharField(max_length=32)
    through_date = models.DateField()
    item_count = models.PositiveIntegerField()
    matched_count = models.PositiveIntegerField()
    opened_count = models.PositiveIntegerField()
    ended_count = models.PositiveIntegerField()
    figures = models.JSONField()
    ran_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "ran_at"], name="reconciliation_run_last")]


class Match(models.Model):
    """A movement that needs no more looking at: found on both sides, or taken up by a resolution."""

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=32)
    key = models.CharField(max_length=100)
    line_id = models.UUIDField(null=True, unique=True)
    entry_id = models.UUIDField(null=True)
    how = models.CharField(max_length=12)
    run_id = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="match_once"),
            models.CheckConstraint(
                condition=Q(how__in=["message_id", "amount_date", "nothing", "resolution"]), name="match_how"
            ),
        ]
        indexes = [models.Index(fields=["account", "entry_id"], name="match_entry")]


class Break(models.Model):
    """A movement on which the sides do not agree; `ours` is the sub-ledger's, `booked` the ledger's."""

    id = key()
    account = models.CharField(max_length=32)
    code = models.CharField(max_length=12, choices=BreakCode)
    key = models.CharField(max_length=100)
    message_id = models.CharField(max_length=64, blank=True)
    ours = MoneyField()
    booked = MoneyField()
    theirs = MoneyField()
    item_date = models.DateField()
    line_id = models.UUIDField(null=True)
    entry_id = models.UUIDField(null=True)
    owner = models.CharField(max_length=200)
    run_id = models.UUIDField()
    opened_date = models.DateField()
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__in=BreakCode.values), name="break_code_known"),
        ]
        indexes = [models.Index(fields=["account", "key"], name="break_by_key")]


class BreakEvent(models.Model):
    """What somebody, or a later run, did about a break."""

    id = models.BigAutoField(primary_key=True)
    break_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=8, choices=EventKind)
    actor = models.CharField(max_length=200)
    note = models.CharField(max_length=255, blank=True)
    lines = models.JSONField(null=True)
    entry_id = models.UUIDField(null=True)
    run_id = models.UUIDField(null=True)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="break_event_known"),
            models.UniqueConstraint(fields=["break_id"], condition=Q(kind__in=FINAL), name="break_ends_once"),
            models.CheckConstraint(
                condition=~Q(kind="resolved") | Q(entry_id__isnull=False), name="break_resolved_by_posting"
            ),
        ]
