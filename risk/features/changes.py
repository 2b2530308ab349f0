"""What a borrower can change, in which direction and how far (S1-08, S3-18): data beside the catalogue. Pure.

A fact that no lever names cannot be changed: not an age, not the registered area, nothing of the past. A
lever moves everything that moves together: time passes for the shop and its receipts, more sales are growth.
Each lever has discrete positions: 0 is as it is, the last is as far as it goes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any, Final

from risk.features.enterprise import NEW_MONTHS
from risk.features.facts import CATALOGUE, Facts, FactType, FactValue

_FEN: Final = Decimal("0.01")
_RATIO_STEP: Final = Decimal("0.005")
_PPM: Final = Decimal("0.000001")
_DAYS_A_MONTH: Final = 31  # a month has passed for certain
_MONEY_STEPS: Final = 200


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing a borrower can do; `row` is its data."""

    name: str
    how: str
    facts: tuple[str, ...]
    row: Mapping[str, Any]

    def size(self, facts: Facts) -> int:
        """Return the last position; 0 where nothing can be moved, for what is not known cannot be."""
        known = [name for name in self.facts if facts.get(name) is not None]
        if not known:
            return 0
        if self.how in ("wait", "scale"):
            return int(self.row["most"])
        value = facts[known[0]]
        if self.how == "set":
            return int(bool([other for other in self.row["values"] if other != value]))
        if self.how == "between":
            return 2 * max(
                int(self.row["most"]) - int(str(value)), int(str(value)) - int(self.row["least"]), 0
            )
        return self._steps(Decimal(str(value)))

    def moved(self, facts: Facts, position: int) -> dict[str, FactValue]:
        """Return the facts that change at a position, with their new values; none where it is as it is."""
        if position <= 0:
            return {}
        if self.how == "wait":
            return self._waited(facts, position)
        if self.how == "scale":
            return self._scaled(facts, position)
        [name] = self.facts
        value = facts[name]
        if self.how == "set":
            return {name: next(other for other in self.row["values"] if other != value)}
        if self.how == "between":  # 1 down, 1 up, 2 down, 2 up ...
            moved = int(str(value)) + (position + 1) // 2 * (-1 if position % 2 else 1)
            moved = min(max(moved, int(self.row["least"])), int(self.row["most"]))
            return {name: moved} if moved != value else {}
        return {name: self._stepped(name, Decimal(str(value)), position)}

    def said(self, moved: Mapping[str, FactValue], position: int, language: str) -> str:
        """Return what the borrower is told, in `en` or `zh`."""
        value: FactValue = position if self.how in ("wait", "scale") else next(iter(moved.values()))
        return str(self.row[f"borrower_{language}"]).format(value=_shown(self.facts[0], value, self.how))

    def _steps(self, value: Decimal) -> int:
        """Return how many steps lie between a value and the bound, none when it is beyond already."""
        bound = Decimal(self.row["bound"])
        away = bound - value if self.how == "raise" else value - bound
        if away <= 0:
            return 0
        return int((away / self._step(value)).to_integral_value(rounding="ROUND_CEILING"))

    def _step(self, value: Decimal) -> Decimal:
        kind = CATALOGUE[self.facts[0]].type
        if kind is FactType.COUNT:
            return Decimal(1)
        if kind is FactType.RATIO:
            return _RATIO_STEP
        return max(Decimal(100), (value / _MONEY_STEPS).quantize(Decimal("1E2"), rounding=ROUND_HALF_EVEN))

    def _stepped(self, name: str, value: Decimal, position: int) -> FactValue:
        step, bound = self._step(value), Decimal(self.row["bound"])
        if self.how == "raise":
            moved = min(_floor(value, step) + step * position, bound)
        else:
            moved = max(_ceiling(value, step) - step * position, bound)
        kind = CATALOGUE[name].type
        return (
            int(moved) if kind is FactType.COUNT else moved.quantize(_FEN if kind is FactType.MONEY else _PPM)
        )

    def _waited(self, facts: Facts, days: int) -> dict[str, FactValue]:
        moved: dict[str, FactValue] = {}
        history, months = facts.get(self.facts[0]), facts.get(self.facts[1])
        if isinstance(history, int):
            moved[self.facts[0]] = history + days
        if isinstance(months, int) and days >= _DAYS_A_MONTH:
            moved[self.facts[1]] = months + days // _DAYS_A_MONTH
            if facts.get("enterprise.is_new") is not None:
                moved["enterprise.is_new"] = months + days // _DAYS_A_MONTH <= NEW_MONTHS
        return moved

    def _scaled(self, facts: Facts, percent: int) -> dict[str, FactValue]:
        factor = 1 + Decimal(percent) / 100
        moved: dict[str, FactValue] = {}
        for name in self.facts:
            value = facts.get(name)
            if isinstance(value, Decimal):
                moved[name] = (value * factor).quantize(_FEN, rounding=ROUND_HALF_EVEN)
        growth = facts.get(self.row["growth"])
        if isinstance(growth, Decimal):
            moved[self.row["growth"]] = ((1 + growth) * factor - 1).quantize(_PPM, rounding=ROUND_HALF_EVEN)
        return moved


def _floor(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(rounding="ROUND_FLOOR") * step


def _ceiling(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(rounding="ROUND_CEILING") * step


def _shown(name: str, value: FactValue, how: str) -> str:
    if how not in ("wait", "scale") and CATALOGUE[name].type is FactType.RATIO and isinstance(value, Decimal):
        return f"{value * 100:.1f}".rstrip("0").rstrip(".") + "%"
    if isinstance(value, Decimal):
        return f"{value:,.0f}"
    return str(value)


def _levers() -> tuple[Lever, ...]:
    rows = json.loads(Path(__file__).with_name("changes.json").read_text(encoding="utf-8"))
    return tuple(Lever(row["lever"], row["how"], tuple(row["facts"]), row) for row in rows)


LEVERS: Final = _levers()
