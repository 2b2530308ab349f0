"""The risk manager's pages: a decision found, read and run again; a case taken, noted, decided and closed."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from interfaces.middleware import BankFromHostMiddleware
from interfaces.tests.portal import HOST, PEOPLE, signed_in
from kernel.ids import parse_id, public_id
from lending.applications.interviews import interview_given
from lending.applications.operations import assess_application
from plumbing.audit.models import AuditRecord
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from risk.cases import operations as cases
from risk.cases.models import CaseEvent
from risk.cases.states import CaseKind
from risk.decisions.models import Decision
from risk.decisions.operations import seal_decisions
from risk.monitoring.models import MonitorReference
from risk.overlays.queries import overlays
from testkit.applicants import Takings, admit, apply
from testkit.clock import NOON
from testkit.scenes import open_scene

OFFICER = "credit@qinglan.example"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is there, and what they look at: an application each, declined and referred, and a warning."""

    risk: Client
    officer: Client
    declined: str
    referred: str
    case: str
    warning: str


@pytest.fixture(scope="module")
def desk(module_database: str) -> Iterator[Desk]:
    BankFromHostMiddleware.forget_hosts()
    cache.clear()
    scene = open_scene("risk-pages", banks=["qinglan"])
    given = {
        7: Takings(days=40, sales_a_day=1, sale="18.00"),
        8: Takings(days=190, sales_a_day=3, refund_every=7),
    }
    made = []
    with bank_schema("qinglan"), transaction.atomic():
        today = business_date()
        for number, takings in given.items():
            shop = admit(
                now=NOON, business_date=today, scene_id=scene.scene_id, number=number, takings=takings
            )
            asked = apply(shop, now=NOON, business_date=today)
            done = assess_application(application_id=asked.id, now=NOON, business_date=today)
            made.append(public_id("app", done.id))
        warning = cases.open_case(
            kind=CaseKind.WARNING,
            subject=public_id("biz", shop.enterprise_id),
            reason="no_sales",
            evidence={"warning": {"level": "act", "signals": [{"signal": "no_sales", "value": "20"}]}},
            now=NOON,
        )
    risk = signed_in(HOST, PEOPLE["risk"], json=True)
    [referral] = risk.get("/cases?kind=referral").json()["cases"]
    officer = signed_in(HOST, OFFICER, json=True)
    yield Desk(risk, officer, made[0], made[1], referral["id"], warning.public_id)
    BankFromHostMiddleware.forget_hosts()


def found(desk: Desk, query: str) -> list[str]:
    return [row["subject"] for row in desk.risk.get(f"/decisions?{query}").json()["decisions"]]


def test_decisions_are_found_by_what_is_asked(desk: Desk) -> None:
    assert found(desk, "") == [desk.referred, desk.declined]
    assert found(desk, f"q={desk.declined}") == found(desk, "verdict=decline") == [desk.declined]
    assert found(desk, "reason=refunds_high") == [desk.referred]
    assert (
        found(desk, "role=shadow") == found(desk, "from=2030-01-01") == found(desk, "until=2020-01-01") == []
    )
    with bank_schema("qinglan"):
        day = business_date().isoformat()
    assert len(found(desk, f"from={day}&until={day}")) == 2
    assert desk.risk.get("/decisions?from=soon").status_code == 400
    [row] = desk.risk.get(f"/decisions?q={desk.declined}").json()["decisions"]
    assert desk.risk.get(f"/decisions?q={row['id']}").url == f"/decisions/{row['id']}"  # type: ignore[attr-defined]
    assert desk.risk.get(f"/decisions/{desk.declined}").status_code == 404


def test_the_field_interview_is_asked_answered_and_read_by_the_next_decision(desk: Desk) -> None:
    """S2-32: kept of the enterprise; without a cross stage the photographs alone are asked for."""
    path = f"/cases/{desk.case}"
    given = {"question": "photos", "answer": "explained", "note": "seen", "photos": "ab" * 32}
    assert signed_in(HOST, PEOPLE["audit"], json=True).post(f"{path}/interview").status_code == 403
    assert desk.officer.post(f"{path}/interview/answer", given).json()["code"] == "form.field_invalid"
    assert desk.risk.post(f"/cases/{desk.warning}/interview").status_code == 400  # nobody is visited for it
    assert desk.risk.get(path).json()["interview"] is None
    raised = desk.officer.post(f"{path}/interview").json()
    assert ([one["code"] for one in raised["questions"]], raised["unanswered"]) == (["photos"], 1)
    wrong = desk.officer.post(f"{path}/interview/answer", given | {"photos": "a picture"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "cross_checks.answer_invalid")
    far = {"latitude": "30.27", "longitude": "NaN"}
    wrong = (far, {"latitude": "30.27"}, far | {"longitude": "1E999999999"})
    for typed in wrong:
        assert desk.officer.post(f"{path}/interview/answer", given | typed).status_code == 400
    assert desk.risk.get(path).json()["interview"] == raised

    answered = desk.officer.post(f"{path}/interview/answer", given | far | {"longitude": "120.15"}).json()

    assert (answered["unanswered"], answered["answers"][0]["place"]) == (0, ["30.270000", "120.150000"])
    page = signed_in(HOST, OFFICER).get(path).content.decode()
    assert "Photographs of the premises" in page
    assert "30.270000, 120.150000" in page
    with bank_schema("qinglan"):
        shop = parse_id("biz", Decision.objects.get(subject=desk.referred).borrower)
        today = business_date()
        facts = interview_given(enterprise_id=shop, on_date=today)
        assert (facts["interview.done"], facts["interview.photos"], facts["interview.geotagged"]) == (
            True,
            1,
            True,
        )
        assert interview_given(enterprise_id=shop, on_date=today, wanted=frozenset({"receipts.days"})) == {}
    with bank_schema("lian"):
        assert interview_given(enterprise_id=shop, on_date=date(2026, 11, 10)) == {}


def test_older_decisions_are_a_page_on_with_what_was_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interfaces.bank.decisions.ROWS", 1)
    person, query, seen = signed_in(HOST, PEOPLE["audit"]), "?role=champion&reason=", []
    while query:
        seen += found(desk, query[1:])
        page = person.get(f"/decisions{query}").content.decode()
        older = re.search(r'class="pager"><a class="button plain" href="(\?[^"]+)"', page)
        query = html.unescape(older[1]) if older else ""
        assert not query or "role=champion" in query
    assert seen == [desk.referred, desk.declined]


def test_one_decision_says_what_was_known_what_judged_it_and_what_would_have_changed_it(desk: Desk) -> None:
    [row] = desk.risk.get("/decisions?verdict=decline").json()["decisions"]
    path = f"/decisions/{row['id']}"
    reader = signed_in(HOST, PEOPLE["audit"])
    page = reader.get(path).content.decode()
    for part in ("not known", "Scene data", "history_short", "not sealed yet", desk.declined):
        assert part in page
    with bank_schema("qinglan"), transaction.atomic():
        seal_decisions(now=NOON)
    assert "number 1" in reader.get(path).content.decode()
    whole = desk.risk.get(path).json()
    assert (whole["verdict"], whole["trace"][-1]["stage"]) == ("decline", "verdict")


def test_a_replay_says_whether_it_is_the_same_and_writes_nothing(desk: Desk) -> None:
    [row] = desk.risk.get("/decisions?verdict=decline").json()["decisions"]
    path = f"/decisions/{row['id']}/replay"
    with bank_schema("qinglan"):
        before = Decision.objects.count()
    assert signed_in(HOST, OFFICER, json=True).post(path).status_code == 403
    assert desk.risk.post(path).json()["identical"] is True
    said = signed_in(HOST, PEOPLE["risk"]).post(path, follow=True).content.decode()
    assert "the same to the byte" in said
    with bank_schema("qinglan"):
        assert Decision.objects.count() == before


def test_a_warning_is_taken_noted_decided_and_closed_and_refusals_write_nothing(desk: Desk) -> None:
    path = f"/cases/{desk.warning}"

    def act(client: Client, name: str, **fields: str) -> int:
        return client.post(f"{path}/{name}", fields).status_code

    def events() -> int:
        with bank_schema("qinglan"):
            return CaseEvent.objects.filter(case__subject__startswith="biz_").count()

    auditor = signed_in(HOST, PEOPLE["audit"], json=True)
    assert act(auditor, "assign") == 403
    assert signed_in(HOST, PEOPLE["product"], json=True).get(path).status_code == 403
    assert act(desk.risk, "decide", outcome="reviewed", reason="Called") == 409  # nobody has it
    assert act(desk.risk, "note") == 400
    assert events() == 1
    assert act(desk.risk, "assign") == 200
    assert act(desk.officer, "decide", outcome="reviewed", reason="Called") == 403  # another person has it
    assert act(desk.risk, "decide", outcome="approved", reason="Called") == 400
    assert act(desk.risk, "review", outcome="declined", reason="no") == 403
    assert events() == 2
    assert act(desk.risk, "decide", outcome="frozen", reason="Called") == 422  # not without the act
    frozen = {"action": "freeze", "reason": "Nobody answers"}
    assert act(auditor, "propose", **frozen) == act(desk.officer, "propose", **frozen) == 403
    assert act(desk.risk, "propose", **frozen | {"action": "shout"}) == 400
    assert act(desk.risk, "propose", action="cut", factor="2", reason="x") == 400
    assert act(desk.risk, "propose", **frozen) == 200
    waits = desk.risk.get(path).json()["proposal"]
    assert (waits["action"], waits["proposed_by"]) == ("freeze", PEOPLE["risk"])
    checker = signed_in(HOST, "risk.checker@qinglan.example", language="zh-hans")
    assert f"{path}/sign" not in signed_in(HOST, PEOPLE["risk"]).get(path).content.decode()
    assert f"{path}/sign" in checker.get(path).content.decode()
    assert act(desk.risk, "sign", proposal=waits["id"]) == 422
    told = checker.post(f"{path}/sign", {"proposal": waits["id"]}, follow=True).content.decode()
    assert "已没有可执行" in told  # the applicant has no line: nothing would change
    assert act(desk.risk, "reject", proposal=waits["id"], reason="No line") == 200
    assert act(desk.risk, "sign", proposal=waits["id"]) == 409
    assert events() == 4
    assert act(desk.risk, "propose", **frozen) == 200
    assert act(desk.officer, "note", text="The stall moved next door") == 200
    assert act(desk.risk, "decide", outcome="reviewed", reason="Moved, sells again") == 200
    assert desk.risk.get(path).json()["proposal"] is None  # decided otherwise
    assert act(desk.risk, "close", text="Address corrected") == 200
    assert act(desk.risk, "note", text="late") == 409
    said = auditor.get(path).json()
    assert (said["status"], said["outcome"], len(said["events"])) == ("closed", "reviewed", 8)
    page = signed_in(HOST, PEOPLE["audit"]).get(path).content.decode()
    assert "The stall moved next door" in page and "/assign" not in page


def test_a_referred_application_is_decided_on_its_case_by_who_has_it(desk: Desk) -> None:
    path = f"/cases/{desk.case}"
    approve = {"outcome": "approved", "amount": "8000", "reason": "Refunds were one spoilt batch"}
    assert desk.officer.post(f"{path}/review", approve).status_code == 403  # not taken yet
    assert desk.officer.post(f"{path}/assign").status_code == 200
    assert desk.officer.post(f"{path}/decide", approve).status_code == 400  # not beside its application
    assert desk.officer.post(f"{path}/review", approve | {"amount": "0"}).status_code == 400
    assert desk.officer.post(f"{path}/review", approve | {"outcome": "cut"}).status_code == 400
    assert desk.risk.get(path).json()["status"] == "assigned"
    page = signed_in(HOST, OFFICER).get(path).content.decode()
    assert "Decide the application" in page and "refunds_high" in page
    assert desk.officer.post(f"{path}/review", approve).json()["outcome"] == "approved"
    with bank_schema("qinglan"):
        from_case = AuditRecord.objects.filter(action="application.resolve").count()
    assert (desk.risk.get(path).json()["status"], from_case) == ("closed", 1)
    assert desk.officer.post(f"{path}/review", approve).status_code == 409


def test_the_watch_shows_what_is_known_and_refuses_what_it_does_not_know(desk: Desk) -> None:
    page = signed_in(HOST, PEOPLE["audit"]).get("/monitors").content.decode()
    assert "No decision has reached this horizon yet." in page
    said = desk.risk.get("/monitors?horizon=mob3").json()
    assert (said["horizon"], said["vintages"], said["stress"]) == ("mob3", [], None)
    assert desk.risk.get("/monitors?horizon=week").status_code == 400
    assert desk.risk.get("/monitors?strategy=nothing").status_code == 400
    assert desk.officer.get("/monitors").status_code == 403


def test_a_reference_is_set_anew_by_who_may_and_never_of_too_few_decisions(desk: Desk) -> None:
    said = desk.risk.get("/monitors").json()
    assert (said["references"], said["reference_prospect"]["decisions"]) == ([], 0)  # today is not over
    asked = {"strategy": "receipts_revolving", "from": "2026-10-01", "to": "2026-11-01"}
    auditor = signed_in(HOST, PEOPLE["audit"], json=True)
    assert auditor.post("/monitors/reference", asked).status_code == 403
    for change, code in (
        ({}, "monitoring.reference_too_small"),
        ({"to": "2031-01-01"}, "monitoring.reference_period_invalid"),
        ({"to": "2026-09-01"}, "period_invalid"),
        ({"from": "soon"}, "form.field_invalid"),
        ({"strategy": "nothing"}, "strategies.strategy_missing"),
    ):
        assert desk.risk.post("/monitors/reference", asked | change).json()["code"] == code
    reader = signed_in(HOST, PEOPLE["risk"], language="zh-hans")
    told = reader.post("/monitors/reference", asked, follow=True).content.decode()
    assert "尚未形成基准" in told and 'class="notice bad"' in told and "Learn anew" not in told
    with bank_schema("qinglan"):
        assert not MonitorReference.objects.exists()


def test_a_model_is_moved_on_by_who_may_sign_and_only_along_its_table(desk: Desk) -> None:
    [model] = desk.risk.get("/models").json()["models"]
    path = f"/models/{model['id']}"
    assert model["status"] == "approved"
    auditor = signed_in(HOST, PEOPLE["audit"], json=True)
    assert auditor.post(f"{path}/move", {"status": "retired", "note": "old"}).status_code == 403
    assert desk.risk.post(f"{path}/move", {"status": "developed", "note": "again"}).status_code == 409
    assert desk.risk.post(f"{path}/move", {"status": "monitored"}).status_code == 400
    page = signed_in(HOST, PEOPLE["audit"]).get(path).content.decode()
    for part in ("out_of_time_2004_09", "DisbursementGross", "risk.checker@qinglan.example"):
        assert part in page
    assert auditor.get(path).json()["status"] == "approved"
    assert desk.risk.post(f"{path}/move", {"status": "monitored", "note": "In use"}).json()["status"] == (
        "monitored"
    )


def test_an_overlay_and_a_policy_of_the_warnings_are_signed_by_two_people_on_the_watch(desk: Desk) -> None:
    checker = signed_in(HOST, "risk.checker@qinglan.example", json=True)
    with bank_schema("qinglan"):
        today = business_date()
    overlay = {"log_odds_shift": "-0.25", "effective_from": today.isoformat(), "reason": "Harvest came in"}
    policy = {"effective_from": today.isoformat(), "reason": "Fewer false calls", "fresh_days": "60"}
    policy |= {"value.no_sales": "21", "level.tax_late": "none"}
    past = {"effective_from": (today - timedelta(days=1)).isoformat()}
    refused = (
        ("/monitors/overlay", overlay | past, "overlays.overlay_invalid"),
        ("/monitors/overlay", overlay | {"log_odds_shift": "9"}, "overlays.overlay_invalid"),
        ("/monitors/overlay", overlay | {"log_odds_shift": "NaN"}, "form.field_invalid"),
        ("/monitors/policy", policy | past, "warnings.policy_in_past"),
        ("/monitors/policy", policy | {"fresh_days": "0"}, "warnings.policy_invalid"),
        ("/monitors/policy", policy | {"level.no_sales": "loud"}, "warnings.policy_invalid"),
    )
    for path, form, code in refused:
        assert desk.risk.post(path, form).json()["code"] == code
        assert signed_in(HOST, PEOPLE["audit"], json=True).post(path, form).status_code == 403
    assert desk.risk.get("/monitors").json()["waiting"] == []

    for path, form in (("/monitors/overlay", overlay), ("/monitors/policy", policy)):
        assert desk.risk.post(path, form).status_code == 201
    waiting = {one["kind"]: parse_id("prp", one["id"]) for one in checker.get("/monitors").json()["waiting"]}
    approve = {kind: f"/monitors/proposals/{key}/approve" for kind, key in waiting.items()}
    own, other = (
        signed_in(HOST, email, language="zh-hans").get("/monitors").content.decode()
        for email in (PEOPLE["risk"], "risk.checker@qinglan.example")
    )
    for path in approve.values():
        assert path not in own and path in other
        assert desk.risk.post(path).json()["code"] == "strategies.same_person"
    for part in ("-0.25", "Harvest came in", "&gt;= 14 → act", "&gt;= 21 → act"):
        assert part in other
    said = desk.risk.get("/monitors").json()["warning_policy"]
    assert (said["version"], said["fresh_days"]) == (0, 90)
    assert [checker.post(path).status_code for path in approve.values()] == [200, 200]
    assert checker.post(approve["cycle_overlay"]).status_code == 409
    said = desk.risk.get("/monitors").json()
    signals = {row["signal"]: row["value"] for row in said["warning_policy"]["signals"]}
    assert (said["warning_policy"]["version"], said["waiting"]) == (1, [])
    assert signals["no_sales"] == "21" and "tax_late" not in signals
    with bank_schema("qinglan"):
        [signed] = overlays()
    assert signed.signed_by == (PEOPLE["risk"], "risk.checker@qinglan.example")


def test_what_is_known_is_written_found_renewed_and_ended(desk: Desk) -> None:
    """Back-tested as it is written, linked from the strategy's rule; an end that has come shows (S4-11)."""
    page = desk.risk.get("/strategy").json()["versions"]
    version = next(row for row in page if row["status"] == "in_force")
    with bank_schema("qinglan"):
        today = business_date()
    asked = {
        "code": "why_months_open",
        "title_en": "First half-year",
        "title_zh": "开业半年内",
        "text_en": "Early takings say little.",
        "text_zh": "早期收款说明不了什么。",
        "evidence": "Vintages by age https://bank.example/vintages",
        "owner": PEOPLE["risk"],
        "expires_date": today + timedelta(days=90),
        "tags": "retail，young",
        "rule": f"{version['sha256']} months_open",
        "tested_from": today - timedelta(days=30),
        "tested_to": today + timedelta(days=1),
    }
    auditor = signed_in(HOST, PEOPLE["audit"], json=True)
    assert auditor.post("/knowledge/write", asked).status_code == 403
    refused = desk.risk.post("/knowledge/write", asked | {"evidence": "none http://bank.example"})
    assert (refused.status_code, refused.json()["code"]) == (400, "knowledge.entry_invalid")
    person = signed_in(HOST, PEOPLE["risk"], language="zh-hans")
    again = person.post("/knowledge/write", asked | {"expires_date": today})
    assert (again.status_code, "应在明天至两年内" in again.content.decode()) == (422, True)
    assert "早期收款说明不了什么。" in again.content.decode()  # nothing typed is lost
    assert auditor.get("/knowledge?q=takings").json() == {"entries": []}

    written = desk.risk.post("/knowledge/write", asked)

    assert (written.status_code, written.json()["version"]) == (201, 1)
    assert written.json()["backtest"]["cases"] > 0
    assert written.json()["condition"]["op"] == "not"
    [found] = auditor.get("/knowledge?rule=months").json()["entries"]
    assert (found["code"], found["tags"], found["status"]) == (asked["code"], ["retail", "young"], "live")
    assert f"/knowledge/entries/{asked['code']}" in (
        signed_in(HOST, PEOPLE["audit"]).get(f"/strategy/documents/{version['id']}").content.decode()
    )
    form = signed_in(HOST, PEOPLE["risk"]).get(f"/knowledge/entries/{asked['code']}").content.decode()
    assert f'value="{asked["rule"]}" selected' in form
    tomorrow = today + timedelta(days=1)
    assert desk.risk.post("/knowledge/write", asked | {"expires_date": tomorrow}).json()["version"] == 2
    entry = auditor.get(f"/knowledge/entries/{asked['code']}").json()
    assert (entry["expires_date"], [row["version"] for row in entry["versions"]]) == (str(tomorrow), [1, 2])
    assert auditor.get("/knowledge/entries/nothing").status_code == 404
    assert auditor.get("/knowledge?status=dead").status_code == 400
