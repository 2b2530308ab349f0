"""From a tally to the report: swap set, rates with intervals, deltas by segment. Pure; decimals as text."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from risk.monitoring.intervals import exact_interval
from risk.verification.backtest import VERDICTS, Cell, Tally
from risk.verification.intervals import paired_p, wilson

_FEN: Final = Decimal("0.01")
_PPM: Final = Decimal("0.000001")


def figures(tally: Tally) -> dict[str, Any]:
    """Return the whole report as plain JSON.

    `swap` is a table of old by new verdict; `segments` hold, for each value, both approval rates with their
    Wilson intervals, who came in and who went out with exact ones, and limits, prices and losses of both.
    """
    values: dict[str, dict[str, dict[tuple[str, str], Cell]]] = {}
    for (segment, value, old, new), cell in tally.cells.items():
        values.setdefault(segment, {}).setdefault(value, {})[old, new] = cell
    segments = {
        segment: {value: _segment(cells) for value, cells in sorted(rows.items())}
        for segment, rows in values.items()
    }
    whole = values.get("all", {}).get("all", {})
    return {
        "count": sum(cell.count for cell in whole.values()),
        "swap": {old: {new: _cell(whole.get((old, new), Cell())) for new in VERDICTS} for old in VERDICTS},
        "overall": segments.pop("all", {}).get("all", _segment({})),
        "segments": segments,
        "cases": [
            {"decision": one, **said} for _, one, said in sorted(tally.cases, reverse=True, key=_weight)
        ],
    }


def _weight(case: tuple[Decimal, str, Any]) -> tuple[Decimal, str]:
    return case[:2]


def _segment(cells: Mapping[tuple[str, str], Cell]) -> dict[str, Any]:
    total = Cell()
    for cell in cells.values():
        total.join(cell)
    before = sum(cell.count for (old, _), cell in cells.items() if old == "approve")
    after = sum(cell.count for (_, new), cell in cells.items() if new == "approve")
    came = sum(cell.count for (old, new), cell in cells.items() if new == "approve" != old)
    went = sum(cell.count for (old, new), cell in cells.items() if old == "approve" != new)
    return {
        "count": total.count,
        "approved_old": _rate(before, total.count),
        "approved_new": _rate(after, total.count),
        "in": _exact(came, total.count),
        "out": _exact(went, total.count),
        "paired_p": f"{paired_p(came, went):.6f}",
        "limit_old": _yuan(total.old_limit),
        "limit_new": _yuan(total.new_limit),
        "limit_mean_old": _mean(total.old_limit, before),
        "limit_mean_new": _mean(total.new_limit, after),
        "rate_old": _weighted(total.old_interest, total.old_limit),
        "rate_new": _weighted(total.new_interest, total.new_limit),
        "loss_old": _yuan(total.old_loss),
        "loss_new": _yuan(total.new_loss),
        "loss_share_old": _weighted(total.old_loss, total.old_limit),
        "loss_share_new": _weighted(total.new_loss, total.new_limit),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "count": cell.count,
        "limit_old": _yuan(cell.old_limit),
        "limit_new": _yuan(cell.new_limit),
        "loss_old": _yuan(cell.old_loss),
        "loss_new": _yuan(cell.new_loss),
    }


def _rate(part: int, whole: int) -> dict[str, Any]:
    return _between(part, whole, *wilson(part, whole))


def _exact(part: int, whole: int) -> dict[str, Any]:
    bounds = exact_interval(part, whole)
    return _between(part, whole, bounds.low, bounds.high)


def _between(part: int, whole: int, low: float, high: float) -> dict[str, Any]:
    return {"count": part, "share": _share(part, whole), "low": f"{low:.6f}", "high": f"{high:.6f}"}


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.6f}" if whole else "0.000000"


def _yuan(amount: Decimal) -> str:
    return str(amount.quantize(_FEN, rounding=ROUND_HALF_EVEN))


def _mean(amount: Decimal, count: int) -> str | None:
    return _yuan(amount / count) if count else None


def _weighted(part: Decimal, whole: Decimal) -> str | None:
    return str((part / whole).quantize(_PPM, rounding=ROUND_HALF_EVEN)) if whole else None
