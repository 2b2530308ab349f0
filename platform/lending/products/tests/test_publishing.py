"""Drafting, publishing and retiring versions, and what the table itself refuses."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.ids import new_id
from kernel.money import Money
from kernel.rates import AnnualRate
from lending.products import operations, queries
from lending.products.models import ProductVersion
from lending.products.publish_check import CostCapExceeded
from lending.products.terms import Collector, Fee, Payer, ProductTerms, ProductView
from openbanking.partners.operations import list_scene
from plumbing.audit.models import AuditRecord
from plumbing.outbox.queries import events_about

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
MAKER, CHECKER = "maker@qinglan.example", "checker@qinglan.example"
TERMS = ProductTerms(
    code="tea_house",
    name_zh="茶馆贷",
    name_en="Tea house line",
    limit_min=Money.parse("5000"),
    limit_max=Money.parse("50000"),
    draw_min=Money.parse("100"),
    annual_rate=AnnualRate.parse("0.090000"),
    overdue_uplift=Decimal("0.400000"),
    fees=(Fee("service", "Scene service", "场景服务费", Collector.SCENE, Payer.BANK, Decimal("0.006")),),
)


def snapshot() -> tuple[list[tuple[object, ...]], int]:
    """Return every product row and the number of audit records."""
    return list(ProductVersion.objects.order_by("id").values_list()), AuditRecord.objects.count()


def draft(**changes: object) -> ProductView:
    return operations.draft_product(terms=replace(TERMS, **changes), drafted_by=MAKER, now=NOW)


def test_a_draft_is_not_on_offer_until_somebody_else_publishes_it(qinglan: str) -> None:
    drafted = draft()
    with pytest.raises(queries.ProductNotFound):
        queries.current_product(code="tea_house", on_date=TODAY)
    published = operations.publish_product(
        product_version_id=drafted.id, published_by=CHECKER, on_date=TODAY, now=NOW
    )
    assert (published.status, published.version, published.all_in_cost) == (
        "published",
        1,
        Decimal("0.091250"),
    )
    assert queries.current_product(code="tea_house", on_date=TODAY) == published
    assert published.fees == TERMS.fees
    assert [record.action for record in AuditRecord.objects.order_by("position")][-2:] == [
        "product.draft",
        "product.publish",
    ]


def test_the_drafter_may_not_publish(qinglan: str) -> None:
    """J1 F(c)."""
    drafted, before = draft(), snapshot()
    with pytest.raises(operations.SamePerson):
        operations.publish_product(product_version_id=drafted.id, published_by=MAKER, on_date=TODAY, now=NOW)
    assert snapshot() == before


def test_the_table_refuses_one_person_for_both(qinglan: str) -> None:
    drafted = draft()
    with pytest.raises(IntegrityError, match="product_maker_is_not_checker"), transaction.atomic():
        ProductVersion.objects.filter(id=drafted.id).update(published_by=MAKER)


def test_a_product_above_the_cap_stays_a_draft(qinglan: str) -> None:
    """J1 F(a): 23.8 % nominal is 24.13 %."""
    drafted, before = draft(annual_rate=AnnualRate.parse("0.238000")), snapshot()
    with pytest.raises(CostCapExceeded) as refusal:
        operations.publish_product(
            product_version_id=drafted.id, published_by=CHECKER, on_date=TODAY, now=NOW
        )
    assert refusal.value.params["cost_percent"] == "24.13"
    assert snapshot() == before


def test_terms_that_contradict_themselves_are_not_drafted(qinglan: str) -> None:
    before = snapshot()
    for changes in (
        {"limit_min": Money.parse("60000")},
        {"draw_min": Money.parse("6000")},
        {"tenor_days_min": 0},
        {"annual_rate": AnnualRate.parse("0")},
        {"overdue_uplift": Decimal("-0.1")},
        {"overdue_uplift": Decimal("NaN")},
        {"prepayment_fee": Decimal("NaN")},
        {"purposes": ()},
        {"data_classes": ()},
        {"quote_days": 0},
        {"name_zh": ""},
    ):
        with pytest.raises(operations.TermsInvalid):
            draft(**changes)
    with pytest.raises(operations.TermsInvalid):
        operations.draft_product(terms=TERMS, drafted_by="", now=NOW)
    assert snapshot() == before


def test_a_version_is_published_once(qinglan: str) -> None:
    drafted = draft()
    operations.publish_product(product_version_id=drafted.id, published_by=CHECKER, on_date=TODAY, now=NOW)
    before = snapshot()
    with pytest.raises(operations.NotADraft):
        operations.publish_product(
            product_version_id=drafted.id, published_by=CHECKER, on_date=TODAY, now=NOW
        )
    assert snapshot() == before


def test_a_later_version_takes_over_from_its_day(qinglan: str) -> None:
    first = operations.publish_product(
        product_version_id=draft().id, published_by=CHECKER, on_date=TODAY, now=NOW
    )
    second = operations.publish_product(
        product_version_id=draft(annual_rate=AnnualRate.parse("0.080000")).id,
        published_by=CHECKER,
        on_date=date(2026, 12, 1),
        now=NOW,
    )
    assert (first.version, second.version) == (1, 2)
    assert queries.current_product(code="tea_house", on_date=date(2026, 11, 30)) == first
    assert queries.current_product(code="tea_house", on_date=date(2026, 12, 1)) == second
    assert queries.get_product(product_version_id=first.id) == first
    assert [p for p in queries.products_on_offer(on_date=date(2026, 12, 1)) if p.code == "tea_house"] == [
        second
    ]


def test_a_retired_version_is_off_offer_and_brings_no_older_one_back(qinglan: str) -> None:
    published = [
        operations.publish_product(
            product_version_id=draft().id, published_by=CHECKER, on_date=TODAY, now=NOW
        )
        for _ in range(2)
    ]
    retired = {"product_version_id": published[1].id, "retired_by": CHECKER, "on_date": TODAY, "now": NOW}
    operations.retire_product(**retired)
    with pytest.raises(queries.ProductNotFound):
        queries.current_product(code="tea_house", on_date=TODAY)
    before = snapshot()
    with pytest.raises(operations.NotPublished):
        operations.retire_product(**retired)
    assert snapshot() == before


def test_every_scene_on_the_list_hears_of_a_product_in_a_sequence_of_its_own(qinglan: str) -> None:
    first, second, later = new_id(), new_id(), new_id()
    for scene_id, listed_from in ((first, TODAY), (later, date(2026, 12, 1))):
        list_scene(
            scene_id=scene_id,
            scene_name="鲜链云",
            fee_rate="0.006000",
            approved_by=CHECKER,
            listed_from=listed_from,
            now=NOW,
        )
    on = {"published_by": CHECKER, "on_date": TODAY, "now": NOW}
    published = operations.publish_product(product_version_id=draft().id, **on)
    list_scene(
        scene_id=second,
        scene_name="拉面帮",
        fee_rate="0.006000",
        approved_by=CHECKER,
        listed_from=TODAY,
        now=NOW,
    )
    operations.retire_product(product_version_id=published.id, retired_by=CHECKER, on_date=TODAY, now=NOW)
    told = [
        (event.scene_id, event.type, event.sequence, event.data["object"]["status"])
        for event in events_about(subject="tea_house")
    ]
    assert sorted(told) == sorted(
        [
            (first, "product.changed", 1, "published"),
            (first, "product.changed", 2, "retired"),
            (second, "product.changed", 1, "retired"),
        ]
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE products_productversion SET annual_rate = 0.01 WHERE id = %s",
        "UPDATE products_productversion SET purposes = '{housing}' WHERE id = %s",
        "UPDATE products_productversion SET status = 'draft' WHERE id = %s",
        "UPDATE products_productversion SET status = 'retired', limit_max = 1000000000 WHERE id = %s",
        "DELETE FROM products_productversion WHERE id = %s",
    ],
)
def test_the_table_refuses_any_change_of_a_published_version(qinglan: str, statement: str) -> None:
    published = operations.publish_product(
        product_version_id=draft().id, published_by=CHECKER, on_date=TODAY, now=NOW
    )
    before = snapshot()
    with (
        pytest.raises(IntegrityError, match="tea_house v1"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [published.id])
    assert snapshot() == before


def test_a_bank_is_born_with_the_receipts_product_and_seeding_again_changes_nothing(qinglan: str) -> None:
    """J1: 5,000 to 300,000 at 10.8 %, one day to twelve months, half again when overdue, two people."""
    born = queries.current_product(code="receipts_revolving", on_date=TODAY)
    assert (str(born.limit_min), str(born.limit_max), str(born.draw_min)) == (
        "5000.00",
        "300000.00",
        "100.00",
    )
    assert (str(born.annual_rate), born.annual_rate.basis) == ("0.108000", 360)
    assert (born.tenor_days_min, born.tenor_days_max) == (1, 365)
    assert born.overdue_uplift == Decimal("0.5")
    assert born.all_in_cost == Decimal("0.109500")
    assert born.drafted_by != born.published_by
    before = snapshot()
    again = operations.seed_first_product(drafted_by=MAKER, published_by=CHECKER, on_date=TODAY, now=NOW)
    assert again == born
    assert snapshot() == before


def test_one_bank_does_not_see_the_other_banks_products(banks: tuple[str, str], qinglan: str) -> None:
    operations.publish_product(product_version_id=draft().id, published_by=CHECKER, on_date=TODAY, now=NOW)
    assert len(queries.products()) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM lian.products_productversion")
        assert cursor.fetchone() == (2,)


def test_a_flat_rate_is_drafted_only_to_be_refused(qinglan: str) -> None:
    """12 % on the first principal for ever costs 21.46 % (2.2 E)."""
    terms = replace(TERMS, code="flat", repayment_method="flat", revolving=False, instalment_count=12)
    flat = operations.draft_product(terms=terms, drafted_by=MAKER, now=NOW)
    with pytest.raises(operations.FlatRateRefused):
        operations.publish_product(product_version_id=flat.id, published_by=CHECKER, on_date=TODAY, now=NOW)
    assert queries.get_product(product_version_id=flat.id).status == "draft"


@pytest.mark.parametrize(
    "wrong",
    [
        {"repayment_method": "balloon"},
        {"period_unit": "moon"},
        {"prepayment": "never"},
        {"day_count": "30/365"},
        {"instalment_count": 0},
        {"grace_principal_count": 12},
        {"anchor_day": 32},
        {"prepayment_fee": Decimal(1)},
        {"revolving": True, "repayment_method": "bullet"},
    ],
)
def test_a_schedule_that_contradicts_itself_is_refused(qinglan: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(operations.TermsInvalid):
        operations.draft_product(terms=replace(TERMS, **wrong), drafted_by=MAKER, now=NOW)
    assert len(queries.products()) == 2


def test_the_quote_uses_the_banks_calendar(qinglan: str) -> None:
    """2026-10-31 is a Saturday off: due on Monday 11-02."""
    product = queries.current_product(code="receipts_revolving", on_date=TODAY)
    quote = queries.quote(
        product=product, amount=Money.parse("12000"), tenor_days=30, draw_date=date(2026, 10, 1)
    )
    assert (quote.due_date, str(quote.interest)) == (date(2026, 11, 2), "115.20")
