"""Reads of tax tags and of the figures behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.tax.models import DrawdownTax, SizeDeclaration
from lending.tax.tagging import TaxFacts, TaxTag, tag_of
from regulation import queries as regulation
from regulation.enterprise_size import SizeFigures, SizeFiguresMissing, enterprise_size

FRESH_DAYS: Final = 366
UNKNOWN: Final = "unknown"


class TaxTagMissing(Refusal):
    """The drawdown has no tax tag: it was never prepared."""

    code = "tax.tag_missing"
    kind = Kind.NOT_FOUND
    message = "There is no tax tag for this drawdown."


@dataclass(frozen=True, slots=True)
class TaxEvidence:
    """How a drawdown was tagged and on what; for the evidence pack of the exemption."""

    drawdown_id: UUID
    drawdown_date: date
    borrower: str
    total_credit: Money
    treatment: str
    rule: str
    reason: str
    method: int | None
    income_account: str
    facts: Mapping[str, Any]
    rules: tuple[str, ...]


def size_on(*, enterprise_id: UUID, on_date: date) -> tuple[str, UUID | None]:
    """Return an enterprise's size on a day and the declaration behind it; `unknown` without fresh figures."""
    rows = SizeDeclaration.objects.filter(
        enterprise_id=enterprise_id,
        as_of_date__lte=on_date,
        as_of_date__gt=on_date - timedelta(days=FRESH_DAYS),
    )
    row = rows.order_by("-as_of_date", "-recorded_at").first()
    if row is None:
        return UNKNOWN, None
    figures = SizeFigures(row.industry, row.employees, row.revenue, row.assets, row.months)
    try:
        table = regulation.rule("T-03", on_date).parameters["rows"]
        return enterprise_size(figures, table).value, row.id
    except (regulation.RuleMissing, SizeFiguresMissing):
        return UNKNOWN, row.id


def evidence(*, drawdown_id: UUID) -> TaxEvidence:
    """Return how a drawdown was tagged; raises `TaxTagMissing`."""
    row = _row(drawdown_id)
    return TaxEvidence(
        row.drawdown_id,
        row.drawdown_date,
        row.borrower,
        row.total_credit,
        row.treatment,
        row.rule,
        row.reason,
        row.method,
        row.income_account,
        row.facts,
        tuple(row.rules),
    )


def tag_in_year(*, drawdown_id: UUID, year: int) -> TaxTag:
    """Return how a drawdown's interest is taxed in a fiscal year, by the method of that year (T-02)."""
    facts = TaxFacts.of(_row(drawdown_id).facts)
    return tag_of(facts, method=regulation.vat_method(year=year))


def _row(drawdown_id: UUID) -> DrawdownTax:
    row = DrawdownTax.objects.filter(drawdown_id=drawdown_id).first()
    if row is None:
        raise TaxTagMissing()
    return row
