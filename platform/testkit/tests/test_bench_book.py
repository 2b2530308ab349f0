"""The book that benches measure over: every loan, model or copy, is what its own log says."""

from lending.loans.models import Instalment, Loan
from plumbing.clock.queries import business_date
from testkit.bench_book import fill
from testkit.servicing import broken, end_day


def test_models_and_their_copies_hold_before_and_after_a_day(qinglan: str) -> None:
    fill(70, models=40)
    assert broken() == []
    active = Loan.objects.filter(status="active")
    assert (active.count(), active.filter(method="daily_interest").count()) == (70, 7)
    assert Instalment.objects.count() == 12 * 70
    assert active.filter(oldest_due_date__lt=business_date()).exists()
    end_day()
    assert broken() == []
