"""The interview form, its answers and facts; four papers of one trade; and an invoice financed once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Refusal
from risk.cross_checks import operations, queries
from risk.cross_checks.authenticity import Invoice, Paper, four_way_match
from risk.cross_checks.models import FinancedInvoice, InterviewAnswer, InterviewForm
from risk.features.facts import CATALOGUE, coerce

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
DAY = date(2026, 11, 20)
SUBJECT = "app_1"
PHOTO = "ab" * 32
TRACE: dict[str, Any] = {
    "checks": [
        {"figure": "margin", "verdict": "unverifiable", "declared": "0.3", "estimate": None},
        {"figure": "turnover", "verdict": "conflict", "declared": "1000.00", "estimate": "400.00"},
        {"figure": "debt", "verdict": "confirmed", "declared": "1.00", "estimate": "1.00"},
    ],
    "equity": {"gap": "0.3", "verdict": "conflict"},
}
INVOICE = Invoice(
    number="033001900104 12345678",
    seller="91330100MA000001",
    buyer="91330100MA000002",
    amount=Money.parse("8800.00"),
    issued_date=date(2026, 11, 2),
)


def raised() -> queries.FormView:
    return operations.raise_form(
        subject=SUBJECT, trace=TRACE, raised_by="risk@bank.example", business_date=DAY, now=NOW
    )


def answered(form: UUID, question: str, answer: str, minutes: int = 0, **more: Any) -> queries.FormView:
    return operations.answer_question(
        form_id=form,
        question=question,
        answer=answer,
        note="seen",
        interviewer="visitor@bank.example",
        business_date=DAY,
        now=NOW + timedelta(minutes=minutes),
        **more,
    )


def snapshot() -> tuple[object, ...]:
    tables = (InterviewForm, InterviewAnswer, FinancedInvoice)
    return tuple(list(table.objects.order_by("id").values_list()) for table in tables)


def test_conflicts_become_questions_and_answers_become_facts(qinglan: str) -> None:
    assert queries.interview_facts(subject=SUBJECT, on_date=DAY) == {}
    form = raised()
    assert [row["code"] for row in form.questions] == ["turnover", "equity", "margin", "photos"]
    assert "1000.00" in form.questions[0]["text_zh"]
    assert raised() == form
    answered(form.id, "turnover", "unexplained")
    place = operations.Place(Decimal("30.274100"), Decimal("120.155100"))
    answered(form.id, "equity", "explained", 1, place=place, photos=[PHOTO])
    answered(form.id, "photos", "explained", 2, place=place, photos=[PHOTO, "cd" * 32])
    half = queries.interview_facts(subject=SUBJECT, on_date=DAY + timedelta(days=3))
    assert half == {
        "interview.done": False,
        "interview.explained": 1,
        "interview.unexplained": 1,
        "interview.unanswered": 1,
        "interview.photos": 2,
        "interview.geotagged": False,
        "interview.age_days": 3,
    }
    assert {name: coerce(name, CATALOGUE[name].type, value) for name, value in half.items()} == half

    answered(form.id, "turnover", "corrected", 3, figure=Decimal("450.00"), place=place)
    last = answered(form.id, "margin", "explained", 4, place=place)
    assert (last.explained, last.unexplained, last.unanswered, len(last.answers)) == (2, 0, 0, 5)
    assert last.counting["turnover"].figure == Decimal("450.00")
    facts = queries.interview_facts(subject=SUBJECT, on_date=DAY)
    assert (facts["interview.done"], facts["interview.geotagged"]) == (True, True)


WRONG: tuple[tuple[str, dict[str, Any]], ...] = (
    ("question", {"question": "debt"}),
    ("answer", {"answer": "maybe"}),
    ("figure", {"figure": Decimal(1)}),
    ("figure", {"answer": "corrected", "figure": Decimal(10**18)}),
    ("place", {"place": operations.Place(Decimal(91), Decimal(0))}),
    ("photos", {"photos": ["not a digest"]}),
    ("interviewer", {"interviewer": ""}),
)


@pytest.mark.parametrize(("field", "wrong"), WRONG)
def test_an_answer_that_is_none_is_refused(qinglan: str, field: str, wrong: dict[str, Any]) -> None:
    form = raised()
    before = snapshot()
    good = {"question": "turnover", "answer": "explained", "interviewer": "visitor@bank.example"}
    with pytest.raises(operations.AnswerInvalid, match=field):
        operations.answer_question(form_id=form.id, note="", business_date=DAY, now=NOW, **{**good, **wrong})
    assert snapshot() == before


def finance(invoice: Invoice = INVOICE, subject: str = SUBJECT) -> str:
    return operations.finance_invoice(invoice=invoice, subject=subject, business_date=DAY, now=NOW)


ACTS: dict[str, Callable[[], object]] = {
    "cross_checks.form_not_found": lambda: answered(new_id(), "turnover", "explained"),
    "cross_checks.invoice_financed": lambda: finance(subject="app_of_another_scene"),
    "cross_checks.invoice_invalid": lambda: finance(replace(INVOICE, amount=Money(0))),
}


@pytest.mark.parametrize("code", ACTS)
def test_what_cannot_be_is_refused_and_nothing_happens(qinglan: str, code: str) -> None:
    raised()
    finance()
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        ACTS[code]()
    assert refused.value.code == code
    assert snapshot() == before


def test_the_same_invoice_written_otherwise_is_the_same_and_each_bank_has_its_own_register(
    qinglan: str,
) -> None:
    """S2-38: also across scenes, refused inside a bank."""
    finance()
    spaced = replace(INVOICE, number="03300190010412345678", seller=INVOICE.seller.lower())
    with pytest.raises(operations.InvoiceFinanced, match="2026-11-20"):
        finance(spaced)
    assert finance(replace(INVOICE, number="033001900104 12345679"))


@pytest.mark.parametrize("table", ["cross_interview_form", "cross_financed_invoice"])
def test_history_cannot_be_rewritten(qinglan: str, table: str) -> None:
    raised()
    finance()
    refused = pytest.raises(DatabaseError, match="may only grow")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


PAPER = Paper(
    seller="S",
    buyer="B",
    goods="steel",
    count=Decimal(100),
    amount=Money.parse("1000.00"),
    dated=date(2026, 1, 1),
)


def match(**changes: Any) -> tuple[str, ...]:
    names = ("contract", "order", "delivery", "invoice")
    papers = {name: replace(PAPER, dated=date(2026, index, 1)) for index, name in enumerate(names, start=1)}
    for name, change in changes.items():
        papers[name] = None if change is None else replace(papers[name], **change)
    found = four_way_match(**papers)
    assert found.matched == (not found.faults)
    return found.faults


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, ()),
        ({"delivery": {"amount": None}}, ()),
        ({"invoice": {"amount": Money.parse("1050.00")}}, ()),
        ({"delivery": None, "order": None}, ("order_missing", "delivery_missing")),
        ({"invoice": {"buyer": "X"}}, ("invoice_parties",)),
        ({"delivery": {"goods": "sand"}}, ("delivery_goods", "invoice_goods")),
        ({"invoice": {"count": Decimal(106)}}, ("invoice_count",)),
        ({"invoice": {"count": Decimal(0)}}, ("invoice_count",)),
        ({"delivery": {"dated": date(2025, 1, 1)}}, ("delivery_date",)),
        (
            {"delivery": {"amount": None}, "invoice": {"amount": Money.parse("1051.00")}},
            ("invoice_above_order",),
        ),
    ],
)
def test_four_papers_are_of_one_trade(changes: dict[str, Any], faults: tuple[str, ...]) -> None:
    assert match(**changes) == faults
