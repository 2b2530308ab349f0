"""Interview forms and their answers, and the register of invoices that were financed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from plumbing.fields import MoneyField, key
from risk.cross_checks.interview import Answer

ANSWERS = [(answer.value, answer.name) for answer in Answer]


class InterviewForm(models.Model):
    """The questions to ask on a visit, as the evidence of a day raised them."""

    id = key()
    subject = models.TextField()
    questions = models.JSONField()
    raised_by = models.TextField()
    raised_date = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "cross_interview_form"
        indexes = [models.Index(fields=["subject", "-created_at"], name="cross_form_by_subject")]

    def __str__(self) -> str:
        return self.subject


class InterviewAnswer(models.Model):
    """One answer; a later one to the same question counts instead. Photos are SHA-256 digests."""

    id = key()
    form = models.ForeignKey(InterviewForm, models.PROTECT, related_name="answers")
    question = models.TextField()
    answer = models.TextField(choices=ANSWERS)
    figure = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    note = models.TextField()
    interviewer = models.TextField()
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    photos = ArrayField(models.CharField(max_length=64), default=list)
    answered_date = models.DateField()
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "cross_interview_answer"
        constraints = [
            models.CheckConstraint(condition=Q(answer__in=Answer), name="cross_answer_known"),
            models.CheckConstraint(condition=~Q(interviewer=""), name="cross_answer_has_interviewer"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="cross_answer_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.answer}"


class FinancedInvoice(models.Model):
    """An invoice the bank has financed, by the digest of what makes it that invoice; once, whoever asks."""

    id = key()
    digest = models.CharField(max_length=64, unique=True)
    subject = models.TextField()
    amount = MoneyField()
    financed_date = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "cross_financed_invoice"
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex="^[0-9a-f]{64}$"), name="cross_invoice_digest_hex"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cross_invoice_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.subject
