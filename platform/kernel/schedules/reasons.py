"""Why terms make no schedule; each refusal says where in the terms (`at`, a path such as `tranches/0`)."""

from typing import Final

from kernel.refusals import Kind, Placed, Refusal


class AmountInvalid(Placed):
    """An amount is negative, a fraction of a minor unit, or longer than 18 digits."""

    code = "schedules.amount_invalid"
    kind = Kind.INVALID
    message = "{at}: {given} is not a whole number of minor units from {low} to {high}."


class AmountAboveLoan(Placed):
    """A down payment or a balloon is not below, or above, what it is a part of."""

    code = "schedules.amount_above_loan"
    kind = Kind.INVALID
    message = "{at}: {given} is more than the {high} it can be of what is lent."


class RateInvalid(Placed):
    """A rate is not a whole number of millionths a year within bounds."""

    code = "schedules.rate_invalid"
    kind = Kind.INVALID
    message = "{at}: {given} is not a rate in millionths from 0 to {high}."


class MethodUnknown(Placed):
    """There is no such method."""

    code = "schedules.method_unknown"
    kind = Kind.INVALID
    message = "{given} is no method of repayment."


class DayCountUnknown(Placed):
    """There is no such day count."""

    code = "schedules.day_count_unknown"
    kind = Kind.INVALID
    message = "{given} is no day count."


class RateChangeRepeated(Placed):
    """Two rates hold from the same day and became known on the same day."""

    code = "schedules.rate_change_repeated"
    kind = Kind.INVALID
    message = "{at}: another rate holds from {given} already."


class TermUnknown(Placed):
    """A term has none of the values it can have."""

    code = "schedules.term_unknown"
    kind = Kind.INVALID
    message = "{at}: {given} is not one of its values."


class CountInvalid(Placed):
    """A schedule has none, too many or half a row."""

    code = "schedules.count_invalid"
    kind = Kind.INVALID
    message = "{at}: {given} is not a whole number from {low} to {high}."


class DateInvalid(Placed):
    """Something that must be a date is none, or lies where no loan does."""

    code = "schedules.date_invalid"
    kind = Kind.INVALID
    message = "{at}: {given} is not a date of the years {first} to {last}."


class DatesOutOfOrder(Placed):
    """A date does not come after the one it must follow."""

    code = "schedules.dates_out_of_order"
    kind = Kind.INVALID
    message = "{at}: {given} does not come after {before}."


class DateOutsideSchedule(Placed):
    """A draw or a payment lies outside the schedule."""

    code = "schedules.date_outside"
    kind = Kind.INVALID
    message = "{at}: {given} is not between {first} and {last}."


class CurrencyInvalid(Placed):
    """The currency is unknown, or has another number of decimals than was said."""

    code = "schedules.currency_invalid"
    kind = Kind.INVALID
    message = "{currency} with {digits} decimals is no currency here."


class GraceTooLong(Placed):
    """Every row would be grace."""

    code = "schedules.grace_too_long"
    kind = Kind.INVALID
    message = "{at}: {given} of {count} rows cannot be grace."


class TermNotForMethod(Placed):
    """A term is given that the method does not have."""

    code = "schedules.term_not_for_method"
    kind = Kind.INVALID
    message = "{at} is no term of the method {method}."


class NegativeAmortisation(Placed):
    """The instalment does not pay the interest of its period, and the terms do not allow that."""

    code = "schedules.negative_amortisation"
    message = "The instalment of {instalment} does not pay the interest of {interest} in row {row}."


class PaymentAboveBalance(Placed):
    """More principal is repaid than is owed."""

    code = "schedules.payment_above_balance"
    message = "{at}: {given} is more than the {balance} owed on that day."


class CreditAboveInterest(Placed):
    """A back-dated fall of the rate leaves a credit that the interest still to come cannot take up."""

    code = "schedules.credit_above_interest"
    message = "A credit of {credit} is left over after the last row."


REASONS: Final[tuple[type[Refusal], ...]] = (
    AmountInvalid,
    AmountAboveLoan,
    RateInvalid,
    RateChangeRepeated,
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
