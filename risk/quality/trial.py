"""One set's trial: leak checks, champion and challenger, its own split, and the rows nobody has seen."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from kernel.refusals import Kind, Refusal
from risk.quality.report import CHALLENGER, CHAMPION, Line, line
from risk.quality.sets import DataSet, Goal
from risk.quality.tables import BLANK, Floats, Table, as_days, is_numeric
from risk.scoring.calibration import calibrated, cautious_rate, levelled
from risk.scoring.challenger import Challenger, Recipe, cross_fitted
from risk.scoring.champion import Scorecard, fit_scorecard
from risk.scoring.fairness import by_group
from risk.scoring.figures import fitted_line, ranking
from risk.scoring.frame import Frame
from risk.scoring.leak import (
    Suspicion,
    dated_by,
    suspicions_of_gap,
    suspicions_of_numbers,
    suspicions_of_time,
    suspicions_of_values,
)

TEST_SHARE: Final = 30  # of a hundred rows, by hash
RECENT_DAYS: Final = 730  # an out-of-time model learns from the last two years of decisions
_NEWEST: Final = 0.2
_DAYS_A_MONTH: Final = 30.4
_TELL = Callable[[str], None]


class ColumnMissing(Refusal):
    """A file is meant for a set and lacks some of its columns."""

    code = "quality.column_missing"
    kind = Kind.INVALID
    message = "{file} looks like the set {set} and lacks: {columns}."


class OutcomeMissing(Refusal):
    """Nothing can be learned or scored: one class, or none, of outcomes."""

    code = "quality.outcome_missing"
    kind = Kind.INVALID
    message = "{file} has {bads} bad and {goods} good rows in {target}: both are needed."


@dataclass(frozen=True, slots=True)
class Material:
    """A set's rows as a model may see them."""

    frame: Frame
    days: Floats | None  # of the decision
    held: NDArray[np.bool_]  # the own split's test rows
    marks: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)  # protected: measured, never seen


@dataclass(frozen=True, slots=True)
class Columns:
    """Which raw columns a set's models see, and of which kind: decided on the training files alone."""

    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    refused: tuple[str, ...]
    silent: tuple[str, ...]  # that they are missing tells too much: neutral in the champion


class Models:
    """Champion and challenger of one set, fitted and calibrated on the same rows."""

    def __init__(self, item: DataSet, material: Material, silent: Sequence[str]) -> None:
        frame, days = material.frame, material.days
        if days is not None:
            recent = days >= np.nanmax(days) - RECENT_DAYS
            frame, days = frame.take(recent), days[recent]
        self.card: Scorecard = fit_scorecard(frame, silent)
        self.challenger = Challenger(frame, item.recipe)
        held_card, held_trees = _card_cross_fitted(frame, silent), cross_fitted(frame, item.recipe)
        self.random_auc = ranking(held_trees, frame.bad)
        if days is None:
            self.card_line = calibrated(held_card, frame.bad)
            self.line = calibrated(held_trees, frame.bad)
            return
        rate = _stated_rate(frame.bad, days)
        slope = _later_slope(frame, days, item.recipe)
        self.card_line = levelled(held_card, min(1.0, max(slope, 0.5)), rate)
        self.line = levelled(held_trees, slope, rate)

    def lines(self, name: str, on: str, frame: Frame, goal: Goal) -> list[Line]:
        """Return both models' figures on rows that they have not seen; the goal is for the better one."""
        return [
            line(name, on, CHAMPION, self.card_line.pd(self.card.log_odds(frame)), frame.bad),
            line(name, on, CHALLENGER, self.line.pd(self.challenger.log_odds(frame)), frame.bad, goal=goal),
        ]


def material_of(item: DataSet, table: Table, columns: Columns) -> Material:
    """Return a table as a frame; refuses one that lacks a column or an outcome."""
    wanted = [item.target, *columns.numbers, *columns.categories]
    missing = sorted({name for name in (*item.needs, *wanted) if name not in table.columns})
    if missing:
        raise ColumnMissing(file=table.name, set=item.name, columns=", ".join(missing))
    known, bad = item.outcomes(table)
    if not 0 < bad.sum() < len(bad):
        raise OutcomeMissing(
            file=table.name, target=item.target, bads=int(bad.sum()), goods=int((1 - bad).sum())
        )
    if item.derive is not None:
        numbers, categories = item.derive(known)
        frame = Frame(numbers, categories, bad).without(columns.refused)
    else:
        frame = Frame(
            {name: known.numbers(name) for name in columns.numbers},
            {name: _texts(known, name) for name in columns.categories},
            bad,
        )
    days = as_days(known.columns[item.decided_on]) if item.decided_on else None
    marks = {name: _texts(known, name) for name in item.protected if name in known.columns}
    return Material(frame, days, _held(item, known, days), marks)


def inspected(item: DataSet, table: Table, tell: _TELL) -> Columns:
    """Return which columns may be learned from; each refusal is told with its figures."""
    known, bad = item.outcomes(table)
    if not 0 < bad.sum() < len(bad):
        raise OutcomeMissing(
            file=table.name, target=item.target, bads=int(bad.sum()), goods=int((1 - bad).sum())
        )
    for name, attribute in item.protected.items():
        tell(f"protected, left out: {name} ({attribute})")
    for name, why in item.withheld.items():
        tell(f"withheld: {name} ({why})")
    found = [one for name in _candidates(item, known) for one in _suspected(item, known, name, bad)]
    if item.derive is not None:
        numbers, categories = item.derive(known)
        raw = set(known.columns)
        for name, column in numbers.items():
            found += suspicions_of_numbers(name, column, bad) if name not in raw else []
        for name, values in categories.items():
            found += suspicions_of_values(name, values.tolist(), bad) if name not in raw else []
    refused = _told(item, found, tell)
    silent = tuple(one.column.removeprefix("missing ") for one in found if one.check == "missingness AUC")
    if item.derive is not None:
        return Columns((), (), refused, silent)
    kept = [name for name in _candidates(item, known) if name not in refused]
    numeric = tuple(name for name in kept if is_numeric(known.columns[name]))
    return Columns(numeric, tuple(name for name in kept if name not in numeric), refused, silent)


def own_split(
    item: DataSet, name: str, material: Material, columns: Columns, *, goal: Goal, tell: _TELL
) -> list[Line]:
    """Return the figures on the set's own held rows, by models that saw only the others."""
    held, on = held_rows(item, material)
    seen = Material(
        material.frame.take(~held), None if material.days is None else material.days[~held], held[~held]
    )
    models = Models(item, seen, columns.silent)
    later = material.frame.take(held)
    lines = models.lines(name, on, later, goal)
    pd = models.card_line.pd(models.card.log_odds(later))
    for attribute, groups in material.marks.items():
        for group in by_group(attribute, groups[held], pd, later.bad, approved_share=1 - later.bad.mean()):
            tell(group.line())
    if item.decided_on:
        for one in suspicions_of_gap(name, models.random_auc, lines[-1].figures.auc):
            tell(f"warning: {one.line()}")
        tell(f"AUC {models.random_auc:.3f} at random, {lines[-1].figures.auc:.3f} out of time")
    return lines


def held_rows(item: DataSet, material: Material) -> tuple[NDArray[np.bool_], str]:
    """Return the own split's test rows; files that end before the set's day are cut at their newest fifth."""
    if not item.decided_on or material.days is None:
        return material.held, "own split, 30 % by hash"
    bad = material.frame.bad
    if all(0 < bad[part].sum() < part.sum() for part in (material.held, ~material.held)):
        return material.held, f"own split, from {item.tested_from}"
    return material.days >= np.nanquantile(material.days, 1 - _NEWEST), "own split, newest fifth"


def _candidates(item: DataSet, table: Table) -> list[str]:
    out = {item.target, *item.protected, *item.withheld}
    return [name for name in table.columns if name not in out]


def _suspected(item: DataSet, table: Table, name: str, bad: Floats) -> list[Suspicion]:
    column = table.columns[name]
    if is_numeric(column):
        found = suspicions_of_numbers(name, table.numbers(name), bad)
    else:
        found = suspicions_of_values(name, _texts(table, name).tolist(), bad)
    if item.decided_on:
        dates = [other for other in table.columns if other.endswith("Date")]
        owner = dated_by([name], dates).get(name)
        if owner is not None and owner != item.decided_on:
            decided = as_days(table.columns[item.decided_on])
            found += suspicions_of_time(name, as_days(table.columns[owner]), decided, owner)
    return found


def _told(item: DataSet, found: Sequence[Suspicion], tell: _TELL) -> tuple[str, ...]:
    """Say each refusal, or why it is lifted; return the columns that stay refused."""
    refused = []
    for one in found:
        why = item.released.get(one.column)
        if why is not None:
            tell(f"leak check: {one.line()}; released: {why}")
            continue
        tell(f"leak check REFUSES {one.line()}")
        refused.append(one.column)
    return tuple(refused)


def _held(item: DataSet, table: Table, days: Floats | None) -> NDArray[np.bool_]:
    if days is not None and item.tested_from:
        first = as_days(np.array([item.tested_from], dtype=object))[0]
        return np.asarray(days >= first)
    rows = zip(*table.columns.values(), strict=True)
    cast = (int(hashlib.sha256("\x1f".join(row).encode()).hexdigest()[:8], 16) % 100 for row in rows)
    return np.array([value < TEST_SHARE for value in cast], dtype=bool)


def _texts(table: Table, name: str) -> NDArray[np.object_]:
    return np.array([None if cell in BLANK else cell for cell in table.columns[name]], dtype=object)


def _card_cross_fitted(frame: Frame, silent: Sequence[str]) -> Floats:
    made = np.zeros(len(frame))
    for seen, held in StratifiedKFold(3, shuffle=True, random_state=3).split(made.reshape(-1, 1), frame.bad):
        made[held] = fit_scorecard(frame.take(seen), silent).log_odds(frame.take(held))
    return made


def _stated_rate(bad: Floats, days: Floats) -> float:
    """Return the bad rate to state: the vintages' mean and its margin, a month a vintage."""
    month = ((days - days.min()) // _DAYS_A_MONTH).astype(np.int64)
    rows = np.bincount(month).astype(np.float64)
    gone = np.bincount(month, weights=bad).astype(np.float64)
    return cautious_rate(gone[rows > 0], rows[rows > 0])


def _later_slope(frame: Frame, days: Floats, recipe: Recipe) -> float:
    """Return the slope found on the newest third of the rows by a model of the older two thirds."""
    cut = float(np.quantile(days, 2 / 3))
    early, late = days < cut, days >= cut
    score = Challenger(frame.take(early), recipe).log_odds(frame.take(late))
    _, slope = fitted_line(score, frame.bad[late])
    return float(np.clip(slope, 0.3, 1.0))


def variant_name(item: DataSet, table: Table) -> str:
    """Return the name of a part of a parted set: its year by its bad rate, one of UCI 365's two kept here."""
    if not item.parted:
        return item.name
    named = re.search(r"year\D?(\d)", table.name.lower())
    _, bad = item.outcomes(table)
    year = named.group(1) if named else ("1" if bad.mean() < 0.0545 else "5")
    return f"{item.name}_year{year}"
