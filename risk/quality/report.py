"""One row a set and model: figures, goals, and whether they are met; as a table and as JSON. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from risk.quality.sets import Goal
from risk.quality.tables import Floats
from risk.scoring.figures import Figures, measure, ranking

_HEAD: Final = (
    ("set", 26), ("scored on", 24), ("model", 13), ("rows", 7), ("bads", 6), ("AUC", 6), ("95 %", 13),
    ("spread", 6), ("KS", 5), ("95 %", 11), ("Brier", 6), ("ECE", 5), ("slope", 6), ("goal", 34),
)  # fmt: skip
CHAMPION: Final = "champion"
CHALLENGER: Final = "challenger"
_BAR: Final = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One model's figures on one set of rows that it has not seen."""

    set_name: str
    scored_on: str
    model: str
    figures: Figures
    goal: Goal
    spread: float | None = None  # standard deviation of the AUC over the repeats of a cross-validation

    @property
    def met(self) -> bool | None:
        """Tell whether every goal is met; None where there is none."""
        goals = [
            (self.goal.auc, self.figures.auc >= (self.goal.auc or 0)),
            (self.goal.ks, self.figures.ks >= (self.goal.ks or 0)),
            (self.goal.ece, self.figures.ece <= (self.goal.ece or 1)),
        ]
        asked = [met for goal, met in goals if goal is not None]
        return all(asked) if asked else None

    def row(self) -> dict[str, Any]:
        """Return the line for JSON."""
        goal = {"auc": self.goal.auc, "ks": self.goal.ks, "ece": self.goal.ece}
        return {
            "set": self.set_name,
            "scored_on": self.scored_on,
            "model": self.model,
            **self.figures.row(),
            "auc_spread": None if self.spread is None else round(self.spread, 4),
            "goal": {name: value for name, value in goal.items() if value is not None},
            "met": self.met,
        }


def line(name: str, on: str, model: str, pd: Floats, bad: Floats, *, goal: Goal | None = None) -> Line:
    """Return one model's line; the goal is the set's, not each model's."""
    return Line(name, on, model, measure(pd, bad), goal or Goal())


def folded(
    name: str,
    on: str,
    model: str,
    repeats: Sequence[tuple[Floats, Floats, NDArray[np.int64]]],
    goal: Goal | None = None,
) -> Line:
    """Return the line of a repeated cross-validation of (pd, outcomes, folds): means over the repeats.

    AUC is the mean of the folds' own, since each has its own level. Its spread over the repeats tells how
    much the deal matters; its interval is the draw's of so few rows, which no repeat can narrow.
    """
    each = [measure(pd, bad) for pd, bad, _ in repeats]
    aucs = [
        float(np.mean([ranking(pd[of == fold], bad[of == fold]) for fold in np.unique(of)]))
        for pd, bad, of in repeats
    ]
    mean = {key: float(np.mean([getattr(one, key) for one in each])) for key in Figures.__slots__}
    auc, wide = float(np.mean(aucs)), mean["auc"] - mean["auc_low"]
    counts = {"rows": each[0].rows, "bads": each[0].bads}
    ranked = {"auc": auc, "auc_low": max(0.0, auc - wide), "auc_high": min(1.0, auc + wide)}
    figures = replace(each[0], **{**mean, **counts, **ranked})  # type: ignore[arg-type]
    return Line(name, on, model, figures, goal or Goal(), float(np.std(aucs)))


def rank_only(risk: Floats, bad: Floats) -> float:
    """Return the AUC of a naive rule, for comparison."""
    return ranking(risk, bad)


def table(lines: Sequence[Line]) -> str:
    """Return the lines as text, aligned."""
    out = ["  ".join(name.ljust(width) for name, width in _HEAD)]
    for one in lines:
        f = one.figures
        cells = (
            one.set_name, one.scored_on, one.model, str(f.rows), str(f.bads), f"{f.auc:.4f}",
            f"{f.auc_low:.3f}-{f.auc_high:.3f}",
            "" if one.spread is None else f"{one.spread:.3f}", f"{f.ks:.3f}",
            f"{f.ks_low:.3f}-{f.ks_high:.3f}",
            f"{f.brier:.4f}", f"{f.ece:.3f}", f"{f.slope:.3f}", _goal(one),
        )  # fmt: skip
        shown = (cell[:width].ljust(width) for cell, (_, width) in zip(cells, _HEAD, strict=True))
        out.append("  ".join(shown).rstrip())
    return "\n".join(out)


def chart(lines: Sequence[Line]) -> str:
    """Return the AUC of each line as a bar from .5 to 1, with the goal as a mark."""
    out = []
    for one in lines:
        filled = round((max(one.figures.auc, 0.5) - 0.5) * 2 * _BAR)
        bar = list("#" * filled + "." * (_BAR - filled))
        if one.goal.auc is not None:
            bar[min(_BAR - 1, round((one.goal.auc - 0.5) * 2 * _BAR))] = "|"
        name = f"{one.set_name} {one.model}"
        out.append(f"{name[:38].ljust(38)} {''.join(bar)} {one.figures.auc:.3f}")
    return "\n".join(out)


def _goal(one: Line) -> str:
    f, asked = one.figures, one.goal
    if one.met:
        return f"met {asked.auc or 0:.3f}"
    missed = [
        f"AUC {asked.auc}" if asked.auc is not None and f.auc < asked.auc else "",
        f"KS {asked.ks}" if asked.ks is not None and f.ks < asked.ks else "",
        f"ECE {asked.ece}" if asked.ece is not None and f.ece > asked.ece else "",
    ]
    return "" if one.met is None else "MISSED " + ", ".join(text for text in missed if text)
