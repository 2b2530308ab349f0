"""The size of an enterprise by the MIIT table (工信部联企业〔2011〕300号, T-03). Pure; the table is data.

Money is in yuan, people are counted. Medium and small need all minima of their row; an enterprise below any
small minimum is micro; one above the ceiling is large. Revenue is that of the last twelve months; of a
younger enterprise it is annualised: 420,000 in 7 months is 720,000.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from kernel.money import Money, Rounding, round_minor
from kernel.refusals import Kind, Refusal

_WAN: Final = 1_000_000  # ten thousand yuan (万元) in fen
_PEOPLE: Final = "employees"
OTHER: Final = "other"


class SizeFiguresMissing(Refusal):
    """The industry's row asks for a figure that is not there."""

    code = "regulation.size_figures_missing"
    kind = Kind.INVALID
    message = "The size of a business in {industry} needs its {figure}."


class Size(StrEnum):
    """Large, medium, small and micro (大型、中型、小型、微型)."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"


@dataclass(frozen=True, slots=True)
class SizeFigures:
    """What the table asks for; revenue is that of `months` months, at most the last twelve."""

    industry: str
    employees: int | None = None
    revenue: Money | None = None
    assets: Money | None = None
    months: int = 12

    @property
    def annual_revenue(self) -> Money | None:
        """Revenue of twelve months: of fewer, revenue / months x 12, to the nearest fen (T-03)."""
        if self.revenue is None or self.months >= 12:
            return self.revenue
        exact = Decimal(self.revenue.minor) * 12 / max(1, self.months)
        return Money(round_minor(exact, Rounding.HALF_UP), self.revenue.currency)


def row_of(industry: str, table: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the row of a GB/T 4754 code (`F52`, `H6210`): the longest prefix wins, else `other`."""
    best, row = -1, None
    for candidate in table:
        for prefix in candidate["industries"]:
            if industry.startswith(prefix) and len(prefix) > best:
                best, row = len(prefix), candidate
    return row or next(candidate for candidate in table if candidate["row"] == OTHER)


def enterprise_size(figures: SizeFigures, table: Sequence[Mapping[str, Any]]) -> Size:
    """Return the size; raises `SizeFiguresMissing` where the row asks for a figure that is not there.

    Each row: `ceiling` (large only at or above all of it), `medium` and `small` minima; money in 万元.
    """
    row = row_of(figures.industry, table)
    if all(_reaches(figures, name, bound) for name, bound in row["ceiling"].items()):
        return Size.LARGE
    if all(_reaches(figures, name, bound) for name, bound in row["medium"].items()):
        return Size.MEDIUM
    if all(_reaches(figures, name, bound) for name, bound in row["small"].items()):
        return Size.SMALL
    return Size.MICRO


def _reaches(figures: SizeFigures, name: str, bound: int) -> bool:
    if name == _PEOPLE:
        if figures.employees is None:
            raise SizeFiguresMissing(industry=figures.industry, figure=name)
        return figures.employees >= bound
    amount = figures.annual_revenue if name == "revenue" else figures.assets
    if amount is None:
        raise SizeFiguresMissing(industry=figures.industry, figure=name)
    return amount.minor >= bound * _WAN
