"""Batches: under a consent or not at all; a receipt counts once; days equal a recount."""

import random
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.money import Money
from kernel.periods import Period
from kernel.refusals import Refusal
from openbanking.batches import operations as batches
from openbanking.batches.models import DataBatch
from openbanking.batches.queries import BatchNotFound, BatchView, get_batch
from openbanking.batches.queries import batches as newest_batches
from openbanking.consents.operations import grant_consent, revoke_consent
from openbanking.consents.queries import ConsentView
from openbanking.receipts import operations, queries
from openbanking.receipts.models import Receipt, ReceiptDay, ReceiptDelivery, ReceiptSigns
from openbanking.receipts.queries import ReceiptDayView
from openbanking.receipts.rows import ReceiptRow
from plumbing.outbox.models import OutboxEvent
from plumbing.schemas import bank_schema

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=365)
ALWAYS = Period(date(2000, 1, 1), date(2100, 1, 1))


def consent(**changes: Any) -> ConsentView:
    terms = {
        "enterprise_id": uuid4(),
        "scene_id": uuid4(),
        "purpose": "credit_assessment",
        "data_classes": ("receipts",),
        "recipient": "青澜农商银行",
        "text_version": "2026-09",
        "text_sha256": "ab" * 32,
        "expires_at": LATER,
        "evidence": {"channel": "h5"},
        "now": NOW,
    }
    return grant_consent(**{**terms, **changes})


def row(
    number: Any = 1,
    amount: Any = "10.00",
    kind: str = "sale",
    payer: str | None = "payer-001",
    paid_at: str = "2026-11-01T12:00:00+08:00",
) -> ReceiptRow:
    return ReceiptRow(f"R{number}", paid_at, amount, kind, payer, "merchant_code")


def send(given: ConsentView, rows: Any, **changes: Any) -> BatchView:
    return operations.ingest_batch(
        **{
            "enterprise_id": given.enterprise_id,
            "scene_id": given.scene_id,
            "consent_id": given.id,
            "rows": rows,
            "now": NOW,
            **changes,
        }
    )


def days(given: ConsentView, **changes: Any) -> tuple[ReceiptDayView, ...]:
    return queries.days(**{"enterprise_id": given.enterprise_id, "period": ALWAYS, **changes})


def counts() -> tuple[int, ...]:
    models = (Receipt, ReceiptDay, ReceiptSigns, DataBatch)
    return *(model.objects.count() for model in models), OutboxEvent.objects.count()


def test_a_batch_is_folded_into_days(qinglan: str) -> None:
    given = consent()
    batch = send(
        given, [row(1, "10.00"), row(2, "2.50", payer=None), row(1, "4.00", kind="refund"), row(3, "1")]
    )
    assert (batch.rows_accepted, batch.rows_rejected, batch.rows_duplicate, batch.errors) == (4, 0, 0, ())
    assert days(given) == (
        ReceiptDayView(date(2026, 11, 1), 3, Money.parse("13.50"), 1, Money.parse("4.00"), 1),
    )
    event = OutboxEvent.objects.get(type="data_batch.completed")
    assert event.scene_id == given.scene_id
    assert get_batch(batch_id=batch.id, scene_id=given.scene_id) == batch
    assert queries.span(enterprise_id=given.enterprise_id) == Period(date(2026, 11, 1), date(2026, 11, 2))


def test_a_day_is_a_day_in_shanghai(qinglan: str) -> None:
    given = consent()
    send(
        given,
        [
            row(1, paid_at="2026-10-31T15:59:59Z"),
            row(2, paid_at="2026-10-31T16:00:00Z"),
            row(3, paid_at="2026-11-01T00:00:00.500+09:00"),
        ],
    )
    assert [(day.day, day.sale_count) for day in days(given)] == [
        (date(2026, 10, 31), 2),
        (date(2026, 11, 1), 1),
    ]


def test_ndjson_lines_with_faults_say_which_line_and_why(qinglan: str) -> None:
    given = consent()
    sound = (
        b'{"receipt_no":"R1","paid_at":"2026-11-01T12:00:00Z","amount":"1.00","kind":"sale","channel":"cash"}'
    )
    batch = send(given, [sound, b"", b"{", sound.replace(b"1.00", b"1.001"), sound.replace(b"R1", b"R2")])
    assert (batch.rows_read, batch.rows_accepted, batch.rows_rejected) == (4, 2, 2)
    assert [(error.line, error.code) for error in batch.errors] == [
        (2, "receipts.malformed_json"),
        (3, "receipts.amount_invalid"),
    ]


def test_the_same_receipt_counts_once_and_another_content_is_refused(qinglan: str) -> None:
    given = consent()
    first = send(given, [row(1), row(1), row(2)])
    assert (first.rows_accepted, first.rows_duplicate) == (2, 1)
    before = days(given)
    second = send(given, [row(1), row(2, "99.00"), row(3, "5.00"), row(3, "6.00")])
    assert (second.rows_accepted, second.rows_duplicate, second.rows_rejected) == (1, 1, 2)
    assert [(error.line, error.code) for error in second.errors] == [
        (2, "receipts.receipt_changed"),
        (4, "receipts.receipt_changed"),
    ]
    (day,) = days(given)
    assert day.sales - before[0].sales == Money.parse("5.00")
    kept = Receipt.objects.order_by("receipt_no").values_list("receipt_no", "line", "delivery_id")
    deliveries = list(ReceiptDelivery.objects.order_by("id").values_list("id", flat=True))
    assert list(kept) == [("R1", 1, deliveries[0]), ("R2", 3, deliveries[0]), ("R3", 3, deliveries[1])]


def test_the_last_row_being_known_leaves_the_others_once_and_in_their_days(qinglan: str) -> None:
    given = consent()
    send(given, [row(9)])
    rows = [row(number, paid_at=f"2026-10-{10 + number}T12:00:00+08:00") for number in range(5)]
    batch = send(given, [*rows, row(9, payer="payer-002")], now=NOW + timedelta(days=1))
    assert (batch.rows_accepted, batch.rows_duplicate, batch.rows_rejected) == (5, 0, 1)
    assert [(error.line, error.code) for error in batch.errors] == [(6, "receipts.receipt_changed")]
    assert (Receipt.objects.count(), [day.sale_count for day in days(given)]) == (6, [1] * 6)
    assert queries.day_differences() == ()


def test_receipts_of_a_day_to_come_are_refused_when_the_bank_says_its_date(qinglan: str) -> None:
    given = consent()
    rows = [row(1, paid_at="2026-11-02T23:59:59+08:00"), row(2, paid_at="2026-11-03T00:00:00+08:00")]
    batch = send(given, rows, business_date=date(2026, 11, 2))
    assert (batch.rows_accepted, [error.code for error in batch.errors]) == (
        1,
        ["receipts.paid_at_in_future"],
    )


@pytest.mark.parametrize("why", ["revoked", "expired", "elsewhere", "other_purpose", "other_scene"])
def test_without_a_consent_in_force_nothing_is_written(qinglan: str, why: str) -> None:
    given, changes = consent(), {}
    if why == "revoked":
        revoke_consent(consent_id=given.id, scene_id=None, reason="", now=NOW)
    elif why == "expired":
        changes = {"now": LATER}
    elif why == "elsewhere":
        changes = {"enterprise_id": uuid4()}
    elif why == "other_scene":
        changes = {"scene_id": uuid4()}
    else:
        given = consent(purpose="marketing")
    before = counts()
    with pytest.raises(Refusal) as refusal:
        send(given, [row()], **changes)
    expected = {"revoked": "consents.consent_revoked", "expired": "consents.consent_expired"}
    assert refusal.value.code == expected.get(why, "consents.not_found")
    assert counts() == before


def test_an_empty_or_too_large_batch_leaves_no_row(qinglan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = consent()
    before = counts()
    with pytest.raises(batches.BatchEmpty), transaction.atomic():
        send(given, [b"", b"\n"])
    monkeypatch.setattr(batches, "MAX_ROWS", 2)
    with pytest.raises(batches.BatchTooLarge), transaction.atomic():
        send(given, [row(1), row(2), row(3)])
    assert counts() == before
    assert send(given, [row(1), row(2)]).rows_accepted == 2


def test_scenes_add_up_and_batches_belong_to_their_scene(qinglan: str) -> None:
    first = consent()
    second = consent(enterprise_id=first.enterprise_id)
    batch = send(first, [row(1, "10.00")])
    send(second, [row(1, "2.00")])
    assert days(first)[0].sales == Money.parse("12.00")
    assert days(first, scene_ids=[second.scene_id])[0].sales == Money.parse("2.00")
    with pytest.raises(BatchNotFound):
        get_batch(batch_id=batch.id, scene_id=second.scene_id)
    assert len(newest_batches(enterprise_id=first.enterprise_id)) == 2


def test_the_audience_counts_active_days_and_their_median(qinglan: str) -> None:
    given = consent()
    rows = [
        row(number, amount, paid_at=f"2026-10-{10 + number:02d}T12:00:00+08:00")
        for number, amount in enumerate(["10.00", "20.00", "30.01", "1000.00"])
    ]
    send(given, [*rows, row(9, "5.00", kind="refund", paid_at="2026-10-20T12:00:00+08:00")])
    (found,) = queries.audience(period=Period(date(2026, 10, 11), date(2026, 11, 1)))
    assert (found.enterprise_id, found.active_days, found.median_daily) == (
        given.enterprise_id,
        3,
        Money(3001),
    )
    assert (found.sales, found.refunds) == (Money.parse("1050.01"), Money.parse("5.00"))
    assert found.first_day == date(2026, 10, 10)
    assert queries.audience(period=Period(date(2026, 10, 20), date(2026, 10, 21))) == ()


def test_a_spoilt_day_is_found_by_the_recount(qinglan: str) -> None:
    given = consent()
    send(given, [row(1), row(2)])
    assert queries.day_differences() == ()
    ReceiptDay.objects.update(payer_count=7)
    (found,) = queries.day_differences(enterprise_id=given.enterprise_id)
    assert (found.enterprise_id, found.day) == (given.enterprise_id, date(2026, 11, 1))


RECEIPTS = st.lists(
    st.builds(
        ReceiptRow,
        receipt_no=st.integers(0, 30).map(lambda number: f"R{number}"),
        paid_at=st.integers(0, 30 * 60).map(lambda minute: (NOW - timedelta(minutes=minute)).isoformat()),
        amount=st.integers(1, 10**7).map(lambda fen: f"{fen // 100}.{fen % 100:02d}"),
        kind=st.sampled_from(["sale", "sale", "refund"]),
        payer_ref=st.none() | st.integers(0, 2).map(lambda payer: f"payer-{payer:03d}"),
        channel=st.sampled_from(["merchant_code", "cash"]),
    ),
    unique_by=lambda receipt: (receipt.receipt_no, receipt.kind),
    min_size=6,  # enough that a payer comes back on a day, in another batch
    max_size=25,
)


def recounted(receipts: list[ReceiptRow]) -> tuple[ReceiptDayView, ...]:
    """The days, reckoned in plain Python from the receipts once each."""
    by_day = defaultdict(list)
    for receipt in receipts:
        moment = datetime.fromisoformat(receipt.paid_at).astimezone(operations.SHANGHAI)
        by_day[moment.date()].append(receipt)
    result = []
    for day, rows in sorted(by_day.items()):
        sales = [receipt for receipt in rows if receipt.kind == "sale"]
        refunds = [receipt for receipt in rows if receipt.kind == "refund"]
        payers = {receipt.payer_ref for receipt in sales} - {None}
        sums = [Money.total(Money.parse(receipt.amount) for receipt in part) for part in (sales, refunds)]
        result.append(ReceiptDayView(day, len(sales), sums[0], len(refunds), sums[1], len(payers)))
    return tuple(result)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(receipts=RECEIPTS, seed=st.integers(0, 2**32), repeats=st.integers(0, 15), parts=st.integers(2, 5))
def test_any_order_repetition_and_split_gives_the_same_days(
    qinglan: str, receipts: list[ReceiptRow], seed: int, repeats: int, parts: int
) -> None:
    rng = random.Random(seed)
    sent = [*receipts, *rng.choices(receipts, k=repeats)]
    rng.shuffle(sent)
    given = consent()
    accepted = 0
    for part in range(parts):
        rows = sent[part::parts]
        if rows:
            accepted += send(given, rows).rows_accepted
    assert accepted == len(receipts)
    assert days(given) == recounted(receipts)
    assert queries.day_differences(enterprise_id=given.enterprise_id) == ()


def test_four_batches_at_once_add_up(committed_qinglan: str) -> None:
    with transaction.atomic():
        given = consent()

    def deliver(part: int) -> int:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                rows = [
                    row(number, payer=f"payer-{number % 7:03d}")
                    for number in range(part * 50, part * 50 + 100)
                ]
                return send(given, rows).rows_accepted
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        accepted = sum(pool.map(deliver, range(4)))
    (day,) = days(given)
    assert (accepted, day.sale_count, day.payer_count) == (250, 250, 7)
    assert queries.day_differences() == ()


def test_a_withdrawal_waits_for_the_batch_being_written_and_stops_the_next(committed_qinglan: str) -> None:
    with transaction.atomic():
        given = consent()
    withdrawing, withdrawn = threading.Event(), threading.Event()

    def withdraw() -> None:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                withdrawing.set()
                revoke_consent(consent_id=given.id, scene_id=None, reason="", now=NOW)
            withdrawn.set()
        finally:
            connections.close_all()

    with transaction.atomic():
        assert send(given, [row(1)]).rows_accepted == 1
        thread = threading.Thread(target=withdraw)
        thread.start()
        withdrawing.wait(5)
        assert not withdrawn.wait(0.2)
    thread.join(5)
    assert withdrawn.is_set()
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        send(given, [row(2)])
    assert refusal.value.code == "consents.consent_revoked"
    assert Receipt.objects.count() == 1
