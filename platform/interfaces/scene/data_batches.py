"""Data batches: receipts by the line (NDJSON), under a consent, in bulk."""

import hashlib
from collections.abc import Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from rest_framework import serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext, enqueue
from interfaces.scene.calls import call
from interfaces.scene.fields import ConstantField, IdField, InstantField, TextField, WholeField
from interfaces.scene.parsing import Body, declared_length
from interfaces.scene.resource import Resource, envelope, one
from interfaces.scene.shapes import ObjectShape
from kernel.ids import parse_id
from lending.line_changes.review import ask_review
from openbanking.consents.queries import (
    ConsentExpired,
    ConsentNotFound,
    ConsentRequired,
    ConsentRevoked,
)
from openbanking.receipts import operations as receipts
from openbanking.receipts import queries
from parties.enterprises.queries import EnterpriseNotFound, get_enterprise

NDJSON: Final = "application/x-ndjson"
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_LINE_BYTES: Final = 64 * 1024
_CHUNK_BYTES: Final = 64 * 1024
_IN_MEMORY_BYTES: Final = 1024 * 1024


class ReceiptBody(Body):
    """One line of the body: one receipt. `payer_ref` is a hash the scene makes, never a phone or a card."""

    receipt_no = TextField(example="R-20261103-000187")
    paid_at = InstantField(example="2026-11-03T12:03:11+08:00")
    amount = TextField(example="28.00")
    kind = serializers.ChoiceField(choices=["sale", "refund"])
    payer_ref = TextField(required=False, example="5f2b8c0d9a417e63")
    channel = serializers.ChoiceField(choices=["merchant_code", "personal_code", "card", "cash"])


class BatchQuery(Body):
    """Whose receipts, and under which consent."""

    business = IdField("biz")
    consent = IdField("cns")


class DataBatchShape(ObjectShape):
    """What became of a batch: the sound rows are written, the others are named in its errors."""

    id = IdField("bat")
    object = ConstantField("data_batch")
    cluster = ConstantField("receipts")
    status = ConstantField("completed")
    business = IdField("biz", source="enterprise_id")
    consent = IdField("cns", source="consent_id")
    rows_read = WholeField(example=1200)
    rows_accepted = WholeField(example=1198)
    rows_rejected = WholeField(example=1)
    rows_duplicate = WholeField(example=1)
    created_at = InstantField()


class RowErrorShape(serializers.Serializer[Any]):
    """Why a line was refused."""

    line = WholeField(example=17, help_text="Counts from 1.")
    code = TextField(example="amount_invalid")
    field = TextField(example="amount")


def spool(request: HttpRequest) -> IO[bytes]:
    """Return the body as a file at its start, on disk when it is long; refuses more than 64 MB."""
    if declared_length(request.headers) > MAX_BYTES:
        raise RequestDataTooBig
    kept: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - closed with the request
    size = 0
    while chunk := request.read(_CHUNK_BYTES):
        size += len(chunk)
        if size > MAX_BYTES:
            raise RequestDataTooBig
        kept.write(chunk)
    kept.seek(0)
    return kept


def lines_of(body: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines that hold something; a line longer than 64 KB comes cut, and is refused as not JSON."""
    while line := body.readline(MAX_LINE_BYTES):
        if line.strip():
            yield line


class DataBatches(Resource):
    """`/v1/data_batches`."""

    def serve(self, request: Request, method: str, ids: Mapping[str, Any]) -> JsonResponse:
        """Take the call, and let go of the body afterwards."""
        try:
            return super().serve(request, method, ids)
        finally:
            if hasattr(request._request, "spooled"):
                request._request.spooled.close()

    def body_sha256(self, request: Request) -> str:
        """Hash the body piece by piece: it may be too long to hold."""
        body = self._body(request)
        digest = hashlib.sha256()
        while chunk := body.read(_CHUNK_BYTES):
            digest.update(chunk)
        body.seek(0)
        return digest.hexdigest()

    def _body(self, request: Request) -> IO[bytes]:
        raw = request._request
        if not hasattr(raw, "spooled"):
            raw.spooled = spool(raw)  # type: ignore[attr-defined]
        return raw.spooled  # type: ignore[attr-defined, no-any-return]

    @call(
        "Send a batch of receipts",
        scope="data:write",
        request=ReceiptBody,
        query=BatchQuery,
        answer=DataBatchShape,
        status=201,
        media_type=NDJSON,
        refusals=(
            EnterpriseNotFound,
            ConsentNotFound,
            ConsentRequired,
            ConsentRevoked,
            ConsentExpired,
            receipts.BatchEmpty,
            receipts.BatchTooLarge,
        ),
        description=(
            "The body is NDJSON: one receipt a line, at most 64 MB. A row that breaks a rule is counted and "
            "named, the others are written. The same receipt again is a duplicate."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Take in a batch under a consent."""
        if (request.content_type or "").partition(";")[0].strip().lower() != NDJSON:
            raise UnsupportedMediaType(request.content_type or "")
        asked = self.filters(request)
        business = get_enterprise(enterprise_id=asked["business"], scene_id=context.scene_id)
        batch = receipts.ingest_batch(
            enterprise_id=business.id,
            scene_id=context.scene_id,
            consent_id=asked["consent"],
            rows=lines_of(self._body(request)),
            now=context.now,
        )
        if batch.rows_accepted and ask_review(enterprise_id=business.id, now=context.now):
            enqueue("jobs.review_lines", schema=context.bank_schema, enterprise_id=str(business.id))
        return one(DataBatchShape, batch, context, 201)


class DataBatch(Resource):
    """`/v1/data_batches/{batch_id}`."""

    @call("Get a batch", scope="data:write", answer=DataBatchShape, refusals=(queries.BatchNotFound,))
    def handle_get(self, request: Request, context: SceneContext, batch_id: str) -> Answer:
        """Return one batch of this scene."""
        found = queries.get_batch(batch_id=parse_id("bat", batch_id), scene_id=context.scene_id)
        return one(DataBatchShape, found, context)


class DataBatchErrors(Resource):
    """`/v1/data_batches/{batch_id}/errors`."""

    @call(
        "List a batch's errors",
        scope="data:write",
        answer=RowErrorShape,
        many=True,
        refusals=(queries.BatchNotFound,),
        description="The first hundred.",
    )
    def handle_get(self, request: Request, context: SceneContext, batch_id: str) -> Answer:
        """List the rows that were refused, and why."""
        found = queries.get_batch(batch_id=parse_id("bat", batch_id), scene_id=context.scene_id)
        data = [{"line": row.line, "code": row.code, "field": row.field} for row in found.errors]
        return Answer(200, envelope(data, has_more=False))
