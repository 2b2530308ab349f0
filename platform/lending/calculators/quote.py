"""`quote`: a schedule from its terms, as documents over `kernel.schedules.build_schedule`.

The request says what is lent, when, at which rate and how it is repaid; the response says every row and the
totals. Amounts are strings in major units of `currency`, rates annual fractions, dates ISO. What is left out
has the value the JSON Schema names (`api_docs/schemas/quote.request.json`).
"""

from datetime import date
from typing import Any, Final

from kernel.day_counts import DayCount, DayCountInvalid
from kernel.money import Rounding
from kernel.periods import Period
from kernel.recurrence import (
    DAILY,
    MONTHLY,
    MOST_OF_UNIT,
    QUARTERLY,
    WEEKLY,
    YEARLY,
    DateBeyondCalendar,
    Frequency,
    FrequencyInvalid,
    Unit,
)
from kernel.refusals import Phrase
from kernel.schedules import (
    Fee,
    FeeBasis,
    FeeTiming,
    GraceRule,
    InterestBasis,
    Method,
    Payment,
    RateChange,
    RateChangeRule,
    Row,
    Schedule,
    ScheduleTerms,
    Tranche,
    build_schedule,
)
from kernel.schedules.reasons import REASONS
from kernel.schedules.terms import MOST_ENTRIES, MOST_ROWS
from lending.calculators.documents import Calculator, Document, Table, grouped, percent, shown, shown_rate
from lending.calculators.members import Members

FREQUENCIES: Final = {
    "daily": DAILY,
    "weekly": WEEKLY,
    "fortnightly": Frequency(Unit.WEEK, 2),
    "monthly": MONTHLY,
    "quarterly": QUARTERLY,
    "half_yearly": Frequency(Unit.MONTH, 6),
    "yearly": YEARLY,
}
METHODS: Final = {method.value: method for method in Method}
UNITS: Final = {unit.value: unit for unit in Unit}
DAY_COUNTS: Final = {count.value: count for count in DayCount}
INTEREST_BASES: Final = {basis.value: basis for basis in InterestBasis}
RATE_CHANGE_RULES: Final = {rule.value: rule for rule in RateChangeRule}
GRACE_RULES: Final = {rule.value: rule for rule in GraceRule}
FEE_TIMINGS: Final = {timing.value: timing for timing in FeeTiming}
FEE_BASES: Final = {basis.value: basis for basis in FeeBasis}
NOT_AFTER: Final = Phrase("Does not come after {before}.")
ROUNDINGS: Final = {rounding.name.lower(): rounding for rounding in Rounding}
COLUMNS: Final = ("no.", "from", "due", "days", "drawn", "principal", "interest", "fees", "total", "balance")


def compute(document: object) -> Document:
    """Return the schedule of a request document; refuses with a code and a pointer to what is wrong."""
    terms = read(document)
    return answer(terms, build_schedule(terms))


def read(document: object) -> ScheduleTerms:
    """Return the terms in a request document; refuses all that is wrong with it at once."""
    members = Members(document)
    currency = members.read_currency()
    method = members.choice("method", METHODS, code="schedules.method_unknown")
    known: dict[str, Any] = {
        "currency": currency,
        "tranches": _tranches(members),
        "rate_ppm": members.rate("annual_rate"),
        "method": method,
        "count": _count(members, method),
        "frequency": _frequency(members),
        **_rates(members),
        **_dates(members),
        **_amounts(members),
        **_rules(members),
        "fees": tuple(_fee(one) for one in members.objects("fees", (), most=MOST_ENTRIES)),
        "payments": tuple(
            Payment(one.day("date"), one.amount("principal", low=1))
            for one in members.objects("payments", (), most=MOST_ENTRIES)
        ),
    }
    pauses = [
        (one, one.day("from_date"), one.day("to_date"))
        for one in members.objects("interest_pauses", (), most=MOST_ENTRIES)
    ]
    for one, start, end in pauses:
        if end <= start != date.min:
            one.fault("to_date", "schedules.dates_out_of_order", NOT_AFTER, before=start)
    members.finish()
    return ScheduleTerms(interest_pauses=tuple(Period(start, end) for _, start, end in pauses), **known)


def _tranches(members: Members) -> tuple[Tranche, ...]:
    """Return the tranches: a list of them, or one as `principal` and `start_date`."""
    if not members.has("tranches"):
        return (Tranche(members.day("start_date"), members.amount("principal", low=1)),)
    return tuple(
        Tranche(one.day("date"), one.amount("amount", low=1))
        for one in members.objects("tranches", least=1, most=MOST_ENTRIES)
    )


def _count(members: Members, method: Method) -> int:
    """Return the number of periods; a loan repaid at its end may name the day instead."""
    dated = members.has("first_due_date") or members.has("final_due_date")
    is_single = method in {Method.BULLET, Method.DAILY_INTEREST}
    limits: dict[str, Any] = {"low": 1, "high": MOST_ROWS, "code": "schedules.count_invalid"}
    found: int = (
        members.whole("count", 1, **limits) if dated and is_single else members.whole("count", **limits)
    )
    return found


def _frequency(members: Members) -> Frequency:
    if not members.is_object("frequency"):
        return members.choice("frequency", FREQUENCIES, MONTHLY, code="frequency_invalid")
    one = members.inner("frequency")
    unit = one.choice("unit", UNITS, code="frequency_invalid")
    high = MOST_OF_UNIT[unit.value]
    return Frequency(unit, one.whole("every", low=1, high=high, code="frequency_invalid"))


def _rates(members: Members) -> dict[str, Any]:
    return {
        "rate_changes": tuple(
            RateChange(one.day("from_date"), one.rate("annual_rate"), one.day("known_date", None))
            for one in members.objects("rate_changes", (), most=MOST_ENTRIES)
        ),
        "rate_change_rule": members.choice(
            "rate_change_rule",
            RATE_CHANGE_RULES,
            RateChangeRule.SOLVE_AGAIN,
            code="schedules.term_unknown",
        ),
        "day_count": members.choice(
            "day_count",
            DAY_COUNTS,
            DayCount.ACT_360,
            code="schedules.day_count_unknown",
        ),
        "interest_basis": members.choice(
            "interest_basis",
            INTEREST_BASES,
            None,
            code="schedules.term_unknown",
        ),
    }


def _dates(members: Members) -> dict[str, Any]:
    return {
        "first_due_date": members.day("first_due_date", None),
        "final_due_date": members.day("final_due_date", None),
        "anchor_day": members.whole("anchor_day", None, low=1, high=31),
        "due_dates": members.days("due_dates", most=MOST_ROWS),
        "interest_free_rows": members.wholes("interest_free_rows", low=1, high=MOST_ROWS, most=MOST_ROWS),
    }


def _amounts(members: Members) -> dict[str, Any]:
    return {
        "instalment": members.amount("instalment", None, low=1),
        "instalment_step": members.amount("instalment_step", 1, low=1),
        "balloon": members.amount("balloon", 0),
        "down_payment": members.amount("down_payment", 0),
    }


def _rules(members: Members) -> dict[str, Any]:
    half_up, unknown = Rounding.HALF_UP, "schedules.term_unknown"
    return {
        "interest_rounding": members.choice("interest_rounding", ROUNDINGS, half_up, code=unknown),
        "instalment_rounding": members.choice("instalment_rounding", ROUNDINGS, half_up, code=unknown),
        "principal_grace": members.whole("principal_grace", 0, low=0, high=MOST_ROWS),
        "interest_grace": members.whole("interest_grace", 0, low=0, high=MOST_ROWS),
        "interest_grace_rule": members.choice(
            "interest_grace_rule", GRACE_RULES, GraceRule.NEXT_DUE, code=unknown
        ),
        "allow_negative_amortisation": members.flag("allow_negative_amortisation", False),
    }


def _fee(one: Members) -> Fee:
    """Return a fee: a fixed `amount`, or a `rate` of the principal or the balance."""
    if one.has("amount") == one.has("rate"):
        one.fault("", "fee_invalid", Phrase("Must have an amount or a rate, and not both."))
    return Fee(
        code=one.text("code"),
        timing=one.choice("when", FEE_TIMINGS, code="schedules.term_unknown"),
        minor=one.amount("amount", 0),
        rate_ppm=one.rate("rate", 0),
        basis=one.choice("of", FEE_BASES, FeeBasis.PRINCIPAL, code="schedules.term_unknown"),
    )


def answer(terms: ScheduleTerms, schedule: Schedule) -> Document:
    """Return the response document of a schedule."""
    currency = schedule.currency
    return {
        "object": "schedule",
        "currency": currency,
        "method": schedule.method.value,
        "annual_rate": shown_rate(terms.rate_ppm),
        "day_count": terms.day_count.value,
        "interest_basis": terms.basis.value,
        "instalments": [
            {"from_number": one.from_number, "amount": shown(one.minor, currency)}
            for one in schedule.instalments
        ],
        "rows": [_row(row, currency) for row in schedule.rows],
        "totals": {
            "principal": shown(schedule.principal, currency),
            "interest": shown(schedule.interest, currency),
            "fees": shown(schedule.fees, currency),
            "total": shown(schedule.total, currency),
        },
        "notes": list(schedule.notes),
    }


def _row(row: Row, currency: str) -> Document:
    return {
        "number": row.number,
        "period_start": row.period_start.isoformat(),
        "due_date": row.due_date.isoformat(),
        "days": row.days,
        "drawn": shown(row.drawn, currency),
        "principal": shown(row.principal, currency),
        "interest": shown(row.interest, currency),
        "fees": shown(row.fees, currency),
        "total": shown(row.total, currency),
        "balance": shown(row.balance, currency),
    }


def table(answer: Document) -> Table:
    """Return a response document laid out for people."""
    rows = [
        (
            str(row["number"]),
            row["period_start"],
            row["due_date"],
            str(row["days"]),
            *(grouped(row[name]) for name in COLUMNS[4:]),
        )
        for row in answer["rows"]
    ]
    totals = answer["totals"]
    total = [grouped(totals[name]) for name in ("principal", "interest", "fees", "total")]
    drawn = grouped(totals["principal"])
    notes = [NOTES[note] for note in answer["notes"]]
    return Table(
        title=(
            f"{answer['method']}, {percent(answer['annual_rate'])} a year, {answer['day_count']}, "
            f"{answer['interest_basis']}, {answer['currency']}",
        ),
        columns=COLUMNS,
        rows=(*rows, ("", "", "total", "", drawn, *total, "")),
        left=frozenset({1, 2}),
        footer=tuple(notes),
    )


NOTES: Final = {
    "flat_rate": "flat: interest is charged on the amount lent to the very end, so the cost is nearly double",
    "early_end": "the given instalment repays before the last period",
}
CALCULATOR: Final = Calculator(
    name="quote",
    line="a repayment schedule from its terms",
    compute=compute,
    table=table,
    refusals=(*REASONS, FrequencyInvalid, DateBeyondCalendar, DayCountInvalid),
)
