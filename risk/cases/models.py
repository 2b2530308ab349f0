"""Tables: cases, and what happened to each, which only grows."""

from django.db import models
from django.db.models import F, Q

from plumbing.fields import key
from risk.cases.states import CaseKind, CaseStatus, Priority


class Case(models.Model):
    """One thing for people to decide; `evidence` lies side by side: {source: facts}, the newest of each."""

    id = key()
    kind = models.CharField(max_length=12, choices=CaseKind)
    subject = models.CharField(max_length=80)
    reason = models.CharField(max_length=80)
    priority = models.CharField(max_length=8, choices=Priority)
    rank = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.OPEN)
    decision_id = models.UUIDField(null=True)
    evidence = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    assigned_to = models.CharField(max_length=120, blank=True, default="")
    outcome = models.CharField(max_length=24, blank=True, default="")
    decided_by = models.CharField(max_length=120, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """One open case a subject and kind; what was decided says by whom and what."""

        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=~Q(status="closed"), name="case_one_open"
            ),
            models.CheckConstraint(condition=Q(kind__in=CaseKind.values), name="case_kind_known"),
            models.CheckConstraint(condition=Q(status__in=CaseStatus.values), name="case_status_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="case_priority_known"),
            models.CheckConstraint(condition=Q(due_at__gt=F("opened_at")), name="case_due_after_opened"),
            models.CheckConstraint(
                condition=~Q(status="assigned") | ~Q(assigned_to=""), name="case_assigned_to_somebody"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "assigned"], outcome="", decided_at__isnull=True)
                | Q(status__in=["decided", "closed"], decided_at__isnull=False)
                & ~Q(outcome="")
                & ~Q(decided_by=""),
                name="case_decided_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
                name="case_closed_has_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["rank", "due_at"], condition=~Q(status="closed"), name="case_queue"),
            models.Index(fields=["subject"], name="case_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class CaseEvent(models.Model):
    """One thing that happened to a case; append-only."""

    id = key()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    act = models.CharField(max_length=12)
    actor = models.CharField(max_length=120)
    text = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
