"""An application whose job was lost is assessed by the sweep, once; one that is too old is left to people."""

from datetime import timedelta

from interfaces.door import now
from interfaces.jobs import assessments, tasks
from kernel.ids import new_id
from lending.applications.queries import get_application
from plumbing.clock.queries import business_date
from testkit.applicants import admit, apply, list_scene


def submitted(seconds_ago: int) -> object:
    instant = now() - timedelta(seconds=seconds_ago)
    scene = list_scene(now=instant, listed_from=business_date())
    merchant = admit(now=instant, business_date=business_date(), scene_id=scene)
    return apply(merchant, now=instant, business_date=business_date()).id


def test_a_lost_assessment_is_made_up_for_once(qinglan: str) -> None:
    application_id = submitted(seconds_ago=10)
    assert tasks.sweep(schema="qinglan")["assessed"] == 1
    found = get_application(application_id=application_id, scene_id=None)
    assert found.status != "submitted"
    assert assessments.assess_lost() == 0
    assert tasks.assess(schema="qinglan", application_id=str(application_id)) == "applications.state_conflict"
    assert get_application(application_id=application_id, scene_id=None) == found


def test_what_is_on_its_way_or_long_stuck_is_left_alone(qinglan: str) -> None:
    fresh = submitted(seconds_ago=0)
    assert assessments.assess_lost() == 0
    assert get_application(application_id=fresh, scene_id=None).status == "submitted"


def test_an_application_nobody_made_is_refused(qinglan: str) -> None:
    assert tasks.assess(schema="qinglan", application_id=new_id()) == "applications.not_found"
