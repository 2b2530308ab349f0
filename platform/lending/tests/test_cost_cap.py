"""The same act on two dates has two outcomes: a bank's own cap of 10 % holds from 3 November (R-11)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from kernel.money import Money
from kernel.rates import AnnualRate
from kernel.refusals import Refusal
from lending.applications import operations as applications
from lending.applications.models import Agreement, Application
from lending.credit_lines.models import CreditLine
from lending.drawdowns.models import Drawdown
from lending.loans.models import Loan, RateChange
from lending.loans.operations import change_rate
from lending.products import operations as products
from lending.products.cost_cap import require_within_cap
from lending.products.models import ProductVersion
from lending.products.offers import make_offers
from lending.products.publish_check import CostCapExceeded
from lending.products.queries import current_product, quote
from marketing.campaigns.models import Offer
from plumbing.outbox.models import OutboxEvent
from regulation.operations import set_own_cost_cap
from testkit.applicants import LENDER, Applicant, Takings, admit, agree, apply, list_scene, take_case
from testkit.servicing import borrower, draw, fund, lend
from testkit.worlds import offers

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
BEFORE, AFTER = date(2026, 11, 2), date(2026, 11, 3)
PRODUCT = "receipts_revolving"  # 10.8 % on 360 days, 10.95 % on 365


@pytest.fixture
def cap(qinglan: str) -> None:
    set_own_cost_cap(
        annual_cost_cap=Decimal("0.10"),
        effective_from=AFTER,
        adopted_by="risk@qinglan.example",
        reason="Decision of the risk committee",
        now=NOW,
    )


@pytest.fixture
def shop(cap: None) -> Applicant:
    scene_id = list_scene(now=NOW, listed_from=BEFORE)
    return admit(now=NOW, business_date=BEFORE, scene_id=scene_id)


def snapshot() -> list[object]:
    """Return everything these acts could have changed."""
    models = (ProductVersion, Application, Agreement, CreditLine, Drawdown, Offer, Loan, RateChange)
    return [list(model.objects.order_by("pk").values_list()) for model in models] + [
        OutboxEvent.objects.count()
    ]


def refused(act: Callable[[], object]) -> Refusal:
    """Return how an act was refused, having changed nothing."""
    before = snapshot()
    with pytest.raises(CostCapExceeded) as found:
        act()
    assert snapshot() == before
    assert found.value.params["cap_percent"] == "10.00"
    return found.value


def test_a_figure(cap: None) -> None:
    require_within_cap(cost_exact=Decimal("0.24"), on_date=BEFORE)
    require_within_cap(cost_exact=Decimal("0.10"), on_date=AFTER)
    found = refused(lambda: require_within_cap(cost_exact=Decimal("0.1001"), on_date=AFTER))
    assert found.params == {"cost_percent": "10.01", "cap_percent": "10.00", "on_date": "2026-11-03"}


def test_publishing_and_quoting(cap: None) -> None:
    first = current_product(code=PRODUCT, on_date=BEFORE)
    drafts = [
        products.draft_product(terms=replace(first, code=code), drafted_by="maker@qinglan.example", now=NOW)
        for code in ("before", "after")
    ]

    def publish(index: int, on_date: date) -> object:
        return products.publish_product(
            product_version_id=drafts[index].id,
            published_by="checker@qinglan.example",
            on_date=on_date,
            now=NOW,
        )

    publish(0, BEFORE)
    assert refused(lambda: publish(1, AFTER)).params["cost_percent"] == "10.95"
    amount = Money.parse("12000")
    assert quote(product=first, amount=amount, tenor_days=30, draw_date=BEFORE).all_in_cost > 0
    refused(lambda: quote(product=first, amount=amount, tenor_days=30, draw_date=AFTER))


def test_an_offer_of_a_campaign(shop: Applicant) -> None:
    campaign_id = offers(shop, now=NOW)
    assert Offer.objects.count() == 1
    Offer.objects.all().delete()
    refused(lambda: make_offers(campaign_id=campaign_id, as_of_date=AFTER, now=NOW))
    assert make_offers(campaign_id=campaign_id, as_of_date=BEFORE, now=NOW) == 1


def test_an_application_its_approval_and_its_agreement(shop: Applicant) -> None:
    refused(lambda: apply(shop, now=NOW, business_date=AFTER))
    asked = apply(shop, now=NOW, business_date=BEFORE)
    approved = applications.assess_application(application_id=asked.id, now=NOW, business_date=BEFORE)
    assert approved.status == "approved"
    refused(
        lambda: applications.prepare_agreement(
            application_id=asked.id, lender=LENDER, now=NOW, business_date=AFTER
        )
    )
    applications.prepare_agreement(application_id=asked.id, lender=LENDER, now=NOW, business_date=BEFORE)


def test_an_application_taken_in_before_is_declined_by_machine_and_by_hand(shop: Applicant) -> None:
    asked = apply(shop, now=NOW, business_date=BEFORE)
    decided = applications.assess_application(application_id=asked.id, now=NOW, business_date=AFTER)
    assert (decided.status, decided.outcome_reason) == ("declined", "cost_above_cap")
    other = admit(
        now=NOW,
        business_date=BEFORE,
        scene_id=shop.scene_id,
        number=2,
        takings=Takings(refund_every=7),  # refunds of a seventh are referred to a person
    )
    referred = apply(other, now=NOW, business_date=BEFORE)
    applications.assess_application(application_id=referred.id, now=NOW, business_date=BEFORE)
    take_case(referred, person="officer@qinglan.example", now=NOW)

    def approve(on_date: date) -> str:
        return applications.resolve_review(
            application_id=referred.id,
            approved_amount=Money.parse("6000"),
            reason="visited",
            resolved_by="officer@qinglan.example",
            now=NOW,
            business_date=on_date,
        ).status

    refused(lambda: approve(AFTER))
    assert approve(BEFORE) == "approved"


def test_an_agreement_read_before_is_not_signed_after(shop: Applicant) -> None:
    agreement = agree(shop, now=NOW, business_date=BEFORE)
    shown = applications.show_agreement(agreement_id=agreement.id, now=NOW)
    seal = applications.agreeing.service().seal(
        document=shown.document.encode(), signer=shown.terms["borrower"]["signer"], sealed_at=NOW
    )

    def sign(on_date: date) -> str:
        return applications.sign_agreement(
            agreement_id=agreement.id, evidence=seal, now=NOW + timedelta(seconds=30), business_date=on_date
        ).status

    refused(lambda: sign(AFTER))
    assert sign(BEFORE) == "signed"


def test_a_draw_on_an_older_line(cap: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-16: the line stays what it was; a new draw is an act of its own day."""
    dear = borrower(rate=AnnualRate.parse("0.108000"))
    cheap = borrower(rate=AnnualRate.parse("0.072000"))
    assert draw(dear, "1000.00").amount == Money.parse("1000.00")
    monkeypatch.setattr("testkit.servicing.business_date", lambda: AFTER)
    assert refused(lambda: draw(dear, "1000.00")).params["cost_percent"] == "10.95"
    assert draw(cheap, "1000.00").amount == Money.parse("1000.00")


def test_a_repricing(cap: None) -> None:
    """J8: what a loan may cost is asked anew when its rate changes, for the day the change takes effect."""
    fund("10000.00")
    loan = lend(borrower(rate=AnnualRate.parse("0.072000")), "1000.00")

    def reprice(rate: str, from_date: date) -> object:
        return change_rate(
            loan_id=loan.id,
            annual_rate=AnnualRate.parse(rate),
            penalty_rate=AnnualRate.parse("0.150000"),
            from_date=from_date,
            reason="agreed",
            business_date=BEFORE,
            now=NOW,
        )

    assert refused(lambda: reprice("0.108000", AFTER)).params["cost_percent"] == "10.95"
    reprice("0.098000", AFTER)
    assert RateChange.objects.count() == 1
    reprice("0.108000", BEFORE)
