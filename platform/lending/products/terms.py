"""The terms of a product as they are drafted, and the view of a version other rooms hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from kernel.money import Money, Rounding
from kernel.rates import AnnualRate


class Payer(StrEnum):
    """Who bears a fee."""

    BANK = "bank"
    BORROWER = "borrower"


class Collector(StrEnum):
    """Who receives a fee."""

    BANK = "bank"
    SCENE = "scene"
    GUARANTOR = "guarantor"


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee on a draw: a share of the amount, due when it is paid out."""

    code: str
    name_en: str
    name_zh: str
    collector: Collector
    payer: Payer
    rate: Decimal

    def as_json(self) -> dict[str, str]:
        """Return the fee for the table."""
        return {
            "code": self.code,
            "name_en": self.name_en,
            "name_zh": self.name_zh,
            "collector": self.collector.value,
            "payer": self.payer.value,
            "rate": str(self.rate),
        }

    @classmethod
    def from_json(cls, row: dict[str, str]) -> "Fee":
        """Return the fee from the table."""
        return cls(
            code=row["code"],
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            collector=Collector(row["collector"]),
            payer=Payer(row["payer"]),
            rate=Decimal(row["rate"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductTerms:
    """Everything a contract takes from its product version.

    * `repayment_method`, `instalment_count` periods of `period_every` x `period_unit`, `anchor_day` (none:
      the day of the draw), `day_count`, and so many first instalments without principal or interest;
    * `revolving`: repaid principal may be drawn again; without it a line is a term loan's;
    * `compounds`: interest overdue bears compound interest (复利) at the penalty rate (P-04);
    * `allocation`: the waterfall as data, a set of orders; empty: the house's own for the method (L-08);
    * `prepayment`: what money above what is due does unless the borrower chooses; `prepayment_fee` is a share
      of the principal repaid early.
    """

    code: str
    name_zh: str
    name_en: str
    limit_min: Money
    limit_max: Money
    draw_min: Money
    annual_rate: AnnualRate
    overdue_uplift: Decimal
    tenor_days_min: int = 1
    tenor_days_max: int = 365
    line_days: int = 365
    offer_days: int = 30
    quote_days: int = 7
    repayment_method: str = "daily_interest"
    revolving: bool = True
    instalment_count: int = 1
    period_unit: str = "month"
    period_every: int = 1
    anchor_day: int | None = None
    day_count: str = "ACT/360"
    grace_principal_count: int = 0
    grace_interest_count: int = 0
    compounds: bool = False
    allocation: Mapping[str, Any] = field(default_factory=dict)
    prepayment: str = "keep_term"
    prepayment_fee: Decimal = Decimal(0)
    due_date_roll: str = "next_workday"
    rounding: Rounding = Rounding.HALF_UP
    purposes: tuple[str, ...] = ("working_capital",)
    consent_purpose: str = "credit_assessment"
    data_classes: tuple[str, ...] = ("receipts",)
    fees: tuple[Fee, ...] = field(default=())

    @property
    def is_scheduled(self) -> bool:
        """Whether a loan of the product has instalments; without, interest runs by the day to maturity."""
        return self.repayment_method != "daily_interest"

    @property
    def overdue_rate(self) -> AnnualRate:
        """The rate on an overdue amount: the contract's, raised by the uplift (P-04)."""
        raised = Decimal(self.annual_rate.ppm) * (1 + self.overdue_uplift)
        return AnnualRate(
            int(raised.to_integral_value(rounding=Rounding.HALF_UP.value)), self.annual_rate.basis
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductView(ProductTerms):
    """A product version, as the rest of the bank sees it."""

    id: UUID
    version: int
    status: str
    effective_date: date | None
    all_in_cost: Decimal | None
    drafted_by: str
    published_by: str
