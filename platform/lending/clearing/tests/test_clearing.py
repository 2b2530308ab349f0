"""Refunds go back where the money came from; batches are paid over the rail, and again only verified."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from connectors.payment_rails.models import PaymentInstruction
from connectors.payment_rails.queries import InstructionView
from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Refusal
from ledger.balances.queries import available
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.journal.models import Entry
from ledger.journal.operations import InsufficientFunds
from ledger.settlement import operations as settlement
from ledger.settlement.models import Batch, Obligation
from ledger.settlement.netting import Owed, sm3
from ledger.settlement.operations import (
    AccountMissing,
    FileDiffers,
    InvoiceDiffers,
    NotAcknowledged,
    OneHand,
    OwedConflict,
    PartyConflict,
    PaymentUnderWay,
    WrongWay,
)
from ledger.settlement.queries import (
    BatchUnknown,
    BatchView,
    PartyUnknown,
    batch_file,
    batches,
    get_batch,
    party_account,
    payable,
)
from ledger.settlement.states import BatchStateConflict, SettledAhead
from lending.clearing import operations as clearing
from lending.clearing.models import Refund
from lending.clearing.operations import NothingToRefund, SourceUnknown
from lending.clearing.queries import RefundNotFound, get_refund, unsent
from lending.loans import operations as loans
from lending.loans.accrual import BusinessDateMoved
from lending.loans.queries import get_loan
from lending.repayments import operations as repayments
from lending.repayments.queries import RepaymentView, get_repayment
from testkit.servicing import (
    NOON,
    UNKNOWN,
    ask,
    at_the_counter,
    balance,
    borrower,
    broken,
    collected,
    fund,
    lend,
    refused,
    succeeded,
)

TODAY = date(2026, 11, 2)


def yuan(amount: str) -> Money:
    return Money.parse(amount)


@pytest.fixture
def overpaid(qinglan: str) -> RepaymentView:
    """A loan of 30,000 on which 35,000 was collected (J6, F over)."""
    fund("1000000.00")
    who = borrower()
    return collected(ask(who, lend(who, "30000.00"), amount="35000.00"))


def ask_back(repayment: RepaymentView, amount: str | None = None) -> UUID:
    return clearing.request_refund(
        repayment_id=repayment.id,
        amount=None if amount is None else yuan(amount),
        requested_by="accounts",
        now=NOON,
    ).id


def prepared(refund_id: UUID) -> InstructionView:
    instruction = clearing.prepare_refund(refund_id=refund_id, now=NOON, business_date=TODAY)
    assert instruction is not None
    return instruction


def facts() -> tuple[object, ...]:
    counted = (Refund, PaymentInstruction, Entry, Batch, Obligation)
    return (*(model.objects.count() for model in counted), balance("2241"), balance("1003"))


def test_what_was_paid_too_much_goes_back_to_its_source_and_to_no_other(overpaid: RepaymentView) -> None:
    refund_id = ask_back(overpaid)
    assert unsent() == (refund_id,)
    instruction = prepared(refund_id)
    assert (instruction.bank_account_id, str(instruction.amount)) == (overpaid.bank_account_id, "5000.00")
    assert (balance("2241"), balance("3001"), str(available(code="1003"))) == (
        "0.00",
        "5000.00",
        "1000000.00",
    )
    assert prepared(refund_id) == instruction
    assert broken() == []
    for said in (UNKNOWN, succeeded(TODAY), succeeded(TODAY)):
        done = clearing.record_refund(
            instruction_id=instruction.id, answer=said, now=NOON, business_date=TODAY
        )
    assert (done.status, balance("3001"), balance("1003")) == ("paid_out", "0.00", "1000000.00")
    assert broken() == []
    refuses(NothingToRefund, lambda: ask_back(overpaid))


def test_a_refused_refund_is_the_borrowers_again(overpaid: RepaymentView) -> None:
    instruction = prepared(ask_back(overpaid, "2000.00"))
    failed = clearing.record_refund(
        instruction_id=instruction.id, answer=refused("account_closed"), now=NOON, business_date=TODAY
    )
    assert (failed.status, failed.failure_code, balance("2241")) == ("failed", "account_closed", "5000.00")
    assert get_refund(refund_id=ask_back(overpaid)).amount == yuan("5000.00")
    assert broken() == []


def refuses(refusal: type[Refusal], act: object) -> None:
    before = facts()
    with pytest.raises(refusal), transaction.atomic():
        act()  # type: ignore[operator]
    assert facts() == before


def test_more_than_is_left_cash_and_what_does_not_exist_are_refused(overpaid: RepaymentView) -> None:
    ask_back(overpaid, "3000.00")
    refuses(NothingToRefund, lambda: ask_back(overpaid, "2000.01"))
    refuses(NothingToRefund, lambda: ask_back(overpaid, "0.00"))
    refuses(RefundNotFound, lambda: prepared(new_id()))
    who = borrower()
    cash = at_the_counter(lend(who, "1000.00"), "1500.00", received_date=TODAY, receipt_no="C-1")
    assert str(get_repayment(repayment_id=cash.id, scene_id=None).excess) == "500.00"
    refuses(SourceUnknown, lambda: ask_back(cash))


def test_a_refund_never_takes_what_another_account_paid_too_much(overpaid: RepaymentView) -> None:
    refund_id = ask_back(overpaid)
    give_back(overpaid)
    loan = get_loan(loan_id=overpaid.loan_id, scene_id=None)
    assert str(at_the_counter(loan, "35000.00", received_date=TODAY, receipt_no="C-2").excess) == "5000.00"
    entries = Entry.objects.count()
    assert clearing.prepare_refund(refund_id=refund_id, now=NOON, business_date=TODAY) is None
    failed = get_refund(refund_id=refund_id)
    assert (failed.status, failed.failure_code) == ("failed", "repayment_returned")
    assert (unsent(), balance("2241"), Entry.objects.count()) == ((), "5000.00", entries)
    assert broken() == []


def give_back(repayment: RepaymentView) -> None:
    repayments.return_repayment(repayment_id=repayment.id, reason="bounced", now=NOON, business_date=TODAY)


def test_a_payment_whose_excess_went_back_is_not_taken_back(overpaid: RepaymentView) -> None:
    prepared(ask_back(overpaid, "0.01"))
    refuses(loans.ExcessRefunded, lambda: give_back(overpaid))


PARTY, SCENE = "bank:lian", "scene:x"


@pytest.fixture
def parties(qinglan: str) -> str:
    for code, kind, invoices in ((PARTY, "bank", False), (SCENE, "scene", True)):
        settlement.register_party(
            code=code, kind=kind, name=code, account_number="", holder_name="", invoices=invoices, now=NOON
        )
    return qinglan


def owe(effect: str, key: str, *, party: str = PARTY) -> None:
    """Owe, or be owed, what stands in the books as such."""
    amount = yuan(effect.removeprefix("-"))
    account = "1221" if effect.startswith("-") else "2241"
    sides = (Line.debit("1221", amount), Line.credit("4001", amount))
    if account == "2241":
        sides = (Line.debit("6421", amount), Line.credit("2241", amount))
    draft = EntryDraft("owed", TODAY, TODAY, sides, f"owed:{key}")
    journal.post_entry(entry=draft, now=NOON)
    settlement.accrue(owed=[Owed(party, "test", yuan(effect), account, TODAY, key)], now=NOON)


def netted() -> tuple[BatchView, ...]:
    return settlement.net_day(business_date=TODAY, now=NOON)


def acknowledged(batch: BatchView) -> BatchView:
    digest = sm3(batch_file(batch_id=batch.id))
    return settlement.acknowledge(batch_id=batch.id, file_sm3=digest, acknowledged_by="lian", now=NOON)


def with_account() -> None:
    settlement.register_party(
        code=PARTY, kind="bank", name=PARTY, account_number="6222000000000009", holder_name="漓岸", now=NOON
    )


def pay(batch: BatchView) -> InstructionView:
    instruction = clearing.prepare_batch(batch_id=batch.id, now=NOON, business_date=TODAY)
    assert instruction is not None
    return instruction


def test_a_day_is_netted_once_and_paid_once_over_the_rail(parties: str) -> None:
    fund("1000.00")
    owe("100.00", "a")
    owe("-30.00", "b")
    [batch] = netted()
    assert (str(batch.net), batch.line_count, batch.number, netted()) == ("70.00", 2, 1, ())
    owe("5.00", "c")
    assert [each.number for each in netted()] == [2]  # what comes later is a further batch of the day
    refuses(NotAcknowledged, lambda: pay(batch))
    acknowledged(acknowledged(batch))
    refuses(AccountMissing, lambda: pay(batch))
    with_account()
    instruction = pay(batch)
    assert pay(batch) == instruction
    assert (balance("1221"), balance("3001"), str(available(code="1003"))) == ("0.00", "70.00", "930.00")
    for _ in range(2):
        done = clearing.record_batch(
            instruction_id=instruction.id, answer=succeeded(TODAY), now=NOON, business_date=TODAY
        )
    assert (done.state, balance("3001"), balance("1003"), balance("2241")) == (
        "settled",
        "0.00",
        "930.00",
        "5.00",
    )


def test_a_refused_payment_is_owed_again_and_sent_anew_only_after_somebody_looked(parties: str) -> None:
    fund("1000.00")
    owe("100.00", "a")
    batch = acknowledged(netted()[0])
    with_account()
    first = pay(batch)
    back = clearing.record_batch(
        instruction_id=first.id, answer=refused("name_mismatch"), now=NOON, business_date=TODAY
    )
    assert (back.state, back.reason, payable()) == ("netted", "name_mismatch", ())
    assert (balance("2241"), balance("3001"), str(available(code="1003"))) == ("100.00", "0.00", "1000.00")
    settlement.reopen(batch_id=batch.id)
    second = pay(batch)
    assert (second.subject, second.message_id != first.message_id) == (f"{batch.public_id}:2", True)
    clearing.record_batch(instruction_id=second.id, answer=succeeded(TODAY), now=NOON, business_date=TODAY)
    assert (get_batch(batch_id=batch.id).state, balance("1003")) == ("settled", "900.00")


def test_what_the_party_owes_is_received_and_nothing_is_closed_at_nothing(parties: str) -> None:
    owe("-30.00", "a")
    theirs = acknowledged(netted()[0])
    refuses(WrongWay, lambda: pay(theirs))
    ahead = {"value_date": TODAY + timedelta(days=1), "booking_date": TODAY, "now": NOON}
    refuses(SettledAhead, lambda: settlement.receive(batch_id=theirs.id, **ahead))
    for _ in range(2):
        settlement.receive(batch_id=theirs.id, value_date=TODAY, booking_date=TODAY, now=NOON)
    assert (balance("1003"), balance("1221")) == ("30.00", "0.00")
    owe("7.00", "b")
    owe("-7.00", "c")
    even = acknowledged(netted()[0])
    assert clearing.prepare_batch(batch_id=even.id, now=NOON, business_date=TODAY) is None
    assert {each.state for each in batches()} == {"settled"}
    refuses(BatchStateConflict, lambda: settlement.dispute(batch_id=even.id, reason="x"))


def test_a_scene_is_paid_after_its_invoice_for_exactly_what_is_owed(parties: str) -> None:
    owe("420.00", "fee", party=SCENE)
    assert netted() == ()

    def invoice(amount: str) -> int:
        return settlement.record_invoice(
            party=SCENE,
            number="F-1",
            amount=yuan(amount),
            through_date=TODAY,
            recorded_by="accounts",
            now=NOON,
        )

    refuses(InvoiceDiffers, lambda: invoice("419.99"))
    assert [invoice("420.00"), invoice("420.00")] == [1, 1]
    refuses(InvoiceDiffers, lambda: invoice("1.00"))
    assert [str(each.net) for each in netted()] == ["420.00"]


def test_disputes_short_funds_and_strangers_move_nothing(parties: str) -> None:
    owe("100.00", "a")
    [batch] = netted()
    refuses(
        FileDiffers,
        lambda: settlement.acknowledge(batch_id=batch.id, file_sm3="0" * 64, acknowledged_by="x", now=NOON),
    )
    assert settlement.dispute(batch_id=batch.id, reason="line a").state == "disputed"
    refuses(BatchStateConflict, lambda: pay(batch))
    settlement.reopen(batch_id=batch.id)
    acknowledged(batch)
    with_account()
    refuses(InsufficientFunds, lambda: pay(batch))
    refuses(BatchUnknown, lambda: settlement.reopen(batch_id=new_id()))
    strange = Owed("bank:nobody", "x", yuan("1.00"), "2241", TODAY, "z")
    refuses(PartyUnknown, lambda: settlement.accrue(owed=[strange], now=NOON))
    other = Owed(PARTY, "test", yuan("1.00"), "2241", TODAY, "a")
    refuses(OwedConflict, lambda: settlement.accrue(owed=[other], now=NOON))
    refuses(
        PartyConflict,
        lambda: settlement.register_party(
            code=PARTY, kind="bank", name="x", account_number="1", holder_name="x", now=NOON
        ),
    )


def test_things_that_undo_each_other_on_one_account_are_closed_without_an_entry(parties: str) -> None:
    for effect, key in (("7.00", "a"), ("-7.00", "a:reversed")):
        owed = Owed(PARTY, "receipt", yuan(effect), "2241", TODAY, key)
        settlement.accrue(owed=[owed], now=NOON)
    even = acknowledged(netted()[0])
    before = Entry.objects.count()
    assert clearing.prepare_batch(batch_id=even.id, now=NOON, business_date=TODAY) is None
    closed = get_batch(batch_id=even.id)
    assert (closed.state, closed.booking_entry_id, payable()) == ("settled", None, ())
    assert Entry.objects.count() == before


def test_a_partys_account_changes_by_two_hands_and_never_under_a_payment(parties: str) -> None:
    fund("1000.00")
    owe("100.00", "a")
    batch = acknowledged(netted()[0])
    assert payable() == ()  # nobody has verified an account: it waits, and stands in nobody's way
    with_account()
    assert payable() == (batch.id,)

    def change(approved_by: str) -> None:
        settlement.change_account(
            code=PARTY,
            account_number="6222000000000017",
            holder_name="漓岸新",
            proposed_by="maker",
            approved_by=approved_by,
        )

    refuses(OneHand, lambda: change("maker"))
    first = pay(batch)
    refuses(PaymentUnderWay, lambda: change("checker"))
    clearing.record_batch(
        instruction_id=first.id, answer=refused("account_closed"), now=NOON, business_date=TODAY
    )
    change("checker")
    settlement.reopen(batch_id=batch.id)
    assert party_account(party_id=pay(batch).bank_account_id).holder_name == "漓岸新"


def test_a_batch_is_booked_only_on_the_day_that_is_open(parties: str) -> None:
    fund("1000.00")
    owe("100.00", "a")
    batch = acknowledged(netted()[0])
    with_account()
    tomorrow = TODAY + timedelta(days=1)
    refuses(
        BusinessDateMoved,
        lambda: clearing.prepare_batch(batch_id=batch.id, now=NOON, business_date=tomorrow),
    )
    first = pay(batch)
    refuses(
        BusinessDateMoved,
        lambda: clearing.record_batch(
            instruction_id=first.id, answer=succeeded(TODAY), now=NOON, business_date=tomorrow
        ),
    )
