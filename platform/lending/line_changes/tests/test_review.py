"""New receipts move a line (S0-21, J8): by the strategy, under the consent, drawn terms untouched."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from lending.credit_lines.queries import LineView, get_line
from lending.line_changes import queries
from lending.line_changes.operations import Moved
from lending.line_changes.review import REFUSED, review_line
from lending.loans.queries import get_loan
from openbanking.consents.operations import revoke_consent
from openbanking.receipts import operations as receipts
from openbanking.receipts.rows import ReceiptRow
from plumbing.clock.queries import business_date
from risk.decisions.models import Decision
from risk.decisions.queries import replay
from testkit.applicants import Applicant, Takings, admit, list_scene
from testkit.clock import NOON
from testkit.servicing import Borrower, fund, lend
from testkit.worlds import signed

TODAY = date(2026, 11, 2)


@pytest.fixture
def shop(qinglan: str) -> Applicant:
    scene = list_scene(now=NOON, listed_from=TODAY)
    return admit(now=NOON, business_date=TODAY, scene_id=scene, takings=Takings(sales_a_day=4, sale="100.00"))


@pytest.fixture
def who(shop: Applicant) -> Borrower:
    fund("1000000.00")
    return signed(shop, now=NOON)[1]


def extra(kind: str, amount: str, *, per_day: int = 1, days: int = 90) -> Iterator[ReceiptRow]:
    for offset in range(days, 0, -1):
        day = TODAY - timedelta(days=offset)
        for number in range(per_day):
            paid_at = f"{day.isoformat()}T20:{number:02d}:30+08:00"
            name = f"X{kind}-{offset}-{number}"
            yield ReceiptRow(name, paid_at, amount, kind, f"payer-{name}", "merchant_code")


def fed(shop: Applicant, rows: Iterator[ReceiptRow]) -> None:
    receipts.ingest_batch(
        enterprise_id=shop.enterprise_id,
        scene_id=shop.scene_id,
        consent_id=shop.consent.id,
        rows=rows,
        now=NOON,
    )


def reviewed(who: Borrower) -> Moved:
    return review_line(line_id=who.line_id, now=NOON, business_date=business_date())


def line_of(who: Borrower) -> LineView:
    return get_line(line_id=who.line_id, scene_id=None)


def test_better_receipts_offer_more_and_the_borrower_decides(shop: Applicant, who: Borrower) -> None:
    first = reviewed(who)
    before = line_of(who)
    fed(shop, extra("sale", "80.00", per_day=2))
    better = reviewed(who)
    assert better.version is None
    assert better.proposal is not None
    assert first.proposal is None or better.proposal.limit > first.proposal.limit
    assert better.proposal.limit > before.limit
    assert line_of(who) == before
    decision = Decision.objects.latest("decided_at", "id")
    assert replay(decision.id).identical


def test_refunds_that_jump_cut_the_line_and_leave_the_loan(shop: Applicant, who: Borrower) -> None:
    loan = lend(who, "3000.00")
    fed(shop, extra("refund", "90.00", per_day=3, days=60))
    worse = reviewed(who)
    line = line_of(who)
    assert worse.proposal is None
    assert (worse.version is not None) or (line.frozen_reason == REFUSED)
    assert line.available.minor < 1_200_000 - loan.principal.minor or line.status == "frozen"
    assert get_loan(loan_id=loan.id, scene_id=None).annual_rate == loan.annual_rate


def test_without_the_consent_nothing_is_read_and_nothing_moves(shop: Applicant, who: Borrower) -> None:
    fed(shop, extra("sale", "80.00", per_day=2))
    revoke_consent(consent_id=shop.consent.id, scene_id=None, reason="borrower", now=NOON)
    before = (Decision.objects.count(), line_of(who))
    assert reviewed(who) == Moved(None, None)
    assert (Decision.objects.count(), line_of(who)) == before
    assert queries.versions(line_id=who.line_id) == ()
