"""How well scores rank and how well probabilities hold: AUC, KS, Brier, expected calibration error. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of one set of loans, rounded to four decimals."""

    loans: int
    bads: int
    auc: float
    ks: float
    brier: float
    ece: float

    def row(self) -> dict[str, str | int]:
        """Return the figures for a card; fractions as text, since a signed document holds no floats."""
        fractions = {name: f"{getattr(self, name):.4f}" for name in ("auc", "ks", "brier", "ece")}
        return {"loans": self.loans, "bads": self.bads, **fractions}


def quality(risk: Sequence[float], bad: Sequence[bool], pd: Sequence[float]) -> Quality:
    """Return the figures; `risk` ranks (more is riskier), `pd` is the stated probability."""
    return Quality(
        len(bad),
        sum(bad),
        round(area_under_curve(risk, bad), 4),
        round(_ks(risk, bad), 4),
        round(sum((p - b) ** 2 for p, b in zip(pd, bad, strict=True)) / len(bad), 4),
        round(_calibration_error(pd, bad), 4),
    )


def area_under_curve(risk: Sequence[float], bad: Sequence[bool]) -> float:
    """Return the chance that a bad loan ranks riskier than a good one, ties counting half."""
    wins = goods_below = 0.0
    goods, bads = len(bad) - sum(bad), sum(bad)
    for good, gone in _tied(risk, bad):
        wins += gone * (goods_below + good / 2)
        goods_below += good
    return wins / (goods * bads)


def _ks(risk: Sequence[float], bad: Sequence[bool]) -> float:
    goods, bads = len(bad) - sum(bad), sum(bad)
    good_share = bad_share = widest = 0.0
    for good, gone in _tied(risk, bad):
        good_share, bad_share = good_share + good / goods, bad_share + gone / bads
        widest = max(widest, abs(good_share - bad_share))
    return widest


def _tied(risk: Sequence[float], bad: Sequence[bool]) -> list[tuple[int, int]]:
    """Return good and bad counts by distinct risk, safest first."""
    counts: dict[float, tuple[int, int]] = {}
    for value, gone in zip(risk, bad, strict=True):
        good_count, bad_count = counts.get(value, (0, 0))
        counts[value] = (good_count + (not gone), bad_count + gone)
    return [counts[value] for value in sorted(counts)]


def _calibration_error(pd: Sequence[float], bad: Sequence[bool], bins: int = 10) -> float:
    """Return the mean gap between stated and seen default over ten equal groups."""
    ordered = sorted(zip(pd, bad, strict=True), key=lambda pair: pair[0])  # ties stay in the loans' order
    size = len(ordered)
    error = 0.0
    for index in range(bins):
        part = ordered[size * index // bins : size * (index + 1) // bins]
        if part:
            error += abs(sum(p for p, _ in part) - sum(b for _, b in part)) / size
    return error
