"""Addresses that exist only in tests: they show what the doors let through and what they leave behind."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, OperatorView, SceneContext, SceneView, StaffView, staff_required
from kernel.ids import parse_id, public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from plumbing.audit import operations as audit
from plumbing.audit.models import AuditRecord


class LimitExceeded(Refusal):
    """A refusal with facts, as rooms raise them."""

    code = "probe.limit_exceeded"
    kind = Kind.UNMET
    message = "{asked} is more than {available}."


class Body(serializers.Serializer[Any]):
    """A nested body."""

    amount = serializers.CharField()
    lines = serializers.ListField(child=serializers.IntegerField(), required=False)


class Probe(SceneView):
    """Reads and writes one audit record."""

    scopes: ClassVar = {"GET": "loans:read", "POST": "drawdowns:write"}
    key_required: ClassVar = frozenset({"POST"})
    new_business: ClassVar = frozenset({"POST"})

    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """Say where the call has come to."""
        return Answer(
            200,
            {
                "schema": connection.schema_name,  # type: ignore[attr-defined]
                "bank": context.bank_schema,
                "scene": public_id("scn", context.scene_id),
                "business_date": context.business_date,
                "limit": Money.parse("1234.50"),
                "rate": Decimal("0.072000"),
                "on": date(2026, 11, 2),
            },
        )

    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Leave a record, then do what the body asks for."""
        audit.record(actor=str(context.scene_id), action="probe", subject="probe", detail={}, now=context.now)
        wish = request.data.get("wish")
        if wish == "refuse":
            raise LimitExceeded(asked=Money.parse("30000.00"), available=Money.parse("10000.00"))
        if wish == "break":
            raise ZeroDivisionError("card 6222000000000009")
        if wish == "validate":
            Body(data=request.data).is_valid(raise_exception=True)
        return Answer(201, {"id": public_id("prb", context.scene_id), "count": AuditRecord.objects.count()})


class Thing(SceneView):
    """One record of the bank, by id."""

    scopes: ClassVar = {"GET": "loans:read"}

    def handle_get(self, request: Request, context: SceneContext, thing: str) -> Answer:
        """Find it among this bank's records, or say that it is not there."""
        subject = public_id("thg", parse_id("thg", thing))
        record = AuditRecord.objects.filter(subject=subject).first()
        if record is None:
            raise NotHere
        return Answer(200, {"id": record.subject, "actor": record.actor})


class NotHere(Refusal):
    """There is no such record in this bank."""

    code = "probe.not_here"
    kind = Kind.NOT_FOUND
    message = "There is no such thing."


class Page(StaffView):
    """A page for those who may see the journal."""

    capability = "journal.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Name the bank and the person, and count the visit in the bank's part of the cache."""
        visits = cache.get_or_set("probe:visits", 0, 60) + 1
        cache.set("probe:visits", visits, 60)
        schema = connection.schema_name  # type: ignore[attr-defined]
        return HttpResponse(f"{schema} {request.user.email} {visits}")  # type: ignore[union-attr]


class Console(OperatorView):
    """A page of the ops console."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Name the person."""
        return HttpResponse(f"{request.user.email}")  # type: ignore[union-attr]


@staff_required("period.close")
def close_period(request: HttpRequest) -> HttpResponse:
    """Answer those who may close a period."""
    return HttpResponse("closed")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    """Answer piece by piece, each from the database."""

    def pieces() -> Any:
        for _ in range(2):
            with connection.cursor() as cursor:
                cursor.execute("SHOW search_path")
                yield f"{cursor.fetchone()[0]};"

    return StreamingHttpResponse(pieces())


def crash(request: HttpRequest) -> HttpResponse:
    """Break something."""
    raise ZeroDivisionError


urlpatterns = [
    path("v1/probe", Probe.as_view()),
    path("v1/things/<str:thing>", Thing.as_view()),
    path("page", Page.as_view()),
    path("console", Console.as_view()),
    path("close", close_period),
    path("stream", stream),
    path("crash", crash),
]
handler400 = "interfaces.problems.bad_request"
handler403 = "interfaces.problems.forbidden"
handler404 = "interfaces.problems.not_found"
handler500 = "interfaces.problems.broken"
