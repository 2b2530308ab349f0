"""Reads of settlement: parties, what has accrued, batches and their files."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Sum

from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.settlement.models import Batch, Obligation, Party
from ledger.settlement.netting import Owed
from ledger.settlement.netting import batch_file as file_of
from ledger.settlement.states import BatchState


class PartyUnknown(Refusal):
    """The bank does not settle with such a party."""

    code = "ledger.party_unknown"
    kind = Kind.NOT_FOUND
    message = "The bank does not settle with {party}."


class BatchUnknown(Refusal):
    """There is no such batch."""

    code = "ledger.batch_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no settlement batch {batch}."


@dataclass(frozen=True, slots=True)
class PartyView:
    """Somebody the bank settles with."""

    id: UUID
    code: str
    kind: str
    name: str
    invoices: bool


@dataclass(frozen=True, slots=True)
class PartyAccount:
    """Where a party's money goes."""

    account_number: str
    holder_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch and how far it has come; positive net: the bank pays."""

    id: UUID
    party: PartyView
    business_date: date
    number: int
    net: Money
    line_count: int
    file_sm3: str
    state: str
    acknowledged_by: str
    acknowledged_at: datetime | None
    reason: str
    attempt_count: int
    instruction_id: UUID | None
    booking_entry_id: UUID | None
    payment_entry_id: UUID | None
    settled_date: date | None

    @property
    def public_id(self) -> str:
        """The id both sides use."""
        return public_id("stb", self.id)


def party_view(row: Party) -> PartyView:
    """Return the frozen view of a row."""
    return PartyView(row.id, row.code, row.kind, row.name, row.invoices)


def batch_view(row: Batch) -> BatchView:
    """Return the frozen view of a row."""
    return BatchView(
        id=row.id,
        party=party_view(row.party),
        business_date=row.business_date,
        number=row.number,
        net=row.net,
        line_count=row.line_count,
        file_sm3=row.file_sm3,
        state=row.state,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
        reason=row.reason,
        attempt_count=row.attempt_count,
        instruction_id=row.instruction_id,
        booking_entry_id=row.booking_entry_id,
        payment_entry_id=row.payment_entry_id,
        settled_date=row.settled_date,
    )


def get_party(*, code: str) -> PartyView:
    """Return one party."""
    row = Party.objects.filter(code=code).first()
    if row is None:
        raise PartyUnknown(party=code[:40])
    return party_view(row)


def party_account(*, party_id: UUID) -> PartyAccount:
    """Return the account a party's money goes to, for the message to the rail and nothing else."""
    row = Party.objects.filter(id=party_id).first()
    if row is None:
        raise PartyUnknown(party=str(party_id))
    return PartyAccount(row.account_number, row.holder_name)


def get_batch(*, batch_id: UUID) -> BatchView:
    """Return one batch."""
    row = Batch.objects.select_related("party").filter(id=batch_id).first()
    if row is None:
        raise BatchUnknown(batch=public_id("stb", batch_id))
    return batch_view(row)


def batches(*, state: str | None = None, limit: int = 200) -> tuple[BatchView, ...]:
    """Return batches, newest first."""
    rows = Batch.objects.select_related("party").order_by("-business_date", "-created_at", "-id")
    return tuple(batch_view(row) for row in (rows if state is None else rows.filter(state=state))[:limit])


def batches_of(*, party: str, limit: int = 200) -> tuple[BatchView, ...]:
    """Return a party's batches, newest first; none where the bank does not settle with it."""
    rows = Batch.objects.select_related("party").filter(party__code=party)
    return tuple(batch_view(row) for row in rows.order_by("-business_date", "-created_at", "-id")[:limit])


def payable(*, limit: int = 200) -> tuple[UUID, ...]:
    """Return the acknowledged batches that wait to be paid by the bank, or to be closed at nothing.

    A party whose account nobody has verified is not paid, and does not stand before those that can be.
    """
    rows = Batch.objects.filter(state=BatchState.NETTED, acknowledged_at__isnull=False, net__gte=0, reason="")
    ready = rows.select_related("party").order_by("created_at", "id")
    return tuple(row.id for row in ready if not row.net or row.party.account_number)[:limit]


def owed_of(row: Obligation, party: str) -> Owed:
    """Return what is owed, as the netting takes it."""
    return Owed(party, row.kind, row.effect, row.account, row.business_date, row.key, row.reference)


def owed_in(*, batch_id: UUID) -> tuple[Owed, ...]:
    """Return the lines of a batch, by key."""
    rows = Obligation.objects.select_related("party").filter(batch_id=batch_id).order_by("key")
    return tuple(owed_of(row, row.party.code) for row in rows)


def accrued(*, party: str) -> tuple[Owed, ...]:
    """Return what is owed and in no batch yet, by key."""
    rows = Obligation.objects.filter(party__code=party, batch__isnull=True).order_by("key")
    return tuple(owed_of(row, party) for row in rows)


def is_anything_accrued(*, through_date: date) -> bool:
    """Say whether anything can be netted through a day: owed, in no batch, and invoiced where it must be."""
    rows = Obligation.objects.filter(batch__isnull=True, business_date__lte=through_date)
    return rows.exclude(party__invoices=True, invoice_no="").exists()


def is_owed(*, key: str) -> bool:
    """Say whether something is noted as owed already."""
    return Obligation.objects.filter(key=key).exists()


def outstanding(*, account: str) -> Money:
    """Return what the unsettled obligations on an account amount to: positive, the bank owes it."""
    rows = Obligation.objects.filter(account=account).exclude(batch__state=BatchState.SETTLED)
    total = rows.aggregate(total=Sum("effect"))["total"]
    return total if isinstance(total, Money) else Money(int(total or 0))


def batch_file(*, batch_id: UUID) -> bytes:
    """Return the file of a batch, whose SM3 both sides compare."""
    batch = get_batch(batch_id=batch_id)
    return file_of(
        batch=batch.public_id,
        party=batch.party.code,
        business_date=batch.business_date,
        owed=owed_in(batch_id=batch_id),
    )
