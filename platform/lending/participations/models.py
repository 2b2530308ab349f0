"""Tables: agreements, the bank's own figures for the caps, participations, their rows, messages."""

from django.db import models
from django.db.models import F, Q

from lending.participations.states import ParticipationStatus
from plumbing.fields import MoneyField, key


class Role(models.TextChoices):
    """Which side this bank is on."""

    LEAD = "lead"
    PARTNER = "partner"


class JointAgreement(models.Model):
    """What two banks agreed on lending together; both sign it, each in its own schema. Never changed."""

    id = key()
    role = models.CharField(max_length=7, choices=Role)
    own_code = models.CharField(max_length=40)
    partner_code = models.CharField(max_length=40)
    product_code = models.CharField(max_length=64)
    share_ppm = models.PositiveIntegerField()  # the partner's share, in millionths
    priority = models.PositiveSmallIntegerField()
    alone_allowed = models.BooleanField()  # the lead's policy when no partner takes part
    ceiling = MoneyField()
    first_loss_pool = MoneyField(default=0)
    answer_wait_seconds = models.PositiveIntegerField(default=1800)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    proposed_by = models.CharField(max_length=200)
    approved_by = models.CharField(max_length=200)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(share_ppm__gt=0, share_ppm__lt=1_000_000), name="joint_share_is_a_part"
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("approved_by")), name="joint_agreement_two_hands"
            ),
        ]


class BankFigures(models.Model):
    """The bank's own figures that the caps are measured against, as last reported. Never changed."""

    id = key()
    as_of_date = models.DateField()
    net_tier1_capital = MoneyField()
    total_loans = MoneyField()
    reported_by = models.CharField(max_length=200)
    reported_at = models.DateTimeField()


class PartnerBalance(models.Model):
    """This bank's own part of the joint loans with one partner; its row is the turnstile of the caps."""

    partner_code = models.CharField(max_length=40, primary_key=True)
    own_balance = MoneyField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(own_balance__gte=0), name="joint_balance_not_negative"),
        ]


class Participation(models.Model):
    """One loan shared by two banks, as one of them sees it; `name` is the lead's and both use it."""

    id = key()
    name = models.CharField(max_length=40, unique=True)
    agreement = models.ForeignKey(JointAgreement, on_delete=models.PROTECT)
    drawdown_id = models.UUIDField(null=True)
    loan_id = models.UUIDField(null=True, unique=True)
    scene_id = models.UUIDField()
    registration_no = models.CharField(max_length=18)
    total = MoneyField()
    partner_amount = MoneyField()
    status = models.CharField(
        max_length=10, choices=ParticipationStatus, default=ParticipationStatus.REQUESTED
    )
    decision_ref = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    income_account = models.CharField(max_length=16, blank=True)
    vat_ppm = models.PositiveIntegerField(default=0)  # how this bank's own part is taxed, as a loan's
    tagged_ppm = models.PositiveIntegerField(default=0)
    exempt_ppm = models.PositiveIntegerField(default=0)
    outstanding = MoneyField(default=0)
    interest_paid = MoneyField(default=0)
    penalty_paid = MoneyField(default=0)
    recovered = MoneyField(default=0)
    own_principal = MoneyField(default=0)
    partner_principal = MoneyField(default=0)
    row_count = models.PositiveIntegerField(default=0)
    accrued = MoneyField(default=0)  # of interest earned, what the partner is still owed by the borrower
    held = models.JSONField(default=dict)  # what the books hold of it, by account, debits positive
    accrued_through_date = models.DateField(null=True)
    accrual_count = models.PositiveIntegerField(default=0)
    requested_date = models.DateField()
    value_date = models.DateField(null=True)
    begun_entry_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(partner_amount__gt=0, partner_amount__lt=F("total")),
                name="participation_is_a_part",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ParticipationStatus.values), name="participation_status_known"
            ),
            models.UniqueConstraint(fields=["drawdown_id", "agreement"], name="participation_asked_once"),
            models.CheckConstraint(
                condition=Q(own_principal__gte=0, partner_principal__gte=0), name="participation_parts"
            ),
        ]


class ShareRow(models.Model):
    """The partner's part of one row of the loan's log, booked on both sides. Never changed."""

    id = models.BigAutoField(primary_key=True)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT)
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    booking_date = models.DateField()
    value_date = models.DateField()
    principal = MoneyField()  # what the partner's balance falls by
    interest = MoneyField()
    penalty = MoneyField()
    recovered = MoneyField(default=0)  # of what was lost
    entry_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "sequence"], name="share_row_once"),
        ]


class Message(models.Model):
    """What one bank tells another, in the transaction that made it true, carried by a job."""

    id = models.BigAutoField(primary_key=True)
    message_id = models.CharField(max_length=80)
    is_outgoing = models.BooleanField()
    peer_code = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    body = models.JSONField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message_id", "peer_code", "is_outgoing"], name="joint_message_once"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(done_at__isnull=True), name="joint_message_waiting")
        ]
