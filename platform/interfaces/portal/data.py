"""Data freshness: of each business and cluster, how fresh it is, and what became of its rows."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from interfaces.door import PortalView, now
from interfaces.pages import shown
from interfaces.portal.frame import LISTED, chosen, framed, inside, own_banks, scene_id_of
from kernel.ids import parse_id, public_id
from openbanking.batches.queries import Freshness, faults, freshness
from parties.enterprises.queries import enterprises_page

FAULTS_SHOWN = 20


def masked(name: str) -> str:
    """Return a name of which only the ends can be read."""
    return name if len(name) < 3 else f"{name[0]}{'*' * min(4, len(name) - 2)}{name[-1]}"


def told(row: Freshness, name: str, external_id: str) -> dict[str, Any]:
    """Return a cluster of a business as the page and JSON say it."""
    return {
        "business": public_id("biz", row.enterprise_id),
        "external_id": external_id,
        "name": masked(name),
        "cluster": row.cluster,
        "batch_count": row.batch_count,
        "last_completed_at": row.last_completed_at,
        "last_day": row.last_day,
        "rows_accepted": row.rows_accepted,
        "rows_rejected": row.rows_rejected,
        "rows_duplicate": row.rows_duplicate,
    }


class Data(PortalView):
    """What the scene has delivered to a bank."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List businesses with their clusters, and why rows of the newest batches were refused."""
        scene_id = scene_id_of(request)
        known = own_banks(scene_id)
        own = chosen(request, known)
        rows: list[dict[str, Any]] = []
        older = ""
        if own is not None:
            with inside(own):
                rows, older = self._found(scene_id, request.GET.get("after", ""))
        context = framed(request, "data", banks=known, own=own, rows=rows, older=older, now=now())
        body = {"data": rows, "has_more": bool(older)}
        return shown(request, "portal/data.html", context, body)

    def _found(self, scene_id: UUID, after: str) -> tuple[list[dict[str, Any]], str]:
        page = enterprises_page(
            scene_id=scene_id, after=parse_id("biz", after) if after else None, limit=LISTED
        )
        names = {one.id: (one.legal_name, one.external_id) for one in page.rows}
        rows = []
        for row in freshness(scene_id=scene_id, enterprise_ids=tuple(names)):
            refused = (
                faults(batch_id=row.newest_id, scene_id=scene_id, limit=FAULTS_SHOWN)
                if row.rows_rejected
                else ()
            )
            shown_faults = [{"line": one.line, "code": one.code, "field": one.field} for one in refused]
            rows.append(told(row, *names[row.enterprise_id]) | {"faults": shown_faults})
        return rows, public_id("biz", page.next_after) if page.next_after else ""
