"""Streams: under a consent or not at all; corrections move days; what was known when stays readable."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.periods import Period
from kernel.refusals import Refusal
from openbanking.batches import operations as batches
from openbanking.batches.models import DataBatch
from openbanking.batches.queries import BatchView
from openbanking.consents.operations import grant_consent, revoke_consent
from openbanking.consents.queries import ConsentView
from openbanking.feed import operations as feed
from openbanking.streams import operations, queries
from openbanking.streams.catalogue import STREAMS
from openbanking.streams.models import Invoice, InvoiceDay, PartyDay
from openbanking.streams.tests.test_reading import SOUND
from plumbing.outbox.models import OutboxEvent
from plumbing.sql import erasing

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
YEAR = Period(date(2025, 11, 1), date(2026, 12, 1))


def consent(stream: str = "invoices") -> ConsentView:
    return grant_consent(
        enterprise_id=uuid4(),
        scene_id=uuid4(),
        purpose="credit_assessment",
        data_classes=(STREAMS[stream].data_class,),
        recipient="青澜农商银行",
        text_version="2026-09",
        text_sha256="ab" * 32,
        expires_at=NOW + timedelta(days=365),
        evidence={"channel": "h5"},
        now=NOW,
    )


def send(given: ConsentView, *rows: Any, stream: str = "invoices", **changes: Any) -> BatchView:
    whose = {"enterprise_id": given.enterprise_id, "scene_id": given.scene_id, "consent_id": given.id}
    return operations.ingest_records(**{"stream": stream, **whose, "rows": rows, "now": NOW, **changes})


def invoice(number: int = 1, gross: str = "113.00", revision: int = 0, **changes: Any) -> dict[str, Any]:
    row = {**SOUND["invoices"], "record_no": f"I{number}", "revision": revision, "gross": gross, "tax": "0"}
    return {**row, "party_ref": "buyer-0001", **changes}


def read(
    given: ConsentView, *, stream: str = "invoices", known_by: date = TODAY
) -> dict[date, dict[str, int]]:
    view = queries.stream_as_known(
        stream=stream,
        enterprise_id=given.enterprise_id,
        scene_id=given.scene_id,
        period=YEAR,
        known_by=known_by,
    )
    return {day: dict(zip(view.columns, figures, strict=True)) for day, figures in view.days}


def counts() -> tuple[int, ...]:
    models = (Invoice, InvoiceDay, DataBatch, OutboxEvent)
    return tuple(model.objects.count() for model in models)


@pytest.mark.parametrize("stream", sorted(STREAMS))
def test_every_stream_takes_records_in_and_folds_them(qinglan: str, stream: str) -> None:
    given = consent(stream)
    row = {"record_no": "N1", **SOUND[stream]}
    batch = send(given, row, {**row, "record_no": "N2"}, row, stream=stream)
    assert (batch.rows_accepted, batch.rows_duplicate, batch.errors) == (2, 1, ())
    (figures,) = read(given, stream=stream).values()
    assert 2 in figures.values()
    assert queries.stream_differences(stream=stream, known_by=TODAY) == ()


def test_void_and_red_letter_invoices(qinglan: str) -> None:
    given = consent()
    bought = invoice(4, "50.00", side="purchase", party_ref="seller-0001")
    send(given, invoice(1), invoice(2, "-13.00"), invoice(3, is_void=True), bought)
    (day,) = read(given).values()
    assert (day["sale_count"], day["sales"], day["sale_red_count"], day["sales_red"]) == (1, 10_000, 1, 1_300)
    assert (day["sale_void_count"], day["purchase_count"], day["purchases"]) == (1, 1, 5_000)


def test_a_correction_moves_the_days_and_the_past_still_reads_as_it_was_known(qinglan: str) -> None:
    given = consent()
    send(given, invoice(1, "100.00"), invoice(2, "7.00", day="2026-10-30"))
    tomorrow = NOW + timedelta(days=1)
    send(given, invoice(1, "80.00", 1, day="2026-11-01"), now=tomorrow)
    before, after = read(given), read(given, known_by=TODAY + timedelta(days=1))
    assert before[TODAY]["sales"] == 10_000
    assert (after[TODAY]["sales"], after[date(2026, 11, 1)]["sales"]) == (0, 8_000)
    assert read(given, known_by=TODAY - timedelta(days=1)) == {}
    late = send(given, invoice(1, "90.00", 0), invoice(1, "70.00", 1), now=tomorrow)
    assert [error.code for error in late.errors] == ["streams.record_changed"] * 2
    assert read(given, known_by=TODAY + timedelta(days=1)) == after


def test_parties_are_distinct_in_a_window_and_gone_with_a_void(qinglan: str) -> None:
    given = consent()
    send(given, invoice(1, "100.00"), invoice(2, "50.00"), invoice(3, "50.00", party_ref="buyer-0002"))
    send(given, invoice(3, "50.00", 1, party_ref="buyer-0002", is_void=True))
    send(given, invoice(4, "9.00", party_ref="seller-01", side="purchase"))
    window = Period(date(2026, 11, 2), date(2026, 11, 3))
    view = queries.stream_as_known(
        stream="invoices",
        enterprise_id=given.enterprise_id,
        scene_id=given.scene_id,
        period=YEAR,
        known_by=TODAY,
        windows=(window, Period(date(2026, 10, 1), date(2026, 11, 2))),
    )
    assert view.parties == (
        queries.PartyFigures("buyer", window, 1, 15_000, 15_000),
        queries.PartyFigures("supplier", window, 1, 900, 900),
    )


@pytest.mark.parametrize("why", ["revoked", "expired", "elsewhere", "other_data", "unknown_stream", "empty"])
def test_what_may_not_be_written_is_not(qinglan: str, why: str) -> None:
    given, changes = consent("orders" if why == "other_data" else "invoices"), {}
    if why == "revoked":
        revoke_consent(consent_id=given.id, scene_id=None, reason="", now=NOW)
    else:
        changes = {
            "expired": {"now": NOW + timedelta(days=365)},
            "elsewhere": {"enterprise_id": uuid4()},
            "unknown_stream": {"stream": "dreams"},
            "empty": {"rows": (b"", b"\n")},
        }.get(why, {})
    before = counts()
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        send(given, invoice(), **changes)
    assert (
        refusal.value.code
        == {
            "revoked": "consents.consent_revoked",
            "expired": "consents.consent_expired",
            "elsewhere": "consents.not_found",
            "other_data": "consents.consent_required",
            "unknown_stream": "streams.stream_unknown",
            "empty": "batches.batch_empty",
        }[why]
    )
    assert counts() == before


def test_a_batch_too_large_leaves_no_row(qinglan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = consent()
    monkeypatch.setattr(batches, "MAX_ROWS", 1)
    before = counts()
    with pytest.raises(batches.BatchTooLarge), transaction.atomic():
        send(given, invoice(1), invoice(2))
    assert counts() == before


def test_records_only_grow(qinglan: str) -> None:
    send(consent(), invoice())
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        Invoice.objects.update(gross=1)


def test_records_are_erased_of_one_business_in_one_class_and_only_that_way(qinglan: str) -> None:
    given, other = consent(), consent()
    send(given, invoice(1), invoice(2))
    send(other, invoice(3))
    for held in (erasing(other.enterprise_id), erasing("")):
        with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic(), held:
            Invoice.objects.filter(enterprise_id=given.enterprise_id).delete()
    whose = {"enterprise_id": given.enterprise_id, "scene_id": given.scene_id}
    assert operations.erase_records(**whose, data_classes=["orders"]) == 0
    assert operations.erase_records(**whose, data_classes=["invoices"]) == 2
    for table in (Invoice, InvoiceDay, PartyDay):
        assert set(table.objects.values_list("enterprise_id", flat=True)) == {other.enterprise_id}
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        Invoice.objects.filter(enterprise_id=other.enterprise_id).delete()
    assert send(given, invoice(1)).rows_accepted == 1


def test_what_another_consent_in_force_covers_is_not_erased(qinglan: str) -> None:
    given = consent()
    send(given, invoice())
    whose = {"enterprise_id": given.enterprise_id, "scene_id": given.scene_id}
    asked = {**whose, "data_classes": ["invoices"], "erased_by": "cli_1"}
    assert feed.erase_data(**asked, now=NOW) == ()
    assert Invoice.objects.count() == 1
    revoke_consent(consent_id=given.id, scene_id=given.scene_id, reason="", now=NOW)
    assert feed.erase_data(**asked, now=NOW) == ("invoices",)
    assert (Invoice.objects.count(), InvoiceDay.objects.count()) == (0, 0)


def test_a_spoilt_day_is_found_by_the_recount(qinglan: str) -> None:
    given = consent()
    send(given, invoice())
    InvoiceDay.objects.update(sales=7)
    (found,) = queries.stream_differences(stream="invoices", known_by=TODAY)
    assert (found.enterprise_id, found.day) == (given.enterprise_id, TODAY)


SENT = st.tuples(
    st.integers(1, 4),  # which invoice
    st.integers(0, 3),  # revision
    st.integers(0, 5),  # days back
    st.integers(-500, 5_000),
    st.booleans(),
    st.integers(1, 3),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(SENT, min_size=1, max_size=6), min_size=1, max_size=4))
def test_any_batches_on_any_days_equal_a_recount_at_every_date(
    qinglan: str, batches: list[list[tuple[int, int, int, int, bool, int]]]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT example")
    given = consent()
    for offset, batch in enumerate(batches):
        rows = [
            invoice(
                number,
                f"{yuan}.00",
                revision,
                day=(TODAY - timedelta(days=back)).isoformat(),
                is_void=void,
                party_ref=f"buyer-{party:04d}",
            )
            for number, revision, back, yuan, void, party in batch
        ]
        send(given, *rows, now=NOW + timedelta(days=offset))
    for offset in range(len(batches)):
        assert queries.stream_differences(stream="invoices", known_by=TODAY + timedelta(days=offset)) == ()
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT example")
