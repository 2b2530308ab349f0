"""The nightly classification, the monthly expected loss, and the frozen population of the statistics.

For the day-end: `classify_day` belongs after the date has rolled, with the new date: what is unpaid at its
start counts, and a payment of the day before still saves a loan. `run_ecl` belongs into the last day of a
month, before the date rolls. Both do nothing the second time.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import connection

from kernel.ids import new_id
from kernel.money import Money
from ledger.balances.queries import account_balance
from ledger.chart.posting_rules import compose
from ledger.chart.queries import account_of
from ledger.chart.roles import ALLOWANCES, Role
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft
from lending.impairment.exposures import FREEZE, LOANS, LOANS_AND_LINES
from lending.impairment.models import InclusiveSnapshot
from lending.impairment.movements import STAGES, EclMovements, movements
from lending.impairment.queries import SnapshotView, snapshot_view
from plumbing.sql import hold_name, in_transaction
from regulation import queries as regulation
from risk.classification import operations as classification
from risk.classification import queries as classified
from risk.classification.operations import ClassifyFigures
from risk.classification.queries import EclRunView

_COMPONENTS: Final = ("stage_1", "stage_2", "stage_3", "commitment")
_TRANSFERS: Final = tuple(f"from_{a}_to_{b}" for a in STAGES for b in STAGES if a != b)


@in_transaction
def classify_day(*, business_date: date, now: datetime) -> ClassifyFigures:
    """Move the loans that crossed a threshold by the start of a day to tier and stage (C-01 to C-07)."""
    return classification.classify_set(exposures=LOANS, on_date=business_date, now=now)


@in_transaction
def run_ecl(*, as_of_date: date, now: datetime) -> tuple[EclRunView, EclMovements]:
    """Reckon the expected loss of all loans and lines as of the end of a day and bring the books to it.

    Three entries at most, booked on the day: transfers between stages, charge, release. A second call for the
    day finds the run and posts nothing. Raises `EclPolicyMissing`, the ledger's refusals.
    """
    hold_name("impairment.ecl")
    known = classified.find_run(as_of_date=as_of_date)
    if known is not None:
        return known, EclMovements({}, {}, {})
    before = classified.run_before(as_of_date)
    run = classification.reckon_losses(exposures=LOANS_AND_LINES, as_of_date=as_of_date, now=now)
    moved = movements(
        held={stage: _held(ALLOWANCES[stage - 1], as_of_date) for stage in STAGES},
        held_commitment=_held(Role.PROVISION, as_of_date),
        target={stage: run.allowance(stage) for stage in STAGES},
        target_commitment=run.commitment,
        transfers=() if before is None else classified.transfers(after=run.id, before=before.id),
    )
    drafts = [
        _draft(event, _TRANSFERS if event == "stage.transferred" else _COMPONENTS, amounts, as_of_date)
        for event, amounts in (
            ("stage.transferred", moved.transferred),
            ("ecl.charged", moved.charged),
            ("ecl.released", moved.released),
        )
        if amounts
    ]
    journal.post_entries(entries=drafts, now=now)
    return run, moved


@in_transaction
def freeze_population(*, as_of_date: date, now: datetime) -> SnapshotView:
    """Freeze the loans of a day for the statistics of inclusive finance (I-01, I-02); once a day."""
    hold_name("impairment.inclusive")
    known = InclusiveSnapshot.objects.filter(as_of_date=as_of_date).first()
    if known is not None:
        return snapshot_view(known)
    rule = regulation.rule("I-01", as_of_date)
    credit_max = Money.parse(rule.parameters["credit_per_borrower_max"])
    snapshot_id = new_id()
    with connection.cursor() as cursor:
        cursor.execute(FREEZE, {"snapshot_id": snapshot_id, "credit_max": credit_max.minor})
        count = cursor.rowcount
        cursor.execute(
            "SELECT coalesce(encode(sha256(string_agg(r::text, E'\\n' ORDER BY loan_id)::bytea), 'hex'), '')"
            "  FROM inclusive_row r WHERE snapshot_id = %s",
            [snapshot_id],
        )
        digest = str(cursor.fetchone()[0])
    row = InclusiveSnapshot.objects.create(
        id=snapshot_id,
        as_of_date=as_of_date,
        loan_count=count,
        sha256=digest,
        rule=rule.reference,
        frozen_at=now,
    )
    return snapshot_view(row)


def _held(role: Role, on_date: date) -> int:
    return account_balance(code=account_of(role, on_date=on_date)).minor


def _draft(event: str, names: tuple[str, ...], amounts: Mapping[str, int], on_date: date) -> EntryDraft:
    figures = {name: Money(amounts.get(name, 0)) for name in names}
    return EntryDraft(
        kind=event,
        booking_date=on_date,
        value_date=on_date,
        lines=compose(event, figures, on_date=on_date),
        idempotency_key=f"ecl:{on_date.isoformat()}:{event}",
    )
