"""The partner's part of what a shared loan earns: at the lead at each day's end and with each row, then told.

The lead does it in portions; a portion is one entry an agreement and one message. The partner books what it
is told, in one entry. Neither touches what is owed between the banks.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Q

from kernel.money import Money
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from lending.credit_lines.queries import LineView, total_credit
from lending.loans.accrual import close_book
from lending.loans.queries.earned import EarnedInterest, earned_interest
from lending.participations.accruals import Accrual, Earned, held_by_lead, held_by_partner
from lending.participations.models import Message, Participation, Role
from lending.participations.queries import ParticipationNotFound, tax_of, weights
from lending.participations.states import ParticipationStatus
from lending.tax import operations as tax
from lending.tax.booking import LoanTax
from parties.enterprises.queries import get_enterprise
from plumbing.sql import in_transaction

_FIELDS = ("accrued", "held", "accrued_through_date", "accrual_count")


@dataclass(frozen=True, slots=True)
class SharedFigures:
    """What one portion shared: loans, what partners are owed of it (fen), entries; and how many wait."""

    loan_count: int
    owed: int
    entry_count: int
    left_count: int


@in_transaction
def share_accruals(*, business_date: date, now: datetime, limit: int) -> SharedFigures:
    """Share what joint loans have earned by the end of a business date, `limit` of them at most.

    The caller goes on until none is left. A loan on which nothing is outstanding or owed any more is passed
    over; a row that reaches back to it is shared when it is followed.
    """
    through = close_book(business_date=business_date)
    waiting = Participation.objects.filter(
        ~Q(outstanding=0) | ~Q(accrued=0),
        agreement__role=Role.LEAD,
        status=ParticipationStatus.ACTIVE,
    ).exclude(accrued_through_date__gte=through)
    chosen = (
        waiting.select_related("agreement").order_by("agreement_id", "id").select_for_update(of=("self",))
    )
    rows = list(chosen[:limit])
    entry_count = 0
    for _, group in groupby(rows, key=lambda row: row.agreement_id):
        entry_count += share(list(group), through=through, business_date=business_date, now=now)
    left = waiting.count() if rows else 0
    return SharedFigures(len(rows), sum(row.accrued.minor for row in rows), entry_count, left)


def share(rows: Sequence[Participation], *, through: date, business_date: date, now: datetime) -> int:
    """Bring the lead's books to the partner's part of what loans have earned before a day, and tell it.

    All are of one agreement; returns how many entries it took. What did not change is not told.
    """
    found = earned_interest(loan_ids=[row.loan_id for row in rows if row.loan_id], before=through)
    changes: Counter[str] = Counter()
    told = []
    for row in rows:
        if row.loan_id is None:
            raise LookupError(f"participation {row.name} has no loan")
        whole = _whole(row, found[row.loan_id])
        theirs = whole.part(row.agreement.partner_code, weights(row))
        held = held_by_lead(whole, theirs, tax=tax_of(row), income_account=row.income_account)
        if held != row.held:
            told.append([row.name, *theirs.as_json()])
        changes.update(_moved(row, held))
        row.accrued, row.accrued_through_date = Money(theirs.owed), through
        row.accrual_count += 1
    Participation.objects.bulk_update(rows, _FIELDS)
    if not told:
        return 0
    first = rows[0]
    _tell(first, told, through - timedelta(days=1), now)
    return _book(first, changes, business_date, now)


def _whole(row: Participation, found: EarnedInterest) -> Accrual:
    """Return what the loan has earned, and what became of it as far as its rows were shared."""
    return Accrual(
        Earned(found.interest, row.interest_paid.minor, found.interest_waived, found.interest_lost),
        Earned(found.late, row.penalty_paid.minor, found.late_waived, found.late_lost),
        found.due,
    )


def _moved(row: Participation, held: Mapping[str, int]) -> Counter[str]:
    """Return how a picture differs from the one the books hold, and keep it as theirs."""
    changes = Counter(held)
    changes.subtract(row.held)
    row.held = dict(held)
    return changes


def _book(first: Participation, changes: Mapping[str, int], on: date, now: datetime) -> int:
    lines = [Line.debit(account, Money(minor)) for account, minor in sorted(changes.items()) if minor > 0]
    lines += [Line.credit(account, Money(-minor)) for account, minor in sorted(changes.items()) if minor < 0]
    if not lines:
        return 0
    draft = EntryDraft(
        kind="joint.accrued",
        booking_date=on,
        value_date=on,
        lines=tuple(lines),
        idempotency_key=f"{first.name}:accrued:{first.accrual_count}",
        reference=f"product:{first.agreement.product_code}",
    )
    journal.post_entry(entry=draft, now=now)
    return 1


def _tell(first: Participation, told: list[list[Any]], day: date, now: datetime) -> None:
    Message.objects.create(
        message_id=f"{first.name}:accrued:{first.accrual_count}",
        is_outgoing=True,
        peer_code=first.agreement.partner_code,
        kind="accrued",
        body={"name": first.name, "day": day.isoformat(), "rows": told},
        created_at=now,
    )


@in_transaction
def take_accrued(*, body: dict[str, Any], now: datetime, business_date: date) -> None:
    """Book this bank's own part of what loans that another bank services have earned, VAT by its own tags."""
    told = {str(name): Accrual.of(figures) for name, *figures in body["rows"]}
    mine = Participation.objects.filter(
        name__in=told,
        agreement__role=Role.PARTNER,
        agreement__partner_code=body["from"],
        status=ParticipationStatus.ACTIVE,
    )
    rows = list(
        mine.select_related("agreement").order_by("agreement_id", "id").select_for_update(of=("self",))
    )
    if len(rows) != len(told):
        raise ParticipationNotFound(name=", ".join(sorted(set(told) - {row.name for row in rows}))[:40])
    for _, group in groupby(rows, key=lambda row: row.agreement_id):
        _take(list(group), told, date.fromisoformat(body["day"]), business_date, now)


def _take(
    rows: list[Participation], told: Mapping[str, Accrual], day: date, business_date: date, now: datetime
) -> None:
    changes: Counter[str] = Counter()
    for row in rows:
        own = told[row.name]
        changes.update(_moved(row, held_by_partner(own, tax=tax_of(row), income_account=row.income_account)))
        row.accrued, row.accrued_through_date = Money(own.owed), day + timedelta(days=1)
        row.accrual_count += 1
    Participation.objects.bulk_update(rows, _FIELDS)
    _book(rows[0], changes, business_date, now)


def own_tag(row: Participation, line: LineView, *, tenor_days: int, on_date: date, now: datetime) -> None:
    """Tag this bank's own part of a loan by its own evidence of the borrower (T-01 to T-05)."""
    borrower = get_enterprise(enterprise_id=line.enterprise_id, scene_id=None)
    tag = tax.tax_tag(
        drawdown_id=row.id,
        enterprise_id=line.enterprise_id,
        borrower_kind=borrower.kind,
        total_credit=total_credit(enterprise_id=line.enterprise_id),
        annual_rate=line.annual_rate,
        tenor_days=tenor_days,
        drawdown_date=on_date,
        now=now,
    )
    keep_tax(row, LoanTax.of(tag), tag.income_account)


def keep_tax(row: Participation, found: LoanTax, income_account: str) -> None:
    """Keep how the loan's interest is taxed in this bank."""
    row.income_account = income_account
    row.vat_ppm, row.tagged_ppm, row.exempt_ppm = found.vat_ppm, found.rate_ppm, found.exempt_ppm
