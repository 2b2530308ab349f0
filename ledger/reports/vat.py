"""The VAT workbook: exempt and taxable income apart, month by month (T-01, T-02), and output VAT.

Exemption is lost where it is not accounted for separately (MoF/STA 2023 No. 13): each interest posting
carries its tag as the account it lands on, so that the workbook is a sum of accounts and can be checked
against the trial balance.
"""

from datetime import date
from typing import Final

from kernel.money import Money
from ledger.balances.queries import Basis
from ledger.chart.queries import accounts_of
from ledger.chart.roles import Role
from ledger.reports.movements import by_kind, by_month
from ledger.reports.report import Check, Column, Report, Row, check_dates, column_totals

_COLUMNS: Final = (
    ("Interest, exempt", Role.INTEREST_EXEMPT),
    ("Interest, taxable", Role.INTEREST_TAXABLE),
    ("Penalty interest", Role.PENALTY_INCOME),
    ("Fees", Role.FEE_INCOME),
)


def vat_workbook(*, from_date: date, to_date: date, by: Basis = "booking") -> Report:
    """Return exempt and taxable income and output VAT of each month of a period (both days included).

    Income is net of the VAT booked against it. Below the months, output VAT by kind of entry: what was
    charged (credited) and what was reversed or paid over (debited); the check ties both to each other.
    """
    check_dates(from_date, to_date)
    columns = [accounts_of(role) for _, role in _COLUMNS]
    vat = accounts_of(Role.OUTPUT_VAT)
    every = sorted({code for codes in columns for code in codes} | set(vat))
    moved = by_month(every, from_date=from_date, to_date=to_date, by=by)
    months = sorted({one.under for one in moved})
    rows, figures = [], []
    for month in months:
        of_month = [one for one in moved if one.under == month]
        cells = [sum(one.credit_net for one in of_month if one.account.code in codes) for codes in columns]
        cells.append(sum(one.credits for one in of_month if one.account.code in vat))
        cells.append(sum(one.debits for one in of_month if one.account.code in vat))
        figures.append(tuple(Money(cell) for cell in cells))
        rows.append(Row((month, *figures[-1])))
    totals = column_totals(figures) if figures else (Money(0),) * (len(_COLUMNS) + 2)
    rows.append(Row(("total", *totals), total=True))
    entries = by_kind(vat, from_date=from_date, to_date=to_date, by=by)
    rows += [Row(("vat_by_kind_of_entry", *(None,) * 6), total=True)] if entries else []
    rows += [Row((one.under, *(None,) * 4, Money(one.credits), Money(one.debits))) for one in entries]
    difference = totals[-2] - totals[-1] - Money(sum(one.credit_net for one in entries))
    return Report(
        "vat_workbook",
        from_date,
        to_date,
        by,
        (
            Column("Month", "label"),
            *(Column(name, "money") for name, _ in _COLUMNS),
            Column("VAT charged", "money"),
            Column("VAT reversed or settled", "money"),
        ),
        tuple(rows),
        (Check("VAT by month = VAT by kind of entry", not difference, difference),),
    )
