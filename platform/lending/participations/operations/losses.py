"""First loss: at settlement, not at allocation. Every row is shared alike; the pool makes good afterwards."""

from datetime import date, datetime

from kernel.money import Money
from ledger.journal import operations as journal
from ledger.settlement import operations as settlement
from ledger.settlement.netting import Owed
from ledger.settlement.queries import is_owed
from lending.loans.accrual import hold_book
from lending.participations import entries
from lending.participations.models import JointAgreement, Role, ShareRow
from lending.participations.operations.lead import LOSSES
from lending.participations.operations.letters import write
from lending.participations.shares import first_loss
from plumbing.sql import hold_name, in_transaction


@in_transaction
def cover_losses(*, business_date: date, now: datetime) -> Money:
    """Make good what partners lost since the last time, as far as the lead's first-loss pools reach.

    Each loss is covered once, in the order of the losses, and the partner is told; returns what is now owed
    for them. Agreements come in the order of their partners: the order in which a day is netted.
    """
    hold_book(business_date=business_date)
    hold_name("joint_losses")
    covered = Money(0)
    for agreement in JointAgreement.objects.filter(role=Role.LEAD, first_loss_pool__gt=0).order_by(
        "partner_code", "id"
    ):
        used = Money(0)
        losses = ShareRow.objects.filter(participation__agreement=agreement, kind__in=LOSSES)
        for loss in losses.select_related("participation__agreement").order_by("id"):
            part = first_loss(loss.principal, pool=agreement.first_loss_pool, used=used)
            used += part
            if part:
                covered += _cover(agreement, loss, part, business_date, now)
    return covered


def _cover(
    agreement: JointAgreement, loss: ShareRow, part: Money, business_date: date, now: datetime
) -> Money:
    """Owe the covered part of one loss; nothing when it is owed already."""
    name = loss.participation.name
    key = f"{name}:first_loss:{loss.sequence}"
    if is_owed(key=key):
        return Money(0)
    draft = entries.entry(
        kind="first_loss",
        key=f"first_loss:{loss.sequence}",
        reference=name,
        pairs=[(entries.LOSS, entries.PAYABLE, part)],
        on=business_date,
        valued=business_date,
    )
    journal.post_entry(entry=draft, now=now)
    owed = Owed(agreement.partner_code, "first_loss", part, entries.PAYABLE, business_date, key, name)
    settlement.accrue(owed=[owed], now=now)
    row, number = loss.participation, loss.sequence
    write(row, "covered", now=now, number=number, sequence=number, covered=part)
    return part
