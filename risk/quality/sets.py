"""The sets that the trainer is proved on: known by their columns, never by their files' names.

Each says its target, what must not be seen and why, what is protected, and what a leak check refuses but a
written reason releases. Sources and licences: `data/README.md` of the files' keeper.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from risk.quality.ratios import identities
from risk.quality.revolving import card_use
from risk.quality.small_business import small_business
from risk.quality.tables import Floats, Table, Texts
from risk.scoring.challenger import Recipe

Extra = tuple[Mapping[str, Floats], Mapping[str, Texts]]  # numbers, categories
_IDENTITY: Final = "an identifier"
_LENDER: Final = "the other lender's own judgement of this borrower"


@dataclass(frozen=True, slots=True)
class Goal:
    """What an honest model has reached, from `risk.md`; None where nobody has said."""

    auc: float | None = None
    ks: float | None = None
    ece: float | None = None


@dataclass(frozen=True, slots=True)
class DataSet:
    """One set's columns and their meaning."""

    name: str
    needs: tuple[str, ...]  # the columns it is known by
    target: str
    bad: frozenset[str]
    good: frozenset[str]
    goal: Goal = field(default_factory=Goal)
    recipe: Recipe = field(default_factory=Recipe)
    withheld: Mapping[str, str] = field(default_factory=dict)  # column -> why no model may see it
    protected: Mapping[str, str] = field(default_factory=dict)  # column -> attribute
    released: Mapping[str, str] = field(default_factory=dict)  # column -> why a refusal is lifted
    decided_on: str = ""  # the date column of the decision; then the split is out of time
    tested_from: str = ""  # the own split's first test day
    derive: Callable[[Table], Extra] | None = None  # replaces the raw columns
    parted: bool = False  # each file is a set of its own (same columns, another horizon)

    def outcomes(self, table: Table) -> tuple[Table, Floats]:
        """Return the rows whose outcome is known, and the outcomes (1 = bad)."""
        cells = table.columns[self.target]
        known = np.array([cell in self.bad or cell in self.good for cell in cells], dtype=bool)
        bad = np.array([cell in self.bad for cell in cells[known]], dtype=np.float64)
        return table.take(known), bad


_YES: Final = frozenset({"1", "1.0"})
_NO: Final = frozenset({"0", "0.0"})
_STATEMENT: Final = "a ratio of a statement closed before the horizon begins (UCI 365)"
_POLISH_NAMES: Final = tuple(f"Attr{at}" for at in range(1, 65))

SETS: Final[tuple[DataSet, ...]] = (
    DataSet(
        name="sba",
        needs=(
            *(
                "LoanNr_ChkDgt",
                "Name",
                "State",
                "Bank",
                "BankState",
                "NAICS",
                "ApprovalDate",
                "Term",
                "NoEmp",
            ),
            *("NewExist", "FranchiseCode", "UrbanRural", "RevLineCr", "LowDoc", "GrAppv", "SBA_Appv"),
            *("DisbursementDate", "DisbursementGross", "ChgOffDate", "MIS_Status"),
        ),
        target="MIS_Status",
        bad=frozenset({"CHGOFF"}),
        good=frozenset({"P I F"}),
        goal=Goal(0.67, 0.25, 0.05),
        recipe=Recipe(
            seeds=3,
            rate=0.03,
            rounds=120,
            leaves=6,
            least=60,
            ridge=20.0,
            columns=0.4,
            forests=200,
            forest_least=15,
            forest_columns=0.4,
        ),
        decided_on="ApprovalDate",
        tested_from="2004-09-01",
        derive=small_business,
    ),
    DataSet(
        name="sba_california",
        needs=("Selected", "LoanNr_ChkDgt", "ApprovalDate", "Term", "NoEmp", "GrAppv", "Portion", "Default"),
        target="Default",
        bad=_YES,
        good=_NO,
        derive=small_business,
    ),
    DataSet(
        name="gmsc",
        needs=(
            *(
                "SeriousDlqin2yrs",
                "RevolvingUtilizationOfUnsecuredLines",
                "age",
                "DebtRatio",
                "MonthlyIncome",
            ),
            *("NumberOfTime30-59DaysPastDueNotWorse", "NumberOfOpenCreditLinesAndLoans"),
            *("NumberOfTimes90DaysLate", "NumberRealEstateLoansOrLines"),
            *("NumberOfTime60-89DaysPastDueNotWorse", "NumberOfDependents"),
        ),
        target="SeriousDlqin2yrs",
        bad=_YES,
        good=_NO,
        goal=Goal(0.862),
        recipe=Recipe(seeds=2, rate=0.05, rounds=200, leaves=12, least=60, ridge=10.0, columns=0.6),
        withheld={"id": _IDENTITY},
        protected={"age": "age", "NumberOfDependents": "family"},
        released={"RevolvingUtilizationOfUnsecuredLines": "the bureau's balance on the day of the request"},
    ),
    DataSet(
        name="taiwan",
        needs=(
            *("LIMIT_BAL", "SEX", "EDUCATION", "MARRIAGE", "AGE", "PAY_0"),
            *(f"PAY_{at}" for at in range(2, 7)),
            *(f"BILL_AMT{at}" for at in range(1, 7)),
            *(f"PAY_AMT{at}" for at in range(1, 7)),
            "default.payment.next.month",
        ),
        target="default.payment.next.month",
        bad=_YES,
        good=_NO,
        goal=Goal(0.781),
        recipe=Recipe(
            seeds=3,
            rate=0.04,
            rounds=200,
            leaves=10,
            least=60,
            ridge=10.0,
            columns=0.3,
            forests=150,
            forest_least=12,
            forest_columns=0.4,
        ),
        withheld={"ID": _IDENTITY},
        protected={"SEX": "sex", "MARRIAGE": "marital status", "AGE": "age"},
        derive=card_use,
    ),
    DataSet(
        name="hmeq",
        needs=(
            *("BAD", "LOAN", "MORTDUE", "VALUE", "REASON", "JOB", "YOJ", "DEROG", "DELINQ"),
            *("CLAGE", "NINQ", "CLNO", "DEBTINC"),
        ),
        target="BAD",
        bad=_YES,
        good=_NO,
        goal=Goal(0.960),
        recipe=Recipe(
            seeds=2,
            rate=0.1,
            rounds=400,
            leaves=31,
            least=10,
            ridge=1.0,
            columns=0.5,
            forests=400,
            forest_columns=0.5,
        ),
        withheld={"row": _IDENTITY},
        released={
            "MORTDUE": "balance of the first mortgage on the application; its grain is doubtful and told",
            "VALUE": "the property's value on the application; its grain is doubtful and told",
        },
    ),
    DataSet(
        name="polish",
        needs=(*_POLISH_NAMES, "class"),
        target="class",
        bad=_YES,
        good=_NO,
        recipe=Recipe(seeds=3, rate=0.08, rounds=250, leaves=12, least=20, ridge=5.0, columns=0.3),
        withheld={"row": _IDENTITY},
        released=dict.fromkeys(_POLISH_NAMES, _STATEMENT),
        derive=identities,
        parted=True,
    ),
    DataSet(
        name="german",
        needs=("status_of_existing_checking_account", "credit_history", "credit_amount", "creditability"),
        target="creditability",
        bad=frozenset({"bad"}),
        good=frozenset({"good"}),
        recipe=Recipe(
            seeds=2,
            rate=0.03,
            rounds=120,
            leaves=6,
            least=15,
            ridge=10.0,
            columns=0.3,
            forests=300,
            forest_least=3,
            forest_columns=0.3,
        ),
        protected={
            "personal_status_and_sex": "sex and marital status",
            "age_in_years": "age",
            "foreign_worker": "nationality",
            "number_of_people_being_liable_to_provide_maintenance_for": "family",
        },
    ),
    DataSet(
        name="credit_data",
        needs=("Status", "Seniority", "Home", "Time", "Age", "Marital", "Records", "Job", "Income", "Price"),
        target="Status",
        bad=frozenset({"bad"}),
        good=frozenset({"good"}),
        recipe=Recipe(
            seeds=2,
            rate=0.04,
            rounds=200,
            leaves=8,
            least=25,
            ridge=10.0,
            columns=0.4,
            forests=300,
            forest_least=3,
        ),
        withheld={"rownames": _IDENTITY},
        protected={"Age": "age", "Marital": "marital status"},
    ),
    DataSet(
        name="fairness",
        needs=(
            "loanamt",
            "action",
            "married",
            "black",
            "hispan",
            "white",
            "male",
            "reject",
            "approve",
            "atotinc",
        ),
        target="reject",
        bad=_YES,
        good=_NO,
        recipe=Recipe(seeds=2, rate=0.03, rounds=120, leaves=6, least=30, ridge=20.0, columns=0.3),
        withheld={
            "rownames": _IDENTITY,
            "approve": "is the outcome",
            "action": "is the outcome",
            "gdlin": _LENDER,
            "mi": "private insurance is decided with the loan",
            "review": "how often the file was read for this decision",
        },
        protected={
            "black": "race",
            "hispan": "ethnicity",
            "white": "race",
            "male": "sex",
            "married": "marital status",
            "dep": "family",
            "old": "age",
        },
    ),
    DataSet(
        name="lending_club",
        needs=("funded_amnt", "term", "int_rate", "sub_grade", "annual_inc", "revol_util", "Class"),
        target="Class",
        bad=frozenset({"bad"}),
        good=frozenset({"good"}),
        recipe=Recipe(seeds=3, rate=0.03, rounds=120, leaves=6, least=60, ridge=20.0, columns=0.3),
        withheld={"rownames": _IDENTITY, "int_rate": _LENDER, "sub_grade": _LENDER, "addr_state": "a place"},
    ),
)


def recognise(header: list[str]) -> tuple[DataSet | None, list[str]]:
    """Return the set that a header belongs to, and the columns it lacks; most columns in common wins.

    A file that has more than half of a set's columns is meant for it: what it lacks is named.
    """
    have = set(header)
    whole = [item for item in SETS if set(item.needs) <= have]
    if whole:
        return max(whole, key=lambda item: (item.name == "sba_california", len(item.needs))), []
    near = max(SETS, key=lambda item: len(have & set(item.needs)) / len(item.needs))
    if len(have & set(near.needs)) * 2 > len(near.needs):
        return near, sorted(set(near.needs) - have)
    return None, []
