"""The orders a bank starts with (`lending.md`, allocation waterfall), and which one holds when.

A bank that wants another order writes another policy: none of these is a constant of the engine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from kernel.allocation.policy import (
    Component,
    DueStatus,
    FutureRule,
    Policy,
    PolicyUnknown,
    Precedence,
    Processing,
    Step,
)
from kernel.refusals import Kind, Placed

_C = Component
_INTEREST_FIRST: Final = (_C.COST, _C.FEE, _C.INTEREST, _C.PENALTY, _C.COMPOUND, _C.PRINCIPAL)
_PRINCIPAL_FIRST: Final = (_C.PRINCIPAL, _C.INTEREST, _C.COST, _C.FEE, _C.PENALTY, _C.COMPOUND)
_BY_THE_DAY: Final = (_C.COST, _C.PENALTY, _C.COMPOUND, _C.FEE, _C.INTEREST, _C.PRINCIPAL)


def status_by_status(components: Sequence[Component]) -> tuple[Step, ...]:
    """Return the order that takes the same components for past due, then due, then in advance."""
    return tuple((status, component) for status in DueStatus for component in components)


PERFORMING: Final = Policy(status_by_status(_INTEREST_FIRST))
"""Cost, fee, interest, penalty, compound, principal, the oldest instalment fully first; the rest is held."""

PRINCIPAL_FIRST_AFTER_90: Final = Policy(status_by_status(_PRINCIPAL_FIRST), Processing.VERTICAL)
"""The principal of every overdue instalment, then its interest: once a loan no longer accrues (L-08)."""

REVOLVING: Final = Policy(status_by_status(_BY_THE_DAY), Processing.VERTICAL, FutureRule.NEXT)
"""Cost, penalty, fee, interest to date, then the principal of the oldest draw: it frees the limit at once."""

REVOLVING_DEAREST: Final = replace(REVOLVING, precedence=Precedence.DEAREST)
"""As `REVOLVING`, the dearest draw first."""

REVENUE_SHARE: Final = Policy(status_by_status(_INTEREST_FIRST), future=FutureRule.NEXT)
"""Every remittance pays what is owed and then what comes next; there is a breach test, not a past due day."""

GUARANTOR: Final = Policy(status_by_status(_PRINCIPAL_FIRST))
"""A guarantor's or a collateral's money: the claim first, nothing in advance; the rest goes to its source."""


class TransactionType(StrEnum):
    """Where a payment comes from; each may have its own order, so that subrogation stays visible."""

    REPAYMENT = "repayment"
    PREPAYMENT = "prepayment"
    REMITTANCE = "remittance"
    GUARANTOR = "guarantor"
    COLLATERAL = "collateral"


class LoanCondition(StrEnum):
    """How the loan stands: sound, overdue beyond the switch day, or no longer accruing."""

    PERFORMING = "performing"
    LONG_OVERDUE = "long_overdue"
    NON_ACCRUAL = "non_accrual"


class PolicyMissing(Placed):
    """A set of orders must say what holds for a sound loan, for every kind of payment it takes."""

    code = "allocation_policy_missing"
    kind = Kind.INVALID
    message = "There is no allocation order for a {transaction} on a {condition} loan."


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The orders of a product, by kind of payment and condition of the loan.

    A loan is long overdue once it is more than `long_overdue_after_days` past due: at 90 the switch is on day
    91 (L-08). A condition without an order of its own takes the next milder one's.
    """

    policies: Mapping[tuple[TransactionType, LoanCondition], Policy]
    long_overdue_after_days: int = 90

    def __post_init__(self) -> None:
        """Refuse a kind of payment without an order for a sound loan, and a set without repayments."""
        if type(self.long_overdue_after_days) is not int or self.long_overdue_after_days < 0:
            raise PolicyUnknown(given=str(self.long_overdue_after_days)[:40], wanted="number of days")
        for transaction in {TransactionType.REPAYMENT, *(kind for kind, _ in self.policies)}:
            if (transaction, LoanCondition.PERFORMING) not in self.policies:
                raise PolicyMissing(transaction=transaction.value, condition=LoanCondition.PERFORMING.value)

    def condition(self, *, days_past_due: int, is_non_accrual: bool = False) -> LoanCondition:
        """Return the condition of a loan."""
        if is_non_accrual:
            return LoanCondition.NON_ACCRUAL
        is_long = days_past_due > self.long_overdue_after_days
        return LoanCondition.LONG_OVERDUE if is_long else LoanCondition.PERFORMING

    def policy_for(
        self, *, transaction: TransactionType, days_past_due: int, is_non_accrual: bool = False
    ) -> Policy:
        """Return the order for a payment on a loan as it stands; refuses a kind the set does not take."""
        condition = self.condition(days_past_due=days_past_due, is_non_accrual=is_non_accrual)
        for milder in _MILDER[condition]:
            found = self.policies.get((transaction, milder))
            if found is not None:
                return found
        raise PolicyMissing(at="transaction", transaction=transaction.value, condition=condition.value)


_MILDER: Final = {
    LoanCondition.PERFORMING: (LoanCondition.PERFORMING,),
    LoanCondition.LONG_OVERDUE: (LoanCondition.LONG_OVERDUE, LoanCondition.PERFORMING),
    LoanCondition.NON_ACCRUAL: (
        LoanCondition.NON_ACCRUAL,
        LoanCondition.LONG_OVERDUE,
        LoanCondition.PERFORMING,
    ),
}
_T, _L = TransactionType, LoanCondition

SCHEDULED_LOAN: Final = PolicySet(
    MappingProxyType(
        {
            (_T.REPAYMENT, _L.PERFORMING): PERFORMING,
            (_T.REPAYMENT, _L.LONG_OVERDUE): PRINCIPAL_FIRST_AFTER_90,
            (_T.PREPAYMENT, _L.PERFORMING): PERFORMING.with_future(FutureRule.REAMORTISE),
            (_T.PREPAYMENT, _L.LONG_OVERDUE): PRINCIPAL_FIRST_AFTER_90,
            (_T.GUARANTOR, _L.PERFORMING): GUARANTOR,
            (_T.COLLATERAL, _L.PERFORMING): GUARANTOR,
        }
    )
)
"""A loan with instalments: J6, both versions of its partial payment."""

REVOLVING_LINE: Final = PolicySet(
    MappingProxyType(
        {
            (_T.REPAYMENT, _L.PERFORMING): REVOLVING,
            (_T.REPAYMENT, _L.LONG_OVERDUE): PRINCIPAL_FIRST_AFTER_90,
            (_T.GUARANTOR, _L.PERFORMING): GUARANTOR,
            (_T.COLLATERAL, _L.PERFORMING): GUARANTOR,
        }
    )
)
"""Draws repaid at any time, interest by the day."""

REVENUE_SHARE_LOAN: Final = PolicySet(
    MappingProxyType(
        {
            (_T.REPAYMENT, _L.PERFORMING): REVENUE_SHARE,
            (_T.REMITTANCE, _L.PERFORMING): REVENUE_SHARE,
            (_T.REPAYMENT, _L.LONG_OVERDUE): PRINCIPAL_FIRST_AFTER_90,
            (_T.REMITTANCE, _L.LONG_OVERDUE): PRINCIPAL_FIRST_AFTER_90,
        }
    )
)
"""A loan repaid by a share of turnover."""
