"""The bank's statement policy, the statements, and how far each loan is on one."""

from django.db import models
from django.db.models import F, Q

from plumbing.fields import MoneyField, RateField, key


class StatementPolicy(models.Model):
    """When statements are issued and what they ask, from a day on; append-only, adopted by two people.

    The minimum is a share of the principal that is not due yet, on top of all that is due, and at least
    `minimum_floor`; it is payable `payment_days` after the statement, before the next one comes.
    """

    id = key()
    effective_date = models.DateField(unique=True)
    statement_day = models.PositiveSmallIntegerField()
    minimum_share = RateField()
    minimum_floor = MoneyField()
    payment_days = models.PositiveSmallIntegerField()
    proposed_by = models.CharField(max_length=200)
    approved_by = models.CharField(max_length=200)
    adopted_at = models.DateTimeField()

    class Meta:
        ordering = ["-effective_date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(statement_day__range=(1, 28)), name="statement_day_in_every_month"
            ),
            models.CheckConstraint(
                condition=Q(minimum_share__range=(0, 1), minimum_floor__gte=0),
                name="statement_minimum_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(payment_days__range=(1, 27)), name="statement_payable_before_the_next"
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("approved_by")), name="statement_maker_is_not_checker"
            ),
        ]

    def __str__(self) -> str:
        return f"day {self.statement_day} from {self.effective_date}"


class Statement(models.Model):
    """One line's month: `[from_date, to_date)`, the last day being the statement date; append-only.

    `closing = opening + drawn + interest + penalty + fees - paid + adjusted`; `adjusted` is what moved
    without money, a write-off for instance. `previous_minimum` is what the statement before asked, `in_time`
    what of the payments since was valued until its payment date, `short` what is still missing of it.
    `past_due` is what the loans themselves have overdue, `days_past_due` for how long.
    """

    id = key()
    line_id = models.UUIDField(db_index=True)
    enterprise_id = models.UUIDField(db_index=True)
    scene_id = models.UUIDField()
    month = models.DateField()
    from_date = models.DateField()
    to_date = models.DateField()
    opening = MoneyField()
    drawn = MoneyField()
    interest = MoneyField()
    penalty = MoneyField()
    fees = MoneyField()
    paid = MoneyField()
    adjusted = MoneyField()
    closing = MoneyField()
    principal = MoneyField()
    credit_limit = MoneyField()
    minimum_payment = MoneyField()
    payment_due_date = models.DateField()
    previous_minimum = MoneyField()
    in_time = MoneyField()
    short = MoneyField()
    past_due = MoneyField()
    days_past_due = models.PositiveIntegerField()
    draw_count = models.PositiveIntegerField()
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["line_id", "month"], name="statement_once_a_month"),
            models.CheckConstraint(
                condition=Q(
                    closing=F("opening")
                    + F("drawn")
                    + F("interest")
                    + F("penalty")
                    + F("fees")
                    - F("paid")
                    + F("adjusted")
                ),
                name="statement_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(from_date__lt=F("to_date"), payment_due_date__gte=F("to_date")),
                name="statement_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(minimum_payment__gte=0, short__gte=0, past_due__gte=0),
                name="statement_asks_nothing_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.closing}"


class StatementAccount(models.Model):
    """How far a loan is on statements: its log through a sequence, and what it owed then.

    What a line's loans owe here is the closing of its last statement.
    """

    loan_id = models.UUIDField(primary_key=True)
    line_id = models.UUIDField(db_index=True)
    through_sequence = models.PositiveIntegerField()
    principal = MoneyField()
    interest = MoneyField()
    penalty = MoneyField()
