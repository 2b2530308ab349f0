"""The choices a product is made of: how it is repaid, when, and what paying early does."""

from django.db.models import TextChoices


class RepaymentMethod(TextChoices):
    """How a loan of the product is repaid."""

    DAILY_INTEREST = "daily_interest"  # 随借随还: interest by day, any amount any day, the rest at maturity
    LEVEL_INSTALMENT = "level_instalment"  # 等额本息
    LEVEL_PRINCIPAL = "level_principal"  # 等额本金
    INTEREST_FIRST = "interest_first"  # 先息后本: interest every period, the principal at the end
    BULLET = "bullet"  # 到期一次还本付息
    FLAT = "flat"  # interest on the first principal for ever: drafted only to be refused (rules 2.2 E)


class DueDateRoll(TextChoices):
    """What happens to a due date that is no business day (L-07)."""

    NONE = "none"
    NEXT_WORKDAY = "next_workday"


class PeriodUnit(TextChoices):
    """What a period is counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Prepayment(TextChoices):
    """What money above what is due does, unless the borrower chooses otherwise."""

    KEEP_TERM = "keep_term"  # smaller instalments
    KEEP_INSTALMENT = "keep_instalment"  # fewer instalments
    NEXT = "next"  # it pays the next instalments in advance, and saves no interest
    HOLD = "hold"  # it waits as the borrower's credit balance
