"""What a loan may be for (R-08): codes an applicant picks from, and what no bank may lend for.

The forbidden list is the law's floor; a bank adds to it through its adopted rule R-08.
"""

from typing import Final

PURPOSES: Final = {
    "working_capital": ("Working capital", "经营周转"),
    "stock_purchase": ("Buying stock", "进货"),
    "rent_and_wages": ("Rent and wages", "房租与工资"),
    "equipment_repair": ("Repairing equipment", "设备维修"),
}

FORBIDDEN_PURPOSES: Final = frozenset(
    {
        "housing",
        "securities",
        "futures",
        "equity_investment",
        "fixed_assets",
        "repay_other_debt",
        "government_debt",
    }
)
