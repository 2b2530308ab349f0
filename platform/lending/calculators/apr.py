"""`apr`: what cash flows cost in a year, as documents over `kernel.apr`.

The request says what the borrower receives, what the borrower pays, and what any party charges because of it;
the response says the annual cost under every convention that fits, each named (P-02, ADR 0010), and whether
one of them is within a cap (R-11). Amounts are strings in major units of `currency`, rates annual fractions.
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from kernel.apr import (
    AllInCost,
    CashFlow,
    CashFlowsInvalid,
    Charge,
    Convention,
    UnitPeriod,
    all_in_cost,
    eu_rate_shown,
    unit_period_of,
)
from kernel.apr.conventions import NOT_MONTHS_APART
from kernel.apr.internal import NOTHING_OUTSTANDING
from kernel.apr.solving import BEYOND_ANY_LOAN
from kernel.money import MAX_MINOR, Money
from kernel.rates import PPM
from kernel.recurrence import FIRST_YEAR, LAST_YEAR, MONTHLY, DateBeyondCalendar, date_at
from kernel.refusals import Phrase
from lending.calculators.documents import Calculator, Document, Table, grouped, percent, shown, shown_rate
from lending.calculators.members import YEARS, Members
from lending.calculators.quote import FREQUENCIES

MOST_ENTRIES: Final = 200
MOST_COUNT: Final = 1_000
MOST_FLOWS: Final = 1_200
HUNDREDTH: Final = Decimal("0.0001")  # of a fraction: a hundredth of a percent, as rates are shown
CAPPED: Final = (Convention.IRR_MONTHS, Convention.IRR_DAYS)  # the first that fits is held against a cap
TOO_MANY_FLOWS: Final = Phrase("Must make at most {most} flows in all.")
CONVENTIONS: Final = {convention.value: convention for convention in Convention}
WHY_NOT: Final[dict[str, str]] = {  # why one convention has no figure where another has
    NOT_MONTHS_APART: "Not every flow is a whole number of months after the first.",
    NOTHING_OUTSTANDING: "By simple interest to the last day the payments bear more than the advances.",
    BEYOND_ANY_LOAN: "Compounded over a year it is more than any loan costs.",
}
ALWAYS: Final = frozenset({Convention.IRR_DAYS, Convention.APPENDIX_J})  # fit any flows that have a rate
MEANING: Final = {
    Convention.IRR_MONTHS: "twelve times the monthly internal rate",
    Convention.EFFECTIVE_MONTHS: "the monthly internal rate, compounded",
    Convention.IRR_DAYS: "365 times the daily internal rate",
    Convention.EFFECTIVE_DAYS: "the daily internal rate, compounded (XIRR)",
    Convention.SIMPLE: "simple interest on actual days over 365",
    Convention.APPENDIX_J: "Regulation Z, Appendix J, actuarial method",
    Convention.EU: "the European Union's equation",
}


def compute(document: object) -> Document:
    """Return the annual cost of a request document; refuses with a code and a pointer to what is wrong."""
    members = Members(document)
    currency = members.read_currency()
    received = [
        each for one in members.objects("advances", least=1, most=MOST_ENTRIES) for each in _flow(one)
    ]
    paid = [each for one in members.objects("payments", least=1, most=MOST_ENTRIES) for each in _flow(one)]
    charges = [
        (*each, one.text("party"))
        for one in members.objects("charges", (), most=MOST_ENTRIES)
        for each in _flow(one)
    ]
    wanted = members.choice("convention", CONVENTIONS, None, code="convention_unknown")
    cap_ppm = members.rate("cap", None)
    if len(received) + len(paid) + len(charges) > MOST_FLOWS:
        members.fault("payments", "list_too_long", TOO_MANY_FLOWS, most=MOST_FLOWS)
    members.finish()
    try:
        return _answer(
            flows=[
                *(CashFlow(day, Money(minor, currency)) for day, minor in received),
                *(CashFlow(day, Money(-minor, currency)) for day, minor in paid),
            ],
            charges=[Charge(day, Money(minor, currency), party) for day, minor, party in charges],
            wanted=wanted,
            cap_ppm=cap_ppm,
        )
    except CashFlowsInvalid as refusal:
        is_alone = wanted is not None and refusal.params["reason"] in WHY_NOT
        at = "convention" if is_alone else "payments"
        raise CashFlowsInvalid(**{"at": at, **refusal.params}) from None


def _flow(one: Members) -> list[tuple[date, int]]:
    """Return one amount on its date, or `count` of them from there on."""
    day, minor = one.day("date"), one.amount("amount", low=1, high=MAX_MINOR)
    count = one.whole("count", 1, low=1, high=MOST_COUNT)
    frequency = one.choice("frequency", FREQUENCIES, MONTHLY, code="frequency_invalid")
    anchor_day = one.whole("anchor_day", None, low=1, high=31)
    if count == 1 or day == date.min:
        return [(day, minor)]
    try:
        return [
            (date_at(anchor=day, frequency=frequency, number=number, anchor_day=anchor_day), minor)
            for number in range(count)
        ]
    except DateBeyondCalendar:
        one.fault("count", "date_beyond_calendar", YEARS, first=FIRST_YEAR, last=LAST_YEAR)
        return [(day, minor)]


def _answer(
    *,
    flows: Sequence[CashFlow],
    charges: Sequence[Charge],
    wanted: Convention | None,
    cap_ppm: int | None,
) -> Document:
    found, lacking = _reckoned(flows, charges, wanted)
    first = next(iter(found.values()))
    everything = [*flows, *(CashFlow(charge.day, -charge.amount) for charge in charges)]
    currency = flows[0].amount.currency
    return {
        "object": "annual_cost",
        "currency": currency,
        "received": shown(first.received.minor, currency),
        "paid": shown(first.paid.minor, currency),
        "cost": shown(first.cost.minor, currency),
        "charges": [
            {"party": party, "amount": shown(amount.minor, currency)} for party, amount in first.by_party
        ],
        "rates": [
            _rate(convention, found[convention]) if convention in found else lacking[convention]
            for convention in Convention
            if wanted is None or convention is wanted
        ],
        "unit_period": (_unit_period(unit_period_of(everything)) if Convention.APPENDIX_J in found else None),
        "cap": None if cap_ppm is None else _verdict(found, cap_ppm),
    }


def _reckoned(
    flows: Sequence[CashFlow], charges: Sequence[Charge], wanted: Convention | None
) -> tuple[dict[Convention, AllInCost], dict[Convention, Document]]:
    """Return every convention that fits, and what is said of the others."""
    if wanted is not None:
        return {wanted: all_in_cost(flows=flows, charges=charges, convention=wanted)}, {}
    found, lacking = {}, {}
    for convention in Convention:
        try:
            found[convention] = all_in_cost(flows=flows, charges=charges, convention=convention)
        except CashFlowsInvalid as refusal:
            note = WHY_NOT.get(str(refusal.params["reason"]))
            if convention in ALWAYS or note is None:
                raise
            lacking[convention] = {
                "convention": convention.value, "annual_rate": None, "shown": None, "note": note,
            }  # fmt: skip
    return found, lacking


def _rate(convention: Convention, cost: AllInCost) -> Document:
    exact = cost.annual_exact
    is_eu = convention is Convention.EU
    brief = eu_rate_shown(exact) if is_eu else exact.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)
    return {
        "convention": convention.value,
        "annual_rate": f"{exact:.12f}",
        "shown": f"{brief * 100:.{1 if is_eu else 2}f}",
        "note": MEANING[convention],
    }


def _unit_period(period: UnitPeriod) -> Document:
    per_year = period.per_year
    return {"unit": period.unit.value, "count": period.count, "per_year": str(per_year)}


def _verdict(found: dict[Convention, AllInCost], cap_ppm: int) -> Document:
    """Return whether the cost is within the cap, and under which convention that was judged."""
    convention = next((each for each in CAPPED if each in found), next(iter(found)))
    is_within = found[convention].annual_exact <= Decimal(cap_ppm) / PPM
    return {"annual_rate": shown_rate(cap_ppm), "convention": convention.value, "is_within": is_within}


def table(answer: Document) -> Table:
    """Return a response document laid out for people."""
    currency = answer["currency"]
    rows = [
        (rate["convention"], "-" if rate["shown"] is None else f"{rate['shown']} %", rate["note"])
        for rate in answer["rates"]
    ]
    footer = [f"charged by {each['party']}: {grouped(each['amount'])}" for each in answer["charges"]]
    if answer["unit_period"] is not None:
        unit = answer["unit_period"]
        footer.append(f"unit-period: {unit['count']} {unit['unit']}, {unit['per_year']} a year")
    if answer["cap"] is not None:
        cap = answer["cap"]
        verdict = "within" if cap["is_within"] else "ABOVE"
        footer.append(f"{verdict} the cap of {percent(cap['annual_rate'])} ({cap['convention']})")
    return Table(
        title=(
            f"received {grouped(answer['received'])}, paid {grouped(answer['paid'])}, "
            f"cost {grouped(answer['cost'])} {currency}",
        ),
        columns=("convention", "a year", "what it is"),
        rows=tuple(rows),
        left=frozenset({0, 2}),
        footer=tuple(footer),
    )


CALCULATOR: Final = Calculator(
    name="apr",
    line="what cash flows cost in a year, under every convention",
    compute=compute,
    table=table,
    refusals=(CashFlowsInvalid,),
)
