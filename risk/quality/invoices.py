"""VAT invoices as features of a day: what a firm sold and bought in the 24 months before it.

One row an enterprise; every figure looks only at invoices dated before the day (CUMCM 2020 C). A void
invoice counts for its share alone, a negative one is red.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk.quality.tables import Floats, Table, as_days

WINDOW_DAYS: Final = 730
_CUSTOMERS: Final = "BD"
_MONTH: Final = 30.4
_MONTHS: Final = 24
_NUMBER: Final = "invoice_no"
NEEDS: Final = ("enterprise", "date", "counterparty", "amount", "tax", "total", "void")


@dataclass(frozen=True, slots=True)
class Invoices:
    """Invoices in order of day; `firm` and `other` are numbers of enterprises and counterparties."""

    firm: NDArray[np.int64]
    day: Floats
    other: NDArray[np.int64]
    total: Floats
    tax: Floats
    void: NDArray[np.bool_]

    def between(self, first: float, end: float) -> "Invoices":
        """Return the invoices of a half-open span of days."""
        low, high = np.searchsorted(self.day, [first, end])
        return Invoices(
            self.firm[low:high],
            self.day[low:high],
            self.other[low:high],
            self.total[low:high],
            self.tax[low:high],
            self.void[low:high],
        )


_NONE: Final = Invoices(
    *(np.zeros(0, dtype=kind) for kind in (np.int64, np.float64, np.int64, np.float64, np.float64, np.bool_))  # type: ignore[arg-type]
)


def is_sales(table: Table) -> bool:
    """Tell sales from purchases by whom they name: customers are B and D, suppliers A and C."""
    named = table.columns["counterparty"]
    return sum(str(name)[:1] in _CUSTOMERS for name in named) * 2 > len(named)


def invoices_of(tables: Sequence[Table], firms: Mapping[str, int]) -> Invoices:
    """Return invoices of the known enterprises, sorted by day; the same invoice twice counts once."""
    columns: dict[str, list[NDArray[np.generic]]] = {
        name: [] for name in ("firm", "day", "other", "total", "tax", "void")
    }
    others: dict[str, int] = {}
    for table in tables:
        named = table.columns
        columns["firm"].append(
            np.array([firms.get(firm, -1) for firm in named["enterprise"]], dtype=np.int64)
        )
        columns["day"].append(as_days(named["date"]))
        columns["other"].append(
            np.array([others.setdefault(name, len(others)) for name in named["counterparty"]], dtype=np.int64)
        )
        for name in ("total", "tax"):
            columns[name].append(table.numbers(name))
        columns["void"].append(np.array([cell not in ("0", "0.0", "") for cell in named["void"]], dtype=bool))
    if not tables:
        return _NONE
    whole = {name: np.concatenate(parts) for name, parts in columns.items()}
    good = (whole["firm"] >= 0) & np.isfinite(whole["day"]) & np.isfinite(whole["total"])
    good &= _first_time(tables, whole)
    order = np.flatnonzero(good)[np.argsort(whole["day"][good], kind="stable")]
    return Invoices(*(whole[name][order] for name in ("firm", "day", "other", "total", "tax", "void")))


def _first_time(tables: Sequence[Table], whole: Mapping[str, NDArray[np.generic]]) -> NDArray[np.bool_]:
    """Tell the rows that no earlier row repeats: two folders may hold the same days."""
    if not all(_NUMBER in table.columns for table in tables):
        return np.ones(len(whole["day"]), dtype=bool)  # two sales of one sum on one day are not one
    number = [cell for table in tables for cell in table.columns[_NUMBER]]
    parts = (whole[name].tolist() for name in ("firm", "day", "other", "total", "void"))
    _, first = np.unique(np.array([hash(row) for row in zip(number, *parts, strict=True)]), return_index=True)
    new = np.zeros(len(number), dtype=bool)
    new[first] = True
    return new


def features(sales: Invoices, purchases: Invoices, day: float, firms: int) -> dict[str, Floats]:
    """Return the features of every enterprise as of a day; shapes (firms,)."""
    found: dict[str, Floats] = {}
    for side, all_of in (("sales", sales), ("purchases", purchases)):
        found |= {f"{side}_{name}": column for name, column in _side(all_of, day, firms).items()}
    sold, bought = np.expm1(found["sales_sum"]), np.expm1(found["purchases_sum"])
    found["turnover"] = np.log1p(sold + bought)
    found["margin"] = (sold - bought) / np.maximum(sold + bought, 1)
    return found


def _side(invoices: Invoices, day: float, firms: int) -> dict[str, Floats]:
    seen = invoices.between(day - WINDOW_DAYS, day)
    valid = ~seen.void
    paid = valid & (seen.total > 0)
    red = valid & (seen.total < 0)

    def count(mask: NDArray[np.bool_], weight: Floats | None = None) -> Floats:
        return np.bincount(
            seen.firm[mask], weights=None if weight is None else weight[mask], minlength=firms
        ).astype(np.float64)

    many, every = count(paid), np.maximum(count(np.ones(len(seen.day), dtype=bool)), 1)
    gross = np.maximum(count(paid, seen.total), 1)
    month = np.clip(((day - 1 - seen.day) // _MONTH).astype(np.int64), 0, _MONTHS - 1)
    sums, busy = np.zeros((firms, _MONTHS)), np.zeros((firms, _MONTHS))
    np.add.at(sums, (seen.firm[valid], month[valid]), seen.total[valid])
    np.add.at(busy, (seen.firm[paid], month[paid]), 1)
    largest, last, first = np.zeros(firms), np.full(firms, np.inf), np.zeros(firms)
    np.maximum.at(largest, seen.firm[paid], seen.total[paid])
    np.minimum.at(last, seen.firm[paid], day - seen.day[paid])
    np.maximum.at(first, seen.firm[paid], day - seen.day[paid])
    others = np.bincount(
        np.unique(np.column_stack([seen.firm, seen.other])[paid], axis=0)[:, 0], minlength=firms
    )
    days = np.bincount(
        np.unique(np.column_stack([seen.firm, seen.day])[paid], axis=0)[:, 0].astype(int), minlength=firms
    )
    net = count(valid, seen.total)
    return {
        "sum": np.log1p(np.maximum(net, 0)),
        "invoices": np.log1p(many),
        "void_share": count(seen.void) / every,
        "red_share": count(red) / every,
        "red_sum_share": -count(red, seen.total) / gross,
        "largest_share": largest / gross,
        "others": np.log1p(others),
        "per_other": many / np.maximum(others, 1),
        "days": np.log1p(days),
        "days_since": np.minimum(last, WINDOW_DAYS),
        "days_known": first,
        "tax_rate": count(paid, seen.tax) / gross,
        "months_busy": (busy > 0).sum(axis=1).astype(np.float64),
        "unevenness": sums.std(axis=1) / np.maximum(np.abs(sums.mean(axis=1)), 1),
        **_recent(sums, busy),
    }


def _recent(sums: Floats, busy: Floats) -> dict[str, Floats]:
    """Return the last quarters against those before them; (firms, months), the newest month first."""
    found = {}
    for months in (1, 3, 6):
        new, old = sums[:, :months].sum(axis=1), sums[:, months : 2 * months].sum(axis=1)
        found[f"trend_{months}"] = (new - old) / np.maximum(np.abs(new) + np.abs(old), 1)
        found[f"invoices_{months}"] = np.log1p(busy[:, :months].sum(axis=1))
        found[f"busy_{months}"] = (busy[:, :months] > 0).mean(axis=1)
    mean = np.maximum(sums.mean(axis=1), 1)
    found["pace"] = sums[:, :6].sum(axis=1) / 6 / mean
    found["invoice_pace"] = busy[:, :6].sum(axis=1) / np.maximum(busy.sum(axis=1), 1) * _MONTHS / 6
    return found
