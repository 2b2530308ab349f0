"""J8: a floating rate follows the prime rate, and receipts move a limit."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from interfaces.door import now
from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.world import Merchant, fund_bank, merchant, receipt_lines, yuan
from interfaces.tests.journeys.people import books_hold, rows_of, told
from kernel.ids import parse_id
from kernel.money import Money
from kernel.rates import AnnualRate
from ledger.journal.models import Entry
from lending.line_changes import queries
from lending.line_changes.operations import answer_proposal
from lending.loans.operations.changing import change_rate
from lending.loans.queries import get_loan, loan_position
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from regulation.lpr import floating_rate
from testkit.banks import FIRST_BUSINESS_DATE
from testkit.servicing import NOON, borrower, broken, end_days, fund, lend

UPLIFT = Decimal("1.5")


def rate(lpr: str, spread_bp: int = 150) -> AnnualRate:
    return AnnualRate.parse(floating_rate(lpr=Decimal(lpr), spread_bp=spread_bp))


def penalty(annual: AnnualRate) -> AnnualRate:
    return AnnualRate.parse(annual.fraction * UPLIFT)


def test_december_is_reckoned_at_both_rates_to_the_fen(qinglan: str) -> None:
    """200,000 at LPR 3.00 + 150 bp, 2.90 from 21 December: 500.00 for 20 days, 268.89 for 11."""
    before_lian = rows_of("lian")
    fund("1000000.00")
    who = borrower(limit="200000.00", rate=rate("0.0300"))
    end_days((date(2026, 12, 1) - business_date()).days)
    loan = lend(who, "200000.00")
    end_days(20)
    assert business_date() == date(2026, 12, 21)
    lower = rate("0.0290")
    change_rate(
        loan_id=loan.id,
        annual_rate=lower,
        penalty_rate=penalty(lower),
        from_date=business_date(),
        reason="lpr_2026_12",
        business_date=business_date(),
        now=NOON,
    )
    assert str(loan_position(loan_id=loan.id, on_date=business_date()).interest) == "500.00"
    end_days(11)
    assert str(loan_position(loan_id=loan.id, on_date=business_date()).interest) == "768.89"
    assert str(get_loan(loan_id=loan.id, scene_id=None).annual_rate) == "0.044000"
    accrued = Entry.objects.filter(kind="day_end.interest_accrual", booking_date__month=12)
    assert accrued.count() == 31
    assert broken() == []
    assert rows_of("lian") == before_lian


@pytest.fixture
def shop(caller: Caller) -> Merchant:
    fund_bank("qinglan", "1000000.00")
    return merchant(caller, receipts=receipt_lines(a_day=4, sale="100.00"))


def more_receipts(shop: Merchant, *, days: int, a_day: int, amount: str, kind: str) -> Any:
    """Send what came in since, as the scene does every night, and let the worker do what it was handed."""
    lines = []
    for offset in range(days, 0, -1):
        day = FIRST_BUSINESS_DATE - timedelta(days=offset)
        lines += [
            f'{{"receipt_no":"N{kind}{offset}-{nth}","paid_at":"{day}T2{nth}:30:00+08:00","amount":"{amount}",'
            f'"kind":"{kind}","payer_ref":"new-{kind}-{offset:05d}-{nth}","channel":"merchant_code"}}'
            for nth in range(a_day)
        ]
    path = f"/v1/data_batches?business={shop.business}&consent={shop.consent}"
    body = "\n".join(lines).encode()
    sent = shop.caller.send("POST", path, body, "application/x-ndjson")
    assert sent.status_code == 201, sent.content
    return work(
        "jobs.review_lines", schema=shop.caller.bank, enterprise_id=str(parse_id("biz", shop.business))
    )


def test_receipts_that_rise_offer_more_and_only_the_borrowers_yes_gives_it(shop: Merchant) -> None:
    line = shop.line("12000.00")
    loan = shop.loan(line["id"], "5000.00")
    more_receipts(shop, days=30, a_day=2, amount="80.00", kind="sale")
    assert shop.caller.get(f"/credit_lines/{line['id']}")["limit"] == line["limit"]
    with bank_schema("qinglan"), transaction.atomic():
        waiting = queries.open_proposal(line_id=parse_id("lin", line["id"]))
        assert waiting is not None
        answer_proposal(
            proposal_id=waiting.id, scene_id=None, accepted=True, now=now(), business_date=business_date()
        )
    wider = shop.caller.get(f"/credit_lines/{line['id']}")
    assert wider["limit"] == yuan(str(waiting.limit))
    assert Money.parse(wider["limit"]["amount"]) > Money.parse(line["limit"]["amount"])
    assert shop.caller.get(f"/loans/{loan['id']}")["annual_rate"] == loan["annual_rate"]
    events = told(shop.caller)
    assert [name for name in events if name.startswith("line_proposal")] == [
        "line_proposal.made",
        "line_proposal.accepted",
    ]
    assert "credit_line.limit_changed" in events
    assert books_hold("qinglan")


def test_refunds_that_jump_stop_what_is_not_drawn_and_touch_nothing_drawn(shop: Merchant) -> None:
    line = shop.line("12000.00")
    loan = shop.loan(line["id"], "5000.00")
    more_receipts(shop, days=60, a_day=3, amount="90.00", kind="refund")
    after = shop.caller.get(f"/credit_lines/{line['id']}")
    assert after["status"] == "frozen" or after["available"] != line["available"]
    kept = shop.caller.get(f"/loans/{loan['id']}")
    assert (kept["annual_rate"], kept["outstanding"], kept["due_date"]) == (
        loan["annual_rate"],
        loan["outstanding"],
        loan["due_date"],
    )
    assert {"credit_line.limit_changed", "credit_line.frozen"} & set(told(shop.caller, line["id"]))
    assert books_hold("qinglan")
