"""Verbs of tax: record what a borrower's size is measured by, tag a drawdown."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from kernel.money import Money
from kernel.rates import PPM, AnnualRate
from lending.tax.models import DrawdownTax, SizeDeclaration
from lending.tax.queries import size_on
from lending.tax.tagging import QUALIFYING, TaxFacts, TaxTag, tag_of
from plumbing.sql import in_transaction
from regulation import operations as adopted
from regulation import queries as regulation
from regulation.enterprise_size import SizeFigures

FIVE_YEARS_DAYS: Final = 5 * 365 + 1
RULES: Final = ("T-01", "T-02", "T-03", "T-04", "T-05")


@in_transaction
def record_size_figures(
    *,
    enterprise_id: UUID,
    figures: SizeFigures,
    as_of_date: date,
    source: str,
    recorded_by: str,
    now: datetime,
) -> UUID:
    """Write down what an enterprise's size is measured by; the newest figures of a day or before it count."""
    row = SizeDeclaration.objects.create(
        enterprise_id=enterprise_id,
        as_of_date=as_of_date,
        industry=figures.industry,
        employees=figures.employees,
        revenue=figures.revenue,
        months=figures.months,
        assets=figures.assets,
        source=source,
        recorded_by=recorded_by,
        recorded_at=now,
    )
    return row.id


@in_transaction
def tax_tag(
    *,
    drawdown_id: UUID,
    enterprise_id: UUID,
    borrower_kind: str,
    total_credit: Money,
    annual_rate: AnnualRate,
    tenor_days: int,
    drawdown_date: date,
    now: datetime,
) -> TaxTag:
    """Return how a drawdown's interest is taxed, and freeze the evidence; the same drawdown again: the same.

    `borrower_kind` is the enterprise's kind: an `individual` business and a `farmer` qualify by themselves,
    any other by its size on the drawdown's day (T-03). `total_credit` is all that the bank has granted the
    borrower (单户授信), this draw's line included.
    """
    known = DrawdownTax.objects.filter(drawdown_id=drawdown_id).first()
    if known is not None:
        return tag_of(TaxFacts.of(known.facts), method=known.method)
    borrower, declaration_id = (
        (borrower_kind, None)
        if borrower_kind in QUALIFYING
        else size_on(enterprise_id=enterprise_id, on_date=drawdown_date)
    )
    prime, facts, rules = _facts(borrower, total_credit, annual_rate, tenor_days, drawdown_date)
    method = regulation.vat_method(year=drawdown_date.year)
    tag = tag_of(facts, method=method)
    if tag.rule.startswith("T-02"):
        adopted.lock_vat_method(posting_date=drawdown_date, now=now)
    DrawdownTax.objects.create(
        drawdown_id=drawdown_id,
        enterprise_id=enterprise_id,
        drawdown_date=drawdown_date,
        borrower=borrower,
        size_declaration_id=declaration_id,
        total_credit=total_credit,
        annual_rate=annual_rate.fraction,
        lpr=prime,
        method=method,
        treatment=tag.treatment.value,
        rule=tag.rule,
        reason=tag.reason,
        income_account=tag.income_account,
        facts=facts.as_json(),
        rules=rules,
        tagged_at=now,
    )
    return tag


def _facts(
    borrower: str, total_credit: Money, annual_rate: AnnualRate, tenor_days: int, on_date: date
) -> tuple[Decimal, TaxFacts, list[str]]:
    """Return the prime rate, the facts, and which rules' texts were read."""
    held = {found.code: found for found in regulation.rules(on_date)}
    prime = regulation.lpr(tenor="5Y" if tenor_days > FIVE_YEARS_DAYS else "1Y", on_date=on_date)

    def limit_of(code: str) -> Money | None:
        return Money.parse(held[code].parameters["credit_per_borrower_max"]) if code in held else None

    multiple = Decimal(held["T-02"].parameters["lpr_multiple"]) if "T-02" in held else Decimal(0)
    vat_rate = Decimal(held["T-04"].parameters["vat_rate"]) if "T-04" in held else Decimal("0.06")
    facts = TaxFacts(
        borrower=borrower,
        total_credit=total_credit,
        rate_ppm=annual_rate.ppm,
        ceiling_ppm=int(prime * multiple * PPM),
        vat_ppm=int(vat_rate * PPM),
        any_rate_limit=limit_of("T-01"),
        capped_rate_limit=limit_of("T-02"),
        farmer_limit=limit_of("T-05"),
    )
    return prime, facts, [held[code].reference for code in RULES if code in held]
