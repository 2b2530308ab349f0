"""Loans, their instalments, their append-only transactions, and how far the bank has accrued."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q, Value

from kernel.money import Rounding
from kernel.rates import PPM
from lending.loans.states import AccrualDays, LoanStatus, TransactionKind
from lending.products.methods import RepaymentMethod
from lending.replay import AccrualPolicy
from plumbing.fields import MoneyField, RateField, key

DUE_SOON = timedelta(days=3)  # so long before its due date a borrower is reminded of an instalment
# Nobody was told yet of the instalment that is due next: the very words of an index, which serves the query.
NOT_REMINDED = Q(due_soon_date__isnull=True) | Q(due_soon_date__lt=F("oldest_due_date") - DUE_SOON)
ROUNDINGS = (Rounding.HALF_UP, Rounding.UP, Rounding.DOWN)  # the rules that the set-based accrual knows


class ProductField(models.DecimalField):  # type: ignore[type-arg]
    """An exact integer of fen x days x millionths, numeric(30,0)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"max_digits": 30, "decimal_places": 0}
        super().__init__(*args, **({"default": 0, "db_default": 0} | kwargs))


class Loan(models.Model):
    """A loan (借据): its terms for life, and a projection of its log that a repayment moves in one step.

    `outstanding` is nothing until the money has reached the borrower. What is owed on a day is derived from
    the row alone and rounded only then (`lending.md`, interest engine 1 and 2), so the nightly accrual reads
    nothing but this table. Two calculators share its columns:

    * daily interest: products of fen and days up to `segment_date`, `interest_product` at the contract's rate
      and `penalty_product` at the penalty rate after `due_date`;
    * a schedule: `earlier_interest` whole, and `span_interest` by the days of the running span, which is a
      period of the schedule or the part of one since its terms changed. `overdue_principal` and
      `overdue_interest` are what instalments already rolled as due still lack (all of it stands in 1132);
      `penalty_product` and `compound_product` are their products up to `segment_date`.

    `*_earlier` are fen x days x millionths earned at rates that no longer hold. `oldest_due_date` is the due
    date of the oldest instalment not fully paid, future ones too: days past due follow from it.
    `next_roll_date` is the day the due roll next has something to do for the loan; no index has it, so that a
    roll writes the row alone.
    """

    id = key()
    drawdown_id = models.UUIDField(unique=True)
    line_id = models.UUIDField(db_index=True)
    enterprise_id = models.UUIDField(db_index=True)
    scene_id = models.UUIDField(db_index=True)
    principal = MoneyField()
    annual_rate = RateField()
    penalty_rate = RateField()
    day_basis = models.PositiveSmallIntegerField()
    rounding = models.CharField(max_length=20, choices=[(rule.value, rule.name) for rule in ROUNDINGS])
    income_account = models.CharField(max_length=16)
    vat_ppm = models.PositiveIntegerField(default=0, db_default=0)  # nothing: all of it is exempt (T-01)
    tagged_ppm = models.PositiveIntegerField(default=0, db_default=0)  # of each so much interest
    exempt_ppm = models.PositiveIntegerField(default=0, db_default=0)  # so much is exempt (T-02, method 2)
    product_version_id = models.UUIDField(null=True)
    method = models.CharField(
        max_length=20,
        choices=RepaymentMethod,
        default=RepaymentMethod.DAILY_INTEREST,
        db_default="daily_interest",
    )
    instalment_count = models.PositiveSmallIntegerField(default=1, db_default=1)
    compounds = models.BooleanField(default=False, db_default=False)
    tenor_days = models.PositiveSmallIntegerField()
    due_date_roll = models.CharField(max_length=20)
    status = models.CharField(max_length=12, choices=LoanStatus, default=LoanStatus.DISBURSING)
    value_date = models.DateField(null=True)
    maturity_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    outstanding = MoneyField(default=0)
    segment_date = models.DateField(null=True)
    interest_product = models.BigIntegerField(default=0)
    penalty_product = models.BigIntegerField(default=0)
    interest_paid = MoneyField(default=0)
    penalty_paid = MoneyField(default=0)
    compound_paid = MoneyField(default=0, db_default=0)
    fee_paid = MoneyField(default=0, db_default=0)
    credit_balance = MoneyField(default=0, db_default=0)  # paid too much: in 2241 until refunded
    compound_product = models.BigIntegerField(default=0, db_default=0)
    interest_earlier = ProductField()
    penalty_earlier = ProductField()
    compound_earlier = ProductField()
    overdue_principal = MoneyField(default=0, db_default=0)
    overdue_interest = MoneyField(default=0, db_default=0)
    rate_change_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    schedule_version = models.PositiveSmallIntegerField(default=0, db_default=0)
    accrual_days = models.CharField(
        max_length=8, choices=AccrualDays, default=AccrualDays.ACTUAL, db_default="actual"
    )
    span_start_date = models.DateField(null=True)
    span_end_date = models.DateField(null=True)
    span_start_index = models.IntegerField(default=0, db_default=0)
    span_days = models.PositiveIntegerField(default=0, db_default=0)
    span_interest = MoneyField(default=0, db_default=0)
    earlier_interest = MoneyField(default=0, db_default=0)
    next_roll_date = models.DateField(null=True)
    oldest_due_date = models.DateField(null=True)
    non_accrual_date = models.DateField(null=True)
    restructured_date = models.DateField(null=True)
    renews_loan_id = models.UUIDField(null=True)
    written_off = MoneyField(default=0, db_default=0)  # memo 9003, less what was recovered since
    overdue_since_date = models.DateField(null=True)
    due_soon_date = models.DateField(null=True)
    transaction_count = models.PositiveIntegerField(default=0)
    booked_at = models.DateTimeField()
    closed_date = models.DateField(null=True)

    class Meta:
        ordering = ["-booked_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=LoanStatus.values), name="loan_status_known"),
            models.CheckConstraint(
                condition=Q(principal__gt=0, outstanding__gte=0, outstanding__lte=F("principal")),
                name="loan_outstanding_within_principal",
            ),
            models.CheckConstraint(
                condition=Q(interest_product__gte=0, penalty_product__gte=0, compound_product__gte=0),
                name="loan_products_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(overdue_principal__gte=0, overdue_interest__gte=0)
                & Q(overdue_principal__lte=F("outstanding")),
                name="loan_overdue_within_outstanding",
            ),
            models.CheckConstraint(
                condition=Q(credit_balance__gte=0, written_off__gte=0),
                name="loan_memoranda_not_negative",
            ),
            models.CheckConstraint(condition=Q(method__in=RepaymentMethod.values), name="loan_method_known"),
            models.CheckConstraint(
                condition=Q(accrual_days__in=AccrualDays.values), name="loan_accrual_days_known"
            ),
            models.CheckConstraint(
                condition=Q(exempt_ppm=0) | Q(exempt_ppm__lte=F("tagged_ppm"), vat_ppm__gt=0),
                name="loan_exempt_part_of_tagged_rate",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["disbursing", "cancelled"], outstanding=0, value_date__isnull=True)
                | Q(
                    status__in=["active", "paid_off", "written_off"],
                    value_date__isnull=False,
                    due_date__gte=F("maturity_date"),
                ),
                name="loan_runs_from_value_date",
            ),
            models.CheckConstraint(
                condition=Q(status="active") | Q(outstanding=0), name="loan_only_active_owes_principal"
            ),
            models.CheckConstraint(
                condition=Q(segment_date__gte=F("value_date")), name="loan_segment_after_start"
            ),
            models.CheckConstraint(
                condition=Q(rounding__in=[rule.value for rule in ROUNDINGS]),
                name="loan_rounding_known_to_sql",
            ),
        ]
        indexes = [
            models.Index(fields=["oldest_due_date"], condition=Q(status="active"), name="loan_oldest_due"),
            models.Index(
                fields=["oldest_due_date", "id"],
                condition=Q(status="active", overdue_since_date__isnull=True),
                name="loan_not_marked_overdue",
            ),
            models.Index(
                fields=["oldest_due_date", "id"],
                condition=Q(status="active") & NOT_REMINDED,
                name="loan_not_reminded",
            ),
            models.Index(
                fields=["id"],
                condition=Q(status="active", credit_balance__gt=0),
                name="loan_with_credit",
            ),
            models.Index(fields=["status", "booked_at"], name="loan_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.principal} {self.status}"


class StoppedAccrual(models.Model):
    """A loan that no longer accrues (`lending.replay.non_accrual`), a projection of its log; fen.

    It lies beside the loan, so that the accrual of all the others reads nothing of it.
    """

    loan_id = models.UUIDField(primary_key=True)
    since_date = models.DateField()
    policy = models.CharField(max_length=12)
    interest_taxed = models.BigIntegerField()
    interest_base = models.BigIntegerField()
    interest_kept = models.BigIntegerField()
    interest_net_ppm = models.PositiveIntegerField()
    interest_forgone = models.BigIntegerField()
    interest_waived = models.BigIntegerField()
    late_taxed = models.BigIntegerField()
    late_base = models.BigIntegerField()
    late_kept = models.BigIntegerField()
    late_net_ppm = models.PositiveIntegerField()
    late_forgone = models.BigIntegerField()
    late_waived = models.BigIntegerField()
    allowance = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(policy__in=[policy.value for policy in AccrualPolicy]),
                name="stopped_accrual_policy_known",
            ),
            models.CheckConstraint(
                condition=Q(interest_net_ppm__lte=PPM, late_net_ppm__lte=PPM),
                name="stopped_accrual_shares_within_one",
            ),
        ]


class Instalment(models.Model):
    """One row (期) of a loan's schedule in force; rolled due dates, fen, what of it is paid.

    Interest runs from `start_date` to `nominal_due_date`; it is payable on `due_date`, rolled to a workday
    without penalty in between (L-07). Rows that a later version took out are in `PastInstalment`.
    """

    pk = models.CompositePrimaryKey("loan_id", "number")
    loan_id = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    schedule_version = models.PositiveSmallIntegerField()
    start_date = models.DateField()
    nominal_due_date = models.DateField()
    due_date = models.DateField()
    principal_due = MoneyField(default=0)
    interest_due = MoneyField(default=0)
    fee_due = MoneyField(default=0, db_default=0)
    principal_paid = MoneyField(default=0, db_default=0)
    interest_paid = MoneyField(default=0, db_default=0)
    fee_paid = MoneyField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    principal_paid__gte=0,
                    interest_paid__gte=0,
                    fee_paid__gte=0,
                    principal_paid__lte=F("principal_due"),
                    interest_paid__lte=F("interest_due"),
                    fee_paid__lte=F("fee_due"),
                ),
                name="instalment_paid_within_due",
            ),
            models.CheckConstraint(
                condition=Q(start_date__lt=F("nominal_due_date"), nominal_due_date__lte=F("due_date")),
                name="instalment_dates_in_order",
            ),
        ]


class PastInstalment(models.Model):
    """A row of a schedule that a later version replaced, as it stood: what was promised then."""

    pk = models.CompositePrimaryKey("loan_id", "schedule_version", "number")
    loan_id = models.UUIDField()
    schedule_version = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    start_date = models.DateField()
    nominal_due_date = models.DateField()
    due_date = models.DateField()
    principal_due = MoneyField()
    interest_due = MoneyField()
    fee_due = MoneyField()
    replaced_date = models.DateField()


class RateChange(models.Model):
    """A rate that a loan will bear, or bears, from a day on; it takes effect as a row of the log."""

    id = key()
    loan_id = models.UUIDField(db_index=True)
    from_date = models.DateField()
    annual_rate = RateField()
    penalty_rate = RateField()
    reason = models.CharField(max_length=64)
    transaction_id = models.UUIDField(null=True, unique=True)  # none while it is still to come
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["loan_id", "from_date", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["loan_id", "from_date"],
                condition=Q(transaction_id__isnull=True),
                name="rate_change_one_to_come",
            ),
        ]
        indexes = [
            models.Index(
                fields=["from_date"], condition=Q(transaction_id__isnull=True), name="rate_change_to_come"
            )
        ]


class LoanTransaction(models.Model):
    """One row of a loan's log: never changed, corrected by a reversal (rule 8).

    `amount` and `detail` are the event, from which the loan can be rebuilt; its effect does not depend on the
    order in which rows arrived, only on their value dates. The other figures are what the row changed in the
    loan's balances when it was written, the reallocation of later receipts included: they add up to them.
    """

    id = key()
    # Its index is that of the sequence, which begins with the loan.
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="transactions", db_index=False)
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=TransactionKind)
    booking_date = models.DateField()
    value_date = models.DateField()
    principal_change = MoneyField()  # what it adds to the debt: a repayment takes away
    interest_paid = MoneyField(default=0)
    penalty_paid = MoneyField(default=0)
    compound_paid = MoneyField(default=0, db_default=0)
    fee_paid = MoneyField(default=0, db_default=0)
    excess = MoneyField(default=0)
    amount = MoneyField(default=0, db_default=0)  # the money of the event; nothing where none moved
    detail = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    source_account_id = models.UUIDField(null=True)  # the account it came from: the only one a refund goes to
    reference = models.CharField(max_length=64, blank=True, default="")
    entry_id = models.UUIDField(null=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["loan", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["loan", "sequence"], name="loan_transaction_sequence"),
            models.CheckConstraint(
                condition=Q(kind__in=TransactionKind.values), name="loan_transaction_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(value_date__lte=F("booking_date")), name="loan_transaction_not_in_future"
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
                name="loan_transaction_reversal_names_it",
            ),
        ]
        indexes = [models.Index(fields=["booking_date"], name="loan_transaction_booked")]


class AccrualBook(models.Model):
    """Through which day the bank's books hold interest, and through which day instalments are rolled as due.

    One row, days half-open: what was earned before `accrued_through_date` is booked, and what instalments
    due before `due_through_date` lack stands in 1132. Only the accrual and the due roll, which goes first,
    move them.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    accrued_through_date = models.DateField()
    due_through_date = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="accrual_book_one_row")]
