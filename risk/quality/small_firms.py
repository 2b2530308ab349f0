"""Small firms by their VAT invoices: who defaults (82 labels), and who stops selling within six months.

Default: so few labels bear no fitted weights. Experts' signs on ranks among the firms, equal weights, and a
calibrated line; beside it, what is left when the folds choose, and the fitted challenger. Early warning:
walk forward, month by month.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from kernel.refusals import Kind, Refusal
from risk.quality.experts import chosen_mix, chosen_signs, expert_score, hashed_folds, parts, rank
from risk.quality.invoices import Invoices, features, invoices_of, is_sales
from risk.quality.report import CHALLENGER, CHAMPION
from risk.quality.tables import Floats, Table
from risk.scoring.challenger import Challenger, Recipe, fit_challenger
from risk.scoring.figures import fitted_line, probability
from risk.scoring.frame import Frame

DEFAULT_RECIPE: Final = Recipe(
    seeds=1, rate=0.05, rounds=40, leaves=4, least=8, ridge=10.0, columns=0.3,
    forests=100, forest_least=3, forest_columns=0.3,
)  # fmt: skip
WARNING_RECIPE: Final = Recipe(
    seeds=3, rate=0.03, rounds=120, leaves=6, least=20, ridge=10.0, columns=0.3,
    forests=150, forest_least=12, forest_columns=0.3,
)  # fmt: skip
RHYTHM: Final = (
    *(
        "sales_invoices",
        "sales_days",
        "sales_busy_6",
        "sales_busy_3",
        "sales_invoices_6",
        "sales_months_busy",
    ),
    *("sales_days_since", "sales_others", "sales_invoice_pace", "sales_unevenness", "sales_sum"),
    "sales_void_share",
)
REPEATS: Final = 10
FOLDS: Final = 5
MIX: Final = "mix by fold"
SIGNS: Final = "signs by fold"
Folded = tuple[Floats, Floats, NDArray[np.int64]]  # chances, outcomes, folds; shapes (labelled firms,)
AHEAD_MONTHS: Final = 6
TRADING_DAYS: Final = 365  # a firm without a sale for a year is not warned of: it has stopped
FIRST_DAY: Final = date(2017, 4, 1)  # six months of invoices lie before it
_TESTED_DAYS: Final = 4
_SALT: Final = "folds"
_TENTHS: Final = 10
_TENTHS_HELD: Final = 3


class HistoryTooShort(Refusal):
    """The invoices do not hold a firm that stopped, with six months after it."""

    code = "quality.history_too_short"
    kind = Kind.INVALID
    message = "{months} months of invoices hold no firm that stopped selling: nothing to warn of."


class LabelsTooFew(Refusal):
    """There are too few firms of a kind of outcome to hold some out."""

    code = "quality.labels_too_few"
    kind = Kind.INVALID
    message = "{bads} bad and {goods} good firms: at least {folds} of each are needed."


@dataclass(frozen=True, slots=True)
class Firms:
    """Enterprises by number, their outcomes (NaN unknown) and all their invoices."""

    names: tuple[str, ...]
    default: Floats
    rating: tuple[str | None, ...]
    sales: Invoices
    purchases: Invoices
    end: float  # the day after the last invoice

    def as_of(self, day: float) -> dict[str, Floats]:
        """Return every firm's features as of a day."""
        return features(self.sales, self.purchases, day, len(self.names))


def firms_of(enterprises: Sequence[Table], invoices: Sequence[Table]) -> Firms:
    """Return the firms of the tables; a later table's label fills an earlier one's blank."""
    labels: dict[str, float] = {}
    ratings: dict[str, str | None] = {}
    for table in enterprises:
        given = table.columns.get("rating", np.array([""] * len(table), dtype=object))
        for name, cell, rating in zip(
            table.columns["enterprise"], table.columns["default"], given, strict=True
        ):
            known = {"1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0}.get(cell)
            if known is not None or name not in labels:
                labels[name] = float("nan") if known is None else known
                ratings[name] = rating or None
    for table in invoices:
        for name in dict.fromkeys(table.columns["enterprise"]):
            labels.setdefault(name, float("nan"))
            ratings.setdefault(name, None)
    numbers = {name: at for at, name in enumerate(labels)}
    sold = invoices_of([table for table in invoices if is_sales(table)], numbers)
    bought = invoices_of([table for table in invoices if not is_sales(table)], numbers)
    end = float(max((day for side in (sold, bought) for day in side.day[-1:]), default=0)) + 1
    return Firms(
        tuple(labels), np.array(list(labels.values())), tuple(ratings[n] for n in labels), sold, bought, end
    )


class Rhythm:
    """A logistic line on the ranks of twelve figures of a firm's selling rhythm."""

    def __init__(self, frame: Frame) -> None:
        self._sorted = {name: np.sort(frame.numbers[name]) for name in RHYTHM}
        self._model = LogisticRegression(C=0.3, max_iter=500).fit(self._ranks(frame), frame.bad)

    def pd(self, frame: Frame) -> Floats:
        """Return the chances that firms stop selling."""
        return np.asarray(self._model.predict_proba(self._ranks(frame))[:, 1])

    def _ranks(self, frame: Frame) -> Floats:
        return np.column_stack([rank(known, frame.numbers[name]) for name, known in self._sorted.items()])


def frame_of(found: Mapping[str, Floats], rows: NDArray[np.int64], bad: Floats) -> Frame:
    """Return features of some firms as a frame."""
    return Frame({name: column[rows] for name, column in found.items()}, {}, bad)


def told(
    found: Mapping[str, Floats], seen: NDArray[np.int64], bad: Floats, asked: NDArray[np.int64]
) -> dict[str, Floats]:
    """Return each model's chances that the asked firms default; all choices and fits by the seen ones alone.

    The champion's parts and signs were thought of by people who had seen these labels. What that may be worth
    is shown by two models that choose for themselves: its mix of parts, then its signs and mix.
    """
    experts, own = parts(found), parts(found, chosen_signs(found, seen, bad))
    scores = {
        CHAMPION: expert_score(found),
        MIX: chosen_mix(experts, seen, bad),
        SIGNS: chosen_mix(own, seen, bad),
    }
    made = {}
    for name, score in scores.items():
        a, b = fitted_line(score[seen], bad)
        made[name] = probability(a + b * score[asked])
    model = Challenger(frame_of(found, seen, bad), DEFAULT_RECIPE)
    nobody = np.zeros(len(asked))
    return {**made, CHALLENGER: probability(model.log_odds(frame_of(found, asked, nobody)))}


def repeated(firms: Firms, day: float, tell: Callable[[str], None]) -> dict[str, list[Folded]]:
    """Return each model's chances, outcomes and folds, for each repeat of five folds dealt by hash."""
    rows, bad = _labelled(firms)
    if min(bad.sum(), (1 - bad).sum()) < FOLDS:
        raise LabelsTooFew(bads=int(bad.sum()), goods=int((1 - bad).sum()), folds=FOLDS)
    found, names = firms.as_of(day), [firms.names[row] for row in rows]
    made: dict[str, list[Folded]] = {}
    for repeat in range(REPEATS):
        of = hashed_folds(names, bad, FOLDS, f"{_SALT} {repeat}")
        whole: dict[str, Floats] = {}
        for fold in range(FOLDS):
            held = of == fold
            for name, pd in told(found, rows[~held], bad[~held], rows[held]).items():
                whole.setdefault(name, np.zeros(len(rows)))[held] = pd
        for name, pd in whole.items():
            made.setdefault(name, []).append((pd, bad, of))
        tell(f"repeat {repeat + 1} of {REPEATS}")
    return made


def one_split(firms: Firms, day: float) -> tuple[dict[str, Floats], Floats] | None:
    """Return each model's chances and outcomes of three tenths of the firms, by hash; None with too few."""
    rows, bad = _labelled(firms)
    held = hashed_folds([firms.names[row] for row in rows], bad, _TENTHS, _SALT) < _TENTHS_HELD
    if not all(0 < bad[part].sum() < part.sum() for part in (held, ~held)):
        return None
    return told(firms.as_of(day), rows[~held], bad[~held], rows[held]), bad[held]


def _labelled(firms: Firms) -> tuple[NDArray[np.int64], Floats]:
    rows = np.flatnonzero(~np.isnan(firms.default))
    return rows, firms.default[rows]


def default_model(firms: Firms, day: float) -> Callable[[Mapping[str, Floats]], tuple[Floats, Floats]]:
    """Return champion and challenger of default, fitted as of a day on every labelled firm."""
    found = firms.as_of(day)
    rows, bad = _labelled(firms)
    a, b = fitted_line(expert_score(found)[rows], bad)
    challenger, line = fit_challenger(frame_of(found, rows, bad), DEFAULT_RECIPE)

    def pd(later: Mapping[str, Floats]) -> tuple[Floats, Floats]:
        everybody = np.arange(len(next(iter(later.values()))))
        odds = challenger.log_odds(frame_of(later, everybody, np.zeros(len(everybody))))
        return probability(a + b * expert_score(later)), line.pd(odds)

    return pd


@dataclass(frozen=True, slots=True)
class Moment:
    """The firms still trading on a day, what is known of them, and who sold nothing for six months on."""

    day: float
    frame: Frame
    days_since: Floats


def moment(firms: Firms, day: date) -> Moment:
    """Return one day's firms and what became of them; the six months must lie inside the data."""
    start, end = float(day.toordinal()), float(months_on(day, AHEAD_MONTHS).toordinal())
    found = firms.as_of(start)
    trading = np.flatnonzero(found["sales_days_since"] <= TRADING_DAYS)
    later = firms.sales.between(start, end)
    sold = np.bincount(later.firm[~later.void & (later.total > 0)], minlength=len(firms.names)) > 0
    bad = (~sold[trading]).astype(np.float64)
    return Moment(start, frame_of(found, trading, bad), found["sales_days_since"][trading])


def moments(firms: Firms, first: date, end: float) -> list[Moment]:
    """Return the first of every month whose six months end within the data, from `first` on."""
    made, day = [], first
    while months_on(day, AHEAD_MONTHS).toordinal() <= end:
        made.append(moment(firms, day))
        day = months_on(day, 1)
    return made


def pooled(of: Sequence[Moment]) -> Frame:
    """Return several days' firms as one frame; a firm occurs once a day."""
    names = of[0].frame.numbers
    return Frame(
        {name: np.concatenate([one.frame.numbers[name] for one in of]) for name in names},
        {},
        np.concatenate([one.frame.bad for one in of]),
    )


def warned(known: Sequence[Moment], later: Sequence[Moment]) -> tuple[Floats, Floats]:
    """Return champion's and challenger's chances that firms of later days stop selling."""
    seen, asked = pooled(known), pooled(later)
    champion = Rhythm(seen)
    challenger, fitted = fit_challenger(seen, WARNING_RECIPE)
    return champion.pd(asked), fitted.pd(challenger.log_odds(asked))


def walk(firms_moments: Sequence[Moment]) -> tuple[Floats, Floats, Frame, Floats]:
    """Return the last days' chances, each by models that saw only outcomes complete before that day."""
    tested = list(firms_moments[-_TESTED_DAYS:])
    first, second = [], []
    scored: list[Moment] = []
    for one in tested:
        known = [
            past
            for past in firms_moments
            if months_on(date.fromordinal(int(past.day)), AHEAD_MONTHS).toordinal() <= one.day
        ]
        if not 0 < sum(past.frame.bad.sum() for past in known) < sum(len(past.frame) for past in known):
            continue  # nobody had stopped yet: nothing to learn from
        champion, challenger = warned(known, [one])
        scored.append(one)
        first.append(champion)
        second.append(challenger)
    if not scored:
        raise HistoryTooShort(months=len(firms_moments))
    since = np.concatenate([one.days_since for one in scored])
    return np.concatenate(first), np.concatenate(second), pooled(scored), since


def months_on(day: date, months: int) -> date:
    """Return the first of the month that many months on."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)
