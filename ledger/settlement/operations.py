"""Verbs of settlement: accrue, take an invoice, net, acknowledge or dispute, instruct, settle."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kernel.ids import new_id, public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.settlement.models import Batch, Invoice, Obligation, Party, PartyKind
from ledger.settlement.netting import Owed, batch_file, closing_lines, net, sm3
from ledger.settlement.queries import (
    BatchUnknown,
    BatchView,
    PartyUnknown,
    PartyView,
    batch_view,
    get_batch,
    owed_in,
    owed_of,
    party_view,
)
from ledger.settlement.states import BatchState, require_move, require_past
from plumbing.sql import hold_name, in_transaction

SETTLEMENT: Final = "1003"
IN_FLIGHT: Final = "3001"


class PartyConflict(Refusal):
    """The code belongs to another party."""

    code = "ledger.party_conflict"
    kind = Kind.CONFLICT
    message = "{party} is registered already, and not like this."


class OwedConflict(Refusal):
    """The key names something else that is owed."""

    code = "ledger.owed_conflict"
    kind = Kind.CONFLICT
    message = "{key} is owed already, and not like this."


class InvoiceDiffers(Refusal):
    """The invoice is not for what is owed."""

    code = "ledger.invoice_differs"
    message = "The invoice {number} is for {amount}; {owed} is owed."


class FileDiffers(Refusal):
    """The party acknowledges another file than ours."""

    code = "ledger.settlement_file_differs"
    kind = Kind.CONFLICT
    message = "The acknowledged file is not the file of batch {batch}."


class NotAcknowledged(Refusal):
    """Nothing is paid before the party has acknowledged the batch."""

    code = "ledger.batch_not_acknowledged"
    kind = Kind.CONFLICT
    message = "Batch {batch} has not been acknowledged."


class AccountMissing(Refusal):
    """Nobody has verified where the party's money goes."""

    code = "ledger.party_account_missing"
    kind = Kind.CONFLICT
    message = "{party} has no verified account."


class OneHand(Refusal):
    """Where a party's money goes is changed by two people."""

    code = "ledger.party_account_one_hand"
    kind = Kind.FORBIDDEN
    message = "The account of {party} is changed by two people."


class PaymentUnderWay(Refusal):
    """A payment to the party is with the rail."""

    code = "ledger.party_payment_under_way"
    kind = Kind.CONFLICT
    message = "A payment to {party} is under way: its account cannot change now."


class WrongWay(Refusal):
    """The bank does not pay a batch that it is owed, nor wait for money that it owes."""

    code = "ledger.batch_wrong_way"
    kind = Kind.CONFLICT
    message = "Batch {batch} comes to {net}: it is not settled this way."


@in_transaction
def register_party(
    *,
    code: str,
    kind: str,
    name: str,
    account_number: str,
    holder_name: str,
    now: datetime,
    invoices: bool = False,
) -> PartyView:
    """Register somebody the bank settles with; the same again is the party there is.

    A party may be known before its account is: it is then registered without, and paid once it has one.
    """
    row, created = Party.objects.get_or_create(
        code=code,
        defaults={
            "kind": PartyKind(kind),
            "name": name,
            "account_number": account_number,
            "holder_name": holder_name,
            "invoices": invoices,
            "created_at": now,
        },
    )
    if created or not account_number:
        return party_view(row)
    if not row.account_number:
        row.account_number, row.holder_name = account_number, holder_name
        row.save(update_fields=["account_number", "holder_name"])
    if (row.kind, row.account_number, row.holder_name) != (kind, account_number, holder_name):
        raise PartyConflict(party=code)
    return party_view(row)


@in_transaction
def change_account(
    *, code: str, account_number: str, holder_name: str, proposed_by: str, approved_by: str
) -> PartyView:
    """Pay a party elsewhere from now on, as two people verified; not while a payment is with the rail."""
    if proposed_by == approved_by or not proposed_by or not approved_by:
        raise OneHand(party=code[:40])
    row = _party(code)
    if Batch.objects.select_for_update().filter(party=row, state=BatchState.INSTRUCTED).exists():
        raise PaymentUnderWay(party=code)
    row.account_number, row.holder_name = account_number, holder_name
    row.save(update_fields=["account_number", "holder_name"])
    return party_view(row)


def _party(code: str) -> Party:
    """Return a party, and take turns on what is owed between it and the bank."""
    hold_name("settlement", code)
    row = Party.objects.filter(code=code).first()
    if row is None:
        raise PartyUnknown(party=code[:40])
    return row


@in_transaction
def accrue(*, owed: Sequence[Owed], now: datetime) -> int:
    """Note what is owed; return how much of it is new. The same key with other content is refused."""
    new_count = 0
    for each in sorted(owed, key=lambda each: (each.party, each.key)):
        party = _party(each.party)
        row, created = Obligation.objects.get_or_create(
            key=each.key,
            defaults={
                "party": party,
                "kind": each.kind,
                "effect": each.effect,
                "account": each.account,
                "business_date": each.business_date,
                "reference": each.reference,
                "created_at": now,
            },
        )
        if not created and owed_of(row, row.party.code) != each:
            raise OwedConflict(key=each.key)
        new_count += created
    return new_count


@in_transaction
def record_invoice(
    *, party: str, number: str, amount: Money, through_date: date, recorded_by: str, now: datetime
) -> int:
    """Take an invoice for exactly what is owed through a day; what it covers may be netted from now on.

    Returns how many things it covers. The same invoice again changes nothing.
    """
    row = _party(party)
    known = Invoice.objects.filter(party=row, number=number).first()
    if known is not None:
        if known.amount != amount:
            raise InvoiceDiffers(number=number, amount=str(amount), owed=str(known.amount))
        return Obligation.objects.filter(party=row, invoice_no=number).count()
    covered = Obligation.objects.filter(
        party=row, invoice_no="", batch__isnull=True, business_date__lte=through_date
    )
    owed = Money.total(covered.values_list("effect", flat=True))
    if owed != amount or amount.minor <= 0:
        raise InvoiceDiffers(number=number, amount=str(amount), owed=str(owed))
    Invoice.objects.create(party=row, number=number, amount=amount, recorded_by=recorded_by, recorded_at=now)
    return covered.update(invoice_no=number)


@in_transaction
def net_day(*, business_date: date, now: datetime) -> tuple[BatchView, ...]:
    """Net what has accrued through a day into one batch a party; return the new batches.

    Run again it finds nothing left; what accrues later for the day makes a further batch of the day. Who is
    paid against an invoice is netted once there is one.
    """
    made: list[BatchView] = []
    for code in Party.objects.order_by("code").values_list("code", flat=True):
        party = _party(code)
        rows = Obligation.objects.filter(party=party, batch__isnull=True, business_date__lte=business_date)
        if party.invoices:
            rows = rows.exclude(invoice_no="")
        found = list(rows.order_by("key"))
        if found:
            made.append(_batch(party, found, business_date, now))
    return tuple(made)


def _batch(party: Party, found: Sequence[Obligation], business_date: date, now: datetime) -> BatchView:
    owed = tuple(owed_of(row, party.code) for row in found)
    batch_id = new_id()
    content = batch_file(
        batch=public_id("stb", batch_id), party=party.code, business_date=business_date, owed=owed
    )
    row = Batch.objects.create(
        id=batch_id,
        party=party,
        business_date=business_date,
        number=Batch.objects.filter(party=party, business_date=business_date).count() + 1,
        net=net(owed)[party.code],
        line_count=len(owed),
        file_sm3=sm3(content),
        created_at=now,
    )
    Obligation.objects.filter(id__in=[each.id for each in found]).update(batch=row)
    return batch_view(row)


def _locked(batch_id: UUID) -> Batch:
    row = Batch.objects.select_for_update(of=("self",)).select_related("party").filter(id=batch_id).first()
    if row is None:
        raise BatchUnknown(batch=public_id("stb", batch_id))
    return row


@in_transaction
def acknowledge(*, batch_id: UUID, file_sm3: str, acknowledged_by: str, now: datetime) -> BatchView:
    """Note that the party has the same file; twice is once. Another file is refused: dispute the batch."""
    row = _locked(batch_id)
    if file_sm3 != row.file_sm3:
        raise FileDiffers(batch=public_id("stb", batch_id))
    if row.acknowledged_at is None:
        if row.state != BatchState.NETTED:
            require_move(current=row.state, wanted=BatchState.INSTRUCTED)
        row.acknowledged_by, row.acknowledged_at = acknowledged_by, now
        row.save(update_fields=["acknowledged_by", "acknowledged_at"])
    return batch_view(row)


@in_transaction
def dispute(*, batch_id: UUID, reason: str) -> BatchView:
    """Stop a batch that the party does not agree with."""
    row = _locked(batch_id)
    require_move(current=row.state, wanted=BatchState.DISPUTED)
    row.state, row.reason, row.acknowledged_at = BatchState.DISPUTED, reason[:200], None
    row.save(update_fields=["state", "reason", "acknowledged_at"])
    return batch_view(row)


@in_transaction
def reopen(*, batch_id: UUID) -> BatchView:
    """Take a batch up again: a dispute is over, or the party's account is verified after a refusal.

    What the dispute was right about is a new thing owed, in a later batch.
    """
    row = _locked(batch_id)
    if row.state != BatchState.NETTED:
        require_move(current=row.state, wanted=BatchState.NETTED)
    if row.state == BatchState.INSTRUCTED:
        raise WrongWay(batch=public_id("stb", batch_id), net=str(row.net))
    row.state, row.reason = BatchState.NETTED, ""
    row.save(update_fields=["state", "reason"])
    return batch_view(row)


def _draft(row: Batch, step: str, lines: tuple[Line, ...], on: date, *, pending: bool = False) -> EntryDraft:
    name = public_id("stb", row.id)
    return EntryDraft(
        kind=f"settlement.{step}",
        booking_date=on,
        value_date=on,
        lines=lines,
        idempotency_key=f"{name}:{step}:{row.attempt_count}",
        reference=name,
        pending=pending,
    )


def _require_acknowledged(row: Batch, wanted: BatchState) -> None:
    require_move(current=row.state, wanted=wanted)
    if row.acknowledged_at is None:
        raise NotAcknowledged(batch=public_id("stb", row.id))


@in_transaction
def instruct(*, batch_id: UUID, instruction_id: UUID, booking_date: date, now: datetime) -> BatchView:
    """Hold the bank's funds for a batch it has to pay, and note the instruction that pays it.

    Dr what we owe, Cr what is owed to us and 3001; pending, Dr 3001 / Cr 1003. Raises the ledger's
    `InsufficientFunds`, and leaves nothing behind, when the settlement account is short.
    """
    row = _locked(batch_id)
    _require_acknowledged(row, BatchState.INSTRUCTED)
    if row.net.minor <= 0:
        raise WrongWay(batch=public_id("stb", batch_id), net=str(row.net))
    if not row.party.account_number:
        raise AccountMissing(party=row.party.code)
    row.attempt_count += 1
    paying = (Line.debit(IN_FLIGHT, row.net), Line.credit(SETTLEMENT, row.net))
    held = journal.post_entry(entry=_draft(row, "paying", paying, booking_date, pending=True), now=now)
    lines = closing_lines(owed_in(batch_id=batch_id), against=IN_FLIGHT)
    booked = journal.post_entry(entry=_draft(row, "booked", lines, booking_date), now=now)
    row.state, row.instruction_id = BatchState.INSTRUCTED, instruction_id
    row.booking_entry_id, row.payment_entry_id = booked.id, held.id
    row.save()
    return batch_view(row)


@in_transaction
def settle(*, batch_id: UUID, value_date: date, booking_date: date, now: datetime) -> BatchView:
    """Note that the rail has paid a batch: the held payment is posted, on the rail's settlement date."""
    row = _locked(batch_id)
    if row.state == BatchState.SETTLED:
        return batch_view(row)
    require_move(current=row.state, wanted=BatchState.SETTLED)
    if row.payment_entry_id is None:
        raise WrongWay(batch=public_id("stb", batch_id), net=str(row.net))
    journal.settle_pending(
        entry_id=row.payment_entry_id, booking_date=booking_date, value_date=value_date, now=now
    )
    row.state, row.settled_date = BatchState.SETTLED, value_date
    row.save(update_fields=["state", "settled_date"])
    return batch_view(row)


@in_transaction
def refuse(*, batch_id: UUID, failure_code: str, booking_date: date, now: datetime) -> BatchView:
    """Note that the rail has refused a payment: everything is owed again, and waits for `reopen`."""
    row = _locked(batch_id)
    if row.state != BatchState.INSTRUCTED or row.booking_entry_id is None or row.payment_entry_id is None:
        raise WrongWay(batch=public_id("stb", batch_id), net=str(row.net))
    journal.void_pending(entry_id=row.payment_entry_id, now=now)
    journal.reverse_entry(
        entry_id=row.booking_entry_id,
        booking_date=booking_date,
        value_date=booking_date,
        idempotency_key=f"{public_id('stb', row.id)}:refused:{row.attempt_count}",
        now=now,
        description=failure_code,
    )
    row.state, row.reason = BatchState.NETTED, failure_code
    row.instruction_id = row.booking_entry_id = row.payment_entry_id = None
    row.save()
    return batch_view(row)


@in_transaction
def receive(*, batch_id: UUID, value_date: date, booking_date: date, now: datetime) -> BatchView:
    """Note that a party has paid what it owed, or close a batch that comes to nothing; twice is once.

    A batch of things that undo each other on one account has nothing to post: it closes without an entry.
    """
    require_past(value_date=value_date, booking_date=booking_date)
    row = _locked(batch_id)
    if row.state == BatchState.SETTLED and row.net.minor <= 0:
        return get_batch(batch_id=batch_id)
    _require_acknowledged(row, BatchState.SETTLED)
    if row.net.minor > 0:
        raise WrongWay(batch=public_id("stb", batch_id), net=str(row.net))
    lines = closing_lines(owed_in(batch_id=batch_id), against=SETTLEMENT)
    if lines:
        draft = _draft(row, "received", lines, booking_date).dated(
            booking_date=booking_date, value_date=value_date
        )
        row.booking_entry_id = journal.post_entry(entry=draft, now=now).id
    row.state, row.settled_date = BatchState.SETTLED, value_date
    row.save()
    return batch_view(row)
