"""What must hold of terms before anything is reckoned from them."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from kernel.day_counts import DayCount
from kernel.money import DIGITS, Rounding
from kernel.periods import Period
from kernel.recurrence import FIRST_YEAR, LAST_YEAR, Frequency
from kernel.refusals import brief
from kernel.schedules.reasons import (
    AmountAboveLoan,
    AmountInvalid,
    CountInvalid,
    CurrencyInvalid,
    DateInvalid,
    DatesOutOfOrder,
    DayCountUnknown,
    GraceTooLong,
    MethodUnknown,
    RateChangeRepeated,
    RateInvalid,
    TermNotForMethod,
    TermUnknown,
)
from kernel.schedules.terms import (
    MOST_EFFORT,
    MOST_ENTRIES,
    MOST_MINOR,
    MOST_RATE_PPM,
    MOST_ROWS,
    Fee,
    FeeBasis,
    FeeTiming,
    GraceRule,
    InterestBasis,
    Method,
    RateChangeRule,
    ScheduleTerms,
)

_STEPPED: Final = frozenset({Method.LEVEL_INSTALMENT, Method.FLAT})
_PARTED: Final = _STEPPED | {Method.LEVEL_PRINCIPAL}
_ROWED: Final = _PARTED | {Method.INTEREST_FIRST}


def check(terms: ScheduleTerms) -> int:
    """Refuse terms that cannot be read; return the decimals of their currency."""
    _codes(terms)
    _tranches(terms)
    _numbers(terms)
    _rates(terms)
    _spans(terms)
    _fees(terms.fees)
    _fits_method(terms)
    _effort(terms)
    digits = _digits(terms)
    _parts(terms, digits)
    return digits


def amount(given: object, at: str, low: int = 0) -> None:
    """Refuse anything but a whole number of minor units of at most 18 digits."""
    if type(given) is not int or not low <= given <= MOST_MINOR:
        raise AmountInvalid(at=at, given=brief(given), low=low, high=MOST_MINOR)


def whole(given: object, at: str, low: int, high: int) -> None:
    """Refuse anything but a whole number between two others."""
    if type(given) is not int or not low <= given <= high:
        raise CountInvalid(at=at, given=brief(given), low=low, high=high)


def rate(given: object, at: str) -> None:
    """Refuse anything but millionths from nothing to ten a year."""
    if type(given) is not int or not 0 <= given <= MOST_RATE_PPM:
        raise RateInvalid(at=at, given=brief(given), high=MOST_RATE_PPM)


def day(given: object, at: str) -> None:
    """Refuse anything but a plain date of years in which loans are made."""
    if type(given) is not date or not FIRST_YEAR <= given.year <= LAST_YEAR:
        raise DateInvalid(at=at, given=brief(given), first=FIRST_YEAR, last=LAST_YEAR)


def shown(minor: int, digits: int) -> str:
    """Return minor units as people write them: 866190 with two decimals is 8661.90."""
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(minor)


def _codes(terms: ScheduleTerms) -> None:
    if not isinstance(terms.method, Method):
        raise MethodUnknown(at="method", given=brief(terms.method))
    if not isinstance(terms.day_count, DayCount):
        raise DayCountUnknown(at="day_count", given=brief(terms.day_count))
    kinds: tuple[tuple[str, object, type], ...] = (
        ("frequency", terms.frequency, Frequency),
        ("interest_basis", terms.basis, InterestBasis),
        ("interest_rounding", terms.interest_rounding, Rounding),
        ("instalment_rounding", terms.instalment_rounding, Rounding),
        ("rate_change_rule", terms.rate_change_rule, RateChangeRule),
        ("interest_grace_rule", terms.interest_grace_rule, GraceRule),
    )
    for at, given, kind in kinds:
        if not isinstance(given, kind):
            raise TermUnknown(at=at, given=brief(given))


def _tranches(terms: ScheduleTerms) -> None:
    whole(len(terms.tranches), "tranches", 1, MOST_ENTRIES)
    for at, tranche in enumerate(terms.tranches):
        amount(tranche.minor, f"tranches/{at}/amount", 1)
        day(tranche.day, f"tranches/{at}/date")
    amount(terms.principal, "tranches", 1)
    amount(terms.down_payment, "down_payment")


def _numbers(terms: ScheduleTerms) -> None:
    whole(terms.count, "count", 1, MOST_ROWS)
    if terms.anchor_day is not None:
        whole(terms.anchor_day, "anchor_day", 1, 31)
    amount(terms.balloon, "balloon")
    amount(terms.instalment_step, "instalment_step", 1)
    if terms.instalment is not None:
        amount(terms.instalment, "instalment", 1)
    for name, grace in (("principal_grace", terms.principal_grace), ("interest_grace", terms.interest_grace)):
        whole(grace, name, 0, MOST_ROWS)
        if grace >= terms.count:
            raise GraceTooLong(at=name, given=grace, count=terms.count)
    for at, number in enumerate(terms.interest_free_rows):
        whole(number, f"interest_free_rows/{at}", 1, terms.count)


def _rates(terms: ScheduleTerms) -> None:
    rate(terms.rate_ppm, "annual_rate")
    whole(len(terms.rate_changes), "rate_changes", 0, MOST_ENTRIES)
    for at, change in enumerate(terms.rate_changes):
        rate(change.rate_ppm, f"rate_changes/{at}/annual_rate")
        day(change.from_date, f"rate_changes/{at}/from_date")
        if change.known_date is not None:
            day(change.known_date, f"rate_changes/{at}/known_date")
    rates: dict[tuple[date, date], int] = {}
    for at, change in enumerate(terms.rate_changes):
        known = max(change.known_date or change.from_date, change.from_date)
        if rates.setdefault((change.from_date, known), change.rate_ppm) != change.rate_ppm:
            raise RateChangeRepeated(at=f"rate_changes/{at}/from_date", given=change.from_date)


def _spans(terms: ScheduleTerms) -> None:
    for name, bound in (("first_due_date", terms.first_due_date), ("final_due_date", terms.final_due_date)):
        if bound is not None:
            day(bound, name)
    for at, due in enumerate(terms.due_dates):
        day(due, f"due_dates/{at}")
    whole(len(terms.interest_pauses), "interest_pauses", 0, MOST_ENTRIES)
    for at, pause in enumerate(terms.interest_pauses):
        if not isinstance(pause, Period):
            shown_as = brief(pause)
            raise DateInvalid(at=f"interest_pauses/{at}", given=shown_as, first=FIRST_YEAR, last=LAST_YEAR)
        day(pause.start_date, f"interest_pauses/{at}/from_date")
        day(pause.end_date, f"interest_pauses/{at}/to_date")
    whole(len(terms.payments), "payments", 0, MOST_ENTRIES)
    for at, payment in enumerate(terms.payments):
        amount(payment.minor, f"payments/{at}/principal", 1)
        day(payment.day, f"payments/{at}/date")


def _fees(fees: Sequence[Fee]) -> None:
    whole(len(fees), "fees", 0, MOST_ENTRIES)
    for at, fee in enumerate(fees):
        amount(fee.minor, f"fees/{at}/amount")
        rate(fee.rate_ppm, f"fees/{at}/rate")
        if not isinstance(fee.timing, FeeTiming) or not isinstance(fee.basis, FeeBasis):
            raise TermUnknown(at=f"fees/{at}", given=f"{fee.timing} {fee.basis}"[:40])
        if fee.timing is FeeTiming.UPFRONT and fee.basis is FeeBasis.BALANCE:
            raise TermUnknown(at=f"fees/{at}/of", given=fee.basis.value)


def _fits_method(terms: ScheduleTerms) -> None:
    """Refuse a term the method would have to ignore: what is asked for is done, or not at all."""
    method = terms.method
    daily = method is Method.DAILY_INTEREST
    wrong = (
        ("instalment", terms.instalment is not None and method not in _STEPPED),
        ("balloon", terms.balloon and method not in _PARTED),
        ("principal_grace", terms.principal_grace and method not in _PARTED),
        ("interest_grace", terms.interest_grace and method not in _ROWED),
        ("interest_free_rows", terms.interest_free_rows and method not in _ROWED),
        ("payments", terms.payments and not daily),
        ("interest_basis", daily and terms.basis is not InterestBasis.ACTUAL_DAYS),
    )
    for at, is_wrong in wrong:
        if is_wrong:
            raise TermNotForMethod(at=at, method=method.value)


def _effort(terms: ScheduleTerms) -> None:
    """Refuse terms that would keep a machine busy for minutes: each change is reckoned over every row."""
    rows = len(terms.payments) + 1 if terms.single else terms.count
    changes = 1 + len(terms.tranches) + len(terms.rate_changes) + len(terms.interest_pauses)
    if rows * changes > MOST_EFFORT:
        at = "payments" if terms.single else "count"
        raise CountInvalid(at=at, given=rows, low=1, high=MOST_EFFORT // changes)


def _digits(terms: ScheduleTerms) -> int:
    """Return the decimals of the currency; one the house does not know must say how many it has."""
    named = type(terms.currency) is str and len(terms.currency) == 3
    known = DIGITS.get(terms.currency) if named else None
    digits = known if terms.currency_digits is None else terms.currency_digits
    if not named or type(digits) is not int or digits not in {0, 2, 3} or known not in {None, digits}:
        raise CurrencyInvalid(at="currency", currency=str(terms.currency)[:8], digits=brief(digits))
    return digits


def _parts(terms: ScheduleTerms, digits: int) -> None:
    """Refuse a down payment that leaves nothing lent on the first day, and a balloon above what is lent."""
    first = sum(tranche.minor for tranche in terms.tranches if tranche.day == terms.start_date)
    lent = terms.principal - terms.down_payment
    for at, given, high in (
        ("down_payment", terms.down_payment, first - 1),
        ("balloon", terms.balloon, lent),
    ):
        if given > high:
            raise AmountAboveLoan(at=at, given=shown(given, digits), high=shown(high, digits))


def in_order(dates: Sequence[date], start: date, at: str) -> None:
    """Refuse due dates that do not come one after another, the first after the start."""
    before = start
    for number, due in enumerate(dates):
        if due <= before:
            place = f"{at}/{number}" if at == "due_dates" else at
            raise DatesOutOfOrder(at=place, given=due, before=before)
        before = due
