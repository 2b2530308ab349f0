"""A review whose job was lost is made up for by the sweep, once; news while it runs asks for another."""

from datetime import datetime, timedelta

from django.db import transaction

from interfaces.door import now
from interfaces.jobs import reviews, tasks
from lending.line_changes.queries import reviews_due
from lending.line_changes.review import ask_review, end_review
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from risk.decisions.models import Decision
from testkit.applicants import Applicant, admit, list_scene
from testkit.servicing import fund
from testkit.worlds import signed


def merchant() -> Applicant:
    fund("1000000.00")
    scene = list_scene(now=now(), listed_from=business_date())
    return admit(now=now(), business_date=business_date(), scene_id=scene)


def asked(shop: Applicant, seconds_ago: int) -> datetime:
    instant = now() - timedelta(seconds=seconds_ago)
    assert ask_review(enterprise_id=shop.enterprise_id, now=instant)
    return instant


def due() -> int:
    instant = now()
    return len(reviews_due(from_instant=instant - timedelta(days=1), to_instant=instant))


def test_a_lost_review_is_made_up_for_once(qinglan: str) -> None:
    shop = merchant()
    signed(shop, now=now())
    asked(shop, seconds_ago=30)
    decided = Decision.objects.count()
    assert tasks.sweep(schema="qinglan")["reviewed"] == 1
    assert Decision.objects.count() == decided + 1
    assert due() == reviews.review_lost() == 0
    with bank_schema("lian"):
        assert not Decision.objects.exists()


def test_the_job_itself_ends_what_was_due(qinglan: str) -> None:
    shop = merchant()
    signed(shop, now=now())
    asked(shop, seconds_ago=0)
    assert reviews.review_lost() == 0
    assert due() == 1
    tasks.review_lines(schema="qinglan", enterprise_id=str(shop.enterprise_id))
    assert due() == 0


def test_news_while_a_review_runs_asks_for_another(qinglan: str) -> None:
    shop = merchant()
    signed(shop, now=now())
    begun_at = asked(shop, seconds_ago=30)
    asked(shop, seconds_ago=10)
    with transaction.atomic():
        end_review(enterprise_id=shop.enterprise_id, begun_at=begun_at)
    assert due() == 1


def test_what_is_long_stuck_is_left_to_people(qinglan: str) -> None:
    shop = merchant()
    signed(shop, now=now())
    asked(shop, seconds_ago=2 * 3600)
    assert reviews.review_lost() == 0
    assert due() == 1


def test_a_merchant_without_a_line_has_nothing_to_review(qinglan: str) -> None:
    shop = merchant()
    assert not ask_review(enterprise_id=shop.enterprise_id, now=now())
    assert due() == 0
