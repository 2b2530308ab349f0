"""Loans that stop accruing: two policies, both calculators, cure, write-off (E-01, E-04).

To keep the days few the bank has adopted an E-04 of its own, with ten days for ninety.
"""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel.money import Money
from kernel.refusals import Refusal
from ledger.chart.posting_rules import compose
from ledger.journal.models import Entry
from ledger.journal.queries import entries
from lending.impairment.non_accrual import switch_accrual
from lending.loans import operations as loans
from lending.loans.accrual import accrue
from lending.loans.models import Loan, LoanTransaction, StoppedAccrual
from lending.loans.queries import LoanView, get_loan, loan_position
from lending.loans.queries.earned import earned_interest
from lending.loans.queries.notes import interest_in_memo
from lending.loans.tests.test_scheduled import go_to, line_of, offer_weekly, pay
from lending.replay import StopTerms
from plumbing.clock.queries import business_date
from regulation import operations as regulation
from regulation.models import AdoptedRule
from risk.classification.models import ClassificationState
from testkit.servicing import NOON, Borrower, balance, borrower, broken, fund, lend

TODAY = date(2026, 11, 2)
DUE = date(2026, 11, 9)
DAYS = 10
STOP = DUE + timedelta(DAYS)
BOOKS = ("1303.02", "1132", "6011.01", "6011.02", "6011.03", "2221.01", "9002")


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("1000000.00")
    offer_weekly(TODAY)
    known = AdoptedRule.objects.filter(code="E-04").values().get()
    del known["id"]
    AdoptedRule.objects.create(**known | {"revision": 2, "parameters": {"vat_deferred_after_days": DAYS}})
    return borrower(limit="1000000.00")


def weekly(who: Borrower, amount: str = "60000.00") -> LoanView:
    return lend(line_of(who, "weekly_level"), amount, tenor_days=35)


def daily(who: Borrower, amount: str = "40000.00") -> LoanView:
    return lend(who, amount, tenor_days=7)


def choose(policy: str) -> None:
    for year in (2026, 2027):
        regulation.choose_accrual_policy(year=year, policy=policy, chosen_by="officer", now=NOON)


def night() -> tuple[int, int, int]:
    """End a day as far as it goes here: accrual, then the switch; return what it did."""
    today = business_date()
    accrue(business_date=today, now=NOON)
    done = switch_accrual(business_date=today, now=NOON)
    assert switch_accrual(business_date=today, now=NOON).rest == 0
    go_to(today + timedelta(1))
    return done.stopped, done.changed, done.resumed


def stop(loan: LoanView) -> LoanView:
    go_to(STOP)
    assert night()[0] >= 1
    return get_loan(loan_id=loan.id, scene_id=None)


def books() -> dict[str, Money]:
    return {code: Money.parse(balance(code)) for code in BOOKS}


def owed(loan: LoanView) -> Money:
    position = loan_position(loan_id=loan.id, on_date=business_date())
    return position.interest + position.penalty


def refuses(refusal: type[Refusal], act: Callable[[], object]) -> None:
    def rows() -> tuple[object, ...]:
        return (
            Entry.objects.count(),
            LoanTransaction.objects.count(),
            list(Loan.objects.order_by("id").values()),
        )

    before = rows()
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert rows() == before


def test_the_old_practice_takes_unpaid_interest_out_of_income(who: Borrower) -> None:
    choose("legacy_90d")
    loan = weekly(who)
    go_to(STOP - timedelta(1))
    assert night() == (0, 0, 0)
    due, was = loan_position(loan_id=loan.id, on_date=STOP), books()
    assert switch_accrual(business_date=STOP, now=NOON).stopped == 1
    entry = entries(reference=loan.public_id)[-1]
    assert (entry.kind, entry.value_date) == ("loan.non_accrual", STOP)
    by_rule = compose(
        "non_accrual.entered",
        {"interest_due": due.interest - was["1303.02"], "interest_accrued": was["1303.02"]}
        | {"allowance": Money(0)},
        on_date=STOP,
        policy={"non_accrual": "legacy_90d", "vat": "taxable"},
    )
    interest = ("1303.02", "6011.02")
    assert {line for line in by_rule if line.account in interest} == {
        line for line in entry.lines if line.account in interest
    }
    shared = earned_interest(loan_ids=[loan.id], before=STOP)[loan.id]
    assert (shared.interest, shared.late, shared.due) == (0, 0, 0)  # no partner's income either
    vat = was["2221.01"]
    night()
    held = books()
    assert (held["1303.02"], held["1132"]) == (Money(0), Money(0))
    assert held["6011.02"] + held["6011.03"] + held["2221.01"] == Money(0)
    assert held["9002"] == owed(loan) > due.interest + due.penalty
    assert held["2221.01"] == vat  # of ninety days, and of no more (E-04)
    assert broken() == []
    for _ in range(3):
        night()
    later = books()
    assert later["9002"] == owed(loan) == interest_in_memo(loan_id=loan.id, on_date=business_date())
    assert later | {"9002": held["9002"]} == held
    pay(loan, "500.00")  # principal first
    assert books()["9002"] == owed(loan)
    total = loan_position(loan_id=loan.id, on_date=business_date()).total
    interest = owed(loan)
    assert pay(loan, total).loan.status == "paid_off"
    paid = books()
    assert (paid["9002"], paid["1303.02"], paid["1132"]) == (Money(0),) * 3
    assert paid["6011.02"] + paid["6011.03"] + paid["2221.01"] == interest
    assert paid["2221.01"] > vat
    assert broken() == []


def test_a_receipt_keyed_late_undoes_the_stop_and_its_reversal_brings_it_back(who: Borrower) -> None:
    choose("legacy_90d")
    made = [weekly(who), daily(who)]
    stopped = [stop(made[0]), get_loan(loan_id=made[1].id, scene_id=None)]
    assert {view.non_accrual_date for view in stopped} == {STOP}
    before, rows = books(), list(StoppedAccrual.objects.order_by("loan_id").values())
    assert broken() == []
    receipts = [
        pay(loan, amount, on=DUE + timedelta(5))
        for loan, amount in zip(made, ("20000.00", "40200.00"), strict=True)
    ]
    assert [receipt.loan.non_accrual_date for receipt in receipts] == [None, None]
    assert (StoppedAccrual.objects.count(), books()["9002"]) == (0, Money(0))
    assert broken() == []
    for receipt in receipts:
        loans.reverse_receipt(transaction_id=receipt.transaction.id, business_date=business_date(), now=NOON)
    assert books() == before
    assert list(StoppedAccrual.objects.order_by("loan_id").values()) == rows
    assert broken() == []


def test_under_cas_22_interest_goes_on_on_the_net_amount(who: Borrower) -> None:
    """40,000 with an allowance of 24,000: 96.00 in thirty days, not 240.00 (E-01)."""
    loan = daily(who)
    go_to(DUE + timedelta(1))
    ClassificationState.objects.create(
        exposure_id=loan.id,
        debtor_id=who.enterprise_id,
        tier_since_date=TODAY,
        stage_since_date=TODAY,
        updated_date=TODAY,
        ecl=2_400_000,
    )
    go_to(STOP)
    accrued = books()
    assert night() == (1, 0, 0)
    for _ in range(29):
        night()
    net = books()
    assert net["6011.03"] - accrued["6011.03"] == Money.parse("96.00")
    assert net["1132"] - accrued["1132"] == Money.parse("96.00")
    assert net["9002"] == Money.parse("264.00")  # 30 days at 10.8 % are 360.00
    assert (net["1303.02"], broken()) == (accrued["1303.02"], [])
    ClassificationState.objects.update(ecl=4_000_000)
    assert night() == (0, 1, 0)
    assert books()["6011.03"] == net["6011.03"]  # wholly provided for: nothing more is income
    held = loan_position(loan_id=loan.id, on_date=business_date())
    loans.waive(
        loan_id=loan.id, penalty=held.penalty, reason="hardship", business_date=business_date(), now=NOON
    )
    assert (books()["9002"], books()["1132"]) == (Money(0), Money(0))
    assert broken() == []


def test_many_are_switched_in_portions_and_those_that_changed_meanwhile_are_left_alone(
    who: Borrower,
) -> None:
    made = [weekly(who), daily(who), daily(who, "30000.00")]
    go_to(DUE)
    named = {"debtor_id": who.enterprise_id, "tier_since_date": TODAY, "stage_since_date": TODAY}
    states = [
        ClassificationState(exposure_id=loan.id, stage=3, updated_date=TODAY, **named) for loan in made[:2]
    ]
    ClassificationState.objects.bulk_create(states)  # unlikely to pay, but nothing is past due
    first = switch_accrual(business_date=DUE, now=NOON, limit=1)
    assert (first.stopped, first.rest) == (1, 1)
    assert [switch_accrual(business_date=DUE, now=NOON).stopped for _ in range(2)] == [1, 0]
    rows = LoanTransaction.objects.filter(kind="non_accrual").order_by("loan_id")
    assert [row.loan_id for row in rows] == [loan.id for loan in made[:2]]
    assert broken() == []
    before = LoanTransaction.objects.count()
    done = loans.switch_accruals(
        stops=[loans.Stop(made[2].id, StopTerms(policy="cas22"), after_days=DAYS)],
        returns=[made[2].id],
        business_date=DUE,
        now=NOON,
    )
    assert (done, LoanTransaction.objects.count()) == (frozenset(), before)
    ClassificationState.objects.update(stage=1)
    assert switch_accrual(business_date=DUE, now=NOON).resumed == 2
    assert (StoppedAccrual.objects.count(), books()["9002"], broken()) == (0, Money(0), [])


def test_many_loans_are_switched_by_the_statements_of_one(who: Borrower) -> None:
    made = [weekly(who), *(daily(who, "30000.00") for _ in range(6))]
    go_to(DUE)
    terms, taken = StopTerms(policy="legacy_90d"), []
    for some in (made[:1], made[1:2], made[2:]):
        stops = [loans.Stop(loan.id, terms) for loan in some]
        with CaptureQueriesContext(connection) as seen:
            done = loans.switch_accruals(stops=stops, returns=[], business_date=DUE, now=NOON)
        assert len(done) == len(some)
        taken.append(len(seen))
    assert len(set(taken)) == 1


def test_a_loan_brought_up_to_date_returns_to_accrual(who: Borrower) -> None:
    loan = weekly(who)
    refuses(
        loans.AccrualGoesOn,
        lambda: loans.stop_accrual(
            loan_id=loan.id,
            terms=StopTerms(policy="cas22"),
            after_days=DAYS,
            business_date=TODAY,
            now=NOON,
        ),
    )
    asked = {"loan_id": loan.id, "now": NOON}
    refuses(loans.AccrualStaysStopped, lambda: loans.resume_accrual(business_date=TODAY, **asked))
    stop(loan)
    refuses(loans.AccrualStaysStopped, lambda: loans.resume_accrual(business_date=business_date(), **asked))
    position = loan_position(loan_id=loan.id, on_date=business_date())
    loans.re_age(loan_id=loan.id, business_date=business_date(), now=NOON)
    pay(loan, position.penalty)
    assert (night(), books()["9002"]) == ((0, 0, 1), Money(0))
    assert get_loan(loan_id=loan.id, scene_id=None).non_accrual_date is None
    assert broken() == []


def test_a_write_off_never_makes_income_of_what_waits(who: Borrower) -> None:
    choose("legacy_90d")
    made = [weekly(who), daily(who)]
    stop(made[0])
    before = books()
    claims = [loan_position(loan_id=loan.id, on_date=business_date()).total for loan in made]
    for loan in made:
        loans.write_off(loan_id=loan.id, reason="lost", business_date=business_date(), now=NOON)
    after = books()
    assert [after[code] for code in BOOKS[2:6]] == [before[code] for code in BOOKS[2:6]]
    assert (after["9002"], balance("9003"), balance("1304.03")) == (
        Money(0),
        str(Money.total(claims)),
        "-100000.00",
    )
    assert broken() == []


def test_a_year_has_one_policy_and_its_first_use_fixes_it(who: Borrower) -> None:
    refuses(regulation.AccrualPolicyUnknown, lambda: choose("cas39"))
    choose("legacy_90d")
    loan = daily(who)
    stop(loan)
    refuses(
        regulation.AccrualPolicyLocked,
        lambda: regulation.choose_accrual_policy(year=2026, policy="cas22", chosen_by="officer", now=NOON),
    )
    regulation.choose_accrual_policy(year=2027, policy="cas22", chosen_by="officer", now=NOON)
