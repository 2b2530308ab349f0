"""A guaranteed line (S2-14): licence, cost, claim, what comes back; to the fen, and every refusal."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from kernel.ids import new_id
from kernel.money import Money
from kernel.rates import AnnualRate
from kernel.refusals import Refusal
from ledger.journal.models import Entry
from lending.credit_lines import operations as lines
from lending.credit_lines.queries import get_line
from lending.drawdowns.models import Drawdown
from lending.guarantees import operations, queries
from lending.guarantees.models import Claim, ClaimRecovery, FeePayment, Guarantee, Guarantor
from lending.guarantees.states import ClaimStateConflict
from lending.loans import accrual
from lending.loans import operations as loans
from lending.loans.models import LoanTransaction
from lending.loans.operations import NotAReceipt, ReceiptNotPositive, ValueDateInvalid
from lending.loans.queries import LoanView, get_loan, loan_position
from lending.products import operations as products
from lending.products.publish_check import CostCapExceeded
from lending.products.queries import current_product
from plumbing.audit.models import AuditRecord
from plumbing.clock import operations as clock
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from regulation.operations import set_own_cost_cap
from testkit.servicing import NOON, Borrower, at_the_counter, balance, borrower, broken, draw, fund, lend

MAKER, CHECKER = "credit@qinglan.example", "risk@qinglan.example"
DUE, LATE = date(2026, 11, 12), date(2026, 11, 28)
TABLES = (
    *(Guarantor, Guarantee, FeePayment, Claim, ClaimRecovery),
    *(Entry, LoanTransaction, AuditRecord, Drawdown),
)


def refuses(refusal: type[Refusal], act: Callable[..., object], *args: Any, **given: Any) -> Refusal:
    """Return how an act was refused, nothing having happened."""
    before = [list(table.objects.order_by("pk").values_list()) for table in TABLES]
    with pytest.raises(refusal) as found:
        act(*args, **given)
    assert [list(table.objects.order_by("pk").values_list()) for table in TABLES] == before
    return found.value


def go_to(day: date) -> None:
    """Open a later day of the month, what lies between accrued at once."""
    last = day - timedelta(days=1)
    clock.roll(from_date=business_date(), to_date=last)
    accrual.roll_due(business_date=last, now=NOON)
    accrual.accrue(business_date=last, now=NOON)
    clock.roll(from_date=last, to_date=day)


def guarantor(**changes: Any) -> UUID:
    given: dict[str, Any] = {
        "kind": "company",
        "name": "示例融资担保",
        "registration_no": "91331002MA00000001",
        "licence_no": "浙台融担001",
        "licence_expires_date": date(2027, 12, 31),
        "recorded_by": MAKER,
    }
    return operations.register_guarantor(**(given | changes), business_date=business_date(), now=NOON)


def guarantee(who: Borrower, **changes: Any) -> queries.GuaranteeView:
    given: dict[str, Any] = {
        "line_id": who.line_id,
        "coverage": Decimal("0.8"),
        "cap": Money.parse("90000.00"),
        "monthly_fee": Decimal("0.001"),
        "fee_payer": "bank",
        "claim_after_days": 15,
        "agreed_by": MAKER,
        "approved_by": CHECKER,
    }
    if "guarantor_id" not in changes:
        changes["guarantor_id"] = guarantor()
    return operations.agree_guarantee(**(given | changes), business_date=business_date(), now=NOON)


@dataclass(frozen=True)
class Late:
    """A guaranteed loan of 100,000, sixteen days past due."""

    who: Borrower
    guarantee: queries.GuaranteeView
    loan: LoanView

    def act(self, name: str, **given: Any) -> Any:
        return getattr(operations, name)(**given, business_date=business_date(), now=NOON)

    def filed(self) -> UUID:
        made: UUID = self.act("file_claim", loan_id=self.loan.id, filed_by=MAKER).id
        return made

    def accepted(self) -> UUID:
        claim = self.filed()
        self.act("accept_claim", claim_id=claim, accepted_by=CHECKER)
        return claim

    def paid(self) -> UUID:
        claim = self.accepted()
        self.act("record_claim_payment", claim_id=claim, received_date=business_date(), recorded_by=MAKER)
        return claim


def given_recovery(claim: UUID, amount: str) -> dict[str, Any]:
    return {"claim_id": claim, "amount": Money.parse(amount), "received_date": LATE, "reference": "R1"}


@pytest.fixture
def late(qinglan: str) -> Late:
    fund("1000000.00")
    who = borrower()
    agreed = guarantee(who)
    loan = lend(who, "100000.00", tenor_days=10)
    go_to(LATE)
    return Late(who, agreed, loan)


def test_a_claim_is_paid_and_what_comes_back_is_shared(late: Late) -> None:
    owed = loan_position(loan_id=late.loan.id, on_date=LATE)
    assert (owed.principal, owed.interest, owed.days_past_due) == (
        Money.parse("100000.00"),
        Money.parse("200.00"),
        16,
    )
    assert balance("9006") == "90000.00"
    claim = late.filed()
    assert (queries.get_claim(claim_id=claim).amount, balance("1221.02")) == (
        Money.parse("80160.00"),
        "0.00",
    )
    late.act("accept_claim", claim_id=claim, accepted_by=CHECKER)
    assert balance("1221.02") == "80160.00"
    left = loan_position(loan_id=late.loan.id, on_date=LATE)
    assert left.total == owed.total - Money.parse("80160.00")
    assert get_line(line_id=late.who.line_id, scene_id=None).frozen_reason == "guarantee_claim"
    late.act("record_claim_payment", claim_id=claim, received_date=LATE, recorded_by=MAKER)
    assert (balance("1221.02"), balance("9006")) == ("0.00", "9840.00")

    recovery = {
        "claim_id": claim,
        "amount": Money.parse("10000.00"),
        "received_date": LATE,
        "reference": "R1",
    }
    for _ in range(2):
        shared = late.act("record_recovery", **recovery)
        assert shared.recovered == Money.parse("8000.00")
        assert loan_position(loan_id=late.loan.id, on_date=LATE).total == left.total - Money.parse("2000.00")
        assert balance("2241.03") == "8000.00"
    remitted = late.act("remit_recoveries", claim_id=claim, remitted_by=MAKER)
    assert (remitted, balance("2241.03"), balance("3001")) == (Money.parse("8000.00"), "0.00", "0.00")


def test_all_is_recovered_and_the_guarantee_ends(late: Late) -> None:
    claim = late.paid()
    recovery = given_recovery(claim, "10.00")
    rest = Money.parse("80160.00") + loan_position(loan_id=late.loan.id, on_date=LATE).total
    more = rest + Money(1)
    refuses(
        operations.RecoveryTooLarge,
        late.act,
        "record_recovery",
        **recovery | {"amount": more, "reference": "R2"},
    )
    late.act("record_recovery", **recovery | {"amount": rest, "reference": "R2"})
    assert queries.get_claim(claim_id=claim).recovered == Money.parse("80160.00")
    assert get_loan(loan_id=late.loan.id, scene_id=None).status == "paid_off"
    assert get_line(line_id=late.who.line_id, scene_id=None).status == "frozen"  # a person opens it again
    refuses(
        operations.GuaranteeNeeded,
        late.act,
        "end_guarantee",
        guarantee_id=late.guarantee.id,
        ended_by=MAKER,
    )
    late.act("remit_recoveries", claim_id=claim, remitted_by=MAKER)
    late.act("end_guarantee", guarantee_id=late.guarantee.id, ended_by=MAKER)
    assert (balance("9006"), balance("2241.03"), balance("3001")) == ("0.00", "0.00", "0.00")
    assert queries.guarantee_of(line_id=late.who.line_id) is None
    assert broken() == []
    connection.set_schema_to_public()
    with bank_schema("lian"):
        assert [table.objects.count() for table in TABLES[:5]] == [0] * 5


def test_a_declined_claim_changes_nothing_and_may_be_filed_again(late: Late) -> None:
    claim = late.filed()
    decline = {"claim_id": claim, "recorded_by": MAKER}
    refuses(operations.ReasonMissing, late.act, "decline_claim", **decline, reason=" ")
    owed = loan_position(loan_id=late.loan.id, on_date=LATE)
    late.act("decline_claim", **decline, reason="材料不全")
    assert loan_position(loan_id=late.loan.id, on_date=LATE) == owed
    for name, given in (
        ("decline_claim", {"reason": "again", "recorded_by": MAKER}),
        ("accept_claim", {"accepted_by": CHECKER}),
        ("record_claim_payment", {"received_date": LATE, "recorded_by": MAKER}),
    ):
        refuses(ClaimStateConflict, late.act, name, claim_id=claim, **given)
    assert late.filed() != claim
    refuses(ClaimStateConflict, late.filed)


def test_what_was_paid_meanwhile_lowers_the_claim_and_the_cap_bounds_it(late: Late) -> None:
    claim = late.filed()
    at_the_counter(late.loan, "50000.00", received_date=LATE, receipt_no="C1")
    accepted = late.act("accept_claim", claim_id=claim, accepted_by=CHECKER)
    after = Money.parse("100200.00") + Money.parse("480.00") - Money.parse("50000.00")
    assert accepted.amount == Money(int(after.minor * Decimal("0.8")))
    assert queries.guarantee_of(line_id=late.who.line_id).room == Money.parse("90000.00") - accepted.amount  # type: ignore[union-attr]


def test_when_no_claim_can_be_made(late: Late) -> None:
    other = borrower()
    free = lend(other, "1000.00", tenor_days=10)
    file = {"filed_by": MAKER}
    refuses(queries.GuaranteeNotFound, late.act, "file_claim", loan_id=free.id, **file)
    guarantee(other)
    early = refuses(operations.ClaimTooEarly, late.act, "file_claim", loan_id=free.id, **file)
    assert early.params == {"days": 0, "claim_after_days": 15}
    Guarantee.objects.filter(id=late.guarantee.id).update(claimed=Money.parse("90000.00"))
    refuses(operations.NothingToClaim, late.filed)
    refuses(queries.ClaimNotFound, queries.get_claim, claim_id=new_id())
    refuses(queries.ClaimNotFound, late.act, "accept_claim", claim_id=new_id(), accepted_by=CHECKER)
    end = {"guarantee_id": late.guarantee.id, "ended_by": MAKER}
    used = refuses(operations.GuaranteeNeeded, late.act, "end_guarantee", **end)
    assert used.params == {"used": "100000.00"}


def test_recoveries_that_cannot_be(late: Late) -> None:
    claim = late.accepted()
    given = given_recovery(claim, "10.00")
    refuses(ClaimStateConflict, late.act, "record_recovery", **given)
    pay = {"claim_id": claim, "recorded_by": MAKER}
    for day in (DUE, LATE + timedelta(days=1)):
        refuses(ValueDateInvalid, late.act, "record_claim_payment", **pay, received_date=day)
    late.act("record_claim_payment", **pay, received_date=LATE)
    refuses(operations.NothingToRemit, late.act, "remit_recoveries", claim_id=claim, remitted_by=MAKER)
    refuses(ReceiptNotPositive, late.act, "record_recovery", **given | {"amount": Money(0)})
    refuses(ValueDateInvalid, late.act, "record_recovery", **given | {"received_date": DUE})
    late.act("record_recovery", **given)
    refuses(operations.RecoveryConflict, late.act, "record_recovery", **given | {"amount": Money(1)})


def test_only_who_is_licensed_guarantees(qinglan: str) -> None:
    who = borrower()
    for changes in ({"licence_no": " "}, {"licence_expires_date": business_date()}):
        refuses(operations.GuarantorUnlicensed, guarantor, **changes)
    refuses(operations.GuaranteeInvalid, guarantor, kind="scene")
    licensed = guarantor(licence_expires_date=LATE)
    assert guarantor(licence_no="浙台融担002", licence_expires_date=LATE) == licensed
    for field, changes in (
        ("coverage", {"coverage": Decimal("1.01")}),
        ("coverage", {"coverage": Decimal("NaN")}),
        ("coverage", {"coverage": Decimal("0.1234567")}),
        ("fee", {"monthly_fee": Decimal("NaN")}),
        ("cap", {"cap": Money(0)}),
        ("fee", {"monthly_fee": Decimal("-0.001")}),
        ("payer", {"fee_payer": "scene"}),
        ("days", {"claim_after_days": 0}),
    ):
        told = refuses(operations.GuaranteeInvalid, guarantee, who, guarantor_id=licensed, **changes)
        assert told.params == {"field": field}
    refuses(operations.SamePerson, guarantee, who, guarantor_id=licensed, approved_by=MAKER)
    refuses(queries.GuarantorNotFound, guarantee, who, guarantor_id=new_id())
    go_to(LATE)
    refuses(operations.GuarantorUnlicensed, guarantee, who, guarantor_id=licensed)
    guarantee(who)
    again = guarantor()
    refuses(operations.AlreadyGuaranteed, guarantee, who, guarantor_id=again)


def test_the_fee_that_the_bank_bears_is_paid_once_a_month(qinglan: str) -> None:
    fund("1000000.00")
    who = borrower()
    agreed = guarantee(who)
    pay = {"guarantee_id": agreed.id, "paid_by": MAKER, "business_date": business_date(), "now": NOON}
    november = date(2026, 11, 30)
    refuses(operations.NoFeeToPay, operations.pay_fee, **pay, month=november)
    lend(who, "100000.00")
    assert operations.pay_fee(**pay, month=november) == Money.parse("100.00")
    assert (balance("6421"), balance("3001"), balance("1003")) == ("100.00", "0.00", "899900.00")
    refuses(operations.FeePaidAlready, operations.pay_fee, **pay, month=business_date())
    end = {"guarantee_id": agreed.id, "ended_by": MAKER, "business_date": business_date(), "now": NOON}
    refuses(operations.GuaranteeNeeded, operations.end_guarantee, **end)
    free = guarantee(borrower())
    operations.end_guarantee(**(end | {"guarantee_id": free.id}))
    refuses(operations.GuaranteeEnded, operations.end_guarantee, **(end | {"guarantee_id": free.id}))
    refuses(queries.GuaranteeNotFound, operations.end_guarantee, **(end | {"guarantee_id": new_id()}))


def test_a_fee_that_the_borrower_bears_is_inside_the_cost(qinglan: str) -> None:
    """Rules 2.2 C: 15 % and 450 a month on 100,000 are 24.41 %: refused; borne by the bank it is 15 %."""
    terms = replace(
        current_product(code=products.TERM_PRODUCT, on_date=business_date()),
        code="guaranteed_term",
        annual_rate=AnnualRate.parse("0.15"),
    )
    drafted = products.draft_product(terms=terms, drafted_by=MAKER, now=NOON)
    product = products.publish_product(
        product_version_id=drafted.id, published_by=CHECKER, on_date=business_date(), now=NOON
    )
    who = borrower()
    line = lines.grant_line(
        enterprise_id=who.enterprise_id,
        scene_id=who.scene_id,
        application_id=new_id(),
        agreement_id=new_id(),
        product=product,
        limit=Money.parse("100000.00"),
        annual_rate=AnnualRate.parse("0.15"),
        now=NOON,
        business_date=business_date(),
    )
    asked = {"line_id": line.id, "monthly_fee": Decimal("0.0045"), "guarantor_id": guarantor()}
    told = refuses(CostCapExceeded, guarantee, who, **asked, fee_payer="borrower")
    assert (told.params["cost_percent"], told.params["cap_percent"]) == ("24.41", "24.00")
    assert guarantee(who, **asked).all_in_cost == Decimal("0.15")


def test_a_draw_counts_the_fee_on_its_own_day(qinglan: str) -> None:
    """7.2 % and half a per cent a month are 13.38 %: fine until the bank's own cap is 10 %."""
    fund("1000000.00")
    who = borrower()
    agreed = guarantee(who, monthly_fee=Decimal("0.005"), fee_payer="borrower")
    assert f"{agreed.all_in_cost:.4f}" == "0.1338"
    draw(who, "1000.00")
    set_own_cost_cap(
        annual_cost_cap=Decimal("0.10"),
        effective_from=LATE,
        adopted_by=CHECKER,
        reason="Decision of the risk committee",
        now=NOON,
    )
    go_to(LATE)
    told = refuses(CostCapExceeded, draw, who, "1000.00")
    assert told.params["cost_percent"] == "13.38"


def test_what_comes_back_after_the_rest_was_written_off_is_shared_all_the_same(late: Late) -> None:
    claim = late.paid()
    loans.write_off(loan_id=late.loan.id, reason="lost", business_date=LATE, now=NOON)
    was = get_loan(loan_id=late.loan.id, scene_id=None).written_off
    found = late.act("record_recovery", **given_recovery(claim, "1000.00"))
    assert (str(found.recovered), balance("2241.03")) == ("800.00", "800.00")
    assert get_loan(loan_id=late.loan.id, scene_id=None).written_off == was - Money.parse("200.00")
    assert broken() == []


def test_what_a_guarantor_accepted_is_no_payment_to_take_back(late: Late) -> None:
    accepted = queries.get_claim(claim_id=late.accepted()).transaction_id
    assert accepted is not None
    refuses(NotAReceipt, late_reversal, accepted)


def late_reversal(transaction_id: UUID) -> object:
    return loans.reverse_receipt(transaction_id=transaction_id, business_date=LATE, now=NOON)


def test_no_fee_is_paid_for_a_month_that_is_not_the_guarantees(qinglan: str) -> None:
    fund("1000000.00")
    who = borrower()
    pay = {"guarantee_id": guarantee(who).id, "paid_by": MAKER, "business_date": business_date(), "now": NOON}
    lend(who, "100000.00")
    for month in (date(2026, 10, 31), date(2026, 12, 1)):
        refuses(operations.NoFeeToPay, operations.pay_fee, **pay, month=month)
