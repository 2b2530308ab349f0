"""Taiwan's credit cards: six months of status, bills and payments against the limit (UCI 350).

Sex, marriage and age are never read here. Months run from the newest (0) to the oldest; shapes (rows,).
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from risk.quality.tables import Floats, Table, Texts

_STATUS: Final = ("PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6")
_MONTHS: Final = range(1, 7)


def card_use(table: Table) -> tuple[Mapping[str, Floats], Mapping[str, Texts]]:
    """Return the columns that are not protected, and how the limit is used and the bills are paid."""
    limit = np.maximum(table.numbers("LIMIT_BAL"), 1)
    status = np.column_stack([table.numbers(name) for name in _STATUS])
    bills = np.column_stack([table.numbers(f"BILL_AMT{at}") for at in _MONTHS])
    paid = np.column_stack([table.numbers(f"PAY_AMT{at}") for at in _MONTHS])
    raw = {name: table.numbers(name) for name in ("LIMIT_BAL", "EDUCATION", *_STATUS)}
    raw |= {f"BILL_AMT{at}": bills[:, at - 1] for at in _MONTHS}
    raw |= {f"PAY_AMT{at}": paid[:, at - 1] for at in _MONTHS}
    share = paid[:, :5] / np.maximum(np.abs(bills[:, 1:]), 1)
    return {
        **raw,
        "worst_status": status.max(axis=1),
        "late_months": (status > 0).sum(axis=1).astype(np.float64),
        "status_mean": status.mean(axis=1),
        "status_trend": status[:, :2].mean(axis=1) - status[:, 3:].mean(axis=1),
        "use": bills[:, 0] / limit,
        "use_mean": bills.mean(axis=1) / limit,
        "use_trend": (bills[:, 0] - bills[:, 5]) / limit,
        "paid_of_limit": paid.sum(axis=1) / limit,
        "paid_share": np.clip(share, 0, 2).mean(axis=1),
        "paid_share_newest": np.clip(share[:, 0], 0, 2),
        "smallest_payment": paid.min(axis=1),
    }, {}
