"""The partner's side: its own decision, its own books. It hears of the loan only what its own part needs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.ids import parse_id
from kernel.money import Money
from kernel.refusals import Refusal
from ledger.chart import operations as chart
from ledger.journal import operations as journal
from ledger.settlement import operations as settlement
from ledger.settlement.netting import Owed
from lending.credit_lines.queries import get_line, lines_page
from lending.participations import entries
from lending.participations.models import Participation, Role, ShareRow
from lending.participations.operations.accruing import own_tag
from lending.participations.operations.agreements import (
    FiguresMissing,
    JointCapReached,
    agreements_for,
    give_room,
    own_part,
    take_room,
)
from lending.participations.operations.lead import LOSSES, by_name, owe_scene
from lending.participations.operations.letters import decline, write
from lending.participations.queries import ParticipationNotFound, ParticipationView, view_of
from lending.participations.shares import PartnerShareTooSmall, booked_parts
from lending.participations.states import ParticipationStateConflict, ParticipationStatus, require_move
from parties.enterprises.queries import enterprises_page
from plumbing.sql import in_transaction
from regulation import queries as regulation


class NoOwnDecision(Refusal):
    """This bank has decided nothing about the borrower itself: it cannot lend on another's word (R-01)."""

    code = "lending.no_own_decision"
    message = "The bank has no open credit line of its own with {borrower} for {asked}."


class TermsDiffer(Refusal):
    """The lead asks for another part than the agreement says."""

    code = "lending.participation_terms_differ"
    message = "The lead asks for {asked} of {total}; the agreement says {agreed}."


@in_transaction
def take_request(*, body: dict[str, Any], now: datetime, business_date: date) -> None:
    """Write the lead's request down, to be decided on; without an agreement it is declined at once."""
    sender = str(body["from"])
    agreements = agreements_for(str(body["product_code"]), business_date, Role.PARTNER)
    agreement = next((each for each in agreements if each.partner_code == sender), None)
    if agreement is None:
        decline(name=str(body["name"]), peer_code=sender, reason=ParticipationNotFound.code, now=now)
        return
    Participation.objects.create(
        name=body["name"],
        agreement=agreement,
        scene_id=UUID(body["scene_id"]),
        registration_no=body["registration_no"],
        total=Money(int(body["total"])),
        partner_amount=Money(int(body["partner_amount"])),
        requested_date=business_date,
        created_at=now,
    )


@in_transaction
def decide(*, name: str, now: datetime, business_date: date) -> ParticipationView:
    """Decide on the lead's request by this bank's own decision on the borrower, and answer.

    Accepted when the part is the agreed one, not less than R-02 allows, the bank itself has granted the
    borrower a line that has room for it, and its own caps have too; the line's application is the trace of
    that decision. Anything else declines, with a reason.
    """
    row = by_name(name)
    if row.status != ParticipationStatus.REQUESTED or row.agreement.role != Role.PARTNER:
        return view_of(row)
    reason = decision_ref = ""
    try:
        _require_terms(row)
        own_decision = _own_decision(row)
        take_room(row.agreement, row.partner_amount, business_date)
        decision_ref = own_decision
    except (TermsDiffer, PartnerShareTooSmall, NoOwnDecision, JointCapReached, FiguresMissing) as refusal:
        reason = refusal.code
    wanted = ParticipationStatus.DECLINED if reason else ParticipationStatus.ACCEPTED
    require_move(current=row.status, wanted=wanted)
    row.status, row.decision_ref, row.reason = wanted, decision_ref, reason
    row.save(update_fields=["status", "decision_ref", "reason"])
    write(row, "answer", now=now, accepted=not reason, decision_ref=decision_ref, reason=reason)
    return view_of(row)


def _require_terms(row: Participation) -> None:
    share_min = Decimal(regulation.rule("R-02", row.requested_date).parameters["partner_share_min"])
    agreed = booked_parts(row.total, share_ppm=row.agreement.share_ppm, share_min=share_min).partner
    if row.partner_amount != agreed:
        raise TermsDiffer(asked=str(row.partner_amount), total=str(row.total), agreed=str(agreed))


def _own_decision(row: Participation) -> str:
    """Return the name of the bank's own line that has room for its part beside what it joined before."""
    found = enterprises_page(search=row.registration_no, limit=5).rows
    joined = Participation.objects.filter(
        registration_no=row.registration_no,
        agreement__role=Role.PARTNER,
        status__in=[ParticipationStatus.ACCEPTED, ParticipationStatus.ACTIVE],
    )
    used = Money.total(
        each.partner_principal if each.status == ParticipationStatus.ACTIVE else each.partner_amount
        for each in joined
    )
    for enterprise in found:
        for line in lines_page(enterprise_id=enterprise.id, status="active"):
            if (
                enterprise.registration_no == row.registration_no
                and line.available >= used + row.partner_amount
            ):
                return line.public_id
    raise NoOwnDecision(borrower=row.registration_no, asked=str(row.partner_amount))


@in_transaction
def take_cancelled(*, body: dict[str, Any], now: datetime, business_date: date) -> None:
    """End a share whose money never reached the borrower; one that was never taken up is no news."""
    known = Participation.objects.filter(name=body["name"]).exists()
    row = by_name(body["name"]) if known else None
    if row is None or row.status == ParticipationStatus.DECLINED:
        return
    if row.status == ParticipationStatus.ACCEPTED:
        give_room(row.agreement, own_part(row))
    require_move(current=row.status, wanted=ParticipationStatus.CANCELLED)
    row.status = ParticipationStatus.CANCELLED
    row.save(update_fields=["status"])


@in_transaction
def take_started(*, body: dict[str, Any], now: datetime, business_date: date) -> None:
    """Book this bank's own loan, owed to the lead until settled, and its own part of the scene's fee."""
    row = by_name(body["name"])
    require_move(current=row.status, wanted=ParticipationStatus.ACTIVE)
    fee, value_date = Money(int(body["fee"])), date.fromisoformat(body["value_date"])
    draft = entries.entry(
        kind="begun",
        key="begun",
        reference=row.name,
        pairs=entries.begun_at_partner(row.partner_amount, fee),
        on=business_date,
        valued=min(value_date, business_date),
    )
    chart.tag_references(products={row.name: row.agreement.product_code})
    row.begun_entry_id = journal.post_entry(entry=draft, now=now).id
    lead = row.agreement.partner_code
    funding = Owed(
        lead, "funding", row.partner_amount, entries.PAYABLE, business_date, f"{row.name}:0", row.name
    )
    settlement.accrue(owed=[funding], now=now)
    owe_scene(row, fee, business_date, now)
    line = get_line(line_id=parse_id("lin", row.decision_ref), scene_id=None)
    own_tag(row, line, tenor_days=int(body["tenor_days"]), on_date=value_date, now=now)
    row.status, row.value_date = ParticipationStatus.ACTIVE, value_date
    row.outstanding, row.partner_principal = row.total, row.partner_amount
    row.save()


@in_transaction
def take_row(*, body: dict[str, Any], now: datetime, business_date: date) -> None:
    """Book this bank's own part of what the loan received or lost."""
    row = by_name(body["name"])
    if row.status != ParticipationStatus.ACTIVE:
        raise ParticipationStateConflict(current=str(row.status), wanted=str(ParticipationStatus.ACTIVE))
    names = ("principal", "interest", "penalty", "recovered")
    parts = {name: Money(int(body[name])) for name in names}
    value_date, is_loss = date.fromisoformat(body["value_date"]), body["kind"] in LOSSES
    key = str(body["sequence"])
    pairs = entries.row_at_partner(**parts, income_account=row.income_account, is_loss=is_loss)
    draft = entries.entry(
        kind="row",
        key=key,
        reference=row.name,
        pairs=pairs,
        on=business_date,
        valued=min(value_date, business_date),
    )
    entry = journal.post_entry(entry=draft, now=now)
    received = entries.moved(**parts, is_loss=is_loss)
    if received:
        due = Owed(
            row.agreement.partner_code,
            "receipt",
            -received,
            entries.RECEIVABLE,
            business_date,
            f"{row.name}:{key}",
            row.name,
        )
        settlement.accrue(owed=[due], now=now)
    row.partner_principal -= parts["principal"]
    row.row_count += 1
    row.save(update_fields=["partner_principal", "row_count"])
    give_room(row.agreement, parts["principal"])
    ShareRow.objects.create(
        participation=row,
        sequence=int(body["sequence"]),
        kind=body["kind"],
        booking_date=business_date,
        value_date=value_date,
        entry_id=entry.id,
        **parts,
    )


@in_transaction
def take_covered(*, body: dict[str, Any], now: datetime, business_date: date) -> None:
    """Book what the lead's first-loss pool makes good of a loss: owed by the lead, back in the allowance."""
    row, covered = by_name(body["name"]), Money(int(body["covered"]))
    key = f"first_loss:{int(body['sequence'])}"
    draft = entries.entry(
        kind="first_loss",
        key=key,
        reference=row.name,
        pairs=[(entries.RECEIVABLE, entries.ALLOWANCE, covered)],
        on=business_date,
        valued=business_date,
    )
    journal.post_entry(entry=draft, now=now)
    name, lead = f"{row.name}:{key}", row.agreement.partner_code
    due = Owed(lead, "first_loss", -covered, entries.RECEIVABLE, business_date, name, row.name)
    settlement.accrue(owed=[due], now=now)
