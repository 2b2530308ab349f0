"""What was earned and spent in a period, by product.

An entry's product is that of its reference: tagged with `ledger.chart.operations.tag_references` (a loan), or
named in it as `product:<code>` (an accrual of a whole book). What has neither stands under no product, and is
shown so.
"""

from datetime import date

from kernel.money import Money
from ledger.balances.queries import Basis
from ledger.chart.models import Kind
from ledger.chart.queries import accounts
from ledger.reports.movements import by_month, by_product
from ledger.reports.report import Check, Column, Named, Report, Row, check_dates, column_totals, total_of

NO_PRODUCT = ""


def income_statement(*, from_date: date, to_date: date, by: Basis = "booking") -> Report:
    """Return income and expense of a period (both days included), an account a row and a product a column.

    Income is positive and expense negative, so that each column adds up to its result. The split is held
    against the account days.
    """
    check_dates(from_date, to_date)
    chart = [view for view in accounts() if view.kind in {Kind.INCOME, Kind.EXPENSE}]
    codes = [view.code for view in chart]
    moved = by_product(codes, from_date=from_date, to_date=to_date, by=by)
    products = sorted({one.under for one in moved}, key=lambda product: (product == NO_PRODUCT, product))
    figures: dict[tuple[str, str], Money] = {
        (one.account.code, one.under): Money(one.credit_net) for one in moved
    }
    rows: list[Row] = []
    every: list[tuple[Money, ...]] = []
    for kind, total in ((Kind.INCOME, "income"), (Kind.EXPENSE, "expense")):
        cells = []
        for view in (one for one in chart if one.kind == kind):
            split = tuple(figures.get((view.code, product), Money(0)) for product in products)
            if any(split):
                cells.append((*split, total_of(split)))
                rows.append(Row((view.code, Named(view.name_zh, view.name_en), *cells[-1])))
        every += cells
        rows.append(Row((total, None, *_totals(cells, len(products))), total=True))
    rows.append(Row(("result", None, *_totals(every, len(products))), total=True))
    booked = sum(one.credit_net for one in by_month(codes, from_date=from_date, to_date=to_date, by=by))
    difference = _totals(every, len(products))[-1] - Money(booked)
    columns = (
        Column("Account", "account"),
        Column("Name", "text"),
        *(Column(product or "no product", "money", said=not product) for product in products),
        Column("Total", "money"),
    )
    check = Check("The split equals the account days", not difference, difference)
    return Report("income_statement", from_date, to_date, by, columns, tuple(rows), (check,))


def _totals(cells: list[tuple[Money, ...]], product_count: int) -> tuple[Money, ...]:
    return column_totals(cells) if cells else (Money(0),) * (product_count + 1)
