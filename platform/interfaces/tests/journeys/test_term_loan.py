"""The whole road of a term loan (等额本息) through the doors: J6 F partial to the fen, and refusals."""

from datetime import date
from typing import Any

import pytest

from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.world import Merchant, assess, merchant, receipt_lines, sign, yuan
from interfaces.tests.journeys.people import (
    balance_at,
    books_hold,
    pass_days,
    repay,
    rows_of,
    staff,
    top_up,
)

BANK = "qinglan"
PRODUCT = "term_level"


@pytest.fixture
def shop(caller: Caller) -> Merchant:
    top_up(BANK, "1000000.00")
    return merchant(caller, receipts=receipt_lines(sale="900.00"))


def approved(shop: Merchant, amount: str) -> Any:
    """Apply for the term product, without a tenor: it is the product's own."""
    body = {
        "business": shop.business,
        "product": PRODUCT,
        "amount": yuan(amount),
        "purpose": "working_capital",
    }
    application = shop.caller.post("/applications", body)
    assess(BANK, application["id"])
    found = shop.caller.get(f"/applications/{application['id']}")
    assert (found["status"], found["approved_amount"], found["tenor_days"]) == ("approved", yuan(amount), 365)
    return found


def opened(shop: Merchant, amount: str) -> Any:
    """Sign on the bank's page, which lists every instalment; return the line."""
    application = approved(shop, amount)
    agreement = shop.caller.post(f"/applications/{application['id']}/agreements")
    assert agreement["template_version"] == "2026-11-01-term"
    sign(BANK, agreement)
    line = shop.caller.get(f"/agreements/{agreement['id']}")["credit_line"]
    return shop.caller.get(f"/credit_lines/{line}")


def drawn(shop: Merchant, line: Any) -> Any:
    """Draw the whole line once, without a tenor; return the loan."""
    body = shop.draw_body(line["id"], line["limit"]["amount"])
    del body["tenor_days"]
    return shop.loan_of(body)


def schedule_of(shop: Merchant, loan: str) -> Any:
    return shop.caller.get(f"/loans/{loan}/schedule")["data"]


def test_a_term_loan_from_its_quote_to_its_last_fen(shop: Merchant) -> None:
    caller = shop.caller
    quote = caller.post("/quotes", {"product": PRODUCT, "amount": yuan("100000.00")}, status=200)
    assert (quote["all_in_cost"], quote["apr_method"]) == ("0.072000", "irr_months")
    assert (quote["interest"], quote["total_repayable"]) == (yuan("3942.75"), yuan("103942.75"))
    line = opened(shop, "100000.00")
    assert line["revolving"] is False
    loan = drawn(shop, line)["id"]
    first = caller.get(f"/loans/{loan}")
    assert (first["repayment_method"], first["instalment_count"]) == ("level_instalment", 12)
    assert first["next_payment"] == {"number": 1, "due_date": "2026-12-02", "amount": yuan("8661.90")}
    rows = schedule_of(shop, loan)
    promised = [(row["due_date"], row["total"]) for row in quote["schedule"]]
    assert [(row["due_date"], row["total"]) for row in rows] == promised
    assert {row["status"] for row in rows} == {"future"}

    pay_late_as_in_j6(shop, loan)
    pass_days(BANK, date(2027, 1, 4))  # 2 January is a Saturday: no penalty in the roll
    assert schedule_of(shop, loan)[1]["status"] == "due"
    second = repay(shop, loan, type="scheduled")
    assert (second["amount"], second["allocation"]["interest"]) == (yuan("8661.90"), yuan("551.63"))
    assert second["allocation"]["penalty"] == second["allocation"]["compound"] == yuan("0.00")
    prepay_and_settle(shop, loan)
    assert books_hold(BANK)


def pay_late_as_in_j6(shop: Merchant, loan: str) -> None:
    """8,661.90 due, 5,000 nine days late: 21.77 + 1.62 + 600.00 + 4,376.61; then the rest (J6, F partial)."""
    pass_days(BANK, date(2026, 12, 11))
    late = shop.caller.get(f"/loans/{loan}")
    assert (late["status"], late["days_past_due"]) == ("overdue", 9)
    assert late["next_payment"] == {"number": 1, "due_date": "2026-12-02", "amount": yuan("8685.29")}
    [overdue, *future] = schedule_of(shop, loan)
    assert (overdue["status"], overdue["penalty"]) == ("overdue", yuan("23.39"))
    assert {row["status"] for row in future} == {"future"}
    part = repay(shop, loan, type="scheduled", amount=yuan("5000.00"))["allocation"]
    assert {name: money["amount"] for name, money in part.items()} == {
        "penalty": "21.77",
        "compound": "1.62",
        "fee": "0.00",
        "interest": "600.00",
        "principal": "4376.61",
        "excess": "0.00",
    }
    assert schedule_of(shop, loan)[0]["remaining"] == yuan("3685.29")
    page = staff(BANK, "accounts").page(f"/loans/{loan}")
    assert "3,685.29" in page
    assert repay(shop, loan, type="scheduled")["amount"] == yuan("3685.29")
    assert schedule_of(shop, loan)[0]["status"] == "paid"
    assert shop.caller.get(f"/loans/{loan}")["status"] == "active"


def prepay_and_settle(shop: Merchant, loan: str) -> None:
    """Prepay 20,000 for fewer instalments of the same size, then pay more than the payoff quote."""
    caller = shop.caller
    part = repay(shop, loan, type="partial_prepay", principal=yuan("20000.00"), prepayment="keep_instalment")
    assert part["allocation"]["principal"] == yuan("20000.00")
    assert part["allocation"]["interest"] == yuan("33.53")  # two of thirty days of 502.97
    rows = schedule_of(shop, loan)
    assert len(rows) == 10
    assert {row["total"]["amount"] for row in rows[3:-1]} == {"8661.90"}
    assert [row["status"] for row in rows[:3]] == ["paid", "paid", "part_paid"]
    assert sum(fen(row["principal"]) for row in rows) == 10_000_000
    assert sum(fen(row["principal"]) - fen(row["principal_paid"]) for row in rows) == 6_382_783

    pass_days(BANK, date(2027, 1, 5))
    quote = caller.post(f"/loans/{loan}/payoff_quotes", {}, status=200)
    assert (quote["principal"], quote["interest"]) == (yuan("63827.83"), yuan("12.77"))
    above = f"{(fen(quote['total']) + 10_000) / 100:.2f}"
    over = repay(shop, loan, type="partial_prepay", amount=yuan(above))
    assert over["allocation"]["excess"] == yuan("100.00")
    assert over["allocation"]["principal"] == quote["principal"]
    assert over["allocation"]["interest"] == quote["interest"]
    settled = caller.get(f"/loans/{loan}")
    assert (settled["status"], settled["next_payment"]) == ("paid_off", None)
    assert (settled["credit_balance"], balance_at(BANK, "2241")) == (yuan("100.00"), "100.00")
    final = schedule_of(shop, loan)
    assert [(row["number"], row["status"]) for row in final] == [(1, "paid"), (2, "paid"), (3, "paid")]
    earned = 60_000 + 55_163 + 3_353 + 1_277
    assert sum(fen(row["interest"]) for row in final) == earned


def fen(money: dict[str, str]) -> int:
    return int(money["amount"].replace(".", ""))


def test_what_a_term_loan_refuses_changes_nothing(shop: Merchant) -> None:
    caller = shop.caller
    application = {"business": shop.business, "amount": yuan("20000.00"), "purpose": "working_capital"}
    line = opened(shop, "20000.00")
    loan = drawn(shop, line)["id"]
    before = rows_of(BANK)
    again = shop.draw_body(line["id"], "10000.00")
    paying = {"loan": loan, "bank_account": shop.account, "amount": yuan("5000.00")}
    refused = [
        ("/applications", 400, "products.tenor_missing", {**application, "product": "receipts_revolving"}),
        ("/drawdowns", 409, "lending.line_drawn_once", {**again, "tenor_days": 365}),
        ("/drawdowns", 422, "lending.tenor_not_offered", again),
        ("/repayments", 400, "parameter_invalid", {**paying, "type": "partial_prepay", "prepayment": "hold"}),
        (
            "/repayments",
            400,
            "lending.repayment_unclear",
            {**paying, "type": "scheduled", "prepayment": "keep_term"},
        ),
    ]
    for number, (path, status, code, body) in enumerate(refused):
        caller.refused("POST", path, status, code, body, idempotency_key=f"no-{number}")
    assert rows_of(BANK) == before
    whole = caller.post(f"/loans/{loan}/payoff_quotes", {}, status=200)
    settled = repay(shop, loan, type="full_prepay")
    assert settled["amount"] == whole["total"] == yuan("20000.00")
    assert caller.get(f"/credit_lines/{line['id']}")["outstanding"] == yuan("0.00")
    again["tenor_days"] = 365
    caller.refused("POST", "/drawdowns", 409, "lending.line_drawn_once", again, idempotency_key="no-more")
    assert books_hold(BANK)
