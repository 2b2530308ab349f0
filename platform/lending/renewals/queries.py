"""Reads of renewals: the checklist of a loan on a day, and the chains of renewed loans."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from kernel.money import Money
from kernel.periods import Period
from lending.credit_lines.queries import get_line
from lending.loans.queries import LoanView, get_loan, loan_position, loans_page
from lending.loans.states import LoanStatus
from lending.products.cost_cap import require_draw_within_cap
from lending.products.publish_check import CostCapExceeded
from lending.renewals.models import Finding, FindingKind, Renewal
from lending.tax.queries import size_on
from openbanking.batches.operations import PURPOSE
from openbanking.consents.queries import consenting_scenes
from openbanking.receipts import queries as receipts
from openbanking.receipts.operations import DATA_CLASS
from parties.enterprises.queries import get_enterprise
from regulation import queries as regulation
from risk.classification.queries import standing
from risk.classification.renewal import RenewalFacts, RenewalVerdict, renewal_verdict
from risk.classification.tiers import Tier

RULE: Final = "R-14"
EVIDENCE_DAYS: Final = 90  # how old takings or a visit may be to show that the borrower still operates
MANY: Final = 10_000


@dataclass(frozen=True, slots=True)
class Checklist:
    """The facts on a day, what the rule makes of them, and the rule's text; `unpaid` is this loan's own."""

    facts: RenewalFacts
    verdict: RenewalVerdict
    rule: str
    unpaid: Money

    @property
    def facts_json(self) -> dict[str, Any]:
        """Return the facts for the table."""
        return asdict(self.facts)


@dataclass(frozen=True, slots=True)
class RenewalView:
    """A renewal: which loan paid which, the tier it got and why."""

    loan_id: UUID
    renews_loan_id: UUID
    principal: Money
    chain_count: int
    tier: str
    failed: tuple[str, ...]
    rule: str
    business_date: date


def renewal_view(row: Renewal) -> RenewalView:
    """Return the frozen view of a row."""
    return RenewalView(
        row.loan_id,
        row.renews_loan_id,
        row.principal,
        row.chain_count,
        row.tier,
        tuple(row.failed),
        row.rule,
        row.business_date,
    )


def checklist(*, loan_id: UUID, on_date: date, now: datetime) -> Checklist:
    """Evaluate R-14's conditions for a loan from what the bank holds on a day; no rule, and none holds.

    Takings count only where the consent to use them is in force at `now` (D-01).
    """
    loan = get_loan(loan_id=loan_id, scene_id=None)
    facts = _facts(loan, on_date, now)
    owed = loan_position(loan_id=loan_id, on_date=on_date)
    unpaid = owed.interest + owed.penalty
    try:
        rule = regulation.rule(RULE, on_date)
    except regulation.RuleMissing:
        return Checklist(facts, renewal_verdict(facts, None, on_date=on_date), "", unpaid)
    return Checklist(facts, renewal_verdict(facts, rule.parameters, on_date=on_date), rule.reference, unpaid)


def _facts(loan: LoanView, on_date: date, now: datetime) -> RenewalFacts:
    enterprise_id = loan.enterprise_id
    found = _findings(enterprise_id, on_date)
    own = loans_page(enterprise_id=enterprise_id, status=LoanStatus.ACTIVE, limit=MANY)
    return RenewalFacts(
        borrower=_borrower(enterprise_id, on_date),
        is_lawful=FindingKind.UNLAWFUL not in found,
        is_operating=FindingKind.CEASED not in found and _operates(enterprise_id, on_date, now),
        has_good_credit=FindingKind.BAD_CREDIT not in found and _pays_well(own, on_date),
        is_misused=FindingKind.MISUSE in found,
        unpaid_interest=_unpaid_interest(loan, own, on_date).minor,
        evades_debt=FindingKind.EVASION in found,
        meets_standards=_meets_standards(loan, on_date),
    )


def _findings(enterprise_id: UUID, on_date: date) -> set[str]:
    rows = Finding.objects.filter(enterprise_id=enterprise_id, found_date__lte=on_date)
    return set(rows.filter(Q(lifted_date=None) | Q(lifted_date__gt=on_date)).values_list("kind", flat=True))


def _borrower(enterprise_id: UUID, on_date: date) -> str:
    kind = get_enterprise(enterprise_id=enterprise_id, scene_id=None).kind
    return kind if kind == "individual" else size_on(enterprise_id=enterprise_id, on_date=on_date)[0]


def _operates(enterprise_id: UUID, on_date: date, now: datetime) -> bool:
    since = on_date - timedelta(days=EVIDENCE_DAYS)
    scenes = consenting_scenes(enterprise_id=enterprise_id, purpose=PURPOSE, data_class=DATA_CLASS, now=now)
    taken = receipts.days(enterprise_id=enterprise_id, period=Period(since, on_date), scene_ids=scenes)
    visits = Finding.objects.filter(
        enterprise_id=enterprise_id,
        kind=FindingKind.VISITED,
        found_date__gte=since,
        found_date__lte=on_date,
        lifted_date=None,
    )
    return any(day.sales.minor > 0 for day in taken) or visits.exists()


def _pays_well(own: tuple[LoanView, ...], on_date: date) -> bool:
    """Say whether no loan of the borrower is past due, and none below normal."""
    standings = [standing(exposure_id=loan.id) for loan in own]
    tiers = {found.tier for found in standings if found is not None}
    return not any(loan.days_past_due(on_date) for loan in own) and tiers <= {Tier.NORMAL}


def _unpaid_interest(loan: LoanView, own: tuple[LoanView, ...], on_date: date) -> Money:
    """Return this loan's interest and penalty to date, and what the borrower's other loans have overdue."""
    total = Money(0)
    for each in own:
        owed = loan_position(loan_id=each.id, on_date=on_date)
        if each.id == loan.id or owed.days_past_due:
            total = total + max(Money(0), owed.interest) + owed.penalty
    return total


def _meets_standards(loan: LoanView, on_date: date) -> bool:
    """Say whether the bank would lend this on the day: the line is open, the cost within the day's cap."""
    line = get_line(line_id=loan.line_id, scene_id=None)
    if line.status != "active" or not line.effective_date <= on_date < line.expires_date:
        return False
    try:
        require_draw_within_cap(
            product=line.product,
            amount=loan.outstanding or loan.principal,
            days=loan.tenor_days,
            on_date=on_date,
            annual_rate=loan.annual_rate,
        )
    except CostCapExceeded:
        return False
    return True


def find_renewal(*, loan_id: UUID) -> RenewalView | None:
    """Return how a loan came to renew another; None: it was drawn."""
    row = Renewal.objects.filter(loan_id=loan_id).first()
    return None if row is None else renewal_view(row)


def chain(*, loan_id: UUID) -> tuple[RenewalView, ...]:
    """Return the renewals that led to a loan, oldest first: how often the same money was lent again."""
    found: list[RenewalView] = []
    renewal = find_renewal(loan_id=loan_id)
    while renewal is not None:
        found.append(renewal)
        renewal = find_renewal(loan_id=renewal.renews_loan_id)
    return tuple(reversed(found))


def longest_chains(*, at_least: int) -> tuple[RenewalView, ...]:
    """Return the renewals that are at least the so-manieth in their chain, longest first: evergreening."""
    rows = Renewal.objects.filter(chain_count__gte=at_least).order_by("-chain_count", "-id")
    return tuple(renewal_view(row) for row in rows)
