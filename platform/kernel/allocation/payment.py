"""Using a payment on what is owed, as a policy orders.

Pure. Amounts are whole minor units (fen). What is owed comes in as figures: whoever owns the loan knows them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Final

from kernel.allocation.policy import Component, DueStatus, FutureRule, Policy, Precedence, Processing
from kernel.money import MAX_MINOR
from kernel.refusals import Kind, Phrase, Placed

NO_AMOUNT: Final = Phrase("an amount is negative, absurd or not of whole minor units")
USED_TWICE: Final = Phrase("an instalment number is used twice")


class AllocationInputInvalid(Placed):
    """An amount is negative, absurd or no whole number of fen, or an instalment appears twice."""

    code = "allocation_input_invalid"
    kind = Kind.INVALID
    message = "The payment cannot be allocated: {fault}."


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is owed on one instalment (or draw) on the day of the payment; fen, nothing missing is zero.

    `due_date` is the day it is judged by, rolled where the contract rolls it (L-07). Of an instalment that is
    not due yet, `owed` holds what may be paid in advance. `rate_ppm` matters where the dearest is first.
    """

    number: int
    due_date: date
    owed: Mapping[Component, int]
    rate_ppm: int = 0

    def status_on(self, day: date) -> DueStatus:
        """Return where the instalment stands: past due the day after its due date."""
        if self.due_date < day:
            return DueStatus.PAST_DUE
        return DueStatus.DUE if self.due_date == day else DueStatus.IN_ADVANCE


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment went to one component of one instalment; fen, above zero."""

    number: int
    component: Component
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """A payment, used up; fen.

    `parts` come in the order they were paid. `to_reamortise` lowers the principal the rest of the schedule is
    drawn from; `held` is the borrower's credit balance, which goes back to its source only.
    """

    parts: tuple[Part, ...]
    future: FutureRule
    to_reamortise: int
    held: int

    @property
    def allocated(self) -> int:
        """The sum of the parts."""
        return sum(part.minor for part in self.parts)

    @property
    def rest(self) -> int:
        """What no instalment took."""
        return self.to_reamortise + self.held

    def by_component(self) -> dict[Component, int]:
        """Return the sum a component, every component named."""
        totals = dict.fromkeys(Component, 0)
        for part in self.parts:
            totals[part.component] += part.minor
        return totals

    def by_instalment(self) -> dict[int, int]:
        """Return the sum an instalment, in the order they were first paid."""
        totals: dict[int, int] = {}
        for part in self.parts:
            totals[part.number] = totals.get(part.number, 0) + part.minor
        return totals


@dataclass(slots=True)
class _Purse:
    """What is left of the payment, and of what is owed."""

    left: int
    owed: dict[tuple[int, Component], int]
    parts: list[Part] = field(default_factory=list)

    def pay(self, number: int, component: Component) -> None:
        minor = min(self.left, self.owed[number, component])
        if minor:
            self.left -= minor
            self.owed[number, component] -= minor
            self.parts.append(Part(number, component, minor))


def allocate(*, instalments: Sequence[Instalment], payment: int, policy: Policy, on_date: date) -> Allocation:
    """Use a payment of `payment` fen on what is owed on `on_date`, as the policy orders; nothing is lost.

    Refuses a negative or absurd amount and an instalment number used twice.
    """
    _require_sound(instalments, payment)
    owed = {
        (instalment.number, component): instalment.owed.get(component, 0)
        for instalment in instalments
        for component in Component
    }
    purse = _Purse(payment, owed)
    for number, component in _visits(instalments, policy, on_date):
        if not purse.left:
            break
        purse.pay(number, component)
    to_reamortise = 0
    if policy.future is FutureRule.REAMORTISE:
        ahead = (row for row in instalments if row.status_on(on_date) is DueStatus.IN_ADVANCE)
        to_reamortise = min(purse.left, sum(purse.owed[row.number, Component.PRINCIPAL] for row in ahead))
    return Allocation(
        parts=tuple(purse.parts),
        future=policy.future,
        to_reamortise=to_reamortise,
        held=purse.left - to_reamortise,
    )


def _require_sound(instalments: Sequence[Instalment], payment: int) -> None:
    if type(payment) is not int or not 0 <= payment <= MAX_MINOR:
        raise AllocationInputInvalid(at="payment", fault=NO_AMOUNT)
    seen: set[int] = set()
    for at, instalment in enumerate(instalments):
        if instalment.number in seen:
            raise AllocationInputInvalid(at=f"instalments/{at}/number", fault=USED_TWICE)
        seen.add(instalment.number)
        for component, minor in instalment.owed.items():
            sound = type(minor) is int and 0 <= minor <= MAX_MINOR and isinstance(component, Component)
            if not sound:
                raise AllocationInputInvalid(at=f"instalments/{at}/owed/{component}", fault=NO_AMOUNT)


def _visits(
    instalments: Sequence[Instalment], policy: Policy, on_date: date
) -> Iterator[tuple[int, Component]]:
    """Return whom to pay what, in order: consecutive steps of one status make one block."""
    pays_ahead = policy.future in (FutureRule.NEXT, FutureRule.LAST)
    for status, steps in groupby(policy.order, key=lambda step: step[0]):
        if status is DueStatus.IN_ADVANCE and not pays_ahead:
            continue
        components = [component for _, component in steps]
        numbers = _numbers(instalments, status, policy, on_date)
        if policy.processing is Processing.HORIZONTAL:
            yield from ((number, component) for number in numbers for component in components)
        else:
            yield from ((number, component) for component in components for number in numbers)


def _numbers(
    instalments: Sequence[Instalment], status: DueStatus, policy: Policy, on_date: date
) -> list[int]:
    """Return the instalments of a status, the one to be paid first in front."""
    rows = [row for row in instalments if row.status_on(on_date) is status]
    latest_first = status is DueStatus.IN_ADVANCE and policy.future is FutureRule.LAST
    rows.sort(key=lambda row: (row.due_date, row.number), reverse=latest_first)
    if policy.precedence is Precedence.DEAREST:
        rows.sort(key=lambda row: -row.rate_ppm)
    return [row.number for row in rows]
