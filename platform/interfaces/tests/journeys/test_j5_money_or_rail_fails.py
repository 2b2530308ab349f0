"""J5: the settlement account is short, the rail is silent, the account is wrong: nothing is paid twice."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from connectors.payment_rails import operations as rails
from connectors.payment_rails.models import PaymentInstruction, RailNotice
from connectors.payment_rails.notices import sign, written
from connectors.payment_rails.port import Outcome, RailAnswer
from connectors.payment_rails.simulator import notices_of
from interfaces.door import now
from interfaces.jobs import clearing
from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.world import Merchant, disburse, merchant, yuan
from interfaces.tests.journeys.people import (
    add_account,
    balance_at,
    books_hold,
    impatient,
    rail_memory,
    rows_of,
    sweep,
    told,
    top_up,
)
from ledger.reconciliation import operations as reconciliation
from ledger.reconciliation.queries import RunView, breaks
from ledger.reconciliation.statement import LineState
from plumbing.outbox.models import OutboxEvent
from plumbing.schemas import bank_schema
from regulation import queries as regulation
from testkit.rail_file import as_camt053, as_csv, rail_file


def draw(shop: Merchant, line: str, amount: str, **changes: Any) -> str:
    """Draw, and let a worker take the job up."""
    begun = shop.caller.post("/drawdowns", shop.draw_body(line, amount, **changes))
    disburse("qinglan", begun["id"])
    return str(begun["id"])


def status(caller: Caller, drawdown: str) -> str:
    return str(caller.get(f"/drawdowns/{drawdown}")["status"])


def available(caller: Caller, line: str) -> Any:
    return caller.get(f"/credit_lines/{line}")["available"]


@pytest.fixture
def two(caller: Caller) -> tuple[Merchant, str, Merchant, str]:
    """Two merchants with lines of 50,000 and 20,000 at a bank with 48,000 in its settlement account."""
    first, second = merchant(caller, 1), merchant(caller, 2)
    lines = first.line("50000.00")["id"], second.line("20000.00")["id"]
    top_up("qinglan", "48000.00")
    return first, lines[0], second, lines[1]


def alerts(bank: str) -> list[str]:
    """Return whose money the treasurer was told to find."""
    with bank_schema(bank):
        told = OutboxEvent.objects.filter(type="treasury.funds_short")
        return list(told.values_list("data__object__id", flat=True))


def test_short_funds_wait_without_a_loan_and_resume_first_come_first(
    caller: Caller, two: tuple[Merchant, str, Merchant, str]
) -> None:
    shop, line, other, other_line = two
    first = draw(shop, line, "50000.00")
    assert (status(caller, first), alerts("qinglan")) == ("awaiting_funds", [first])
    rows = rows_of("qinglan")
    assert (rows["loans_loan"], rows["payment_rails_paymentinstruction"]) == (0, 0)
    assert caller.get("/loans")["data"] == []
    assert available(caller, line) == yuan("0.00")  # the limit stays held
    assert balance_at("qinglan", "1003") == "48000.00"
    work("jobs.day_end", schema="qinglan", until_date="2026-11-03")
    assert (balance_at("qinglan", "1303.01"), balance_at("qinglan", "1303.02")) == ("0.00", "0.00")

    top_up("qinglan", "1000.00")
    assert status(caller, first) == "awaiting_funds"
    top_up("qinglan", "100000.00")
    assert status(caller, first) == "paid_out"
    assert balance_at("qinglan", "1003") == "99000.00"
    assert draw(other, other_line, "20000.00")
    assert alerts("qinglan") == [first]  # told once, however often the payout was tried
    assert rail_memory("qinglan") == [("pay", "settled", 1)] * 2
    assert told(caller, first) == ["drawdown.created", "drawdown.paid_out"]
    assert books_hold("qinglan")


def test_a_later_draw_that_would_fit_waits_its_turn(
    caller: Caller, two: tuple[Merchant, str, Merchant, str]
) -> None:
    shop, line, other, other_line = two
    draw(other, other_line, "18000.00")  # 30,000 are left
    first = draw(shop, line, "50000.00")
    second = draw(other, other_line, "2000.00")
    assert status(caller, second) == "paid_out"  # it asked when the money was there
    impatient("qinglan")
    assert status(caller, first) == "awaiting_funds"
    top_up("qinglan", "22000.00")
    assert status(caller, first) == "paid_out"
    assert balance_at("qinglan", "1003") == "0.00"
    assert books_hold("qinglan")


def test_without_a_top_up_the_wait_ends_and_the_limit_is_back(
    caller: Caller, two: tuple[Merchant, str, Merchant, str]
) -> None:
    shop, line, _, _ = two
    waiting = draw(shop, line, "50000.00")
    impatient("qinglan", funding_wait_seconds=0)
    sweep("qinglan")
    ended = caller.get(f"/drawdowns/{waiting}")
    assert (ended["status"], ended["failure_code"], ended["loan"]) == ("expired", "funds_unavailable", None)
    assert available(caller, line) == yuan("50000.00")
    top_up("qinglan", "100000.00")
    assert status(caller, waiting) == "expired"
    assert rail_memory("qinglan") == []
    assert told(caller, waiting) == ["drawdown.created", "drawdown.failed"]
    assert books_hold("qinglan")


@pytest.fixture
def shop(caller: Caller) -> Merchant:
    top_up("qinglan", "100000.00")
    impatient("qinglan")
    return merchant(caller)


@pytest.fixture
def line(shop: Merchant) -> str:
    return str(shop.line("30000.00")["id"])


def enquire() -> None:
    work("jobs.enquire_open", schema="qinglan")


def test_a_silent_rail_is_asked_and_never_sent_the_money_again(
    caller: Caller, shop: Merchant, line: str
) -> None:
    silent = draw(shop, line, "30000.00", bank_account=add_account(shop, "0009"))
    assert status(caller, silent) == "processing"
    assert balance_at("qinglan", "3001") == "30000.00"
    assert available(caller, line) == yuan("0.00")
    disburse("qinglan", silent)  # the job again: the instruction has been sent, so it is left alone
    assert rail_memory("qinglan") == [("pay", "settled", 1)]
    for _ in range(3):  # found at the first enquiry; saying it again books nothing
        enquire()
    found = caller.get(f"/drawdowns/{silent}")
    loan = caller.get(f"/loans/{found['loan']}")
    assert (found["status"], loan["value_date"]) == ("paid_out", "2026-11-02")
    assert [row["kind"] for row in caller.get(f"/loans/{loan['id']}/transactions")["data"]] == [
        "disbursement"
    ]
    assert (balance_at("qinglan", "3001"), balance_at("qinglan", "1003")) == ("0.00", "70000.00")
    assert rail_memory("qinglan") == [("pay", "settled", 1)]
    assert books_hold("qinglan")


def test_a_silent_rail_that_refused_gives_everything_back(caller: Caller, shop: Merchant, line: str) -> None:
    silent = draw(shop, line, "30000.00", bank_account=add_account(shop, "0007"))
    enquire()
    ended = caller.get(f"/drawdowns/{silent}")
    assert (ended["status"], ended["failure_code"]) == ("failed", "account_closed")
    assert available(caller, line) == yuan("30000.00")
    assert (balance_at("qinglan", "3001"), balance_at("qinglan", "1003")) == ("0.00", "100000.00")
    assert balance_at("qinglan", "1303.01") == "0.00"
    assert books_hold("qinglan")


def file_of(day: date, **changes: Any) -> RunView:
    """Let the accountant read the rail's file of a day in (T+1)."""
    with bank_schema("qinglan"), transaction.atomic():
        content = as_camt053(rail_file(day, **changes))
    with bank_schema("qinglan"):
        return clearing.take_rail_file(content=content, file_name="rail.xml", imported_by="accounts")


def open_breaks(on: date) -> list[tuple[str, str, int]]:
    with bank_schema("qinglan"), transaction.atomic():
        found = breaks(as_of_date=on, calendar=regulation.calendar())
    return [(each.code, str(each.ours), each.age_days) for each in found]


DAY, NEXT = date(2026, 11, 2), date(2026, 11, 3)
SECRET = "a-secret-of-this-test"


@pytest.mark.parametrize(
    ("ending", "ended", "loan_status", "books"),
    [("0006", "paid_out", "active", "70000.00"), ("0016", "failed", "cancelled", "100000.00")],
)
def test_what_is_unknown_at_day_end_is_an_open_item_that_the_file_of_the_next_day_ends(
    caller: Caller, shop: Merchant, line: str, ending: str, ended: str, loan_status: str, books: str
) -> None:
    silent = draw(shop, line, "30000.00", bank_account=add_account(shop, ending))
    enquire()
    with bank_schema("qinglan"):
        before = clearing.reconcile_rail(DAY)  # the day ends without an answer
    assert before.figures["in_transit_booked_minor"] == before.figures["in_transit_items_minor"] == 3_000_000
    assert ("LONG_OURS", "-30000.00", 0) in open_breaks(DAY)
    work("jobs.day_end", schema="qinglan", until_date="2026-11-03")
    assert ("LONG_OURS", "-30000.00", 1) in open_breaks(NEXT)
    run = file_of(DAY)
    assert status(caller, silent) == ended
    assert (open_breaks(NEXT), run.figures["difference_minor"]) == ([], 0)
    assert (balance_at("qinglan", "3001"), balance_at("qinglan", "1003")) == ("0.00", books)
    assert len(rail_memory("qinglan")) == 1
    if ended == "paid_out":  # its loan counts from the rail's day, although booked on the next
        loan = caller.get(f"/loans/{caller.get(f'/drawdowns/{silent}')['loan']}")
        assert (loan["status"], loan["value_date"]) == (loan_status, "2026-11-02")
    else:
        assert available(caller, line) == yuan("30000.00")
    assert file_of(DAY).opened_count == 0  # the same file again
    assert books_hold("qinglan")


def test_a_file_that_pays_twice_or_not_at_all_is_a_break_and_books_nothing(
    caller: Caller, shop: Merchant, line: str
) -> None:
    first = draw(shop, line, "10000.00")
    second = draw(shop, line, "20000.00")
    with bank_schema("qinglan"):
        rows = PaymentInstruction.objects.order_by("created_at").values_list("message_id", flat=True)
        one, two = list(rows)
    assert [status(caller, each) for each in (first, second)] == ["paid_out"] * 2
    before = balance_at("qinglan", "1003")
    file_of(DAY, leave_out=[one], twice=[two])
    assert sorted(open_breaks(NEXT)) == [("LONG_OURS", "-10000.00", 1), ("LONG_THEIRS", "0.00", 1)]
    assert balance_at("qinglan", "1003") == before
    assert books_hold("qinglan")


def test_a_file_that_says_two_things_of_a_message_ends_nothing_and_a_lost_job_is_made_up_for(
    caller: Caller, shop: Merchant, line: str
) -> None:
    silent = draw(shop, line, "20000.00", bank_account=add_account(shop, "0006"))
    with bank_schema("qinglan"):
        with transaction.atomic():
            good = rail_file(DAY)
        [moved] = [row for row in good.rows if row.message_id]
        refused = replace(
            moved, entry_reference="R-x", state=LineState.REFUSED, failure_code="account_closed"
        )
        rows = (refused, *good.rows)
        clearing.take_rail_file(
            content=as_csv(replace(good, rows=rows)), file_name="both.csv", imported_by="accounts"
        )
    assert status(caller, silent) == "processing"  # settled and refused: for people
    assert open_breaks(DAY) == [("STATE", "-20000.00", 0)]
    again = draw(shop, line, "10000.00", bank_account=add_account(shop, "0006"))
    with bank_schema("qinglan"):
        with transaction.atomic():
            content = as_camt053(rail_file(DAY))
        with transaction.atomic(durable=True):  # the process dies after the file is in
            reconciliation.import_statement(
                account="1003", content=content, file_name="rail.xml", imported_by="accounts", now=now()
            )
        assert clearing.answer_by_files() == 2
        assert clearing.answer_by_files() == 1
    assert (status(caller, again), status(caller, silent)) == ("paid_out", "processing")


def notice(message_id: str, *, secret: str = SECRET, age_seconds: int = 0, times: int = 1) -> list[int]:
    """Let the rail call back what became of a message, out of order and everything twice."""
    with bank_schema("qinglan"):
        found = notices_of(message_id)
    answers = []
    for each in found * times:
        body, at = written(each), str(int(now().timestamp()) - age_seconds)
        signature = sign(secret=secret, timestamp=at, body=body)
        headers = {"host": "qinglan.localhost", "rail-timestamp": at, "rail-signature": signature}
        answer = Client(headers=headers).post("/hooks/rail/notices", body, content_type="application/json")
        answers.append(answer.status_code)
    return answers


def test_the_rail_calls_back_twice_and_out_of_order_and_is_booked_once(
    caller: Caller, shop: Merchant, line: str
) -> None:
    silent = draw(shop, line, "30000.00", bank_account=add_account(shop, "0009"))
    with bank_schema("qinglan"), transaction.atomic():
        message = PaymentInstruction.objects.get().message_id
        before = RailNotice.objects.count()
    assert notice(message) == [403] * 4  # the bank has set no secret: nobody is believed
    with bank_schema("qinglan"), transaction.atomic():
        rails.set_notice_secret(secret=SECRET)
    assert notice(message, secret="other") == [403] * 4
    assert notice(message, age_seconds=301) == [403] * 4
    with bank_schema("qinglan"):
        assert RailNotice.objects.count() == before
    assert status(caller, silent) == "processing"
    assert notice(message) == [202, 202, 200, 200]
    with bank_schema("qinglan"), transaction.atomic(), pytest.raises(rails.NoticeReused):
        other = replace(notices_of(message)[0], answer=RailAnswer(Outcome.REFUSED, "account_closed"))
        rails.take_notice(notice=other, now=now())
    work("jobs.book_notices", schema="qinglan")
    assert status(caller, silent) == "paid_out"
    rows = rows_of("qinglan")
    assert notice(message) == [200] * 4
    enquire()
    work("jobs.book_notices", schema="qinglan")
    assert rows_of("qinglan") == rows
    with bank_schema("qinglan"):
        assert set(RailNotice.objects.values_list("result", flat=True)) == {"paid_out"}
    assert balance_at("qinglan", "1003") == "70000.00"
    assert books_hold("qinglan")


def test_money_that_settles_a_day_late_starts_its_loan_that_day(
    caller: Caller, shop: Merchant, line: str
) -> None:
    late = draw(shop, line, "30000.00", bank_account=add_account(shop, "0004"))
    enquire()
    assert (status(caller, late), balance_at("qinglan", "3001")) == ("processing", "30000.00")
    work("jobs.day_end", schema="qinglan", until_date="2026-11-03")
    enquire()
    loan = caller.get(f"/loans/{caller.get(f'/drawdowns/{late}')['loan']}")
    assert (loan["value_date"], balance_at("qinglan", "1303.02")) == ("2026-11-03", "0.00")
    assert books_hold("qinglan")


def test_a_rail_that_never_answers_leaves_an_open_item(caller: Caller, shop: Merchant, line: str) -> None:
    silent = draw(shop, line, "30000.00", bank_account=add_account(shop, "0006"))
    work("jobs.day_end", schema="qinglan", until_date="2026-11-03")
    enquire()
    assert status(caller, silent) == "processing"
    assert balance_at("qinglan", "3001") == "30000.00"
    assert rail_memory("qinglan") == [("pay", "silent", 1)]
    assert books_hold("qinglan")


def test_a_wrong_name_is_said_and_another_account_works(caller: Caller, shop: Merchant, line: str) -> None:
    refused = draw(shop, line, "30000.00", external_id="O-1", bank_account=add_account(shop, "0002"))
    ended = caller.get(f"/drawdowns/{refused}")
    assert (ended["status"], ended["failure_code"]) == ("failed", "name_mismatch")
    assert available(caller, line) == yuan("30000.00")
    body = shop.draw_body(line, "30000.00", external_id="O-1", bank_account=ended["bank_account"])
    before = rows_of("qinglan")
    shop.caller.refused(
        "POST", "/drawdowns", 422, "lending.account_refused", body, idempotency_key="O-1-again"
    )
    assert rows_of("qinglan") == before
    again = draw(shop, line, "30000.00", external_id="O-1")
    assert status(caller, again) == "paid_out"
    assert sorted(rail_memory("qinglan")) == [("pay", "refused", 1), ("pay", "settled", 1)]
    assert balance_at("qinglan", "1003") == "70000.00"
    assert books_hold("qinglan")
