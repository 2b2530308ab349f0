"""Carrying messages between partner banks: each read in one schema and taken in another, never in one step.

Runs for one bank; a partner that is not on this platform keeps its messages until its own carrier fetches
them. A message may be carried twice: the other side takes it once.
"""

from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID

from django.db import transaction

from interfaces.door import in_bank, now
from interfaces.jobs import payments
from interfaces.jobs.guarding import guarded
from lending.participations import operations as participations
from lending.participations import queries
from plumbing.schemas import current_schema, public_schema
from tenants.banks.queries import banks

PREFIX = "bank:"


def exchange() -> dict[str, int]:
    """Share what loans received, decide on requests, and carry what waits; return how many of each."""
    behind, undecided = queries.behind(), queries.undecided()
    for loan_id in behind:
        guarded("share", str(loan_id), partial(_follow, loan_id))
    for name in undecided:
        guarded("decide", name, partial(_decide, name))
    peers = queries.waiting_peers()
    if not peers:
        return {"shared": len(behind), "decided": len(undecided), "carried": 0}
    with public_schema():
        schemas = {f"{PREFIX}{bank.schema_name}": bank.schema_name for bank in banks() if bank.ready_at}
    carried = sum(_tell(peer, schemas[peer]) for peer in peers if peer in schemas)
    return {"shared": len(behind), "decided": len(undecided), "carried": carried}


def _tell(peer: str, schema: str) -> int:
    """Carry what waits for one bank, in order: it stops at the first message that did not arrive."""
    carried = 0
    for envelope in queries.waiting_messages(peer_code=peer):
        if not guarded("carry", envelope.message_id, partial(_carry, envelope, schema)):
            break
        carried += 1
    return carried


def _follow(loan_id: UUID) -> str:
    return payments.on_the_books(
        lambda today: str(participations.follow(loan_id=loan_id, business_date=today, now=now()))
    )


def _decide(name: str) -> str:
    return payments.on_the_books(
        lambda today: participations.decide(name=name, business_date=today, now=now()).status
    )


def _carry(envelope: queries.Envelope, schema: str) -> str:
    """Take a message in the other bank's schema, then note in ours that it has arrived.

    It goes out under the name of the schema it comes from, whatever the message itself may say.
    """
    signed = replace(envelope, sender_code=f"{PREFIX}{current_schema()}")

    def take(today: date) -> bool:
        return participations.receive(envelope=signed, now=now(), business_date=today)

    with in_bank(schema):
        payments.on_the_books(take)
    with transaction.atomic(durable=True):
        participations.mark_carried(message_id=envelope.message_id, peer_code=envelope.peer_code, now=now())
    return "carried"
