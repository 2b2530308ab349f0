"""The signing page, through the door: what it shows, what it takes, what it refuses."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from interfaces.borrower import signing
from kernel.ids import public_id
from lending.applications import operations, queries
from lending.applications.models import Agreement, Application
from lending.applications.views import AgreementView
from lending.credit_lines.models import CreditLine
from lending.products.operations import TERM_PRODUCT
from openbanking.consents import operations as consents
from plumbing.clock.queries import business_date
from plumbing.outbox.models import OutboxEvent
from plumbing.schemas import bank_schema, public_schema
from tenants.scenes.operations import onboard_scene
from testkit.applicants import Applicant, admit, agree, list_scene

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
HOST = "qinglan.localhost"
AS_JSON = {"HTTP_ACCEPT": "application/json"}


class Browser(Client):
    """A client after which the test is back in the bank's schema: the middleware leaves the public one."""

    def request(self, **request: Any) -> HttpResponse:
        with bank_schema("qinglan"):
            answer: HttpResponse = super().request(**request)
        return answer


class Clock:
    """The door's clock, in the test's hand."""

    def __init__(self) -> None:
        self.instant = NOW

    def __call__(self) -> datetime:
        return self.instant

    def wait(self, seconds: int) -> None:
        self.instant += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hand = Clock()
    monkeypatch.setattr(signing, "now", hand)
    return hand


@pytest.fixture
def shop(qinglan: str) -> Applicant:
    assert business_date() == TODAY
    return admit(now=NOW, business_date=TODAY, scene_id=list_scene(now=NOW, listed_from=TODAY))


@pytest.fixture
def agreement(shop: Applicant) -> AgreementView:
    return agree(shop, now=NOW, business_date=TODAY)


@pytest.fixture
def address(agreement: AgreementView) -> str:
    return f"/sign/{agreement.signing_token}"


@pytest.fixture
def browser(clock: Clock) -> Browser:
    """Return a browser that checks CSRF, as a real one meets it."""
    return Browser(headers={"host": HOST, "accept-language": "en"}, enforce_csrf_checks=True)


def snapshot() -> tuple[object, ...]:
    return (
        list(Application.objects.values_list()),
        list(Agreement.objects.values_list()),
        list(CreditLine.objects.values_list()),
        OutboxEvent.objects.count(),
    )


def reread(agreement: AgreementView) -> AgreementView:
    return queries.get_agreement(agreement_id=agreement.id, scene_id=None)


def words(html: str) -> str:
    """Return the page's text without its tags, in reading order."""
    body = re.sub(r"(?s)<(script|style|head).*?</\1>", " ", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["drawn once within 365 days", "every month (level instalments)", "compound interest"]),
        ("zh-hans", ["等额本息", "每月", "对逾期利息按同一利率计收复利"]),
    ],
)
def test_a_term_loan_lists_every_instalment_and_what_late_and_early_cost(
    shop: Applicant, browser: Browser, language: str, said: list[str]
) -> None:
    """P-03: the schedule, the penalty and its compounding, and the borrower's choice when prepaying."""
    made = agree(shop, now=NOW, business_date=TODAY, tenor_days=None, product_code=TERM_PRODUCT)
    text = words(browser.get(f"/sign/{made.signing_token}?lang={language}").content.decode())
    rows = made.terms["disclosure"]["example"]["schedule"]
    assert (len(rows), rows[0]["total"], rows[0]["interest"]) == (12, "1039.43", "72.00")
    places = [text.index(row["due_date"]) for row in rows]
    assert places == sorted(places)
    for part in ("7.20%", "1,039.43", "10.80%", "12,473.15", *said):
        assert part in text
    assert made.document.count("1039.43") == 2 * 11


@pytest.mark.parametrize(
    ("language", "lender", "in_order"),
    [
        (
            "en",
            "Qinglan Rural Commercial Bank",
            ["10.80%", "10.95%", "12,000.00", "108.00", "16.20%", "12,108.00"],
        ),
        ("zh-hans", "青澜农商银行", ["10.80%", "10.95%", "12,000.00", "108.00", "16.20%", "12,108.00"]),
    ],
)
def test_the_page_shows_lender_rate_and_cost_in_that_order(
    browser: Browser, address: str, language: str, lender: str, in_order: list[str]
) -> None:
    """P-01: the annual rate before anything else of the price; P-03: the table; portals: the lender first."""
    answer = browser.get(f"{address}?lang={language}")
    text = words(answer.content.decode())
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()
    places = [text.index(part) for part in (lender, *in_order)]
    assert places == sorted(places)
    assert text.index(lender) < text.index("拉面帮收银")
    assert "0.03%" not in text
    assert "30 " in text


def test_nothing_is_ticked_beforehand_and_nothing_is_inline(browser: Browser, address: str) -> None:
    """P-09; strict CSP."""
    html = browser.get(address).content.decode()
    checkbox = re.search(r"<input type=\"checkbox\"[^>]*>", html)
    assert checkbox is not None
    assert "checked" not in checkbox[0]
    assert "required" in checkbox[0]
    assert "style=" not in html
    assert not re.search(r"<script(?![^>]*src=)", html)
    assert "onclick" not in html


def test_the_answer_is_private(browser: Browser, address: str) -> None:
    answer = browser.get(address)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "DENY"


def test_a_person_reads_ticks_and_signs(
    browser: Browser, clock: Clock, address: str, agreement: AgreementView
) -> None:
    browser.get(address)
    clock.wait(10)
    answer = browser.post(address, {"confirmed": "on", "action": "sign"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    signed = reread(agreement)
    assert signed.status == "signed"
    assert CreditLine.objects.get().id == signed.credit_line_id
    page = words(browser.get(address).content.decode())
    assert "Your credit line of CNY 12,000.00 is open." in page
    assert "I do not want this" not in page


def test_a_script_signs_over_json(
    browser: Browser, clock: Clock, address: str, agreement: AgreementView
) -> None:
    shown = browser.get(address, **AS_JSON).json()
    assert (shown["status"], shown["reading_seconds"], shown["id"]) == ("pending", 10, agreement.public_id)
    clock.wait(shown["reading_seconds"])
    signed = browser.post(address, {"confirmed": True}, content_type="application/json", **AS_JSON)
    assert signed.status_code == 200
    body = signed.json()
    assert body["status"] == "signed"
    assert body["credit_line"] == public_id("lin", UUID(str(CreditLine.objects.get().id)))
    assert body["seal"]["digest_sm3"] == body["sm3"]
    before = snapshot()
    again = browser.post(address, {"confirmed": True}, content_type="application/json", **AS_JSON)
    assert again.json() == body
    assert snapshot() == before


@pytest.mark.parametrize("sent", [{}, {"confirmed": False}, {"confirmed": "off"}, {"action": "sign"}, []])
def test_without_the_tick_nothing_is_signed(
    browser: Browser, clock: Clock, address: str, sent: object
) -> None:
    browser.get(address)
    clock.wait(60)
    before = snapshot()
    answer = browser.post(address, sent, content_type="application/json", **AS_JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "sign.confirmation_missing")
    assert answer["Content-Type"] == "application/problem+json"
    form = browser.post(address, {"action": "sign"})
    assert form.status_code == 422
    assert 'role="alert"' in form.content.decode()
    assert snapshot() == before


def test_signing_at_three_seconds_is_refused(browser: Browser, clock: Clock, address: str) -> None:
    """P-03."""
    browser.get(address)
    clock.wait(3)
    before = snapshot()
    answer = browser.post(address, {"confirmed": True}, content_type="application/json", **AS_JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "applications.disclosure_unread")
    assert answer.json()["params"] == {"reading_seconds": 10}
    assert snapshot() == before


def test_a_withdrawn_consent_closes_the_application(
    browser: Browser, clock: Clock, address: str, agreement: AgreementView, shop: Applicant
) -> None:
    """J3 F: closed as withdrawn, no line, no negative mark, and the page says so."""
    browser.get(address)
    clock.wait(10)
    consents.revoke_consent(consent_id=shop.consent.id, scene_id=shop.scene_id, reason="no", now=NOW)
    answer = browser.post(address, {"confirmed": True}, content_type="application/json", **AS_JSON)
    assert (answer.status_code, answer.json()["code"]) == (403, "consents.consent_revoked")
    application = queries.get_application(application_id=agreement.application_id, scene_id=None)
    assert (application.status, application.outcome_reason) == ("withdrawn", "consent_ended")
    assert CreditLine.objects.count() == 0
    assert "Nothing was signed" in words(browser.get(address).content.decode())


def test_declining_closes_the_application(browser: Browser, address: str, agreement: AgreementView) -> None:
    answer = browser.post(address, {"action": "decline"})
    assert answer.status_code == 302
    assert reread(agreement).status == "declined"
    refused = browser.post(address, {"action": "decline"}, **AS_JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "applications.state_conflict")


@pytest.mark.parametrize("path", ["", "/document", "/verify"])
def test_a_wrong_token_or_another_bank_finds_nothing(browser: Browser, address: str, path: str) -> None:
    assert browser.get(f"{address}0{path}").status_code == 404
    assert browser.get(f"/sign/agr_nothing{path}").status_code == 404
    assert browser.get(f"{address}{path}", headers={"host": "lian.localhost"}).status_code == 404
    assert browser.get(f"{address}{path}", headers={"host": "localhost"}).status_code == 404


def test_the_document_is_what_was_sealed_and_anyone_can_verify_it(
    browser: Browser, clock: Clock, address: str, agreement: AgreementView
) -> None:
    """L-06, L-09."""
    assert browser.get(f"{address}/verify").json()["valid"] is False
    browser.get(address)
    clock.wait(10)
    browser.post(address, {"confirmed": "on"})
    downloaded = browser.get(f"{address}/document")
    assert downloaded.content.decode() == agreement.document
    assert f'filename="{agreement.public_id}.txt"' in downloaded["Content-Disposition"]
    verified = browser.get(f"{address}/verify").json()
    assert (verified["valid"], verified["status"]) == (True, "signed")
    assert len(verified["public_key"]) == 64
    Agreement.objects.filter(id=agreement.id).update(document=agreement.document + " ")
    assert browser.get(f"{address}/verify").json()["valid"] is False


def test_an_expired_agreement_says_so(browser: Browser, address: str) -> None:
    operations.expire_applications(business_date=TODAY + timedelta(days=60), now=NOW)
    text = words(browser.get(address).content.decode())
    assert "can no longer be signed" in text
    assert "I do not want this" not in text


def test_the_english_page_calls_the_scene_by_its_english_name_beside_the_sealed_one(
    qinglan: str, browser: Browser
) -> None:
    with public_schema():
        scene = onboard_scene(
            code="fresh",
            name_zh="鲜链云",
            name_en="Xianlian Cloud",
            provider_name="鲜链云（示例）网络有限公司",
            uscc="91331002MA0000X15M",
            now=NOW,
        )
    list_scene(now=NOW, listed_from=TODAY, scene_id=scene.id)
    made = agree(admit(now=NOW, business_date=TODAY, scene_id=scene.id), now=NOW, business_date=TODAY)
    page = {
        language: words(browser.get(f"/sign/{made.signing_token}?lang={language}").content.decode())
        for language in ("en", "zh-hans")
    }
    assert f"Xianlian Cloud ({made.terms['scene']}) is the place where you applied" in page["en"]
    assert "Xianlian" not in page["zh-hans"]
    assert made.terms["scene"] in page["zh-hans"]
