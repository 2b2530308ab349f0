"""A rule pack on its way into a bank: publishing and adopting share these values, not each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """One rule as published.

    `scope` narrows it (borrower, product, lender); `test_vectors` are `{"given": {...}, "expect": ...}`;
    a contract signed before `applies_to_contracts_signed_from` is left alone (R-16).
    """

    code: str
    effective_from: date
    effective_to: date | None
    title_en: str
    title_zh: str
    source: str
    severity: str
    confidence: str
    parameters: Mapping[str, Any]
    owner: str = ""
    scope: Mapping[str, Any] = field(default_factory=dict)
    message_en: str = ""
    message_zh: str = ""
    test_vectors: Sequence[Mapping[str, Any]] = ()
    applies_to_contracts_signed_from: date | None = None


@dataclass(frozen=True, slots=True)
class DayDraft:
    """One day that is not what its weekday says; `is_workday` tells which of the two."""

    day: date
    is_workday: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class YearDraft:
    """One year of the calendar."""

    year: int
    is_official: bool
    source: str
    days: tuple[DayDraft, ...]


@dataclass(frozen=True, slots=True)
class FixingDraft:
    """The loan prime rates of one month as annual fractions: 3.00 % is `Decimal("0.030000")`."""

    published_date: date
    one_year: Decimal
    five_year: Decimal
    source: str = ""
