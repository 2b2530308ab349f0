"""Data batches: rows of every cluster by the line (NDJSON), under a consent, in one call or as an upload."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from django.http import JsonResponse
from rest_framework import serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext, enqueue
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import Header, call
from interfaces.scene.data_rows import ANY_ROW, ROWS
from interfaces.scene.fields import (
    CodeField,
    DayField,
    IdField,
    InstantField,
    QueryWholeField,
    TextField,
    WholeField,
)
from interfaces.scene.long_body import (
    CHUNK_BYTES,
    BodyIncomplete,
    LengthMissing,
    LongBody,
    comes_in_chunks,
    spool,
)
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, one
from interfaces.scene.shapes import MAX_LIMIT, ObjectShape
from kernel.ids import parse_id
from kernel.periods import Period, PeriodInvalid
from kernel.refusals import Kind, Refusal
from lending.line_changes.review import ask_review
from openbanking.batches import operations as batches
from openbanking.batches import queries
from openbanking.batches.queries import BatchView
from openbanking.batches.rows import pieces_of
from openbanking.consents.queries import (
    ConsentExpired,
    ConsentNotFound,
    ConsentRequired,
    ConsentRevoked,
)
from openbanking.feed import operations as feed
from parties.enterprises.queries import EnterpriseNotFound, get_enterprise

NDJSON: Final = "application/x-ndjson"
MAX_BYTES: Final = 256 * 1024 * 1024
OFFSET: Final = Header(
    "Upload-Offset",
    {"type": "integer", "minimum": 0, "maximum": MAX_BYTES, "default": 0},
    "At which byte of the whole this body begins.",
)


class PeriodIncomplete(Refusal):
    """A period has two ends."""

    code = "period_incomplete"
    kind = Kind.INVALID
    message = "Give both ends of the period, or none."


WITHOUT_CONSENT: Final = (
    EnterpriseNotFound,
    ConsentNotFound,
    ConsentRequired,
    ConsentRevoked,
    ConsentExpired,
    PeriodIncomplete,
    PeriodInvalid,
)


class BatchBody(Body):
    """Whose rows, under which consent, which cluster; with a period, rows of other days are refused."""

    business = IdField("biz")
    consent = IdField("cns")
    cluster = CodeField(choices=list(ROWS), required=False, default="receipts")
    schema_version = CodeField(choices=["1"], required=False, default="1")
    period_start_date = DayField(required=False, help_text="The first day; give both ends or none.")
    period_end_date = DayField(required=False, help_text="The day after the last.")

    def validate(self, attrs: Any) -> Any:
        """Make one period of its ends."""
        ends = [attrs.pop(name, None) for name in ("period_start_date", "period_end_date")]
        if (ends[0] is None) != (ends[1] is None):
            raise PeriodIncomplete
        attrs.pop("schema_version", None)
        return {**attrs, "period": None if ends[0] is None else Period(*ends)}


class CompletionBody(Body):
    """How many bytes were sent in all: a batch is taken in only when they are all there."""

    byte_count = WholeField(min_value=1, max_value=MAX_BYTES, example=104_857_600)


class DataBatchShape(ObjectShape):
    """What became of a batch: the sound rows are written, the others are named in its errors."""

    id = IdField("bat")
    object = ConstantField("data_batch")
    cluster = CodeField(choices=list(ROWS))
    schema_version = ConstantField("1")
    status = CodeField(
        choices=["receiving", "completed"], help_text="Nothing of a batch counts before it is completed."
    )
    business = IdField("biz", source="enterprise_id")
    consent = IdField("cns", source="consent_id")
    byte_count = WholeField(example=0, help_text="How many bytes of an upload have been received.")
    rows_read = WholeField(example=1200)
    rows_accepted = WholeField(example=1198)
    rows_rejected = WholeField(example=1)
    rows_duplicate = WholeField(example=1)
    created_at = InstantField()
    completed_at = InstantField(allow_null=True)


class RowErrorShape(serializers.Serializer[Any]):
    """Why a line was refused. What it said is not kept."""

    line = WholeField(example=17, help_text="Counts from 1; blank lines are not counted.")
    code = TextField(example="receipts.amount_invalid")
    field = TextField(example="amount", help_text="Empty when the line is no JSON object.")
    pointer = TextField(example="/amount", help_text="The same as a JSON pointer (RFC 6901).")


class ErrorQuery(Body):
    """Paging by line: `limit` errors behind the line `after`."""

    limit = QueryWholeField(required=False, default=MAX_LIMIT, min_value=1, max_value=MAX_LIMIT)
    after = QueryWholeField(required=False, default=0, example=0, min_value=0, max_value=999_999_999)


def require_ndjson(request: Request) -> None:
    """Refuse other media types."""
    if (request.content_type or "").partition(";")[0].strip().lower() != NDJSON:
        raise UnsupportedMediaType(request.content_type or "")


class LongBodied(Resource):
    """An address that takes a long body of NDJSON; the body is let go of after the call."""

    def serve(self, request: Request, method: str, ids: Mapping[str, Any]) -> JsonResponse:
        """Take the call, and let go of the body afterwards."""
        try:
            return super().serve(request, method, ids)
        finally:
            if hasattr(request._request, "spooled"):
                request._request.spooled.file.close()

    def body_sha256(self, request: Request) -> str:
        """Hash the body piece by piece: it may be too long to hold."""
        file = self.long_body(request).file
        digest = hashlib.sha256()
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
        file.seek(0)
        return digest.hexdigest()

    def long_body(self, request: Request, *, most: int = 0) -> LongBody:
        """Return the body of lines, read once; refuses other media types, and what is too long."""
        raw: Any = request._request
        require_ndjson(request)
        if not hasattr(raw, "spooled"):
            raw.spooled = spool(raw, most=most or MAX_BYTES)
        found: LongBody = raw.spooled
        return found


class DataBatches(LongBodied):
    """`/v1/data_batches`."""

    @call(
        "Send a batch of data",
        scope="data:write",
        request=ANY_ROW,
        query=BatchBody,
        answer=DataBatchShape,
        status=201,
        media_type=NDJSON,
        refusals=(
            *WITHOUT_CONSENT,
            batches.BatchEmpty,
            batches.BatchTooLarge,
            LengthMissing,
            BodyIncomplete,
        ),
        description=(
            "The body is NDJSON: one row of the cluster a line, at most 256 MB, with its length declared. A "
            "row that breaks a rule is counted and named, the others are written; all of them become visible "
            "at once. The same row again is a duplicate. What may break off is better sent as an upload."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Take in a batch under a consent."""
        require_ndjson(request)
        if comes_in_chunks(request._request):
            raise LengthMissing
        asked = self.filters(request)
        business = get_enterprise(enterprise_id=asked.pop("business"), scene_id=context.scene_id)
        body = self.long_body(request)
        if not body.is_whole:
            raise BodyIncomplete(received=body.size)
        batch = feed.ingest(
            enterprise_id=business.id,
            scene_id=context.scene_id,
            consent_id=asked.pop("consent"),
            rows=pieces_of(body.file),
            now=context.now,
            **asked,
        )
        return _taken_in(batch, context)


class DataUploads(Resource):
    """`/v1/data_batches/open`."""

    @call(
        "Open an upload of a batch",
        scope="data:write",
        request=BatchBody,
        answer=DataBatchShape,
        status=201,
        refusals=WITHOUT_CONSENT,
        description=(
            "The batch takes its bytes in several calls, each going on where the one before ended, and is "
            "taken in when it is completed. An upload that nobody completes in three days is deleted."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Begin a batch whose bytes are still to come."""
        members = self.members(request)
        business = get_enterprise(enterprise_id=members.pop("business"), scene_id=context.scene_id)
        batch = feed.open_upload(
            enterprise_id=business.id,
            scene_id=context.scene_id,
            consent_id=members.pop("consent"),
            now=context.now,
            **members,
        )
        return one(DataBatchShape, batch, context, 201)


class DataBatch(LongBodied):
    """`/v1/data_batches/{batch_id}`."""

    @call("Get a batch", scope="data:write", answer=DataBatchShape, refusals=(queries.BatchNotFound,))
    def handle_get(self, request: Request, context: SceneContext, batch_id: str) -> Answer:
        """Return one batch of this scene."""
        found = queries.get_batch(batch_id=parse_id("bat", batch_id), scene_id=context.scene_id)
        return one(DataBatchShape, found, context)

    @call(
        "Send bytes of an upload",
        scope="data:write",
        request=ANY_ROW,
        answer=DataBatchShape,
        headers=(OFFSET,),
        media_type=NDJSON,
        refusals=(
            queries.BatchNotFound,
            batches.BatchCompleted,
            batches.OffsetMismatch,
            batches.UploadTooLong,
        ),
        description=(
            "`Upload-Offset` says at which byte of the whole this body begins (0 if absent). What arrives is "
            "kept, also when the connection breaks: ask for the batch and go on from its `byte_count`. Lines "
            "may be cut anywhere."
        ),
    )
    def handle_patch(self, request: Request, context: SceneContext, batch_id: str) -> Answer:
        """Keep what arrives, whole or not."""
        found = queries.get_batch(batch_id=parse_id("bat", batch_id), scene_id=context.scene_id)
        offset = request.headers.get(OFFSET.name, "0")
        batch = batches.receive_bytes(
            batch_id=found.id,
            scene_id=context.scene_id,
            start_byte=int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 16 else -1,
            body=self.long_body(request).file,
            most=MAX_BYTES,
        )
        return one(DataBatchShape, batch, context)


class DataBatchCompletion(Resource):
    """`/v1/data_batches/{batch_id}/complete`."""

    @call(
        "Complete an upload",
        scope="data:write",
        request=CompletionBody,
        answer=DataBatchShape,
        refusals=(
            queries.BatchNotFound,
            batches.BatchCompleted,
            batches.OffsetMismatch,
            *WITHOUT_CONSENT[1:-1],
            batches.BatchEmpty,
            batches.BatchTooLarge,
        ),
        description="Takes in all rows at once, or none. `byte_count` is how many bytes were sent.",
    )
    def handle_post(self, request: Request, context: SceneContext, batch_id: str) -> Answer:
        """Take in what was uploaded."""
        found = queries.get_batch(batch_id=parse_id("bat", batch_id), scene_id=context.scene_id)
        batch = feed.complete_upload(
            batch_id=found.id,
            scene_id=context.scene_id,
            **self.members(request),
            now=context.now,
        )
        return _taken_in(batch, context, 200)


def _taken_in(batch: BatchView, context: SceneContext, status: int = 201) -> Answer:
    """Answer with the batch; new data may call for a review of the lines."""
    if batch.rows_accepted and ask_review(enterprise_id=batch.enterprise_id, now=context.now):
        enqueue("jobs.review_lines", schema=context.bank_schema, enterprise_id=str(batch.enterprise_id))
    return one(DataBatchShape, batch, context, status)


class DataBatchErrors(Resource):
    """`/v1/data_batches/{batch_id}/errors`."""

    @call(
        "List a batch's errors",
        scope="data:write",
        query=ErrorQuery,
        answer=RowErrorShape,
        many=True,
        refusals=(queries.BatchNotFound,),
        description="In the order of the lines; the first ten thousand are kept.",
    )
    def handle_get(self, request: Request, context: SceneContext, batch_id: str) -> Answer:
        """List the rows that were refused, and why."""
        asked = self.filters(request)
        found = queries.faults(
            batch_id=parse_id("bat", batch_id),
            scene_id=context.scene_id,
            after_line=asked["after"],
            limit=asked["limit"] + 1,
        )
        shown, has_more = found[: asked["limit"]], len(found) > asked["limit"]
        data = [
            {
                "line": row.line,
                "code": row.code,
                "field": row.field,
                "pointer": f"/{row.field}" if row.field else "",
            }
            for row in shown
        ]
        cursor = str(shown[-1].line) if has_more else None
        return Answer(200, {"object": "list", "data": data, "has_more": has_more, "next_cursor": cursor})
