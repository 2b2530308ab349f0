"""Writing a message to the other bank, in the transaction of the act it tells of."""

from datetime import date, datetime

from kernel.money import Money
from lending.participations.models import Message, Participation


def write(row: Participation, letter: str, *, now: datetime, number: int = 0, **facts: object) -> None:
    """Write a message about a shared loan; `number` tells rows of one loan apart."""
    agreement = row.agreement
    body: dict[str, object] = {"name": row.name}
    for name, fact in facts.items():
        body[name] = (
            fact.minor if isinstance(fact, Money) else fact.isoformat() if isinstance(fact, date) else fact
        )
    Message.objects.create(
        message_id=f"{row.name}:{letter}:{number}",
        is_outgoing=True,
        peer_code=agreement.partner_code,
        kind=letter,
        body=body,
        created_at=now,
    )


def decline(*, name: str, peer_code: str, reason: str, now: datetime) -> None:
    """Answer a request that nothing here stands for: without an answer the other bank would wait."""
    Message.objects.create(
        message_id=f"{name}:answer:0",
        is_outgoing=True,
        peer_code=peer_code,
        kind="answer",
        body={"name": name, "accepted": False, "decision_ref": "", "reason": reason},
        created_at=now,
    )
