"""Using a receipt: what is past due and due by the contract's order, the rest as the borrower chose."""

from collections.abc import Mapping
from datetime import date

from kernel import allocation
from kernel.allocation import Component, FutureRule, LoanCondition, TransactionType
from kernel.rates import PPM
from lending.replay.picture import Parts, Row, Span, divided
from lending.replay.schedule import redraw, running_row, so_far
from lending.replay.state import State

_FUTURE: Mapping[str, FutureRule] = {
    "keep_term": FutureRule.REAMORTISE,
    "keep_instalment": FutureRule.REAMORTISE,
    "next": FutureRule.NEXT,
    "hold": FutureRule.HOLD,
}
_LATE_ROW = 0


def prepayment_fee(state: State, principal: int) -> int:
    """Return the fee on principal repaid before it is due."""
    return divided(principal * state.contract.prepayment_fee_ppm, PPM, state.contract.rounding)


def not_yet_due(state: State) -> int:
    """Return the principal whose period has not ended."""
    return state.outstanding - sum(row.principal_owed for row in state.rows if row.end <= state.day)


def payoff(state: State) -> Parts:
    """Return what settles the loan on the state's day: exactly what such a payment is used for."""
    return Parts(
        penalty=state.penalty_owed,
        compound=state.compound_owed,
        fee=sum(row.fee_owed for row in state.rows) + prepayment_fee(state, not_yet_due(state)),
        interest=state.interest_owed,
        principal=state.outstanding,
    )


def receive(state: State, *, amount: int, choice: str) -> Parts:
    """Use an amount on the state's day; what nothing takes is the borrower's credit balance.

    A sum that covers the payoff settles the loan whatever was chosen; any other is allocated.
    """
    settling = payoff(state)
    if amount >= settling.total:
        _settle(state, settling)
        used = settling
        credit = amount - settling.total
    else:
        used, credit = _allocate(state, amount, choice or state.contract.prepayment)
    state.add(received=amount, credit=credit)
    return Parts(used.penalty, used.compound, used.fee, used.interest, used.principal, credit)


def use_credit(state: State) -> Parts:
    """Use the borrower's credit balance for what is due on the state's day, nothing in advance."""
    used, left = _allocate(state, state.totals.credit, "hold", only_due=True)
    spent = state.totals.credit - left
    state.add(credit=-spent)
    return Parts(used.penalty, used.compound, used.fee, used.interest, used.principal, -spent)


def _settle(state: State, parts: Parts) -> None:
    """Pay everything off; the rows to come fall away."""
    state.add(
        interest_paid=parts.interest,
        penalty_paid=parts.penalty,
        compound_paid=parts.compound,
        fee_paid=parts.fee,
    )
    state.outstanding = 0
    close_rows(state)


def close_rows(state: State) -> None:
    """Make every row ended paid, the running one what was earned and repaid, and drop those after."""
    index = running_row(state, state.day)
    kept = state.rows if index is None else state.rows[:index]
    for row in kept:
        row.principal_paid, row.interest_paid, row.fee_paid = row.principal, row.interest, row.fee
    if index is None:
        return
    rest, first = state.rows[index:], state.rows[index]
    interest = sum(so_far(state, index))
    paid = Row(first.number, first.start, first.end, first.due, sum(row.principal for row in rest), interest)
    paid.principal_paid, paid.interest_paid = paid.principal, paid.interest
    state.spans = [_cut(state, span) for span in state.spans if span.start < state.day]
    state.rows = [*kept, paid]
    state.version += 1


def _cut(state: State, span: Span) -> Span:
    """Return what of a span lies before the state's day."""
    if span.end <= state.day:
        return span
    return Span(span.start, state.day, span.earned(state.day, thirty=state.contract.counts_thirty))


def _allocate(state: State, amount: int, choice: str, *, only_due: bool = False) -> tuple[Parts, int]:
    policies = state.contract.policies
    days = state.days_past_due()
    stopped = state.non_accrual is not None
    policy = policies.policy_for(
        transaction=TransactionType.REPAYMENT, days_past_due=days, is_non_accrual=stopped
    )
    if policies.condition(days_past_due=days, is_non_accrual=stopped) is LoanCondition.PERFORMING:
        policy = policy.with_future(_FUTURE[choice])
    if only_due:
        policy = policy.with_future(FutureRule.HOLD)
    used = allocation.allocate(instalments=_owed(state), payment=amount, policy=policy, on_date=state.day)
    by_number = {row.number: row for row in state.rows}
    sums = used.by_component()
    for part in used.parts:
        _pay(by_number.get(part.number), part.component, part.minor)
    state.outstanding -= sums[Component.PRINCIPAL]
    state.add(
        interest_paid=sums[Component.INTEREST],
        penalty_paid=sums[Component.PENALTY],
        compound_paid=sums[Component.COMPOUND],
        fee_paid=sums[Component.FEE],
    )
    ahead = used.rest if policy.future is FutureRule.REAMORTISE else 0
    interest, principal, fee = _prepay(state, ahead, choice)
    parts = Parts(
        penalty=sums[Component.PENALTY],
        compound=sums[Component.COMPOUND],
        fee=sums[Component.FEE] + fee,
        interest=sums[Component.INTEREST] + interest,
        principal=sums[Component.PRINCIPAL] + principal,
    )
    return parts, amount - parts.total


def _owed(state: State) -> list[allocation.Instalment]:
    """Return what is owed on each row; penalty and compound interest lie on the oldest row past due.

    A row whose period has ended is due, even while its due date is rolled over a holiday.
    """
    late = {Component.PENALTY: max(0, state.penalty_owed), Component.COMPOUND: max(0, state.compound_owed)}
    rows = [row for row in state.rows if row.owed]
    oldest = next((row.number for row in rows if row.due < state.day), None)
    owed = []
    if oldest is None and any(late.values()):
        owed.append(allocation.Instalment(_LATE_ROW, state.day, late))
    for row in rows:
        components = {
            Component.FEE: row.fee_owed,
            Component.INTEREST: row.interest_owed,
            Component.PRINCIPAL: row.principal_owed,
        }
        day: date = min(row.due, state.day) if row.end <= state.day else row.due
        owed.append(
            allocation.Instalment(row.number, day, components | late if row.number == oldest else components)
        )
    return owed


def _pay(row: Row | None, component: Component, minor: int) -> None:
    if row is None:
        return
    if component is Component.INTEREST:
        row.interest_paid += minor
    elif component is Component.PRINCIPAL:
        row.principal_paid += minor
    elif component is Component.FEE:
        row.fee_paid += minor


def _prepay(state: State, amount: int, choice: str) -> tuple[int, int, int]:
    """Settle interest to date, then repay principal before it is due; return interest, principal, fee."""
    index = running_row(state, state.day)
    if not amount or index is None:
        return 0, 0, 0
    row = state.rows[index]
    interest = min(amount, max(0, state.interest_owed))
    rate = state.contract.prepayment_fee_ppm
    principal = min((amount - interest) * PPM // (PPM + rate), not_yet_due(state))
    fee = prepayment_fee(state, principal)
    if interest + principal + fee > amount:
        principal -= 1
        fee = prepayment_fee(state, principal)
    row.interest_paid += interest
    if principal:
        row.principal += principal
        row.principal_paid += principal
    state.outstanding -= principal
    state.add(interest_paid=interest, fee_paid=fee)
    if principal:
        redraw(state, keep_instalment=choice == "keep_instalment")
    return interest, principal, fee
