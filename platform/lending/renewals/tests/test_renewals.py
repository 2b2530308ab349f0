"""Renewal without repaying principal (S3-01): five conditions from data, no money moves, the chain counts."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from connectors.payment_rails.models import PaymentInstruction
from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Refusal
from ledger.journal.models import Entry
from lending.credit_lines.queries import get_line
from lending.impairment.operations import classify_day
from lending.loans import accrual
from lending.loans.models import Loan
from lending.loans.operations import RenewalRefused
from lending.loans.queries import LoanView, get_loan, loan_position
from lending.participations import operations as participations
from lending.participations.queries import participations as joint_loans
from lending.renewals import operations, queries
from lending.renewals.models import Finding, Renewal
from openbanking.consents import operations as consents
from openbanking.receipts import operations as receipts
from openbanking.receipts.rows import ReceiptRow
from plumbing.audit.models import AuditRecord
from plumbing.clock import operations as clock
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from risk.classification import operations as classification
from risk.classification.queries import standing
from risk.classification.tiers import Tier
from testkit.servicing import NOON, Borrower, at_the_counter, balance, borrower, broken, fund, lend

MAKER, CHECKER = "credit@qinglan.example", "risk@qinglan.example"
RENEWED = date(2026, 11, 20)
TABLES = (Renewal, Finding, Entry, Loan, AuditRecord)


def refuses(refusal: type[Refusal], act: Callable[..., object], *args: Any, **given: Any) -> Refusal:
    """Return how an act was refused, nothing having happened."""
    before = [list(table.objects.order_by("pk").values_list()) for table in TABLES]
    with pytest.raises(refusal) as found:
        act(*args, **given)
    assert [list(table.objects.order_by("pk").values_list()) for table in TABLES] == before
    return found.value


def go_to(day: date) -> None:
    """Open a later day of the month, what lies between accrued at once."""
    last = day - timedelta(days=1)
    clock.roll(from_date=business_date(), to_date=last)
    accrual.roll_due(business_date=last, now=NOON)
    accrual.accrue(business_date=last, now=NOON)
    clock.roll(from_date=last, to_date=day)


def find(who: Borrower, kind: str, **changes: Any) -> UUID:
    given = {"found_date": business_date(), "source": "现场走访", "recorded_by": MAKER}
    return operations.note_finding(
        **(given | changes),
        enterprise_id=who.enterprise_id,
        kind=kind,
        business_date=business_date(),
        now=NOON,
    )


def renew(loan: LoanView, **changes: Any) -> queries.RenewalView:
    given = {"tenor_days": 90, "proposed_by": MAKER, "approved_by": CHECKER}
    return operations.renew_loan(
        **(given | changes), loan_id=loan.id, business_date=business_date(), now=NOON
    )


def pay_interest(loan: LoanView, *, but: str = "0.00", receipt_no: str = "I1") -> None:
    owed = loan_position(loan_id=loan.id, on_date=business_date())
    amount = owed.interest + owed.penalty - Money.parse(but)
    at_the_counter(loan, str(amount), received_date=business_date(), receipt_no=receipt_no)


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("1000000.00")
    return borrower()


@pytest.fixture
def loan(who: Borrower) -> LoanView:
    made = lend(who, "100000.00", tenor_days=30)
    go_to(RENEWED)
    find(who, "visited")
    return made


def tier_of(loan_id: UUID) -> Tier:
    classify_day(business_date=business_date(), now=NOON)
    found = standing(exposure_id=loan_id)
    return Tier.NORMAL if found is None else found.tier


def test_all_conditions_met_it_stays_normal_and_no_money_moves(who: Borrower, loan: LoanView) -> None:
    pay_interest(loan)
    assert queries.checklist(loan_id=loan.id, on_date=RENEWED, now=NOON).verdict.failed == ()
    sent, cash, principal = PaymentInstruction.objects.count(), balance("1003"), balance("1303.01")
    renewed = renew(loan)
    assert (renewed.tier, renewed.failed, renewed.chain_count) == ("normal", (), 1)
    assert (PaymentInstruction.objects.count(), balance("1003"), balance("1303.01")) == (
        sent,
        cash,
        principal,
    )
    assert balance("3001") == "0.00"
    old, new = (get_loan(loan_id=each, scene_id=None) for each in (loan.id, renewed.loan_id))
    assert (old.status, old.outstanding, new.outstanding) == ("paid_off", Money(0), Money.parse("100000.00"))
    assert (new.renews_loan_id, new.value_date) == (loan.id, RENEWED)
    line = get_line(line_id=who.line_id, scene_id=None)
    assert (line.drawn, line.available) == (Money.parse("100000.00"), Money(0))
    assert tier_of(new.id) is Tier.NORMAL
    assert broken() == []

    pay = {"loan": new, "receipt_no": "I2"}
    go_to(date(2026, 11, 29))
    refuses(operations.RenewalTooEarly, renew, new)
    assert queries.chain(loan_id=new.id) == (renewed,)
    Loan.objects.filter(id=new.id).update(due_date=date(2026, 12, 20), maturity_date=date(2026, 12, 20))
    pay_interest(**pay)
    again = renew(get_loan(loan_id=new.id, scene_id=None))
    assert (again.chain_count, queries.chain(loan_id=again.loan_id)) == (2, (renewed, again))
    assert queries.longest_chains(at_least=2) == (again,)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE renewals_renewal SET tier = 'normal'")
    connection.set_schema_to_public()
    with bank_schema("lian"):
        assert (Renewal.objects.count(), PaymentInstruction.objects.count()) == (0, 0)


def test_one_yuan_of_interest_unpaid(who: Borrower, loan: LoanView) -> None:
    """On the loan itself it stops the renewal; on another, the renewed loan cannot stay normal."""
    pay_interest(loan, but="1.00")
    found = queries.checklist(loan_id=loan.id, on_date=RENEWED, now=NOON)
    assert (found.unpaid, found.verdict.tier) == (Money.parse("1.00"), Tier.SPECIAL_MENTION)
    assert found.verdict.failed == ("no_misuse_arrears_or_evasion",)
    refuses(RenewalRefused, renew, loan)
    at_the_counter(loan, "1.00", received_date=RENEWED, receipt_no="I9")
    assert renew(loan).tier == "normal"


def test_interest_overdue_on_another_loan(who: Borrower) -> None:
    other = lend(who, "5000.00", tenor_days=10)  # 10.00 of interest on 12 November
    loan = lend(who, "50000.00", tenor_days=30)
    go_to(RENEWED)
    find(who, "visited")
    owed = loan_position(loan_id=other.id, on_date=RENEWED)
    at_the_counter(other, str(owed.penalty + Money.parse("9.00")), received_date=RENEWED, receipt_no="P1")
    pay_interest(loan)
    renewed = renew(loan)
    assert renewed.tier == "special_mention"
    assert renewed.failed == ("good_credit", "no_misuse_arrears_or_evasion")
    assert tier_of(renewed.loan_id) is Tier.SPECIAL_MENTION


@pytest.mark.parametrize(
    ("kind", "failed"),
    [
        ("unlawful", "lawful_operation"),
        ("ceased", "still_operating"),
        ("bad_credit", "good_credit"),
        ("misuse", "no_misuse_arrears_or_evasion"),
        ("evasion", "no_misuse_arrears_or_evasion"),
    ],
)
def test_a_condition_that_fails_makes_it_special_mention(
    who: Borrower, loan: LoanView, kind: str, failed: str
) -> None:
    noted = find(who, kind)
    pay_interest(loan)
    assert queries.checklist(loan_id=loan.id, on_date=RENEWED, now=NOON).verdict.failed == (failed,)
    day_before = queries.checklist(loan_id=loan.id, on_date=RENEWED - timedelta(days=1), now=NOON)
    assert day_before.verdict.failed != (failed,)
    renewed = renew(loan)
    assert (renewed.tier, renewed.failed) == ("special_mention", (failed,))
    assert tier_of(renewed.loan_id) is Tier.SPECIAL_MENTION
    operations.lift_finding(finding_id=noted, lifted_by=CHECKER, business_date=RENEWED, now=NOON)
    assert queries.checklist(loan_id=renewed.loan_id, on_date=RENEWED, now=NOON).facts.is_lawful
    assert tier_of(renewed.loan_id) is Tier.SPECIAL_MENTION  # what was decided stands


def test_takings_show_that_a_business_operates_only_while_they_may_be_used(who: Borrower) -> None:
    made = lend(who, "100000.00", tenor_days=30)
    whose = {"enterprise_id": who.enterprise_id, "scene_id": who.scene_id}
    consent = consents.grant_consent(
        **whose,
        purpose="credit_assessment",
        data_classes=("receipts",),
        recipient="青澜农商银行",
        text_version="1",
        text_sha256="ab" * 32,
        expires_at=NOON + timedelta(days=365),
        evidence={"channel": "h5"},
        now=NOON,
    )
    row = ReceiptRow("R1", "2026-11-01T12:00:00+08:00", "10.00", "sale", None, "cash")
    receipts.ingest_batch(**whose, consent_id=consent.id, rows=[row], now=NOON)

    def operates() -> bool:
        facts = queries.checklist(loan_id=made.id, on_date=business_date(), now=NOON).facts
        return facts.is_operating

    assert operates()
    consents.revoke_consent(consent_id=consent.id, scene_id=who.scene_id, reason="", now=NOON)
    assert not operates()
    find(who, "visited")
    assert operates()


def test_what_cannot_be_renewed_or_noted(who: Borrower, loan: LoanView) -> None:
    pay_interest(loan)
    refuses(operations.SamePerson, renew, loan, approved_by=MAKER)
    refuses(operations.TenorNotOffered, renew, loan, tenor_days=366)
    for changes in ({"kind": "rumour"}, {"source": " "}, {"found_date": RENEWED + timedelta(days=1)}):
        refuses(operations.FindingInvalid, find, who, **({"kind": "ceased"} | changes))
    lift = {"lifted_by": CHECKER, "business_date": RENEWED, "now": NOON}
    refuses(operations.FindingInvalid, operations.lift_finding, finding_id=new_id(), **lift)
    classification.override_tier(
        exposure_id=loan.id,
        debtor_id=who.enterprise_id,
        tier=Tier.SUBSTANDARD,
        reason="visited",
        maker=MAKER,
        checker=CHECKER,
        on_date=RENEWED,
        now=NOON,
    )
    assert refuses(operations.NotRenewable, renew, loan).params == {"tier": "substandard"}


def test_a_loan_shared_with_another_bank_is_not_renewed_by_one_of_them(loan: LoanView) -> None:
    """Its renewal would be a receipt to share: the partner paid out, and the new loan the lead's alone."""
    pay_interest(loan)
    share(loan)
    refuses(operations.JointLoan, renew, loan)


def share(loan: LoanView) -> None:
    """Let a partner take part in a loan, as if it had been asked before the draw."""
    participations.sign_agreement(
        own_code="bank:qinglan",
        partner_code="bank:lian",
        partner_name="漓岸",
        product_code="joint",
        share_ppm=300_000,
        effective_from=business_date(),
        proposed_by=MAKER,
        approved_by=CHECKER,
        priority=1,
        role="lead",
        ceiling=Money.parse("900000.00"),
        now=NOON,
    )
    participations.report_figures(
        as_of_date=business_date(),
        net_tier1_capital=Money.parse("2400000000.00"),
        total_loans=Money.parse("9000000000.00"),
        reported_by=MAKER,
        now=NOON,
    )
    on = {"now": NOON, "business_date": business_date()}
    participations.seek_partner(
        drawdown_id=loan.drawdown_id,
        product_code="joint",
        scene_id=loan.scene_id,
        registration_no="91331002MA0000X15M",
        total=loan.principal,
        **on,
    )
    [asked] = joint_loans()
    body = {"name": asked.name, "accepted": True, "decision_ref": "D1", "reason": ""}
    participations.take_answer(body=body, **on)
    participations.begin(drawdown_id=loan.drawdown_id, loan_id=loan.id, value_date=business_date(), **on)
