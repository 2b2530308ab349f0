"""A rule pack on its way into a bank: publishing and adopting share these values, not each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """One rule as published."""

    code: str
    effective_from: date
    effective_to: date | None
    title_en: str
    title_zh: str
    source: str
    severity: str
    confidence: str
    parameters: Mapping[str, Any]


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
