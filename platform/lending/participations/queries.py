"""Reads of joint lending: participations, rows, balances, messages, and both sides of the partner's file."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.reconciliation.csv_file import write_csv
from ledger.reconciliation.operations import Item, ItemState
from ledger.reconciliation.statement import StatementRow
from lending.participations.models import Message, Participation, PartnerBalance, Role, ShareRow
from lending.participations.states import ParticipationStatus
from lending.tax.booking import LoanTax


class ParticipationNotFound(Refusal):
    """No such participation."""

    code = "lending.participation_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no participation {name}."


def scene_party(*, scene_id: UUID) -> str:
    """Return the code under which this bank settles with a scene what it owes it for draws."""
    return f"scene:{scene_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationView:
    """One shared loan, as this bank sees it."""

    id: UUID
    name: str
    role: str
    partner_code: str
    drawdown_id: UUID | None
    loan_id: UUID | None
    total: Money
    partner_amount: Money
    status: str
    decision_ref: str
    reason: str
    own_principal: Money
    partner_principal: Money
    interest_paid: Money
    value_date: date | None

    @property
    def lead_amount(self) -> Money:
        """What the lead funds."""
        return self.total - self.partner_amount


@dataclass(frozen=True, slots=True)
class ShareView:
    """The partner's part of one row of the loan's log."""

    sequence: int
    kind: str
    value_date: date
    principal: Money
    interest: Money
    penalty: Money
    recovered: Money


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message on its way: `body` is plain JSON; who sent it is for its carrier to say, not for itself."""

    message_id: str
    peer_code: str
    kind: str
    body: dict[str, Any]
    sender_code: str = ""


def view_of(row: Participation) -> ParticipationView:
    """Return the frozen view of a row."""
    return ParticipationView(
        id=row.id,
        name=row.name,
        role=row.agreement.role,
        partner_code=row.agreement.partner_code,
        drawdown_id=row.drawdown_id,
        loan_id=row.loan_id,
        total=row.total,
        partner_amount=row.partner_amount,
        status=row.status,
        decision_ref=row.decision_ref,
        reason=row.reason,
        own_principal=row.own_principal,
        partner_principal=row.partner_principal,
        interest_paid=row.interest_paid,
        value_date=row.value_date,
    )


def participations(*, status: str | None = None, limit: int = 200) -> tuple[ParticipationView, ...]:
    """Return shared loans, newest first."""
    rows = Participation.objects.select_related("agreement").order_by("-id")
    return tuple(view_of(row) for row in (rows if status is None else rows.filter(status=status))[:limit])


def get_participation(*, name: str) -> ParticipationView:
    """Return one shared loan by the name both banks use."""
    row = Participation.objects.select_related("agreement").filter(name=name).first()
    if row is None:
        raise ParticipationNotFound(name=name[:40])
    return view_of(row)


def shares_of(*, name: str) -> tuple[ShareView, ...]:
    """Return the partner's parts of a loan's log, in its order."""
    rows = ShareRow.objects.filter(participation__name=name).order_by("sequence")
    return tuple(
        ShareView(
            row.sequence, row.kind, row.value_date, row.principal, row.interest, row.penalty, row.recovered
        )
        for row in rows
    )


def own_balance(*, partner_code: str) -> Money:
    """Return this bank's own part of the joint loans with a partner, those on their way included (R-03)."""
    row = PartnerBalance.objects.filter(partner_code=partner_code).first()
    return row.own_balance if row else Money(0)


def _sum(field: str, role: str) -> Money:
    rows = Participation.objects.filter(status=ParticipationStatus.ACTIVE, agreement__role=role)
    total = rows.aggregate(total=Sum(field))["total"]
    return total if isinstance(total, Money) else Money(int(total or 0))


def partners_principal() -> Money:
    """Return what of the loans this bank services belongs to partners: in 1321, not in 1303.01."""
    return _sum("partner_principal", Role.LEAD)


def principal_elsewhere() -> Money:
    """Return this bank's own part of loans that others service: in 1303.01, beside its own loans."""
    return _sum("partner_principal", Role.PARTNER)


def is_shared(*, loan_id: UUID) -> bool:
    """Say whether a loan of this bank is lent together with a partner."""
    rows = Participation.objects.filter(loan_id=loan_id, status=ParticipationStatus.ACTIVE)
    return rows.exists()


def weights(row: Participation) -> dict[str, int]:
    """Return the booked amounts by party id: what everything after is split by."""
    agreement = row.agreement
    lead_code, partner_code = agreement.own_code, agreement.partner_code
    if agreement.role == Role.PARTNER:
        lead_code, partner_code = partner_code, lead_code
    return {lead_code: (row.total - row.partner_amount).minor, partner_code: row.partner_amount.minor}


def tax_of(row: Participation) -> LoanTax:
    """Return how a bank's own part of a loan's interest is taxed."""
    return LoanTax(row.vat_ppm, row.tagged_ppm, row.exempt_ppm)


def accruals_held() -> dict[str, int]:
    """Return what the books hold of shares in what joint loans earned, by account, debits positive; fen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.key, sum(h.value::bigint) FROM participations_participation, jsonb_each_text(held) h"
            " GROUP BY 1"
        )
        return {str(account): int(minor) for account, minor in cursor.fetchall()}


def behind(*, limit: int = 200) -> tuple[UUID, ...]:
    """Return the shared loans this bank services whose log has more than was shared."""
    rows = Participation.objects.raw(
        "SELECT p.id, p.loan_id FROM participations_participation p JOIN loans_loan l ON l.id = p.loan_id"
        " WHERE p.status = 'active' AND l.transaction_count > p.row_count ORDER BY p.id LIMIT %s",
        [limit],
    )
    return tuple(row.loan_id for row in rows if row.loan_id is not None)


def undecided(*, limit: int = 200) -> tuple[str, ...]:
    """Return the names of the requests of other banks that this bank has not decided on."""
    rows = Participation.objects.filter(agreement__role=Role.PARTNER, status=ParticipationStatus.REQUESTED)
    return tuple(rows.order_by("id").values_list("name", flat=True)[:limit])


def waiting_peers() -> tuple[str, ...]:
    """Return the banks that something is still to be told to."""
    rows = Message.objects.filter(is_outgoing=True, done_at__isnull=True)
    return tuple(rows.order_by("peer_code").values_list("peer_code", flat=True).distinct())


def waiting_messages(*, peer_code: str, limit: int = 200) -> tuple[Envelope, ...]:
    """Return what is still to be told to another bank, in the order it happened."""
    rows = Message.objects.filter(is_outgoing=True, done_at__isnull=True, peer_code=peer_code)
    return tuple(
        Envelope(row.message_id, row.peer_code, row.kind, row.body) for row in rows.order_by("id")[:limit]
    )


def _mirror(through_date: date, role: str) -> list[tuple[str, Money, date, UUID | None]]:
    """Return the movements of a mirror: the beginning of each share, then its rows; signed as 1321 moves."""
    found: list[tuple[str, Money, date, UUID | None]] = []
    shares = Participation.objects.filter(
        status=ParticipationStatus.ACTIVE, agreement__role=role, value_date__lte=through_date
    )
    for share in shares.order_by("id"):
        if share.value_date is not None:
            found.append((f"{share.name}:0", share.partner_amount, share.value_date, share.begun_entry_id))
    rows = ShareRow.objects.select_related("participation").filter(
        participation__agreement__role=role, value_date__lte=through_date
    )
    found += [
        (f"{row.participation.name}:{row.sequence}", -row.principal, row.value_date, row.entry_id)
        for row in rows.order_by("id")
        if row.principal
    ]
    return found


def mirror_items(*, through_date: date) -> tuple[Item, ...]:
    """Return what the lead's mirror account 1321 moved by, as reconciliation takes it."""
    return tuple(
        Item(key, key, effect, on_date, ItemState.SETTLED, entry_id)
        for key, effect, on_date, entry_id in _mirror(through_date, Role.LEAD)
    )


def partner_file(*, statement_date: date) -> bytes:
    """Return the partner's own file of its shares through a day: CSV, as the lead reconciles it (M-06)."""
    moved = _mirror(statement_date, Role.PARTNER)
    rows = [
        StatementRow(number, key, key, effect, on_date, on_date)
        for number, (key, effect, on_date, _) in enumerate(moved, 1)
    ]
    return write_csv(reference=f"JOINT-{statement_date:%Y%m%d}", statement_date=statement_date, rows=rows)
