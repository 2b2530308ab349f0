"""Cash flows as the borrower sees them: what is received is positive, what is paid is negative."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kernel.money import CurrencyMismatch, Money
from kernel.refusals import Kind, Phrase, Placed


class CashFlowsInvalid(Placed):
    """No single non-negative rate explains these cash flows."""

    code = "cash_flows_invalid"
    kind = Kind.INVALID
    message = "These cash flows have no annual rate: {reason}."


@dataclass(frozen=True, slots=True)
class CashFlow:
    """An amount on a day: positive when the borrower receives it, negative when the borrower pays it.

    What is paid is principal, interest and every party's fee, whoever collects it (rules 2.2).
    """

    day: date
    amount: Money


def one_currency(amounts: Sequence[Money]) -> Sequence[Money]:
    """Return the amounts; refuses two currencies."""
    for amount in amounts[1:]:
        if amount.currency != amounts[0].currency:
            raise CurrencyMismatch(left=amounts[0].currency, right=amount.currency)
    return amounts


def by_day(flows: Sequence[CashFlow]) -> list[tuple[date, int]]:
    """Return the net amount of each day something moved, in order; days that net to nothing are left out."""
    one_currency([flow.amount for flow in flows])
    nets: dict[date, int] = {}
    for flow in flows:
        nets[flow.day] = nets.get(flow.day, 0) + flow.amount.minor
    return [(day, amount) for day, amount in sorted(nets.items()) if amount]


def require_loan(amounts: Sequence[int]) -> None:
    """Refuse flows, in order of time, that no loan has: paid first, or less paid than received."""
    moved = [amount for amount in amounts if amount]
    if not moved:
        raise CashFlowsInvalid(reason=Phrase("there are none"))
    if moved[0] < 0:
        raise CashFlowsInvalid(reason=Phrase("the borrower pays first"))
    if sum(moved) > 0:
        raise CashFlowsInvalid(reason=Phrase("less is paid than received"))


def crossings(amounts: Sequence[int]) -> int:
    """Return how often the running total passes between above zero and not, starting from nothing."""
    running, owed, count = 0, False, 0
    for amount in amounts:
        running += amount
        if (running > 0) != owed:
            count, owed = count + 1, running > 0
    return count
