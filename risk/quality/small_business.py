"""SBA loans: what was known at approval, in terms that a model may learn. Shapes (rows,).

The term, sums paid out and charge-offs are left to the leak check, which refuses them; names, towns and
post codes are left out. Who lent, and the state, are left out too: they rank well within a season and
turn on other loans (California's of 2005-06: AUC .51 with them, .71 without). `RevLineCr` codes but Y, N
and 0 are in no published dictionary.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from risk.quality.tables import BLANK, Floats, Table, Texts

_SUMS: Final = ("GrAppv", "SBA_Appv")


def small_business(table: Table) -> tuple[Mapping[str, Floats], Mapping[str, Texts]]:
    """Return the numbers and the categories of the loans."""
    asked, guaranteed = (table.numbers(name) for name in _SUMS)
    staff = table.numbers("NoEmp")
    with np.errstate(all="ignore"):
        numbers = {
            "asked": np.log(np.maximum(asked, 1)),
            "guaranteed_share": guaranteed / np.maximum(asked, 1),
            "staff": np.where(staff > 0, staff, np.nan),
            "asked_a_head": np.log(np.maximum(asked, 1) / np.maximum(staff, 1)),
            "local_lender": (table.columns["State"] == table.columns["BankState"]).astype(np.float64),
            "franchise": np.array([code not in ("0", "1") for code in table.columns["FranchiseCode"]], float),
            "new_business": (table.columns["NewExist"] == "2").astype(np.float64),
        }
    industry = table.columns["NAICS"]
    categories = {
        "sector": _texts([code[:2] if len(code) >= 4 else "" for code in industry]),
        "branch": _texts([code[:4] if len(code) >= 4 else "" for code in industry]),
        "area": _texts([{"1": "urban", "2": "rural"}.get(code, "") for code in table.columns["UrbanRural"]]),
        "revolving": _texts([code if code in "YN0T" else "" for code in table.columns["RevLineCr"]]),
    }
    return numbers, {name: _texts(column) for name, column in categories.items()}


def _texts(cells: Texts | list[str]) -> Texts:
    return np.array([None if cell in BLANK else cell for cell in cells], dtype=object)
