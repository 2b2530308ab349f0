"""Why terms make no schedule; each refusal says where in the terms (`at`, a path such as `tranches/0`)."""

from typing import Final

from kernel.refusals import Kind, Refusal


class _Placed:
    """Gives a refusal the list of faults that doors show: one, at its place."""

    @property
    def errors(self) -> list[dict[str, str]]:
        """The fault with its pointer (RFC 6901)."""
        refusal: Refusal = self  # type: ignore[assignment]  # mixed into refusals only
        place = str(refusal.params.get("at", ""))
        pointer = f"/{place}" if place else ""
        return [{"pointer": pointer, "code": refusal.code, "detail": refusal.text()}]


class AmountInvalid(_Placed, Refusal):
    """An amount is negative, a fraction of a minor unit, or longer than 18 digits."""

    code = "schedules.amount_invalid"
    kind = Kind.INVALID
    message = "{at}: {given} is not a whole number of minor units from {low} to {high}."


class RateInvalid(_Placed, Refusal):
    """A rate is not a whole number of millionths a year within bounds."""

    code = "schedules.rate_invalid"
    kind = Kind.INVALID
    message = "{at}: {given} is not a rate in millionths from 0 to {high}."


class MethodUnknown(_Placed, Refusal):
    """There is no such method."""

    code = "schedules.method_unknown"
    kind = Kind.INVALID
    message = "{given} is no method of repayment."


class DayCountUnknown(_Placed, Refusal):
    """There is no such day count."""

    code = "schedules.day_count_unknown"
    kind = Kind.INVALID
    message = "{given} is no day count."


class TermUnknown(_Placed, Refusal):
    """A term has none of the values it can have."""

    code = "schedules.term_unknown"
    kind = Kind.INVALID
    message = "{at}: {given} is not one of its values."


class CountInvalid(_Placed, Refusal):
    """A schedule has none, too many or half a row."""

    code = "schedules.count_invalid"
    kind = Kind.INVALID
    message = "{at}: {given} is not a whole number from {low} to {high}."


class DateInvalid(_Placed, Refusal):
    """Something that must be a date is none."""

    code = "schedules.date_invalid"
    kind = Kind.INVALID
    message = "{at}: {given} is not a date."


class DatesOutOfOrder(_Placed, Refusal):
    """A date does not come after the one it must follow."""

    code = "schedules.dates_out_of_order"
    kind = Kind.INVALID
    message = "{at}: {given} does not come after {before}."


class DateOutsideSchedule(_Placed, Refusal):
    """A draw or a payment lies outside the schedule."""

    code = "schedules.date_outside"
    kind = Kind.INVALID
    message = "{at}: {given} is not between {first} and {last}."


class CurrencyInvalid(_Placed, Refusal):
    """The currency is unknown, or has another number of decimals than was said."""

    code = "schedules.currency_invalid"
    kind = Kind.INVALID
    message = "{currency} with {digits} decimals is no currency here."


class GraceTooLong(_Placed, Refusal):
    """Every row would be grace."""

    code = "schedules.grace_too_long"
    kind = Kind.INVALID
    message = "{at}: {given} of {count} rows cannot be grace."


class TermNotForMethod(_Placed, Refusal):
    """A term is given that the method does not have."""

    code = "schedules.term_not_for_method"
    kind = Kind.INVALID
    message = "{at} is no term of the method {method}."


class NegativeAmortisation(_Placed, Refusal):
    """The instalment does not pay the interest of its period, and the terms do not allow that."""

    code = "schedules.negative_amortisation"
    message = "The instalment of {instalment} does not pay the interest of {interest} in row {row}."


class PaymentAboveBalance(_Placed, Refusal):
    """More principal is repaid than is owed."""

    code = "schedules.payment_above_balance"
    message = "{at}: {given} is more than the {balance} owed on that day."


class CreditAboveInterest(_Placed, Refusal):
    """A back-dated fall of the rate leaves a credit that the interest still to come cannot take up."""

    code = "schedules.credit_above_interest"
    message = "A credit of {credit} is left over after the last row."


REASONS: Final[tuple[type[Refusal], ...]] = (
    AmountInvalid,
    RateInvalid,
    MethodUnknown,
    DayCountUnknown,
    TermUnknown,
    CountInvalid,
    DateInvalid,
    DatesOutOfOrder,
    DateOutsideSchedule,
    CurrencyInvalid,
    GraceTooLong,
    TermNotForMethod,
    NegativeAmortisation,
    PaymentAboveBalance,
    CreditAboveInterest,
)
