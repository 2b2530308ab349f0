"""Guarantors, guarantees, claims and recoveries."""

from django.db import models
from django.db.models import F, Q

from lending.guarantees.states import ClaimStatus
from lending.products.terms import Payer
from plumbing.fields import MoneyField, RateField, key

PAYERS = [(payer.value, payer.name) for payer in Payer]


class GuarantorKind(models.TextChoices):
    """Who may answer for a borrower (R-13): each by a licence, or a public mandate with its number."""

    COMPANY = "company"  # 融资担保公司
    INSURER = "insurer"
    GOVERNMENT_FUND = "government_fund"


class Guarantor(models.Model):
    """A party that guarantees; its licence has a number and may run out."""

    id = key()
    kind = models.CharField(max_length=16, choices=GuarantorKind)
    name = models.CharField(max_length=200)
    registration_no = models.CharField(max_length=18, unique=True)
    licence_no = models.CharField(max_length=64)
    licence_expires_date = models.DateField(null=True)
    recorded_by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(licence_no=""), name="guarantor_is_licensed"),
            models.CheckConstraint(condition=Q(kind__in=GuarantorKind.values), name="guarantor_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Guarantee(models.Model):
    """A guarantor answering for a line: terms for life, `claimed` counts what it accepted of its `cap`.

    `monthly_fee` is a share of the principal drawn, for each month of a loan; `all_in_cost` what the line's
    dearest draw costs in a year with it, if the borrower bears it.
    """

    id = key()
    guarantor = models.ForeignKey(Guarantor, on_delete=models.PROTECT, related_name="guarantees")
    line_id = models.UUIDField(db_index=True)
    coverage = RateField()
    cap = MoneyField()
    claimed = MoneyField(default=0)
    monthly_fee = RateField()
    fee_payer = models.CharField(max_length=8, choices=PAYERS)
    claim_after_days = models.PositiveSmallIntegerField()
    all_in_cost = models.DecimalField(max_digits=12, decimal_places=9)
    effective_date = models.DateField()
    ended_date = models.DateField(null=True)
    agreed_by = models.CharField(max_length=200)
    approved_by = models.CharField(max_length=200)
    agreed_at = models.DateTimeField()

    class Meta:
        ordering = ["effective_date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(coverage__gt=0, coverage__lte=1), name="guarantee_coverage"),
            models.CheckConstraint(
                condition=Q(cap__gt=0, claimed__gte=0, claimed__lte=F("cap")), name="guarantee_within_cap"
            ),
            models.CheckConstraint(condition=Q(monthly_fee__gte=0), name="guarantee_fee_not_negative"),
            models.CheckConstraint(
                condition=~Q(agreed_by=F("approved_by")), name="guarantee_maker_is_not_checker"
            ),
            models.UniqueConstraint(
                fields=["line_id"], condition=Q(ended_date=None), name="guarantee_one_a_line"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coverage} of line {self.line_id}"


class FeePayment(models.Model):
    """A month's fee that the bank paid the guarantor."""

    id = key()
    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="fee_payments")
    month = models.DateField()
    amount = MoneyField()
    entry_id = models.UUIDField()
    paid_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guarantee", "month"], name="guarantee_fee_once_a_month")
        ]


class Claim(models.Model):
    """What the bank claims for one loan; `recovered` came back since, `remitted` went to the guarantor."""

    id = key()
    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="claims")
    loan_id = models.UUIDField(db_index=True)
    status = models.CharField(max_length=10, choices=ClaimStatus, default=ClaimStatus.FILED)
    days_past_due = models.PositiveIntegerField()
    amount = MoneyField()
    recovered = MoneyField(default=0)
    remitted = MoneyField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    filed_date = models.DateField()
    decided_date = models.DateField(null=True)
    paid_date = models.DateField(null=True)
    transaction_id = models.UUIDField(null=True)
    filed_by = models.CharField(max_length=200)
    filed_at = models.DateTimeField()

    class Meta:
        ordering = ["filed_date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ClaimStatus.values), name="claim_status_known"),
            models.CheckConstraint(
                condition=Q(
                    amount__gt=0,
                    recovered__gte=0,
                    recovered__lte=F("amount"),
                    remitted__gte=0,
                    remitted__lte=F("recovered"),
                ),
                name="claim_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(recovered=0) | Q(status="paid"), name="claim_shares_once_paid"
            ),
            models.UniqueConstraint(
                fields=["loan_id"], condition=~Q(status="declined"), name="claim_one_a_loan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.status}"


class ClaimRecovery(models.Model):
    """Money that came in after a claim was paid, and how it was shared; append-only."""

    id = key()
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="recoveries")
    amount = MoneyField()
    for_bank = MoneyField()
    for_guarantor = MoneyField()
    received_date = models.DateField()
    reference = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "reference"], name="recovery_once"),
            models.CheckConstraint(
                condition=Q(amount=F("for_bank") + F("for_guarantor"), for_bank__gte=0, for_guarantor__gte=0),
                name="recovery_adds_up",
            ),
        ]
