"""The thresholds of classification, read from the rules in force on a day (C-01 to C-07, E-01). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Self

RULES: Final = ("C-01", "C-02", "C-03", "C-04", "C-05", "C-06", "C-07", "E-01")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationPolicy:
    """Days are days past due; shares are fractions. A bank may be stricter than the rule, never laxer."""

    technical_days_max: int = 7
    substandard_after_days: int = 90
    doubtful_after_days: int = 270
    loss_after_days: int = 360
    own_npl_share_max: Decimal = Decimal("0.10")
    all_banks_overdue_share_max: Decimal = Decimal("0.20")
    doubtful_ecl_share_min: Decimal = Decimal("0.50")
    loss_ecl_share_min: Decimal = Decimal("0.90")
    cure_months: int = 6
    cure_periods: int = 2
    observation_months: int = 12
    observation_periods: int = 2
    sicr_after_days: int = 30
    impaired_after_days: int = 90

    @classmethod
    def of(cls, rules: Mapping[str, Mapping[str, Any]]) -> Self:
        """Read the parameters of the rules, by code."""
        return cls(
            technical_days_max=int(rules["C-01"]["technical_days_max"]),
            substandard_after_days=int(rules["C-02"]["substandard_after_days"]),
            doubtful_after_days=int(rules["C-02"]["doubtful_after_days"]),
            loss_after_days=int(rules["C-02"]["loss_after_days"]),
            own_npl_share_max=Decimal(rules["C-03"]["own_npl_share_max"]),
            all_banks_overdue_share_max=Decimal(rules["C-03"]["all_banks_overdue_share_max"]),
            doubtful_ecl_share_min=Decimal(rules["C-04"]["doubtful_ecl_share_min"]),
            loss_ecl_share_min=Decimal(rules["C-04"]["loss_ecl_share_min"]),
            cure_months=int(rules["C-05"]["cure_months"]),
            cure_periods=int(rules["C-05"]["cure_periods"]),
            observation_months=int(rules["C-06"]["observation_months"]),
            observation_periods=int(rules["C-06"]["observation_periods"]),
            sicr_after_days=int(rules["E-01"]["sicr_after_days"]),
            impaired_after_days=int(rules["E-01"]["impaired_after_days"]),
        )

    @property
    def day_steps(self) -> tuple[int, ...]:
        """The days past due on which anything can change, ascending: 1, 8, 31, 91, 271, 361."""
        after = (
            self.technical_days_max,
            self.sicr_after_days,
            self.impaired_after_days,
            self.substandard_after_days,
            self.doubtful_after_days,
            self.loss_after_days,
        )
        return tuple(sorted({1, *(days + 1 for days in after)}))


def days_past_due(oldest_due_date: date | None, on_date: date) -> int:
    """Return how many days the oldest unpaid amount is past due: the day after the due date is the first."""
    return 0 if oldest_due_date is None else max(0, (on_date - oldest_due_date).days)


def day_step(days: int, steps: tuple[int, ...]) -> int:
    """Return how many steps so many days have passed; what `width_bucket` says in SQL."""
    return sum(1 for step in steps if days >= step)
