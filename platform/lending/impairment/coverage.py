"""Loss coverage: what is provided beside what it is provided for, by product and stage (E-01, E-03, C-02).

The figures are those of the last reckoning of expected losses at the end of a day or before it, so a date
always gives the same report. Non-performing is what stands in stage 3: every tier from substandard down does.
Provision coverage (拨备覆盖率) is the allowance for loans over what is non-performing, the loan provision
ratio (贷款拨备率) the allowance over all loans; commitments (2801) count in neither. Both floors are the
bank's adopted rule E-03, which reports and forbids nothing.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Final

from django.db import connection

from kernel.money import Money
from ledger.balances.queries import trial_balance
from ledger.chart.queries import accounts_of
from ledger.chart.roles import ALLOWANCES
from ledger.reports.report import Check, Column, Report, Row, check_dates
from regulation import queries as regulation
from risk.classification.queries import last_run

RULE: Final = "E-03"
STAGES: Final = (1, 2, 3)
_COLUMNS: Final = (
    Column("Product or stage", "label"),
    Column("Loans owed", "money"),
    Column("Non-performing", "money"),
    Column("Allowance", "money"),
    Column("Provision coverage", "text"),
    Column("Loan provision ratio", "text"),
)
_BY_PRODUCT: Final = """
SELECT coalesce(p.code, ''), r.stage, sum(r.drawn)::bigint, sum(r.ecl)::bigint
  FROM ecl_result r
  LEFT JOIN loans_loan l ON l.id = r.exposure_id
  LEFT JOIN products_productversion p ON p.id = l.product_version_id
 WHERE r.run_id = %s AND r.drawn > 0 GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Covered:
    """Loans owed, of them non-performing, and the allowance for them, in fen."""

    owed: int = 0
    non_performing: int = 0
    allowance: int = 0

    def __add__(self, other: "Covered") -> "Covered":
        return Covered(
            self.owed + other.owed,
            self.non_performing + other.non_performing,
            self.allowance + other.allowance,
        )

    @property
    def coverage(self) -> Decimal | None:
        """The allowance over what is non-performing; None where nothing is."""
        return Decimal(self.allowance) / self.non_performing if self.non_performing else None

    @property
    def provision_ratio(self) -> Decimal | None:
        """The allowance over all loans; None where there are none."""
        return Decimal(self.allowance) / self.owed if self.owed else None

    def short_of(self, *, coverage_min: Decimal, provision_min: Decimal) -> tuple[int, int]:
        """Return what lacks to either floor, in fen, rounded up: nothing where it is kept."""
        wanted = (coverage_min * self.non_performing, provision_min * self.owed)
        lacks = (floor - self.allowance for floor in wanted)
        first, second = (max(0, int(lack.to_integral_value(rounding=ROUND_CEILING))) for lack in lacks)
        return first, second

    def row(self, name: str, *, total: bool = False) -> Row:
        """Return the line of a report."""
        money = (Money(self.owed), Money(self.non_performing), Money(self.allowance))
        return Row((name, *money, percent(self.coverage), percent(self.provision_ratio)), total=total)


def percent(fraction: Decimal | None) -> str:
    """Return a ratio with two decimals; nothing where there is none."""
    return "" if fraction is None else f"{fraction * 100:.2f} %"


def coverage(*, as_of_date: date) -> Report:
    """Return coverage by product and by stage, in all, and beside the floors in force on the day (E-03).

    The overlay, which the management signs by stage, is a line of its own. The checks: the books hold what
    was reckoned (on the day of a reckoning), and both floors are kept. Before the first one all is empty.
    """
    check_dates(None, as_of_date)
    run = last_run(as_of_date=as_of_date)
    if run is None:
        return Report("loss_coverage", None, as_of_date, "booking", _COLUMNS, (), ())
    products: dict[str, Covered] = {}
    stages = dict.fromkeys(STAGES, Covered())
    with connection.cursor() as cursor:
        cursor.execute(_BY_PRODUCT, [run.id])
        for product, stage, owed, ecl in cursor.fetchall():
            found = Covered(owed, owed if stage == STAGES[-1] else 0, ecl)
            products[product] = products.get(product, Covered()) + found
            stages[stage] += found
    overlays = {stage: run.totals[str(stage)]["overlay"] for stage in STAGES}
    overlay = Covered(allowance=sum(overlays.values()))
    total = sum(products.values(), Covered()) + overlay
    rows = [covered.row(name or "no product") for name, covered in sorted(products.items())]
    rows += [overlay.row("overlay")] if overlay.allowance else []
    rows.append(total.row("total", total=True))
    rows += [(stages[stage] + Covered(allowance=overlays[stage])).row(f"stage_{stage}") for stage in STAGES]
    checks = [_in_the_books(as_of_date, total)] if run.as_of_date == as_of_date else []
    return Report(
        "loss_coverage",
        None,
        run.as_of_date,
        "booking",
        _COLUMNS,
        (*rows, *_floor_row(as_of_date)),
        (*checks, *_floors(as_of_date, total)),
    )


def _in_the_books(as_of_date: date, total: Covered) -> Check:
    codes = accounts_of(*ALLOWANCES)
    held = [
        row.credits - row.debits for row in trial_balance(as_of_date=as_of_date).rows if row.code in codes
    ]
    difference = Money.total(held) - Money(total.allowance)
    return Check("The books hold the allowance reckoned", not difference, difference)


def _floor_row(on_date: date) -> tuple[Row, ...]:
    if not regulation.in_force(RULE, on_date):
        return ()
    floor = regulation.rule(RULE, on_date).parameters
    shown = (percent(Decimal(floor[name])) for name in ("coverage_min", "loan_provision_min"))
    return (Row(("floor", None, None, None, *shown), total=True),)


def _floors(on_date: date, total: Covered) -> tuple[Check, ...]:
    """Hold the totals against the floors; a bank that has not adopted the rule is held to none."""
    if not regulation.in_force(RULE, on_date):
        return ()
    floor = regulation.rule(RULE, on_date).parameters
    lacks = total.short_of(
        coverage_min=Decimal(floor["coverage_min"]), provision_min=Decimal(floor["loan_provision_min"])
    )
    names = ("Provision coverage is at its floor or above", "Loan provision ratio is at its floor or above")
    return tuple(Check(name, not lack, Money(lack)) for name, lack in zip(names, lacks, strict=True))
