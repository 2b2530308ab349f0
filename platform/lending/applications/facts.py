"""The facts an assessment hands to the decision engine: what the bank may know on the day, no more.

Lending gathers, because risk asks nobody: receipts under the applicant's consent, the enterprise's
registration, and the request itself. What follows from these, and the rules in force, risk adds by itself.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import compress

from kernel.money import Money
from lending.applications.observed import SCENE_DAYS, Observed, Takings
from lending.products.terms import ProductView
from openbanking.receipts.queries import KNOWN_COLUMNS
from parties.enterprises.views import EnterpriseView
from risk.features.brushing import EVIDENCED, brushing, brushing_facts, sign_series
from risk.features.evaluate import Parties, Series, StreamFigures, evaluate
from risk.features.facts import FactValue
from risk.features.forecast import forecast_facts
from risk.features.scene_quality import SceneRecord, scene_facts
from risk.features.wanted import Wanted, needs_of, only_wanted

_SALE_COUNT, _SALES, _LATE, _PAYER_KNOWN, _DOUBTFUL = (
    KNOWN_COLUMNS.index(name)
    for name in ("sale_count", "sales", "late_count", "payer_known_count", "doubtful_count")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the applicant asks for."""

    amount: Money
    tenor_days: int


def whole_years(start: date, end: date) -> int:
    """Return the whole years from `start` to `end`, as an age is counted."""
    return whole_months(start, end) // 12


def whole_months(start: date, end: date) -> int:
    """Return the whole calendar months from `start` to `end`."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(months - (end.day < start.day), 0)


def observed_facts(observed: Observed, *, as_of_date: date, wanted: Wanted = None) -> dict[str, FactValue]:
    """Return what follows from the streams; a stream without a consent is a state of its own, not zero.

    Only what is `wanted` is worked out, and each value is the same as among all others.
    """
    needs = needs_of(wanted)
    streams = {
        view.stream: StreamFigures(
            view.days,
            [Parties(row.role, row.period, row.distinct, row.largest, row.total) for row in view.parties],
        )
        for view in observed.streams
    }
    takings = observed.takings
    receipts = Series((), ())
    if takings is not None:
        receipts = Series(takings.known.numbers, takings.known.figures)
        streams["receipts"] = StreamFigures(receipts)
    facts = dict(evaluate(streams, as_of_date=as_of_date, wanted=needs.features).facts)
    if needs.brushing:
        found = brushing(sign_series(receipts, as_of_date=as_of_date), as_of_date=as_of_date)
        facts |= brushing_facts(found, evidenced_daily=facts[EVIDENCED])
    if needs.forecast:
        sales = receipts.figures[_SALES] if receipts.numbers else ()
        facts |= forecast_facts(receipts.numbers, sales, as_of_date=as_of_date)
    if needs.scene:
        facts |= scene_facts([] if takings is None else _scene_records(takings, as_of_date))
    return only_wanted(facts, wanted)


def _scene_records(takings: Takings, as_of_date: date) -> list[SceneRecord]:
    """Return what the scene sent in the last days; a younger shop is expected from its first day on."""
    numbers, figures = takings.known.numbers, takings.known.figures
    end = as_of_date.toordinal()
    start = end - SCENE_DAYS
    inside = slice(bisect_left(numbers, start), bisect_left(numbers, end))
    counts = figures[_SALE_COUNT][inside]
    days = len(counts) - counts.count(0)
    if not days:
        return []
    sales, late, known, doubtful = (
        sum(filter(None, compress(figures[place][inside], counts)))
        for place in (_SALE_COUNT, _LATE, _PAYER_KNOWN, _DOUBTFUL)
    )
    delivered = takings.delivered
    assert delivered is not None  # noqa: S101  read where the scene's quality is asked for
    return [
        SceneRecord(
            days_expected=end - max(start, numbers[0]),
            days_delivered=days,
            sale_count=sales,
            late_count=late,
            payer_known_count=known,
            doubtful_count=doubtful,
            rows_read=delivered.rows_read,
            rows_rejected=delivered.rows_rejected,
        )
    ]


def gather(
    *,
    observed: Observed,
    enterprise: EnterpriseView,
    request: Request,
    product: ProductView,
    area_ok: bool,
    born_date: date | None,
    first_time: bool,
    as_of_date: date,
    graph: Mapping[str, FactValue],
    wanted: Wanted = None,
) -> dict[str, FactValue]:
    """Return every fact known about an application as of a date; `graph` holds those of the graph.

    Of the streams and the graph only what is `wanted`; what costs nothing to know is always kept.
    Of a `first_time` borrower the bank knows that it settled and owes nothing here; of any other the loans
    would have to be asked, and until they are the figures are not known, which is never zero.
    """
    facts = observed_facts(observed, as_of_date=as_of_date, wanted=wanted)
    facts |= {
        "enterprise.months_open": whole_months(enterprise.opened_date, as_of_date),
        "enterprise.industry": enterprise.industry,
        "enterprise.area_ok": area_ok,
        "representative.age": None if born_date is None else whole_years(born_date, as_of_date),
        "application.amount": request.amount.major,
        "application.tenor_days": request.tenor_days,
        "application.revolving": True,
        "product.code": product.code,
        "product.limit_max": product.limit_max.major,
        "product.annual_rate": product.annual_rate.fraction,
        **only_wanted(graph, wanted),
    }
    if first_time:
        facts |= {"bank.loans_settled": 0, "bank.overdue_now": False}
    return facts
