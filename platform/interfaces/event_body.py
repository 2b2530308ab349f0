"""The body of an event: the same in `GET /events` and in a webhook (`api.md`, section 4)."""

from typing import Any, Final
from uuid import UUID

from kernel.ids import public_id
from plumbing.outbox.queries import EventView

API_VERSION: Final = "2026-11-01"
CLOUD_PREFIX: Final = "example.sluice."  # ours, turned round, as CloudEvents asks of a type
EVENT_TYPES: Final = {
    "consent.authorised": "A consent was recorded.",
    "consent.revoked": "A consent was withdrawn; its data is no longer used.",
    "consent.expired": "A consent ran out.",
    "data_batch.completed": "A batch was taken in.",
    "offer.created": "The bank made an offer.",
    "offer.delivered": "The merchant was shown an offer.",
    "offer.viewed": "The merchant looked at an offer.",
    "offer.applied": "An offer was applied for.",
    "offer.replaced": "A newer offer took an offer's place.",
    "offer.expired": "An offer's last day has passed.",
    "offer.withdrawn": "An offer was withdrawn.",
    "application.submitted": "An application came in.",
    "application.in_review": "A person at the bank looks at an application.",
    "application.approved": "An application was approved, in full or below what was asked.",
    "application.declined": "An application was declined.",
    "application.withdrawn": "An application was withdrawn.",
    "application.expired": "An approval's last day has passed.",
    "agreement.ready": "An agreement waits for its signature.",
    "agreement.signed": "An agreement was signed.",
    "agreement.declined": "An agreement was not signed and no longer can be.",
    "agreement.expired": "An agreement ran out unsigned.",
    "credit_line.activated": "A credit line may be drawn on.",
    "credit_line.changed": "A credit line has another limit, or another rate for draws to come.",
    "credit_line.frozen": "A credit line takes no new draws.",
    "credit_line.closed": "A credit line has ended.",
    "line_proposal.made": "Better or dearer terms of a line wait for the borrower's answer.",
    "line_proposal.accepted": "The borrower agreed to a line's new terms.",
    "line_proposal.declined": "The borrower did not agree to a line's new terms.",
    "drawdown.created": "A drawdown holds part of its line.",
    "drawdown.paid_out": "A drawdown's money has arrived.",
    "drawdown.failed": "A drawdown's payment was refused; its limit is free again.",
    "loan.activated": "A loan has begun.",
    "loan.due_soon": "A loan falls due in a few days.",
    "loan.overdue": "A loan is past its due date.",
    "loan.paid_off": "A loan is repaid in full.",
    "repayment.processing": "A repayment is being collected.",
    "repayment.succeeded": "A repayment arrived and was used.",
    "repayment.failed": "A repayment could not be collected.",
    "repayment.returned": "A repayment was taken back.",
    "webhook_endpoint.disabled": "An endpoint is no longer called.",
    "webhook_endpoint.ping": "A ping that was asked for.",
}


def event_body(
    event: EventView, *, bank_id: UUID, livemode: bool = False, api_version: str = API_VERSION
) -> dict[str, Any]:
    """Return an event as scenes see it; `sequence` counts the events of one subject without gaps."""
    return {
        "id": public_id("evt", event.id),
        "object": "event",
        "type": event.type,
        "timestamp": _instant(event),
        "api_version": api_version,
        "livemode": livemode,
        "bank": public_id("bnk", bank_id),
        "subject": event.subject,
        "sequence": event.sequence,
        "data": _data(event.data),
    }


def cloud_event(
    event: EventView, *, bank_id: UUID, livemode: bool = False, api_version: str = API_VERSION
) -> dict[str, Any]:
    """Return an event in the structured form of CloudEvents 1.0, with what else we say of it as extensions.

    `sequence` is the one of the sequence extension: digits of one width, so that texts order as numbers do.
    """
    return {
        "specversion": "1.0",
        "id": public_id("evt", event.id),
        "source": f"/banks/{public_id('bnk', bank_id)}",
        "type": f"{CLOUD_PREFIX}{event.type}",
        "subject": event.subject,
        "time": _instant(event),
        "datacontenttype": "application/json",
        "sequence": f"{event.sequence:010d}",
        "apiversion": api_version,
        "livemode": livemode,
        "data": _data(event.data),
    }


def _instant(event: EventView) -> str:
    return event.occurred_at.isoformat().replace("+00:00", "Z")


def _data(data: dict[str, Any]) -> dict[str, Any]:
    """Return `{object, changed}` whether the room wrote that or the object alone."""
    return data if isinstance(data.get("object"), dict) else {"object": data, "changed": ["status"]}
