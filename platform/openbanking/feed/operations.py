"""Verbs: take in a batch of any cluster; open an upload, and complete it; erase what was taken in."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from openbanking.batches import operations as batches
from openbanking.batches.operations import Delivery, OffsetMismatch
from openbanking.batches.queries import BatchView
from openbanking.batches.rows import pieces_of
from openbanking.consents.queries import classes_in_force
from openbanking.receipts import operations as receipts
from openbanking.streams import operations as streams
from openbanking.streams.catalogue import STREAMS
from plumbing.audit.operations import record
from plumbing.sql import in_transaction

STREAM_OF: Final = {stream.cluster: code for code, stream in STREAMS.items()}
DATA_CLASSES: Final = {
    receipts.CLUSTER: receipts.DATA_CLASS,
    **{stream.cluster: stream.data_class for stream in STREAMS.values()},
}
CLUSTERS: Final = tuple(DATA_CLASSES)
_IN_MEMORY_BYTES: Final = 1024 * 1024


class ClusterUnknown(Refusal):
    """There is no such cluster of data."""

    code = "feed.cluster_unknown"
    kind = Kind.INVALID
    message = "{cluster} is not a cluster of data."


@in_transaction
def ingest(
    *,
    cluster: str,
    enterprise_id: UUID,
    scene_id: UUID,
    consent_id: UUID,
    rows: Iterable[bytes],
    now: datetime,
    period: Period | None = None,
    batch_id: UUID | None = None,
) -> BatchView:
    """Take in a batch of NDJSON, in pieces of whole lines, as its cluster's own room does."""
    _known(cluster)
    take_in = (
        receipts.ingest_batch
        if cluster == receipts.CLUSTER
        else partial(streams.ingest_records, stream=STREAM_OF[cluster])
    )
    return take_in(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        consent_id=consent_id,
        rows=rows,
        now=now,
        period=period,
        batch_id=batch_id,
    )


@in_transaction
def open_upload(
    *,
    cluster: str,
    enterprise_id: UUID,
    scene_id: UUID,
    consent_id: UUID,
    now: datetime,
    period: Period | None = None,
) -> BatchView:
    """Begin a batch whose bytes come in several calls (`batches.receive_bytes`)."""
    _known(cluster)
    delivery = Delivery(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        consent_id=consent_id,
        cluster=cluster,
        data_class=DATA_CLASSES[cluster],
        period=period,
    )
    return batches.open_upload(delivery=delivery, now=now)


@in_transaction
def complete_upload(
    *, batch_id: UUID, scene_id: UUID, byte_count: int | None = None, now: datetime
) -> BatchView:
    """Take in what an upload brought, all of it or nothing; `byte_count`, if given, is what was sent."""
    with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as body:
        batch = batches.take_bytes(batch_id=batch_id, scene_id=scene_id, into=body)
        if byte_count is not None and byte_count != batch.byte_count:
            raise OffsetMismatch(received=batch.byte_count)
        return ingest(
            cluster=batch.cluster,
            enterprise_id=batch.enterprise_id,
            scene_id=scene_id,
            consent_id=batch.consent_id,
            rows=pieces_of(body),
            now=now,
            period=batch.period,
            batch_id=batch.id,
        )


@in_transaction
def erase_data(
    *, enterprise_id: UUID, scene_id: UUID, data_classes: Collection[str], erased_by: str, now: datetime
) -> tuple[str, ...]:
    """Erase what a scene sent of an enterprise, and what was made of it, where no consent holds it any more.

    For the borrower who withdrew (D-05, J3): of these data classes those that another consent in force
    covers, for whatever purpose, stay. Returns the classes that were erased. What decisions were made on
    stays in their own record, as the law asks, and so do the counts of batches.
    """
    covered = classes_in_force(enterprise_id=enterprise_id, scene_id=scene_id, now=now)
    erased = tuple(sorted(set(data_classes) - covered))
    count = streams.erase_records(enterprise_id=enterprise_id, scene_id=scene_id, data_classes=erased)
    if receipts.DATA_CLASS in erased:
        count += receipts.erase_receipts(enterprise_id=enterprise_id, scene_id=scene_id)
    record(
        actor=erased_by,
        action="data.erased",
        subject=public_id("biz", enterprise_id),
        detail={"scene": str(scene_id), "data_classes": list(erased), "records": count},
        now=now,
    )
    return erased


def _known(cluster: str) -> None:
    if cluster not in DATA_CLASSES:
        raise ClusterUnknown(cluster=cluster[:40])
