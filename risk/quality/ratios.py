"""Polish statements: 64 ratios, and whether they agree with each other.

Many of the ratios are made of the same figures, so each pair implies a third; a statement whose ratios
contradict each other, or whose implied year is not 365 days, was drawn up over a short year or restated.
Ratio numbers are those of UCI 365 (Zieba, Tomczak and Tomczak 2016). Shapes (rows,).
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from risk.quality.tables import Floats, Table, Texts

_KEPT: Final = 64


def identities(table: Table) -> tuple[Mapping[str, Floats], Mapping[str, Texts]]:
    """Return the ratios and what follows from pairs of them; a division by nothing is unknown."""
    ratios = {f"Attr{at}": table.numbers(f"Attr{at}") for at in range(1, _KEPT + 1)}
    with np.errstate(all="ignore"):
        implied = _implied({at: ratios[f"Attr{at}"] for at in range(1, _KEPT + 1)})
    for column in implied.values():
        column[~np.isfinite(column)] = np.nan
    blanks = np.isnan(np.column_stack(list(ratios.values()))).sum(axis=1).astype(np.float64)
    return {**ratios, **implied, "blanks": blanks}, {}


def _implied(a: Mapping[int, Floats]) -> dict[str, Floats]:
    return {
        "days_of_year": a[32] / a[52],
        "cost_to_sales": a[20] / a[47],
        "fixed_assets_turn": a[33] / a[63],
        "cash_result": a[13] * a[9],
        "debt_and_result": a[58] + a[13],
        "size_left": a[55] / np.power(10.0, a[29]),
        "turnover_gap": a[9] - a[36],
        "profit_gap": a[1] - a[7],
        "gross_gap": a[7] - a[14],
        "financial_costs": a[11] - a[7],
        "sales_profit_gap": a[19] - a[23],
        "liquidity_gap": a[39] - a[42],
        "long_debt": a[2] - a[51],
        "equity_and_debt": a[10] + a[2],
        "capital_gap": a[3] - a[57],
        "payment_days_gap": a[43] - a[44] - a[20],
        "quick_gap": a[4] - a[50],
        "assets_to_debt_gap": a[17] - 1 / a[2],
        "margin_gap": a[31] - a[19],
        "operating_gap": a[35] - a[22],
        "short_debt_days_gap": a[62] - 365 * a[51] / a[9],
        "cover_gap": a[15] - 365 / a[16] * a[2],
        "cover_ratio": a[26] / a[16],
        "three_year_gap": a[24] / 3 - a[1],
        "turn_share": a[63] * a[51] / a[9],
    }
