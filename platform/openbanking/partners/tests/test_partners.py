"""The bank's published list of scenes (R-09, R-10)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from kernel.refusals import Refusal
from openbanking.partners import operations, queries
from openbanking.partners.models import PartnerListing
from openbanking.partners.queries import PartnerView
from plumbing.audit.models import AuditRecord

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
FROM, UNTIL = date(2026, 11, 2), date(2026, 11, 20)
SCENE = uuid4()


def put(**changes: Any) -> PartnerView:
    entry = {
        "scene_id": SCENE,
        "scene_name": "鲜链云",
        "fee_rate": "0.006",
        "approved_by": "risk@qinglan.example",
        "listed_from": FROM,
        "now": NOW,
    }
    return operations.list_scene(**{**entry, **changes})


def take_off(**changes: Any) -> PartnerView:
    entry = {
        "scene_id": SCENE,
        "listed_until": UNTIL,
        "reason": "contract ended",
        "delisted_by": "risk@qinglan.example",
        "now": NOW,
    }
    return operations.delist_scene(**{**entry, **changes})


def test_new_business_only_while_listed(qinglan: str) -> None:
    """J2 F list: gone on 2026-11-20, refused from that day; the entry stays readable for servicing."""
    put()
    take_off()
    with pytest.raises(queries.PartnerNotListed):
        queries.require_listed(scene_id=SCENE, on_date=date(2026, 11, 1))
    assert queries.require_listed(scene_id=SCENE, on_date=FROM).fee_rate == Decimal("0.006000")
    assert queries.require_listed(scene_id=SCENE, on_date=date(2026, 11, 19)).fee_payer == "bank"
    with pytest.raises(queries.PartnerNotListed):
        queries.require_listed(scene_id=SCENE, on_date=UNTIL)
    assert [entry.listed_until for entry in queries.partners()] == [UNTIL]
    assert queries.partners(on_date=UNTIL) == ()


def test_a_scene_may_come_back(qinglan: str) -> None:
    put()
    take_off()
    with pytest.raises(operations.AlreadyListed):
        put(listed_from=date(2026, 11, 19))
    back = put(listed_from=UNTIL)
    assert queries.require_listed(scene_id=SCENE, on_date=UNTIL) == back


def test_the_same_entry_twice_is_one(qinglan: str) -> None:
    assert put() == put()
    assert (PartnerListing.objects.count(), AuditRecord.objects.filter(action="partner.listed").count()) == (
        1,
        1,
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fee_rate": "0.007"}, "partners.already_listed"),
        ({"scene_id": uuid4(), "fee_rate": "-0.001"}, "partners.listing_invalid"),
        ({"scene_id": uuid4(), "fee_rate": "1"}, "partners.listing_invalid"),
        ({"scene_id": uuid4(), "fee_rate": "0.0000001"}, "partners.listing_invalid"),
        ({"scene_id": uuid4(), "fee_rate": "much"}, "partners.listing_invalid"),
        ({"scene_id": uuid4(), "fee_rate": "NaN"}, "partners.listing_invalid"),
        ({"scene_id": uuid4(), "approved_by": " "}, "partners.listing_invalid"),
        ({"scene_id": uuid4(), "scene_name": ""}, "partners.listing_invalid"),
    ],
)
def test_a_refused_listing_leaves_no_row(qinglan: str, changes: Any, code: str) -> None:
    put()
    before = PartnerListing.objects.count(), AuditRecord.objects.count()
    with pytest.raises(Refusal) as refusal:
        put(**changes)
    assert refusal.value.code == code
    assert (PartnerListing.objects.count(), AuditRecord.objects.count()) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scene_id": uuid4()}, "partners.not_listed"),
        ({"listed_until": date(2026, 11, 1)}, "partners.delisting_too_early"),
        ({"reason": ""}, "partners.listing_invalid"),
        ({"delisted_by": ""}, "partners.listing_invalid"),
    ],
)
def test_a_refused_delisting_changes_nothing(qinglan: str, changes: Any, code: str) -> None:
    entry = put()
    before = AuditRecord.objects.count()
    with pytest.raises(Refusal) as refusal:
        take_off(**changes)
    assert refusal.value.code == code
    assert (queries.partners(), AuditRecord.objects.count()) == ((entry,), before)


def test_postgresql_refuses_a_fee_that_the_borrower_pays(qinglan: str) -> None:
    """R-10."""
    put()
    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerListing.objects.update(fee_payer="borrower")
