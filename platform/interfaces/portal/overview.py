"""The overview: from offers made to money drawn, by bank and by month, and what went wrong last."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from interfaces import call_log
from interfaces.door import PortalView, now
from interfaces.pages import FieldInvalid, shown
from interfaces.portal.frame import OwnBank, each, framed, own_banks, person_of
from kernel.ids import public_id
from kernel.money import Money
from ledger.settlement.queries import accrued
from lending.participations.queries import scene_party
from lending.scene_funnel import SceneMonth, failed_draws, scene_months
from plumbing.clock.queries import ClockNotStarted, business_date
from plumbing.outbox.models import WebhookDelivery
from plumbing.outbox.queries import deliveries
from tenants.access.queries import calls_seen, clients
from tenants.teams.models import TeamMember

PERIODS: Final = {"1": 1, "3": 3, "12": 12}  # months, the present one among them
KINDS: Final = ("live", "sandbox", "clock")
FAILURES_SHOWN: Final = 12
FAILURES_OF: Final = timedelta(days=7)
CHARTED_MAX: Final = 5  # more series than colours tell nobody anything


def steps_of(months: Iterable[SceneMonth]) -> dict[str, int]:
    """Return how many came to each step in some months together."""
    found = tuple(months)
    return {
        "offered": sum(one.offered for one in found),
        "delivered": sum(one.delivered for one in found),
        "applied": sum(one.applied for one in found),
        "approved": sum(one.approved for one in found),
        "drawn": sum(one.drawn for one in found),
    }


def said_steps() -> list[str]:
    """Return the steps in the reader's language, in their order."""
    return [_("Offered"), _("Delivered"), _("Applied"), _("Approved"), _("Drawn down")]


def kind_of(own: OwnBank) -> str:
    """Return whether a bank is live, a sandbox of the platform, or a test clock's."""
    return "live" if own.bank.livemode else "clock" if own.is_own_sandbox else "sandbox"


def first_month(today: date, months: int) -> date:
    """Return the first day of the month that begins so many months, today's among them."""
    index = today.year * 12 + today.month - months
    return date(index // 12, index % 12 + 1, 1)


def months_between(found: list[date]) -> list[date]:
    """Return the first days of the months from the earliest to the latest, those without anything too."""
    months, last = ([min(found)], max(found)) if found else ([], date.min)
    while months and months[-1] < last:
        months.append((months[-1] + timedelta(days=31)).replace(day=1))
    return months


def banks_chart(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the steps of each bank side by side: those with most offers and applications."""
    first = sorted(rows, key=lambda row: -(row["steps"]["offered"] + row["steps"]["applied"]))[:CHARTED_MAX]
    return {
        "xAxis": {
            "type": "category",
            "data": said_steps(),
            "axisLabel": {"interval": 0, "width": 62, "overflow": "break"},
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"name": row["name"], "type": "bar", "data": list(row["steps"].values())} for row in first
        ],
    }


def months_chart(months: dict[date, dict[str, int]]) -> dict[str, Any]:
    """Return each step through the months, of all banks shown together."""
    names = ("offered", "delivered", "applied", "approved", "drawn")
    return {
        "xAxis": {"type": "category", "data": [f"{month:%Y-%m}" for month in months]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"name": said, "type": "bar", "data": [steps[name] for steps in months.values()]}
            for name, said in zip(names, said_steps(), strict=True)
        ],
    }


class Overview(PortalView):
    """How the scene does, at all its banks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the funnel of a period, the people it took, and the last failures."""
        person = person_of(request)
        known = own_banks(person.scene_id)
        asked = self._asked(request, known)
        chosen = tuple(one for one in known if kind_of(one) == asked["kind"])
        rows, failures = self._read(person, chosen, PERIODS[asked["months"]])
        failures += self._refused_calls(person, chosen)
        failures.sort(key=lambda one: one["at"], reverse=True)
        found = [one for row in rows for one in row["months"]]
        months = {
            month: steps_of(one for one in found if one.month == month)
            for month in months_between([one.month for one in found])
        }
        totals = {
            "steps": steps_of(found),
            "amount": Money.total(row["amount"] for row in rows),
            "human_touches": sum(row["human_touches"] for row in rows),
            "owed": Money.total(row["owed"] for row in rows),
        }
        context = framed(
            request,
            "overview",
            asked=asked,
            periods=PERIODS,
            kinds=[kind for kind in KINDS if any(kind_of(one) == kind for one in known)],
            rows=rows,
            totals=totals,
            failures=failures[:FAILURES_SHOWN],
            chart=banks_chart(rows) if any(totals["steps"].values()) else None,
            by_month=months_chart(months) if len(months) > 1 else None,
            sees_money=person.can("portal.money"),
        )
        return shown(request, "portal/overview.html", context, self._told(person, rows, totals, failures))

    def _asked(self, request: HttpRequest, known: tuple[OwnBank, ...]) -> dict[str, str]:
        usual = next((kind for kind in KINDS if any(kind_of(one) == kind for one in known)), KINDS[0])
        asked = {
            "kind": request.GET.get("kind", "").strip() or usual,
            "months": request.GET.get("months", "").strip() or "3",
        }
        for name, choices in (("kind", KINDS), ("months", tuple(PERIODS))):
            if asked[name] not in choices:
                raise FieldInvalid(field=name, given=asked[name][:40])
        return asked

    def _read(
        self, person: TeamMember, chosen: tuple[OwnBank, ...], months: int
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return each bank's figures since the first of the period, by its own calendar, and its failures."""
        rows, failures = [], []
        for own in each(chosen):
            try:
                since = first_month(business_date(), months)
            except ClockNotStarted:
                continue
            found = scene_months(scene_id=person.scene_id, since=since)
            owed = accrued(party=scene_party(scene_id=person.scene_id)) if person.can("portal.money") else ()
            rows.append(
                {
                    "bank": own.public_id,
                    "name": own.name,
                    "since": since,
                    "months": found,
                    "steps": steps_of(found),
                    "amount": Money.total(one.amount for one in found),
                    "human_touches": sum(one.human_touches for one in found),
                    "owed": Money.total(one.effect for one in owed),
                }
            )
            failures += self._failed_at(person, own)
        return rows, failures

    def _failed_at(self, person: TeamMember, own: OwnBank) -> list[dict[str, Any]]:
        """Return what failed at a bank: draws that brought no money, events that were given up."""
        draws = [
            {"at": one.at, "what": "draw", "subject": one.public_id, "code": one.code}
            for one in failed_draws(scene_id=person.scene_id, limit=FAILURES_SHOWN)
        ]
        lost = deliveries(
            scene_id=person.scene_id, status=WebhookDelivery.Status.FAILED, limit=FAILURES_SHOWN
        )
        events = [
            {
                "at": one.created_at,
                "what": "delivery",
                "subject": public_id("whd", one.id),
                "code": one.event_type,
            }
            for one in lost
        ]
        return [one | {"bank": own.public_id, "bank_name": own.name} for one in (*draws, *events)]

    def _refused_calls(self, person: TeamMember, chosen: tuple[OwnBank, ...]) -> list[dict[str, Any]]:
        """Return the newest calls to these banks that were answered with a fault of ours or a refusal."""
        call_log.write()
        instant, names = now(), {one.bank.schema_name: one for one in chosen}
        calls = calls_seen(
            client_ids=tuple(one.client_id for one in clients(scene_id=person.scene_id)),
            since=instant - FAILURES_OF,
            until=instant,
            statuses=(400, 600),
            limit=FAILURES_SHOWN * 4,
        )
        return [
            {
                "at": one.at,
                "what": "call",
                "subject": one.request_id,
                "code": one.code or str(one.status),
                "bank": names[one.bank_schema].public_id,
                "bank_name": names[one.bank_schema].name,
            }
            for one in calls
            if one.bank_schema in names
        ]

    def _told(
        self,
        person: TeamMember,
        rows: list[dict[str, Any]],
        totals: dict[str, Any],
        failures: list[dict[str, Any]],
    ) -> dict[str, Any]:
        """Return the figures as JSON says them; money owed only to those who may see it."""
        hidden = set() if person.can("portal.money") else {"owed"}
        return {
            "banks": [
                {name: value for name, value in row.items() if name not in hidden | {"months", "name"}}
                | {"months": [{"month": one.month} | steps_of([one]) for one in row["months"]]}
                for row in rows
            ],
            "total": {name: value for name, value in totals.items() if name not in hidden},
            "failures": [
                {name: one[name] for name in ("at", "what", "subject", "code", "bank")}
                for one in failures[:FAILURES_SHOWN]
            ],
        }
