"""The disbursement saga: what holds the limit, what books, what the rail's answers do (J4, J5)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction

from connectors.payment_rails.models import PaymentInstruction
from connectors.payment_rails.operations import RailContradiction
from connectors.payment_rails.queries import get_instruction
from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Refusal
from ledger.balances.queries import available
from ledger.journal.models import Entry
from ledger.journal.operations import InsufficientFunds
from lending.credit_lines.operations import LimitExceeded
from lending.credit_lines.queries import LineView, get_line
from lending.drawdowns import operations as drawdowns
from lending.drawdowns.checks import DrawTooSmall, OrderAlreadyFinanced, TenorNotOffered
from lending.drawdowns.models import Drawdown
from lending.drawdowns.operations import FundsHeld
from lending.drawdowns.queries import DrawdownNotFound, DrawdownView, get_drawdown, unsent, waiting
from lending.drawdowns.states import DrawdownStateConflict
from lending.loans.accrual import BusinessDateMoved
from lending.loans.models import Loan, LoanTransaction
from lending.loans.queries import get_loan, loan_position
from marketing.campaigns.models import Campaign, Offer
from marketing.campaigns.queries import OfferNotFound
from plumbing.outbox.models import OutboxEvent, Waiting
from plumbing.schemas import bank_schema
from testkit.servicing import (
    NOON,
    UNKNOWN,
    Borrower,
    answer,
    balance,
    borrower,
    broken,
    draw,
    end_day,
    fund,
    lend,
    prepare,
    refused,
    succeeded,
)

TODAY = date(2026, 11, 2)


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("1000000.00")
    return borrower(limit="100000.00")


def offer_to(who: Borrower, *, scene_id: UUID | None = None) -> UUID:
    terms = {"step": Money(100), "amount_min": Money(100), "amount_max": Money(10**8)}
    campaign = Campaign.objects.create(
        code=new_id().hex,
        product_code=new_id().hex,
        rule={},
        days_of_takings=1,
        offer_days=30,
        status="launched",
        created_at=NOON,
        **terms,
    )
    return Offer.objects.create(
        campaign=campaign,
        enterprise_id=who.enterprise_id,
        scene_id=scene_id or who.scene_id,
        product_code=campaign.product_code,
        max_amount=Money(10**6),
        status="created",
        offered_date=TODAY,
        expires_date=TODAY + timedelta(days=30),
        created_at=NOON,
    ).id


def line_of(who: Borrower) -> LineView:
    return get_line(line_id=who.line_id, scene_id=None)


def events() -> list[str]:
    return list(Waiting.objects.order_by("position").values_list("event__type", flat=True))


def rows() -> tuple[int, ...]:
    return tuple(
        model.objects.count()
        for model in (Drawdown, Loan, LoanTransaction, PaymentInstruction, Entry, OutboxEvent)
    )


def refuses(refusal: type[Refusal], act: Callable[[], object], who: Borrower) -> None:
    before = (rows(), line_of(who))
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert (rows(), line_of(who)) == before


def test_a_draw_holds_the_limit_and_nothing_else(who: Borrower) -> None:
    drawn = draw(who, "30000.00", order="O-8841")
    line = line_of(who)
    assert (drawn.status, drawn.loan_id) == ("created", None)
    assert (str(line.drawn), str(line.reserved), str(line.available)) == ("0.00", "30000.00", "70000.00")
    assert Loan.objects.count() == 0
    assert events()[-1] == "drawdown.created"
    assert broken() == []


def test_the_line_the_product_and_the_order_refuse_without_a_trace(who: Borrower) -> None:
    draw(who, "60000.00", order="O-1")
    refuses(LimitExceeded, lambda: draw(who, "40000.01"), who)
    refuses(DrawTooSmall, lambda: draw(who, "99.99"), who)
    refuses(TenorNotOffered, lambda: draw(who, "1000.00", tenor_days=5000), who)


def test_an_order_is_financed_once_until_it_fails(who: Borrower) -> None:
    first = draw(who, "1000.00", order="O-1")
    with pytest.raises(OrderAlreadyFinanced):
        draw(who, "2000.00", order="O-1")
    answer(prepare(first), refused("amount_limit"))
    assert draw(who, "2000.00", order="O-1").status == "created"


def test_another_scene_and_another_firms_account_do_not_exist(who: Borrower) -> None:
    other = borrower()
    stolen_line = Borrower(other.scene_id, who.enterprise_id, who.bank_account_id, who.line_id)
    refuses(Refusal, lambda: draw(stolen_line, "1000.00"), who)
    stolen_account = Borrower(who.scene_id, who.enterprise_id, other.bank_account_id, who.line_id)
    refuses(Refusal, lambda: draw(stolen_account, "1000.00"), who)
    mine = draw(who, "1000.00")
    with pytest.raises(DrawdownNotFound):
        get_drawdown(drawdown_id=mine.id, scene_id=other.scene_id)


def test_preparing_books_the_loan_holds_the_funds_and_happens_once(who: Borrower) -> None:
    drawn = draw(who, "30000.00")
    instruction = prepare(drawn)
    assert (balance("1303.01"), balance("3001"), balance("1003")) == ("30000.00", "30000.00", "1000000.00")
    assert str(available(code="1003")) == "970000.00"
    loan = Loan.objects.get()
    assert (loan.status, loan.outstanding) == ("disbursing", Money(0))
    assert (instruction.state, instruction.message_id[:4]) == ("created", "ins_")
    before = rows()
    assert prepare(drawn) == instruction
    assert rows() == before
    assert broken() == []


def test_money_that_arrived_starts_the_loan_on_the_rails_day(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    line = line_of(who)
    assert (loan.status, str(loan.outstanding), loan.value_date) == ("active", "30000.00", TODAY)
    assert (balance("1303.01"), balance("3001"), balance("1003")) == ("30000.00", "0.00", "970000.00")
    assert (str(line.drawn), str(line.reserved)) == ("30000.00", "0.00")
    assert events()[-2:] == ["drawdown.paid_out", "loan.activated"]
    assert broken() == []


def test_a_success_reported_twice_is_booked_once(who: Borrower) -> None:
    instruction = prepare(draw(who, "30000.00"))
    answer(instruction, succeeded(TODAY))
    before = rows()
    assert answer(instruction, succeeded(TODAY)).status == "paid_out"
    assert rows() == before
    with pytest.raises(RailContradiction):
        answer(instruction, refused("account_closed"))


def test_a_refusal_reverses_the_booking_and_gives_the_limit_back(who: Borrower) -> None:
    instruction = prepare(draw(who, "30000.00"))
    failed = answer(instruction, refused("name_mismatch"))
    line = line_of(who)
    assert (failed.status, failed.failure_code) == ("failed", "name_mismatch")
    assert (str(line.drawn), str(line.reserved)) == ("0.00", "0.00")
    assert (balance("1303.01"), balance("3001"), str(available(code="1003"))) == (
        "0.00",
        "0.00",
        "1000000.00",
    )
    assert Loan.objects.get().status == "cancelled"
    assert events()[-1] == "drawdown.failed"
    assert broken() == []


def test_an_unknown_outcome_waits_and_is_asked_about_at_1_5_15_60_minutes(who: Borrower) -> None:
    instruction = prepare(draw(who, "30000.00"))
    asked = []
    for _ in range(5):
        answer(instruction, UNKNOWN)
        next_at = get_instruction(instruction_id=instruction.id).next_enquiry_at
        assert next_at is not None
        asked.append((next_at - NOON) / timedelta(minutes=1))
    assert asked == [1, 5, 15, 60, 60]
    assert balance("3001") == "30000.00"
    assert PaymentInstruction.objects.count() == 1
    assert broken() == []
    assert answer(instruction, succeeded(TODAY)).status == "paid_out"


def test_money_found_the_next_day_counts_from_the_rails_day(who: Borrower) -> None:
    instruction = prepare(draw(who, "30000.00"))
    answer(instruction, UNKNOWN)
    end_day()
    assert balance("1303.02") == "0.00"
    paid = answer(instruction, succeeded(TODAY))
    assert paid.loan_id is not None
    loan = get_loan(loan_id=paid.loan_id, scene_id=None)
    assert loan.value_date == TODAY
    assert balance("1303.02") == "6.00"  # the day it lay with the rail, corrected at once
    assert str(loan_position(loan_id=loan.id, on_date=TODAY + timedelta(days=1)).interest) == "6.00"
    assert broken() == []


def test_short_funds_leave_no_loan_and_no_interest_until_they_come(qinglan: str) -> None:
    fund("48000.00")
    who = borrower()
    drawn = draw(who, "50000.00")
    refuses(InsufficientFunds, lambda: prepare(drawn), who)
    assert drawdowns.await_funds(drawdown_id=drawn.id, now=NOON).status == "awaiting_funds"
    assert [w.expires_at - NOON for w in waiting()] == [timedelta(minutes=30)]
    assert str(line_of(who).reserved) == "50000.00"
    end_day()
    assert (balance("1303.01"), balance("1303.02")) == ("0.00", "0.00")
    fund("100000.00")
    assert prepare(drawn).state == "created"
    assert broken() == []


def test_funds_that_never_come_give_the_hold_back(qinglan: str) -> None:
    who = borrower()
    drawn = draw(who, "50000.00")
    refuses(FundsHeld, lambda: drawdowns.expire_waiting(drawdown_id=drawn.id, now=NOON), who)
    drawdowns.await_funds(drawdown_id=drawn.id, now=NOON)
    expired = drawdowns.expire_waiting(drawdown_id=drawn.id, now=NOON)
    assert (expired.status, expired.failure_code) == ("expired", "funds_unavailable")
    assert str(line_of(who).reserved) == "0.00"
    assert events()[-1] == "drawdown.failed"
    refuses(DrawdownStateConflict, lambda: prepare(drawn), who)


def test_a_request_read_on_another_day_books_nothing(who: Borrower) -> None:
    drawn = draw(who, "30000.00")
    yesterday = TODAY - timedelta(days=1)
    refuses(
        BusinessDateMoved,
        lambda: drawdowns.prepare_disbursement(drawdown_id=drawn.id, now=NOON, business_date=yesterday),
        who,
    )


def test_a_due_date_on_a_saturday_rolls_to_monday_without_penalty(who: Borrower) -> None:
    loan = lend(who, "30000.00", tenor_days=5)  # 2026-11-07 is a Saturday
    assert (loan.maturity_date, loan.due_date) == (date(2026, 11, 7), date(2026, 11, 9))
    owed = loan_position(loan_id=loan.id, on_date=date(2026, 11, 9))
    assert (str(owed.interest), str(owed.penalty), owed.days_past_due) == ("42.00", "0.00", 0)


def test_draws_nobody_began_to_pay_out_are_found(who: Borrower) -> None:
    drawn = draw(who, "1000.00")
    assert unsent(created_before=NOON) == ()
    assert unsent(created_before=NOON + timedelta(seconds=1)) == (drawn.id,)


def draw_on_offer(who: Borrower, offer_id: UUID) -> DrawdownView:
    return drawdowns.draw_down(
        line_id=who.line_id,
        scene_id=who.scene_id,
        amount=Money.parse("30000.00"),
        tenor_days=90,
        bank_account_id=who.bank_account_id,
        external_id=None,
        offer_id=offer_id,
        now=NOON,
        business_date=TODAY,
    )


def test_an_offer_nobody_made_or_made_to_another_is_refused_before_money_moves(who: Borrower) -> None:
    refuses(OfferNotFound, lambda: draw_on_offer(who, new_id()), who)
    others = offer_to(borrower(scene_id=who.scene_id))
    refuses(OfferNotFound, lambda: draw_on_offer(who, others), who)
    elsewhere = offer_to(who, scene_id=new_id())
    refuses(OfferNotFound, lambda: draw_on_offer(who, elsewhere), who)
    mine = offer_to(who)
    assert draw_on_offer(who, mine).offer_id == mine


def test_money_that_moved_is_booked_although_its_offer_is_gone(who: Borrower) -> None:
    instruction = prepare(draw_on_offer(who, offer_to(who)))
    Drawdown.objects.update(offer_id=new_id())
    assert answer(instruction, succeeded(TODAY)).status == "paid_out"
    assert broken() == []


def test_one_order_on_two_lines_at_once_is_financed_once(committed_qinglan: str) -> None:
    scene = new_id()
    with transaction.atomic():
        fund("1000000.00")
        borrowers = [borrower(scene_id=scene) for _ in range(8)]

    def one(whose: Borrower) -> str:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                return draw(whose, "1000.00", order="O-1").status
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        said = sorted(pool.map(one, borrowers))
    assert said == ["created", *["lending.order_already_financed"] * 7]
    assert Drawdown.objects.count() == 1


def test_no_interest_is_owed_for_days_before_the_draw_was_asked_for(who: Borrower) -> None:
    """A rail whose clock stands in another year settles no loan there."""
    loan = lend(who, "30000.00", settled_date=date(2020, 1, 1))
    assert loan.value_date == TODAY
    assert broken() == []
