"""The lead's side: find a partner before the money moves, begin, and share whatever the loan's log says.

`seek_partner` is called until it no longer says `waiting`: it asks the partners of the product in the order
of their priority, passing over one with whom a cap is reached (R-03, R-04), one that declined, and one that
did not answer in time: no draw holds its limit for a bank that says nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from kernel.ids import new_id, public_id
from kernel.money import Money, Rounding, round_minor
from ledger.chart import operations as chart
from ledger.journal import operations as journal
from ledger.settlement import operations as settlement
from ledger.settlement.netting import Owed
from lending.loans.accrual import hold_book
from lending.loans.queries import TransactionView, get_loan, transactions
from lending.loans.queries.earned import how_taxed
from lending.participations import entries
from lending.participations.models import JointAgreement, Participation, Role, ShareRow
from lending.participations.operations.accruing import keep_tax, share
from lending.participations.operations.agreements import (
    FiguresMissing,
    JointCapReached,
    agreements_for,
    give_room,
    own_part,
    take_room,
)
from lending.participations.operations.letters import write
from lending.participations.queries import ParticipationNotFound, scene_party, weights
from lending.participations.shares import PartnerShareTooSmall, Parts, booked_parts, grown, split
from lending.participations.states import ParticipationStatus, require_move
from openbanking.partners.queries import partners as listed_scenes
from plumbing.sql import in_transaction
from regulation import queries as regulation

LOSSES: Final = frozenset({"write_off"})
GIVEN_UP: Final = LOSSES | {"waiver"}  # what such a row takes off interest and penalty was never received
SILENT: Final = "partner_silent"
RECOVERY: Final = "recovery"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a draw may be paid out: `alone`, `accepted`, `waiting` for a partner, or `refused` and why."""

    state: str
    reason: str = ""


@in_transaction
def seek_partner(
    *,
    drawdown_id: UUID,
    product_code: str,
    scene_id: UUID,
    registration_no: str,
    total: Money,
    now: datetime,
    business_date: date,
) -> Standing:
    """Return how a draw stands with the partners of its product, asking the next one where none has it.

    A product without agreements is lent alone. When every partner declined or has no room, the whole loan is
    the lead's only if its own policy says so (`alone_allowed`); otherwise the draw is refused.
    """
    asked = _asked(drawdown_id)
    for row in asked.values():
        standing = _standing(row, now)
        if standing:
            return Standing(standing)
    agreements = agreements_for(product_code, business_date, Role.LEAD)
    if not agreements:
        return Standing("alone")
    about = {
        "drawdown_id": drawdown_id,
        "scene_id": scene_id,
        "registration_no": registration_no,
        "requested_date": business_date,
    }
    reason = next((_no_partner(row) for row in asked.values()), "")
    share_min = Decimal(regulation.rule("R-02", business_date).parameters["partner_share_min"])
    for agreement in agreements:
        if agreement.id in asked:
            continue
        try:
            parts = booked_parts(total, share_ppm=agreement.share_ppm, share_min=share_min)
            take_room(agreement, parts.lead, business_date)
        except (JointCapReached, FiguresMissing, PartnerShareTooSmall) as refusal:
            reason = f"{refusal.code}:{refusal.params.get('rule', '')}".rstrip(":")
            continue
        _invite(agreement, parts, product_code, now, **about)
        return Standing("waiting")
    if any(agreement.alone_allowed for agreement in agreements):
        return Standing("alone", reason)
    return Standing("refused", reason)


def _asked(drawdown_id: UUID) -> dict[UUID, Participation]:
    """Return the requests made for a draw by agreement, alone."""
    rows = Participation.objects.select_for_update(of=("self",)).select_related("agreement")
    return {row.agreement_id: row for row in rows.filter(drawdown_id=drawdown_id).order_by("id")}


def _standing(row: Participation, now: datetime) -> str:
    """Return how a request stands; empty when it came to nothing, as one not answered in time does now."""
    if row.status in (ParticipationStatus.ACCEPTED, ParticipationStatus.ACTIVE):
        return "accepted"
    if row.status != ParticipationStatus.REQUESTED:
        return ""
    if now < row.created_at + timedelta(seconds=row.agreement.answer_wait_seconds):
        return "waiting"
    _end(row, SILENT, now)
    return ""


def _no_partner(row: Participation) -> str:
    return SILENT if row.reason == SILENT else f"partner_declined:{row.reason}"


def _invite(agreement: JointAgreement, parts: Parts, product_code: str, now: datetime, **facts: Any) -> None:
    """Ask one partner, in the transaction that took the room for the loan."""
    total = parts.lead + parts.partner
    row = Participation.objects.create(
        name=public_id("ptn", new_id()),
        agreement=agreement,
        total=total,
        partner_amount=parts.partner,
        created_at=now,
        **facts,
    )
    write(
        row,
        "request",
        now=now,
        product_code=product_code,
        scene_id=str(row.scene_id),
        registration_no=row.registration_no,
        total=total,
        partner_amount=parts.partner,
    )


def _of_drawdown(drawdown_id: UUID) -> Participation | None:
    rows = Participation.objects.select_for_update(of=("self",)).select_related("agreement")
    live = rows.filter(drawdown_id=drawdown_id).exclude(
        status__in=[ParticipationStatus.DECLINED, ParticipationStatus.CANCELLED]
    )
    return live.first()


def by_name(name: str) -> Participation:
    """Return a participation by its name, alone."""
    rows = Participation.objects.select_for_update(of=("self",)).select_related("agreement")
    row = rows.filter(name=name).first()
    if row is None:
        raise ParticipationNotFound(name=name[:40])
    return row


@in_transaction
def take_answer(*, body: dict[str, Any], now: datetime, business_date: date) -> None:
    """Note what the partner decided; a refusal gives the room under the caps back."""
    row = by_name(body["name"])
    if row.status == ParticipationStatus.CANCELLED:
        return
    accepted = bool(body["accepted"])
    wanted = ParticipationStatus.ACCEPTED if accepted else ParticipationStatus.DECLINED
    require_move(current=row.status, wanted=wanted)
    row.status, row.decision_ref, row.reason = wanted, str(body["decision_ref"]), str(body["reason"])
    row.save(update_fields=["status", "decision_ref", "reason"])
    if not accepted:
        give_room(row.agreement, own_part(row))


@in_transaction
def cancel(*, drawdown_id: UUID, now: datetime) -> None:
    """End the share of a draw whose money never reached the borrower."""
    row = _of_drawdown(drawdown_id)
    if row is not None:
        _end(row, "", now)


def _end(row: Participation, reason: str, now: datetime) -> None:
    require_move(current=row.status, wanted=ParticipationStatus.CANCELLED)
    row.status, row.reason = ParticipationStatus.CANCELLED, reason
    row.save(update_fields=["status", "reason"])
    give_room(row.agreement, own_part(row))
    write(row, "cancelled", now=now)


def scene_fee(row: Participation, on_date: date) -> Money:
    """Return what both banks owe the scene for a draw (R-10): the listed share of the whole, to the fen."""
    rates = [each.fee_rate for each in listed_scenes(on_date=on_date) if each.scene_id == row.scene_id]
    return Money(round_minor(Decimal(row.total.minor) * rates[0], Rounding.HALF_UP)) if rates else Money(0)


def owe_scene(row: Participation, fee: Money, business_date: date, now: datetime) -> None:
    """Note this bank's own part of the scene's fee; it is paid after the scene's invoice."""
    if not fee:
        return
    code = scene_party(scene_id=row.scene_id)
    settlement.register_party(
        code=code, kind="scene", name=code, account_number="", holder_name="", invoices=True, now=now
    )
    owed = Owed(code, "service_fee", fee, entries.PAYABLE, business_date, f"{row.name}:fee", row.name)
    settlement.accrue(owed=[owed], now=now)


@in_transaction
def begin(
    *,
    drawdown_id: UUID,
    loan_id: UUID,
    value_date: date,
    business_date: date,
    now: datetime,
) -> None:
    """Begin the share of a draw that was paid out: mirror, the partner's debt, the fee's parts; tell it.

    A draw without a share is left alone. Called again it changes nothing.
    """
    row = _of_drawdown(drawdown_id)
    if row is None or row.status == ParticipationStatus.ACTIVE:
        return
    require_move(current=row.status, wanted=ParticipationStatus.ACTIVE)
    partner = row.agreement.partner_code
    fees = split(scene_fee(row, business_date), weights=weights(row))
    chart.tag_references(products={row.name: row.agreement.product_code})
    booked = journal.post_entry(
        entry=entries.entry(
            kind="begun",
            key="begun",
            reference=row.name,
            pairs=entries.begun_at_lead(row.partner_amount, fees[row.agreement.own_code]),
            on=business_date,
            valued=value_date,
        ),
        now=now,
    )
    funding = Owed(
        partner, "funding", -row.partner_amount, entries.RECEIVABLE, business_date, f"{row.name}:0", row.name
    )
    settlement.accrue(owed=[funding], now=now)
    owe_scene(row, fees[row.agreement.own_code], business_date, now)
    row.status, row.loan_id, row.value_date = ParticipationStatus.ACTIVE, loan_id, value_date
    loan = get_loan(loan_id=loan_id, scene_id=None)
    keep_tax(row, *how_taxed(loan_id=loan_id))
    row.begun_entry_id = booked.id
    row.outstanding, row.partner_principal = row.total, row.partner_amount
    row.own_principal = row.total - row.partner_amount
    row.row_count = 1  # the loan's first row is the disbursement
    row.save()
    write(row, "started", now=now, value_date=value_date, fee=fees[partner], tenor_days=loan.tenor_days)


@in_transaction
def follow(*, loan_id: UUID, business_date: date, now: datetime) -> int:
    """Share what the loan's log has that was not shared yet; return how many rows. The partner is told."""
    through = hold_book(business_date=business_date)
    rows = Participation.objects.select_for_update(of=("self",)).select_related("agreement")
    row = rows.filter(loan_id=loan_id, status=ParticipationStatus.ACTIVE).first()
    if row is None:
        return 0
    fresh = [each for each in transactions(loan_id=loan_id) if each.sequence > row.row_count]
    for change in fresh:
        _share(row, change, business_date, now)
    row.save()
    if fresh:
        share([row], through=through, business_date=business_date, now=now)
    return len(fresh)


def _share(row: Participation, change: TransactionView, business_date: date, now: datetime) -> None:
    """Split one row of the log by what the totals grow to, book the partner's part and owe it."""
    parts = _parts(row, change)
    row.row_count = change.sequence
    if not any(parts.values()):
        return
    principal, left = parts["principal"], row.outstanding
    entry_id = _book_row(row, change, parts, business_date, now)
    own_before = row.own_principal
    row.partner_principal -= principal
    row.own_principal = left - row.partner_principal
    give_room(row.agreement, own_before - row.own_principal)
    ShareRow.objects.create(
        participation=row,
        sequence=change.sequence,
        kind=change.kind,
        booking_date=business_date,
        value_date=change.value_date,
        entry_id=entry_id,
        **parts,
    )
    write(
        row,
        "row",
        now=now,
        number=change.sequence,
        sequence=change.sequence,
        kind=change.kind,
        value_date=change.value_date,
        **parts,
    )


def _parts(row: Participation, change: TransactionView) -> dict[str, Money]:
    """Return the partner's parts of a row, and move the totals they are split by."""
    by, partner, nothing = weights(row), row.agreement.partner_code, Money(0)
    late = change.penalty_paid + change.compound_paid  # both stand in 6011.03
    received = change.kind not in GIVEN_UP
    moves = {
        "outstanding": change.principal_change,
        "interest_paid": change.interest_paid if received else nothing,
        "penalty_paid": late if received else nothing,
        "recovered": change.amount if change.kind == RECOVERY else nothing,
    }
    parts = {}
    for total, move in moves.items():
        before = getattr(row, total)
        parts[total] = grown(before, before + move, weights=by)[partner]
        setattr(row, total, before + move)
    return {
        "principal": -parts["outstanding"],
        "interest": parts["interest_paid"],
        "penalty": parts["penalty_paid"],
        "recovered": parts["recovered"],
    }


def _book_row(
    row: Participation, change: TransactionView, parts: dict[str, Money], business_date: date, now: datetime
) -> UUID:
    """Book the partner's part of one row, and owe it what was received; return the entry."""
    is_loss, key = change.kind in LOSSES, str(change.sequence)
    pairs = entries.row_at_lead(**parts, income_account=row.income_account, is_loss=is_loss)
    draft = entries.entry(
        kind="row", key=key, reference=row.name, pairs=pairs, on=business_date, valued=change.value_date
    )
    entry = journal.post_entry(entry=draft, now=now)
    received = entries.moved(**parts, is_loss=is_loss)
    if received:
        partner, name = row.agreement.partner_code, f"{row.name}:{key}"
        due = Owed(partner, "receipt", received, entries.PAYABLE, business_date, name, row.name)
        settlement.accrue(owed=[due], now=now)
    return entry.id
