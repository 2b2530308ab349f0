"""The SBA loans: which columns may train a card, which may not and why, and how each maps to a fact.

Source: US Small Business Administration 7(a) loans, released under the Freedom of Information Act;
compiled by Li, Mickel and Taylor, "Should This Loan be Approved or Denied?", Journal of Statistics
Education 26(1), 2018.
"""

import csv
import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from kernel.refusals import Kind, Refusal
from risk.features.facts import FactValue

LABEL: Final = "MIS_Status"
KEPT_COLUMNS: Final = (
    "ApprovalDate",
    "NAICS",
    "NoEmp",
    "NewExist",
    "UrbanRural",
    "RevLineCr",
    "LocalLender",
    LABEL,
)

# Column -> fact. The only columns that a card may see.
USED: Final[Mapping[str, str]] = {
    "NoEmp": "enterprise.employees",
    "NAICS": "enterprise.industry_sector",
    "UrbanRural": "enterprise.area_kind",
    "RevLineCr": "application.revolving",
    "LocalLender": "enterprise.area_ok",  # made of State and BankState: the lender is of the borrower's state
}
_OUTCOME: Final = "written or overwritten after the outcome"
_AMERICAN: Final = "names a place, lender or programme of the United States; nothing here corresponds to it"
REFUSED: Final[Mapping[str, str]] = {
    "Term": f"{_OUTCOME}: nine in ten bad loans have an odd Term, one in ten good ones",
    "DisbursementDate": f"{_OUTCOME}: known only once the money is paid",
    "DisbursementGross": f"{_OUTCOME}: grows with later draws on the line",
    "ChgOffDate": "is the outcome",
    "ChgOffPrinGr": "is the outcome",
    "MIS_Status": "is the outcome; used as the label alone",
    "RealEstate": "is Term >= 240",
    "Recession": "is made of Term and DisbursementDate",
    "daysterm": "is made of Term",
    "xx": "is made of Term and DisbursementDate",
    "Default": "is the outcome",
    "NewExist": "its sign turned: new firms failed more in FY1997 and less in FY2003-04",
    "GrAppv": "known in time, but asking for more would raise the score; 2004 dollars do not transfer",
    "SBA_Appv": "the guaranteed share is a term of the programme; our loans carry no guarantee",
    "CreateJob": "filled in by regime, not by applicant: empty in whole years",
    "RetainedJob": "filled in by regime, not by applicant: empty in whole years",
    "FranchiseCode": "98 franchises in the training months: too few for a bin",
    "LowDoc": _AMERICAN,
    "State": f"{_AMERICAN}; compared with BankState, nothing else",
    "City": _AMERICAN,
    "Zip": _AMERICAN,
    "Bank": _AMERICAN,
    "BankState": f"{_AMERICAN}; compared with State, nothing else",
    "ApprovalFY": "time itself: separates vintages, says nothing about an applicant; splits the data",
    "ApprovalDate": "time itself: separates vintages, says nothing about an applicant; splits the data",
    "LoanNr_ChkDgt": "an identifier",
    "Name": "a name",
}
_SECTORS: Final[Mapping[str, str]] = {
    "11": "agriculture",
    "21": "mining",
    "22": "utilities",
    "23": "construction",
    "31": "manufacturing",
    "32": "manufacturing",
    "33": "manufacturing",
    "42": "wholesale",
    "44": "retail",
    "45": "retail",
    "48": "transport",
    "49": "transport",
    "51": "information",
    "52": "finance",
    "53": "real_estate",
    "54": "professional",
    "55": "professional",
    "56": "administrative",
    "61": "education",
    "62": "health",
    "71": "recreation",
    "72": "accommodation_food",
    "81": "other_services",
}
_AREAS: Final = {"1": "urban", "2": "rural"}  # 0: undefined
_FLAGS: Final = {"Y": True, "N": False}  # 0, T and others are not in the published dictionary


class ColumnRefused(Refusal):
    """A column that a card may not be trained on."""

    code = "scoring.column_refused"
    kind = Kind.INVALID
    message = "Column {column} cannot train a card: {why}."


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan: when it was approved, what was known that day, whether it was charged off."""

    approved_date: date
    facts: Mapping[str, FactValue]
    new_business: bool | None
    bad: bool


def refuse_columns(columns: Iterable[str]) -> None:
    """Refuse any column but the ones that were known at the decision and mean something here."""
    for column in columns:
        if column not in USED:
            raise ColumnRefused(
                column=column, why=REFUSED.get(column, "nobody has shown that it was known in time")
            )


def read_loans(path: Path) -> list[Loan]:
    """Return the loans with a known outcome, in order; reads the full file and the trimmed one."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return [_loan(row) for row in csv.DictReader(lines) if row[LABEL]]


def trim(source: Path, target: Path) -> int:
    """Write the committed copy: kept columns only, sectors for industries, no names; return its rows."""
    with gzip.open(source, "rt", encoding="utf-8", newline="") as lines:
        rows = [
            {name: _local(row) if name == "LocalLender" else row[name] for name in KEPT_COLUMNS}
            for row in csv.DictReader(lines)
            if row[LABEL]
        ]
    with target.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed:
        packed.write((",".join(KEPT_COLUMNS) + "\n").encode())
        for row in rows:
            row["NAICS"] = row["NAICS"][:2]
            packed.write((",".join(row[name].replace(",", "") for name in KEPT_COLUMNS) + "\n").encode())
    return len(rows)


def _local(row: Mapping[str, str]) -> str:
    """Return whether lender and borrower are of one state: Y, N, or ? when either is blank."""
    if not row["State"] or not row["BankState"]:
        return "?"
    return "Y" if row["State"] == row["BankState"] else "N"


def _loan(row: Mapping[str, str]) -> Loan:
    employees = int(row["NoEmp"])
    facts: dict[str, FactValue] = {
        "enterprise.employees": employees or None,  # a borrower without anybody is a blank
        "enterprise.industry_sector": _SECTORS.get(row["NAICS"][:2]),
        "enterprise.area_kind": _AREAS.get(row["UrbanRural"]),
        "application.revolving": _FLAGS.get(row["RevLineCr"]),
        "enterprise.area_ok": _FLAGS.get(row.get("LocalLender") or _local(row)),
    }
    approved = datetime.strptime(row["ApprovalDate"], "%m/%d/%Y").date()  # noqa: DTZ007  a date, no clock
    return Loan(approved, facts, {"1": False, "2": True}.get(row["NewExist"]), row[LABEL] == "CHGOFF")
