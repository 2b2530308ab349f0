"""Seals over runs of posting lines, append-only."""

from django.db import models
from django.db.models import F, Q


class Seal(models.Model):
    """The lines numbered from `first_position` up to, but without, `before_position`, as they stood then.

    `leaves` holds 40 bytes a line: its position (8, big-endian) and the SM3 of its canonical bytes (32).
    `root` commits to them, to everything said here but the signature, and to `previous_root`: 32 zero bytes
    for the first.
    """

    number = models.BigIntegerField(primary_key=True)
    business_date = models.DateField()
    first_position = models.BigIntegerField()
    before_position = models.BigIntegerField()
    line_count = models.BigIntegerField()
    merkle_root = models.BinaryField(max_length=32)
    previous_root = models.BinaryField(max_length=32)
    root = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()
    leaves = models.BinaryField()

    class Meta:
        db_table = "ledger_seal"
        constraints = [
            models.UniqueConstraint(fields=["first_position"], name="ledger_seal_first"),
            models.UniqueConstraint(fields=["previous_root"], name="ledger_seal_chained_once"),
            models.CheckConstraint(
                condition=Q(before_position__gt=F("first_position"), line_count__gte=0, number__gte=1),
                name="ledger_seal_run",
            ),
        ]
        indexes = [models.Index(fields=["business_date"], name="ledger_seal_day")]
