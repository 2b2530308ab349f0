"""Train the points card: `python -m risk.scoring.train`. scikit-learn is needed here, never online.

Bins, weights of evidence, logistic regression, whole points. The figures come from an out-of-time split;
the card that is written is fitted again on all the months. Same data, same bytes.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from kernel.refusals import Kind, Refusal
from risk.features.facts import FactValue
from risk.scoring.binning import Binning, bin_numbers, bin_values
from risk.scoring.boosted import boosted_card, boosted_text, train_boosted
from risk.scoring.card import Card, card_from, score
from risk.scoring.leak import MAX_INFORMATION_VALUE, MAX_SINGLE_AUC
from risk.scoring.metrics import Quality, area_under_curve, quality
from risk.scoring.model_card import model_card
from risk.scoring.sba import REFUSED, USED, Loan, read_loans, refuse_columns

HERE: Final = Path(__file__).parent
TRAINED_FROM: Final = date(2002, 10, 1)  # FY2003: earlier vintages had other codes and odds
TESTED_FROM: Final = date(2004, 9, 1)
FACTOR: Final = Decimal("28.8539")  # 20 points double the odds
OFFSET: Final = Decimal("487.1229")  # 600 points: 50 good loans to a bad one
_REASONS: Final = {
    "enterprise.employees": "card_employees",
    "enterprise.industry_sector": "card_sector",
    "enterprise.area_kind": "card_area_kind",
    "application.revolving": "card_revolving",
    "enterprise.area_ok": "card_area",
}


class LeakSuspected(Refusal):
    """One characteristic tells the outcome alone: it was written after it, or derived from it."""

    code = "scoring.leak_suspected"
    kind = Kind.INVALID
    message = "{fact} alone has information value {iv} and AUC {auc}: it knows the outcome."


class SignWrong(Refusal):
    """A characteristic pulls against its own evidence."""

    code = "scoring.sign_wrong"
    kind = Kind.INVALID
    message = "{fact} has a coefficient of {coefficient}: more evidence of default would add points."


@dataclass(frozen=True, slots=True)
class Fitted:
    """A card with the binnings behind it."""

    document: dict[str, Any]
    card: Card
    binnings: tuple[Binning, ...]


def fit(loans: Sequence[Loan], facts: Sequence[str]) -> Fitted:
    """Return a card fitted on loans; refuses a characteristic that leaks or pulls the wrong way."""
    bad = [loan.bad for loan in loans]
    binnings = tuple(_bin(fact, [loan.facts.get(fact) for loan in loans], bad) for fact in facts)
    for binning in binnings:
        refuse_leak(binning, [binning.weight(loan.facts.get(binning.fact)) for loan in loans], bad)
    matrix = [[binning.weight(loan.facts.get(binning.fact)) for binning in binnings] for loan in loans]
    model = LogisticRegression(C=1e6, tol=1e-10, max_iter=1000).fit(matrix, bad)
    coefficients = [float(value) for value in model.coef_[0]]
    for binning, coefficient in zip(binnings, coefficients, strict=True):
        if coefficient <= 0:
            raise SignWrong(fact=binning.fact, coefficient=round(coefficient, 4))
    factor, intercept = float(FACTOR), float(model.intercept_[0])
    document = {
        "code": "sba_card_v1",
        "scale": {
            "base": round(float(OFFSET) - factor * intercept),
            "offset": str(OFFSET),
            "factor": str(FACTOR),
        },
        "characteristics": [
            _characteristic(binning, factor * coefficient)
            for binning, coefficient in zip(binnings, coefficients, strict=True)
        ],
    }
    return Fitted(document, card_from(document), binnings)


def refuse_leak(binning: Binning, weights: Sequence[float], bad: Sequence[bool]) -> None:
    """Refuse a characteristic whose information value passes 1, or whose AUC alone passes 0.80."""
    auc = area_under_curve(weights, bad)
    if binning.information_value > MAX_INFORMATION_VALUE or auc > MAX_SINGLE_AUC:
        raise LeakSuspected(fact=binning.fact, iv=round(binning.information_value, 2), auc=round(auc, 3))


def measure(card: Card, loans: Sequence[Loan]) -> Quality:
    """Return the figures of a card, run exactly as it runs online, on loans."""
    scores = [score(card, loan.facts) for loan in loans]
    return quality(
        [-float(result.points) for result in scores],
        [loan.bad for loan in loans],
        [float(result.pd_exact) for result in scores],
    )


def train(loans: Sequence[Loan], columns: Sequence[str] = tuple(USED)) -> dict[str, Any]:
    """Return the card's JSON with its figures; refuses columns that leak."""
    refuse_columns(columns)
    facts = [USED[column] for column in columns]
    window, before, after = _split(loans)
    early, final = fit(before, facts), fit(window, facts)
    figures = {
        "fitted_before_2004_09": measure(early.card, before).row(),
        "out_of_time_2004_09": measure(early.card, after).row(),
        "another_cycle_fy1997": measure(early.card, _between(loans, 1996, 1997)).row(),
        "committed_card_in_sample": measure(final.card, window).row(),
    }
    return {
        **final.document,
        "direction": "more points, less risk",
        "label": "charged off, over the life of the loan",
        "data": "US SBA 7(a) loans, public record (FOIA); Li, Mickel and Taylor 2018",
        "trained_on": {
            "from": TRAINED_FROM.isoformat(),
            "loans": len(window),
            "bads": sum(x.bad for x in window),
        },
        "columns_used": {column: USED[column] for column in columns},
        "columns_refused": dict(REFUSED),
        "new_firm_bad_rate": _by_newness(loans),
        "figures": figures,
    }


def train_challenger(loans: Sequence[Loan]) -> dict[str, Any]:
    """Return the boosted challenger fitted on the card's early months, compared on its later ones."""
    _, before, after = _split(loans)
    early = fit(before, list(USED.values()))
    stated = np.array([float(score(early.card, loan.facts).pd_exact) for loan in after])
    return train_boosted(early.binnings, before, after, stated)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write the card and its model card; print the figures."""
    parser = argparse.ArgumentParser(prog="train", description="Train the points card from the SBA loans.")
    parser.add_argument("--data", type=Path, default=HERE / "data" / "sba_trimmed.csv.gz")
    parser.add_argument("--out", type=Path, default=HERE / "cards" / "sba_card_v1.json")
    parser.add_argument("--report", type=Path, default=HERE / "cards" / "sba_card_v1.md")
    parser.add_argument("--challenger", type=Path, default=HERE / "cards" / "sba_challenger_v1.json")
    options = parser.parse_args(arguments)
    loans = read_loans(options.data)
    document = train(loans)
    options.out.write_text(card_text(document), encoding="utf-8")
    options.report.write_text(model_card(document), encoding="utf-8")
    for name, row in document["figures"].items():
        print(f"{name:28} {row}")
    challenger = train_challenger(loans)
    options.challenger.write_text(boosted_text(challenger), encoding="utf-8")
    options.challenger.with_suffix(".md").write_text(boosted_card(challenger), encoding="utf-8")
    for name, row in challenger["figures"].items():
        print(f"{name:28} {row}")
    for line in challenger["leak_report"]:
        print(f"leak check: {line}")
    print(f"written: {options.out}, {options.report}, {options.challenger}")
    return 0


def card_text(document: dict[str, Any]) -> str:
    """Return the card as it is committed."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _bin(fact: str, values: Sequence[FactValue], bad: Sequence[bool]) -> Binning:
    if fact == "enterprise.employees":
        return bin_numbers(fact, values, bad, falling=True)
    return bin_values(fact, values, bad)


def _characteristic(binning: Binning, points_per_weight: float) -> dict[str, Any]:
    bins = []
    for group in binning.groups:
        head = {"values": list(group.values)} if group.values else {"up_to": group.up_to}
        points = round(-points_per_weight * group.weight)
        bins.append({**head, "points": points, "loans": group.good + group.bad, "bads": group.bad})
    unknown = {"points": round(-points_per_weight * binning.unknown_weight), "loans": binning.unknown_rows}
    return {
        "fact": binning.fact,
        "reason": _REASONS[binning.fact],
        "bins": bins,
        "unknown": unknown,
        "iv": f"{binning.information_value:.4f}",
    }


def _split(loans: Sequence[Loan]) -> tuple[list[Loan], list[Loan], list[Loan]]:
    """Return the loans trained on, and of them the early ones and those of the month after."""
    window = [loan for loan in loans if loan.approved_date >= TRAINED_FROM]
    before = [loan for loan in window if loan.approved_date < TESTED_FROM]
    return window, before, [loan for loan in window if loan.approved_date >= TESTED_FROM]


def _between(loans: Sequence[Loan], first_year: int, last_year: int) -> list[Loan]:
    start, end = date(first_year, 10, 1), date(last_year, 10, 1)
    return [loan for loan in loans if start <= loan.approved_date < end]


def _by_newness(loans: Sequence[Loan]) -> dict[str, dict[str, str]]:
    """Return the bad rate of new and of older firms in two vintages: why NewExist is refused."""
    rates = {}
    for name, part in (("FY1997", _between(loans, 1996, 1997)), ("FY2003-04", _between(loans, 2002, 2004))):
        rates[name] = {
            age: f"{sum(x.bad for x in rows) / len(rows):.4f}"
            for age, rows in (
                ("new", [x for x in part if x.new_business is True]),
                ("older", [x for x in part if x.new_business is False]),
            )
        }
    return rates


if __name__ == "__main__":
    sys.exit(main())
