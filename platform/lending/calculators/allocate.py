"""`allocate`: what a payment pays, as documents over `kernel.allocation`.

The request says what is owed on each instalment, how much is paid on which day, and in which order: one of
the house's orders by name, an order of its own, or a set of orders that chooses by the kind of payment and
the state of the loan (L-08). The response says every part in the order it was paid, and what becomes of the
rest.
"""

from datetime import date
from typing import Final

from kernel.allocation import (
    GUARANTOR,
    PERFORMING,
    PRINCIPAL_FIRST_AFTER_90,
    REVENUE_SHARE,
    REVENUE_SHARE_LOAN,
    REVOLVING,
    REVOLVING_DEAREST,
    REVOLVING_LINE,
    SCHEDULED_LOAN,
    Allocation,
    AllocationInputInvalid,
    Component,
    DueStatus,
    FutureRule,
    Instalment,
    Policy,
    PolicyIncomplete,
    PolicyMissing,
    PolicyRepeats,
    Precedence,
    Processing,
    TransactionType,
    policy_as_json,
)
from kernel.allocation import allocate as use
from kernel.money import MAX_MINOR
from kernel.refusals import Phrase
from lending.calculators.documents import Calculator, Document, Table, grouped, shown
from lending.calculators.members import Members

MOST_INSTALMENTS: Final = 1_000
MOST_STEPS: Final = 36
MOST_DAYS: Final = 36_600
ORDERS: Final = {
    "performing": PERFORMING,
    "principal_first_after_90": PRINCIPAL_FIRST_AFTER_90,
    "revolving": REVOLVING,
    "revolving_dearest": REVOLVING_DEAREST,
    "revenue_share": REVENUE_SHARE,
    "guarantor": GUARANTOR,
}
SETS: Final = {
    "scheduled_loan": SCHEDULED_LOAN,
    "revolving_line": REVOLVING_LINE,
    "revenue_share_loan": REVENUE_SHARE_LOAN,
}
UNKNOWN: Final = "allocation_policy_unknown"


def compute(document: object) -> Document:
    """Return what a payment pays; refuses with a code and a pointer to what is wrong."""
    members = Members(document)
    currency = members.read_currency()
    on_date, payment = members.day("on_date"), members.amount("payment", high=MAX_MINOR)
    instalments = [_instalment(one) for one in members.objects("instalments", most=MOST_INSTALMENTS)]
    chosen = _Chosen(members)
    future = members.choice("future", {rule.value: rule for rule in FutureRule}, None, code=UNKNOWN)
    members.finish()
    policy = chosen.policy()
    if future is not None:
        policy = policy.with_future(future)
    made = use(instalments=instalments, payment=payment, policy=policy, on_date=on_date)
    return {
        "object": "allocation",
        "currency": currency,
        "on_date": on_date.isoformat(),
        "payment": shown(payment, currency),
        **_used(made, currency),
        "instalments": _standing(made, instalments, on_date, currency),
        "policy": policy_as_json(policy),
    }


def _instalment(one: Members) -> Instalment:
    owed = one.inner("owed")
    return Instalment(
        number=one.whole("number", low=0, high=MOST_INSTALMENTS),
        due_date=one.day("due_date"),
        owed={component: owed.amount(component.value, 0, high=MAX_MINOR) for component in Component},
        rate_ppm=one.rate("annual_rate", 0),
    )


class _Chosen:
    """Which order is to be used; looked up once the document is known to be sound."""

    def __init__(self, members: Members) -> None:
        self._own: Members | None = None
        self._named: Policy = PERFORMING
        if members.is_object("policy"):
            self._read_own(members.inner("policy"))
        else:
            self._named = members.choice("policy", ORDERS, PERFORMING, code=UNKNOWN)
        self._set = members.choice("policies", SETS, None, code=UNKNOWN)
        if members.has("policy") and members.has("policies"):
            members.fault("policies", "member_unknown", Phrase("Must not be given beside policy."))
        kinds = {kind.value: kind for kind in TransactionType}
        self._kind = members.choice("transaction", kinds, TransactionType.REPAYMENT, code=UNKNOWN)
        self._days = members.whole("days_past_due", 0, low=0, high=MOST_DAYS)
        self._is_non_accrual = members.flag("is_non_accrual", False)
        for name in ("transaction", "days_past_due", "is_non_accrual"):
            if members.has(name) and not members.has("policies"):
                members.fault(name, "member_unknown", Phrase("Only chooses among policies: none are given."))

    def _read_own(self, own: Members) -> None:
        self._own = own
        statuses = {status.value: status for status in DueStatus}
        components = {component.value: component for component in Component}
        self._order = tuple(
            (
                step.choice("status", statuses, code=UNKNOWN),
                step.choice("component", components, code=UNKNOWN),
            )
            for step in own.objects("order", most=MOST_STEPS)
        )
        processings = {each.value: each for each in Processing}
        precedences = {each.value: each for each in Precedence}
        futures = {each.value: each for each in FutureRule}
        self._processing = own.choice("processing", processings, Processing.HORIZONTAL, code=UNKNOWN)
        self._precedence = own.choice("precedence", precedences, Precedence.OLDEST, code=UNKNOWN)
        self._future = own.choice("future", futures, FutureRule.HOLD, code=UNKNOWN)

    def policy(self) -> Policy:
        """Return the order."""
        if self._own is not None:
            try:
                return Policy(self._order, self._processing, self._future, self._precedence)
            except (PolicyIncomplete, PolicyRepeats) as refusal:
                raise type(refusal)(at="policy/order", **refusal.params) from None
        if self._set is None:
            return self._named
        return self._set.policy_for(
            transaction=self._kind, days_past_due=self._days, is_non_accrual=self._is_non_accrual
        )


def _used(made: Allocation, currency: str) -> Document:
    return {
        "parts": [
            {
                "number": part.number,
                "component": part.component.value,
                "amount": shown(part.minor, currency),
            }
            for part in made.parts
        ],
        "components": {
            component.value: shown(minor, currency) for component, minor in made.by_component().items()
        },
        "to_reamortise": shown(made.to_reamortise, currency),
        "held": shown(made.held, currency),
    }


def _standing(
    made: Allocation, instalments: list[Instalment], on_date: date, currency: str
) -> list[Document]:
    paid = made.by_instalment()
    return [
        {
            "number": row.number,
            "status": row.status_on(on_date).value,
            "paid": shown(paid.get(row.number, 0), currency),
            "left": shown(sum(row.owed.values()) - paid.get(row.number, 0), currency),
        }
        for row in instalments
    ]


def table(answer: Document) -> Table:
    """Return a response document laid out for people."""
    rows = [(str(part["number"]), part["component"], grouped(part["amount"])) for part in answer["parts"]]
    rest = [("", "to re-amortise", grouped(answer["to_reamortise"])), ("", "held", grouped(answer["held"]))]
    policy = answer["policy"]
    return Table(
        title=(f"{grouped(answer['payment'])} {answer['currency']} paid on {answer['on_date']}",),
        columns=("instalment", "component", "amount"),
        rows=(*rows, *rest),
        left=frozenset({1}),
        footer=(
            f"{policy['processing']}, {policy['precedence']} first, the rest: {policy['future']}",
            *(
                f"instalment {row['number']} ({row['status']}): {grouped(row['left'])} left"
                for row in answer["instalments"]
            ),
        ),
    )


CALCULATOR: Final = Calculator(
    name="allocate",
    line="what a payment pays, in the order of a policy",
    compute=compute,
    table=table,
    refusals=(AllocationInputInvalid, PolicyIncomplete, PolicyRepeats, PolicyMissing),
)
