"""The model card: what the points card is, what it was made from, and how far it may be trusted."""

from typing import Any, Final

_LIMITS: Final = """## How far to trust it

- These are American loans of 2002 to 2004, guaranteed by a public agency and kept for years; the label
  is a charge-off at any time in the loan's life. A Chinese merchant on a revolving line of some months
  is another borrower. The card **ranks**; its own probability does not transfer. A strategy therefore
  states a shift of the log-odds, signed, to be replaced by the bank's own experience.
- It hardly transfers between American cycles: on the loans of FY1997 it ranks far worse (see the
  figures).
- It is tested on the month after those it is fitted on, one cycle. Real drift is worse than one
  month's.
- Part of the AUC is the code T in `RevLineCr`, which is in no published dictionary: seven in ten of
  those loans failed in 2003-04, none of sixty in 1997. It counts as unknown, and unknown may only cost
  points, never earn them.
- Where every line revolves and every borrower is of the bank's own area, two characteristics are the
  same for all, and the rest separates little. Receipts, which the card has never seen, carry the rules
  and the limit.
- Age, sex, name, address and nationality are not among its inputs; sector and area can stand in for
  them in part.
"""


def model_card(document: dict[str, Any]) -> str:
    """Return the model card in Markdown, made from the card itself."""
    parts = [
        f"# {document['code']}",
        f"A points card: {document['direction']}. Label: {document['label']}. Data: {document['data']}.",
        "Made by `./sluice train`; do not edit. 20 points double the odds; 600 points: 50 good to a bad one.",
        "## Figures\n\n" + _figures(document["figures"]),
        _LIMITS,
        "## Characteristics\n\n" + _characteristics(document),
        "## Columns used\n\n"
        + table(("column", "fact"), [(name, fact) for name, fact in document["columns_used"].items()]),
        "## Columns refused\n\n" + table(("column", "why"), list(document["columns_refused"].items())),
        "New firms' and older firms' share of bad loans: "
        + "; ".join(
            f"{year}: {row['new']} and {row['older']}" for year, row in document["new_firm_bad_rate"].items()
        )
        + ".",
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _figures(figures: dict[str, dict[str, Any]]) -> str:
    names = ("loans", "bads", "auc", "ks", "brier", "ece")
    return table(("set", *names), [(name, *(row[key] for key in names)) for name, row in figures.items()])


def _characteristics(document: dict[str, Any]) -> str:
    rows = []
    for item in document["characteristics"]:
        for bin_ in item["bins"]:
            held = ", ".join(map(str, bin_["values"])) if "values" in bin_ else f"up to {bin_['up_to']}"
            rows.append(
                (
                    item["fact"],
                    held.replace("up to None", "above"),
                    bin_["points"],
                    bin_["loans"],
                    bin_["bads"],
                )
            )
        rows.append((item["fact"], "unknown", item["unknown"]["points"], item["unknown"]["loans"], ""))
    return table(("fact", "bin", "points", "loans", "bads"), rows)


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
