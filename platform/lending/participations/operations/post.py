"""Messages between banks: written with what they tell, carried by a job, taken once on the other side."""

from datetime import date, datetime
from typing import Any, Final

from lending.loans.accrual import hold_book
from lending.participations.models import Message, Participation, Role
from lending.participations.operations import accruing, lead, partner
from lending.participations.operations.letters import write
from lending.participations.queries import Envelope, ParticipationNotFound
from plumbing.sql import in_transaction

__all__ = ["mark_carried", "receive", "write"]

# Which role this bank has in a loan of which it may be told this, and what it then does.
_TAKERS: Final = {
    "request": ("", partner.take_request),
    "answer": (Role.LEAD, lead.take_answer),
    "started": (Role.PARTNER, partner.take_started),
    "row": (Role.PARTNER, partner.take_row),
    "covered": (Role.PARTNER, partner.take_covered),
    "accrued": (Role.PARTNER, accruing.take_accrued),
    "cancelled": (Role.PARTNER, partner.take_cancelled),
}


@in_transaction
def mark_carried(*, message_id: str, peer_code: str, now: datetime) -> None:
    """Note that the other bank has a message."""
    Message.objects.filter(
        message_id=message_id, peer_code=peer_code, is_outgoing=True, done_at__isnull=True
    ).update(done_at=now)


@in_transaction
def receive(*, envelope: Envelope, now: datetime, business_date: date) -> bool:
    """Take a message of another bank and do what it says; False when it was here before.

    `sender_code` is the carrier's word for who sent it. A loan that this bank does not share with that bank,
    in the role the message supposes, is none that it may speak of.
    """
    hold_book(business_date=business_date)
    role, take = _TAKERS[envelope.kind]
    if role:
        _require_party(str(envelope.body["name"]), envelope.sender_code, role)
    _, created = Message.objects.get_or_create(
        message_id=envelope.message_id,
        peer_code=envelope.sender_code,
        is_outgoing=False,
        defaults={
            "kind": envelope.kind,
            "body": envelope.body,
            "created_at": now,
            "done_at": now,
        },
    )
    if not created:
        return False
    body: dict[str, Any] = {**envelope.body, "from": envelope.sender_code}
    take(body=body, now=now, business_date=business_date)
    return True


def _require_party(name: str, sender_code: str, role: str) -> None:
    """Refuse word of a loan from a bank that has no part in it; an unknown loan is its taker's to judge."""
    row = Participation.objects.select_related("agreement").filter(name=name).first()
    if row is not None and (row.agreement.partner_code, row.agreement.role) != (sender_code, role):
        raise ParticipationNotFound(name=name[:40])
