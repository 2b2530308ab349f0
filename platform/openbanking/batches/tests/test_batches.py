"""Batches: a withdrawal never waits for rows being written, and undoes them."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connections, transaction

from openbanking.batches.models import DataBatch
from openbanking.batches.operations import Delivery, begin_batch, finish_batch
from openbanking.batches.rows import RowCount
from openbanking.consents.operations import revoke_consent
from openbanking.consents.queries import ConsentRevoked
from openbanking.receipts.tests.test_ingest import consent
from plumbing.schemas import bank_schema

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


def test_a_withdrawal_does_not_wait_for_rows_being_written_and_they_are_refused(
    committed_qinglan: str,
) -> None:
    with transaction.atomic():
        given = consent()
    delivery = Delivery(
        enterprise_id=given.enterprise_id,
        scene_id=given.scene_id,
        consent_id=given.id,
        cluster="receipts",
        data_class="receipts",
    )
    withdrawn = threading.Event()

    def withdraw() -> None:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                revoke_consent(consent_id=given.id, scene_id=None, reason="", now=NOW)
            withdrawn.set()
        finally:
            connections.close_all()

    with pytest.raises(ConsentRevoked), transaction.atomic():
        begin_batch(delivery=delivery, now=NOW)
        thread = threading.Thread(target=withdraw)
        thread.start()
        assert withdrawn.wait(1)  # D-01: within a second
        finish_batch(delivery=delivery, count=RowCount(read=1, sound=1), fresh=1, changed=(), now=NOW)
    thread.join(5)
    assert DataBatch.objects.count() == 0
