"""Tables: policies, sightings, where each subject stands, and every change of level."""

from django.db import models
from django.db.models import F, Q

from plumbing.fields import key
from risk.warnings.policy import Level

LEVELS = [(level.value, level.name) for level in Level]


class WarningPolicyVersion(models.Model):
    """A bank's policy from a day on, signed by two people; append-only. Before the first: `FIRST_POLICY`."""

    id = key()
    version = models.PositiveSmallIntegerField(unique=True)
    effective_from = models.DateField()
    document = models.JSONField()
    signed_by_first = models.CharField(max_length=120)
    signed_by_second = models.CharField(max_length=120)
    signed_at = models.DateTimeField()

    class Meta:
        """Two different people sign."""

        constraints = [
            models.CheckConstraint(
                condition=~Q(signed_by_first=F("signed_by_second"))
                & ~Q(signed_by_first="")
                & ~Q(signed_by_second=""),
                name="warning_policy_two_signatures",
            )
        ]


class Sighting(models.Model):
    """What somebody measured of a subject as of a day; append-only, the newest counts."""

    id = key()
    subject_id = models.UUIDField()
    measure = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=20, decimal_places=6)
    as_of_date = models.DateField()
    source = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "measure", "-as_of_date"], name="warning_sighting_newest")
        ]


class WarningState(models.Model):
    """Where a subject stands; one that never gave a signal has no row. `signals` are the hits behind it."""

    subject_id = models.UUIDField(primary_key=True)
    level = models.CharField(max_length=8, choices=LEVELS)
    signals = models.JSONField()
    since_date = models.DateField()
    updated_date = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=[level.value for level in Level]), name="warning_level_known"
            )
        ]
        indexes = [models.Index(fields=["level"], condition=~Q(level="none"), name="warning_raised")]


class WarningChange(models.Model):
    """One move of a subject between levels, with the signals of the day; append-only."""

    id = key()
    subject_id = models.UUIDField(db_index=True)
    business_date = models.DateField(db_index=True)
    from_level = models.CharField(max_length=8, choices=LEVELS)
    to_level = models.CharField(max_length=8, choices=LEVELS)
    signals = models.JSONField()
    policy_version = models.PositiveSmallIntegerField()
    recorded_at = models.DateTimeField()


class WarningAction(models.Model):
    """What was done about a warning, by whom, checked by whom; append-only."""

    id = key()
    subject_id = models.UUIDField(db_index=True)
    action = models.CharField(max_length=8)
    reason = models.CharField(max_length=300)
    taken_by = models.CharField(max_length=120)
    checked_by = models.CharField(max_length=120, blank=True, default="")
    taken_at = models.DateTimeField()
