"""Settlements: what a bank owes the scene for what was drawn through it, line by line, and how far it is."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from interfaces.door import PortalView
from interfaces.pages import shown
from interfaces.portal.frame import bank_of_page, chosen, framed, inside, own_banks, scene_id_of
from kernel.money import Money
from ledger.settlement.netting import Owed
from ledger.settlement.queries import (
    BatchUnknown,
    BatchView,
    accrued,
    batch_file,
    batches_of,
    get_batch,
    owed_in,
)
from lending.participations.queries import scene_party


def told(batch: BatchView) -> dict[str, Any]:
    """Return a batch as JSON says it."""
    return {
        "id": batch.public_id,
        "business_date": batch.business_date,
        "net": batch.net,
        "line_count": batch.line_count,
        "state": batch.state,
        "settled_date": batch.settled_date,
        "sm3": batch.file_sm3,
    }


class Settlements(PortalView):
    """A bank's settlements with the scene."""

    capability = "portal.money"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List what is owed and not settled yet, and the batches."""
        scene_id = scene_id_of(request)
        known = own_banks(scene_id)
        own = chosen(request, known)
        owed: tuple[Owed, ...] = ()
        rows: tuple[BatchView, ...] = ()
        if own is not None:
            with inside(own):
                party = scene_party(scene_id=scene_id)
                owed, rows = accrued(party=party), batches_of(party=party)
        total = Money.total(one.effect for one in owed)
        context = framed(request, "settlements", banks=known, own=own, owed=owed, rows=rows, total=total)
        body = {"accrued": total, "batches": [told(one) for one in rows]}
        return shown(request, "portal/settlements.html", context, body)


class Settlement(PortalView):
    """One batch."""

    capability = "portal.money"

    def get(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        """Show its lines, or answer the file whose SM3 both sides compare."""
        own, scene_id = bank_of_page(request), scene_id_of(request)
        with inside(own):
            batch = get_batch(batch_id=batch_id)
            if batch.party.code != scene_party(scene_id=scene_id):
                raise BatchUnknown(batch=batch.public_id)
            lines, content = owed_in(batch_id=batch_id), batch_file(batch_id=batch_id)
        if request.GET.get("form") == "file":
            answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
            answer["Content-Disposition"] = f'attachment; filename="{batch.public_id}.csv"'
            return answer
        context = framed(request, "settlements", own=own, batch=batch, lines=lines)
        body = told(batch) | {"lines": [{"key": one.key, "amount": one.effect} for one in lines]}
        return shown(request, "portal/settlement.html", context, body)
