"""The boosted challenger of the committed card: same loans, same facts, written as a plain table.

Each fact enters as the weight of evidence of its bin, so risk may only rise with it (monotone); unknown is
the card's unknown. The committed table runs through `risk.scoring.trees`, never through scikit-learn.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from risk.features.facts import FactValue
from risk.scoring.binning import Binning
from risk.scoring.calibration import Line
from risk.scoring.challenger import as_table
from risk.scoring.figures import Figures, Floats, fitted_line, measure
from risk.scoring.leak import suspicions_of_numbers, suspicions_of_values
from risk.scoring.model_card import table
from risk.scoring.sba import Loan
from risk.scoring.trees import trees_from

CODE: Final = "sba_challenger_v1"
WITHIN_AUC: Final = 0.015  # how near a champion must come
_LIMITS: Final = """- It sees what the card sees, so it answers one question: what do straight bins
  lose? It decides nothing.
- The loans carry no sex, age, race or marital status, so fairness cannot be measured on them; `./sluice
  quality` measures it on the fairness set, where those are known and withheld.
- The limits of the card's own model card hold here as well: other borrowers, another country, one cycle."""


def encoded(binnings: Sequence[Binning], facts: Mapping[str, FactValue]) -> dict[str, float]:
    """Return each fact as the weight of evidence of its bin."""
    return {binning.fact: binning.weight(facts.get(binning.fact)) for binning in binnings}


def fit_boosted(binnings: Sequence[Binning], loans: Sequence[Loan]) -> Any:
    """Return scikit-learn's model: forty small trees, each input monotone."""
    model = HistGradientBoostingClassifier(
        learning_rate=0.08,
        max_iter=40,
        max_leaf_nodes=6,
        min_samples_leaf=60,
        l2_regularization=10.0,
        monotonic_cst=[1] * len(binnings),
        early_stopping=False,
        random_state=0,
    )
    with threadpool_limits(limits=1):
        return model.fit(matrix(binnings, loans), np.array([loan.bad for loan in loans], dtype=np.float64))


def matrix(binnings: Sequence[Binning], loans: Sequence[Loan]) -> Floats:
    """Return the encoded loans, shape (loans, facts)."""
    return np.array([list(encoded(binnings, loan.facts).values()) for loan in loans], dtype=np.float64)


def train_boosted(
    binnings: Sequence[Binning], before: Sequence[Loan], after: Sequence[Loan], champion: Floats
) -> dict[str, Any]:
    """Return the table fitted before the split, its figures after it, and the champion's beside them.

    `champion` are the card's stated probabilities of the later loans, shape (after,).
    """
    model = fit_boosted(binnings, before)
    table = as_table(model, [binning.fact for binning in binnings])
    run = trees_from(table)
    early = np.array([run.log_odds(encoded(binnings, loan.facts)) for loan in before])
    a, b = fitted_line(early, np.array([loan.bad for loan in before], dtype=np.float64))
    later = np.array([run.log_odds(encoded(binnings, loan.facts)) for loan in after])
    bad = np.array([loan.bad for loan in after], dtype=np.float64)
    own, other = measure(Line(a, b).pd(later), bad), measure(champion, bad)
    return {
        "code": CODE,
        "target": "charged off, over the life of the loan",
        "data": "US SBA 7(a) loans, public record (FOIA); Li, Mickel and Taylor 2018",
        "split": "fitted on approvals before 2004-09-01, figures of September 2004",
        "line": {"a": a, "b": b},
        "figures": {"challenger": own.row(), "champion": other.row()},
        "champion_is_within": round(own.auc - other.auc, 4),
        "leak_report": leak_report(binnings, before),
        "encodings": {
            binning.fact: {
                "groups": [[g.up_to, list(g.values), g.weight] for g in binning.groups],
                "unknown": binning.unknown_weight,
            }
            for binning in binnings
        },
        "table": table,
    }


def leak_report(binnings: Sequence[Binning], loans: Sequence[Loan]) -> list[str]:
    """Return what the leak checks say of each fact: an empty list is a clean one."""
    bad = np.array([loan.bad for loan in loans], dtype=np.float64)
    found = []
    for binning in binnings:
        values = [loan.facts.get(binning.fact) for loan in loans]
        if binning.groups and binning.groups[0].values:
            found += suspicions_of_values(binning.fact, values, bad)
        else:
            numbers = [float("nan") if value is None else float(str(value)) for value in values]
            found += suspicions_of_numbers(binning.fact, np.array(numbers), bad)
    return [one.line() for one in found]


def boosted_text(document: Mapping[str, Any]) -> str:
    """Return the table as it is committed: a line a part."""
    parts = [
        f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in document.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def boosted_card(document: Mapping[str, Any]) -> str:
    """Return the model card in Markdown."""
    names = Figures.__slots__
    rows = [(who, *(row[name] for name in names)) for who, row in document["figures"].items()]
    nodes = sum(len(tree) for tree in document["table"]["trees"])
    gap = document["champion_is_within"]
    return (
        "\n\n".join(
            [
                f"# {document['code']}",
                f"Boosted trees beside the points card, never a decision. Target: {document['target']}. "
                f"Data: {document['data']}. Split: {document['split']}.",
                "Made by `./sluice train`; do not edit.",
                "## Figures, with 95 % intervals\n\n" + table(("model", *names), rows),
                f"The champion's AUC is {gap} below the challenger's; more than {WITHIN_AUC} would ask why.",
                "## Leak report\n\n"
                + ("\n".join(f"- {line}" for line in document["leak_report"]) or "Nothing found."),
                f"## At run time\n\n{len(document['table']['trees'])} trees, {nodes} nodes, read from JSON.",
                f"## Limits and fairness\n\n{_LIMITS}",
            ]
        )
        + "\n"
    )
