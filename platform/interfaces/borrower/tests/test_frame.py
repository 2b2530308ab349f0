"""The frame through the door: the exchange, the policy, four steps to the money, every no on the way."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from interfaces.borrower import frame
from interfaces.borrower.tests.guest import HOST, Guest, opened, words
from interfaces.middleware import BankFromHostMiddleware
from kernel.ids import new_id, public_id
from lending.applications import operations as applications
from lending.applications.models import Agreement, Application
from lending.applications.queries import applications_page
from lending.credit_lines.models import CreditLine
from lending.drawdowns.models import Drawdown
from lending.drawdowns.queries import drawdowns_page
from lending.products.operations import FIRST_PRODUCT, TERM_PRODUCT
from lending.repayments.queries import repayments_page
from lending.service_requests.operations import answer_request, take_request
from lending.service_requests.queries import requests_page
from marketing.campaigns.models import Offer
from openbanking.consents import operations as consents
from openbanking.consents.models import Consent
from openbanking.consents.queries import consents_of
from openbanking.embed_sessions.models import EmbedSession
from openbanking.partners import operations as partners
from parties.enterprises import operations as enterprises
from parties.enterprises.models import BankAccount
from parties.enterprises.views import PersonDraft
from plumbing.clock.queries import business_date
from plumbing.outbox.models import OutboxEvent
from plumbing.schemas import public_schema
from tenants.access.operations import revoke_client
from tenants.banks.operations import suspend_bank
from tenants.scenes.operations import set_scene_status
from testkit.applicants import Applicant, Takings, admit
from testkit.clock import NOON
from testkit.identities import credit_code, mobile_number, resident_number
from testkit.scenes import SceneAccess, open_scene
from testkit.servicing import add_account, answer, fund, lend, prepare, succeeded
from testkit.worlds import offers, signed

ORIGINS = ("https://pos.example", "http://localhost:5000")
WRITTEN = (Application, Agreement, CreditLine, Drawdown, Consent, BankAccount, Offer, OutboxEvent)


class Clock:
    """The door's clock, in the test's hand."""

    def __init__(self) -> None:
        self.instant = NOON

    def __call__(self) -> datetime:
        return self.instant

    def wait(self, **span: float) -> None:
        self.instant += timedelta(**span)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hand = Clock()
    monkeypatch.setattr(frame, "now", hand)
    return hand


@pytest.fixture
def access(qinglan: str, empty_cache: None) -> SceneAccess:
    BankFromHostMiddleware.forget_hosts()
    return open_scene("xianlian", banks=["qinglan"], origins=ORIGINS)


@pytest.fixture
def shop(access: SceneAccess) -> Applicant:
    return admit(now=NOON, business_date=business_date(), scene_id=access.scene_id, number=1)


@pytest.fixture
def come(access: SceneAccess, shop: Applicant, clock: Clock) -> Callable[..., Guest]:
    def visit(**change: Any) -> Guest:
        language = change.pop("language", "en")
        session, secret = opened(access, shop, now=clock(), **change)
        return Guest(session, secret, language).come_in()

    return visit


def number_of(shop: Applicant) -> str:
    nth = int(shop.enterprise.external_id.rpartition("-")[2])
    return resident_number(area_code="330106", born=date(1990, 1, 1) + timedelta(days=nth))


def snapshot() -> list[object]:
    return [list(table.objects.order_by("pk").values_list()) for table in WRITTEN]


def decide() -> None:
    [waiting] = applications_page(status="submitted")
    applications.assess_application(application_id=waiting.id, now=NOON, business_date=business_date())


def pay(settled: bool = True) -> None:
    [made] = drawdowns_page(status="created")
    instruction = prepare(made)
    assert settled
    answer(instruction, succeeded(business_date()))


def apply(guest: Guest, shop: Applicant, amount: str = "12000") -> None:
    assert guest.identify(number_of(shop)).status_code == 200
    while guest.look("application") == "consents":
        guest.consent()
    sent = {"product": FIRST_PRODUCT, "amount": amount, "purpose": "working_capital"}
    assert guest.step("submission", sent | {"tenor_days": "30"}) == "waiting"
    decide()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Qinglan Rural Commercial Bank", "Approved: ¥12,000.00", "10.95%", "12,108.00"]),
        ("zh-hans", ["青澜农商银行", "已批准：¥12,000.00", "10.95%", "12,108.00"]),
    ],
)
def test_four_steps_to_the_money(
    come: Callable[..., Guest], shop: Applicant, clock: Clock, language: str, said: list[str]
) -> None:
    """J3: identify; authorise each consent and apply; confirm limit and cost; sign and draw. Nobody helps."""
    fund("50000.00")
    account = add_account(shop.enterprise_id, ending="0000")
    consents.revoke_consent(consent_id=shop.consent.id, scene_id=shop.scene_id, reason="", now=NOON)
    guest = come(components=["application"], language=language)
    assert (guest.look("application"), guest.last["step"]) == ("identity", 1)
    assert guest.identify(number_of(shop)).json()["screen"] == "consents"
    guest.look("application")
    assert [guest.consent(), guest.consent()] == ["consents", "apply"]
    given = [
        one for one in consents_of(enterprise_id=shop.enterprise_id, now=NOON) if one.status != "revoked"
    ]
    assert [(one.purpose, one.data_classes) for one in reversed(given)] == [
        ("identity_verification", ("identity_document",)),
        ("credit_assessment", ("receipts",)),
        ("payment", ("bank_account",)),
    ]
    assert all(one.recipient == "青澜农商银行" and one.evidence["text"] for one in given)
    sent = {"product": FIRST_PRODUCT, "amount": "12,000", "purpose": "working_capital"}
    assert guest.step("submission", sent | {"tenor_days": "30"}) == "waiting"
    assert [one["type"] for one in guest.last["told"]] == ["application_submitted"]
    decide()
    assert (guest.look("application"), guest.last["step"]) == ("costs", 3)
    places = [guest.text.index(part) for part in said]
    assert places == sorted(places)
    clock.wait(seconds=10)
    assert (guest.step("confirmation", {"confirmed": "on"}), guest.last["step"]) == ("sign", 4)
    assert guest.step("signature") == "draw"
    assert [one["type"] for one in guest.last["told"]] == ["signed", "step"]
    drawn = {"amount": "12000", "tenor_days": "30", "bank_account": public_id("acc", account)}
    assert guest.step("drawdowns", drawn) == "paying"
    pay()
    assert guest.look("application") == "paid"
    assert "¥12,108.00" in guest.text
    assert applications_page()[0].human_touch_count == 0
    # Tomorrow, with another session: the line that revolves and is used up draws no more; nothing is lost.
    clock.wait(days=1)
    again = come(components=["application"])
    assert again.look("application") == "identity"
    assert again.identify(number_of(shop)).json()["screen"] == "line_closed"


def test_the_page_may_be_framed_by_the_scenes_origins_alone(
    come: Callable[..., Guest], shop: Applicant
) -> None:
    """Protocol, 3: the policy of this session's scene; no cookie, no referrer, nothing inline."""
    guest = come()
    page = guest.send("GET", guest.address)
    policy = dict(part.split(" ", 1) for part in page["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "http://localhost:5000 https://pos.example",
    }
    assert page["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in page["Permissions-Policy"]
    assert not page.has_header("X-Frame-Options")
    assert "no-store" in page["Cache-Control"]
    html = page.content.decode()
    assert not re.search(r"<script(?![^>]*src=)|style=|\son[a-z]+=", html)
    assert guest.secret not in html
    assert words(html).index("Qinglan Rural Commercial Bank") < 60
    for screen in ("offer_tile", "application"):
        guest.look(screen)
        assert not re.search(r"<script|style=|\son[a-z]+=", guest.last["html"])
    assert not page.cookies


def test_a_scene_without_origins_is_framed_nowhere(
    access: SceneAccess, shop: Applicant, clock: Clock
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE public.scenes_scene SET allowed_origins = '{}'")
    guest = Guest(*opened(access, shop, now=NOON))
    page = guest.send("GET", guest.address)
    assert page["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    for address in ("/embed/ems_nothing", f"/embed/{public_id('ems', new_id())}"):
        lost = guest.send("GET", address)
        assert (lost.status_code, lost["X-Frame-Options"]) == (404, "DENY")


def test_a_secret_is_exchanged_once_at_its_own_bank(
    access: SceneAccess, shop: Applicant, clock: Clock
) -> None:
    guest = Guest(*opened(access, shop, now=NOON))
    before = list(EmbedSession.objects.values_list())

    def exchange(body: Any, host: str = HOST) -> tuple[int, str]:
        answered = Guest(guest.session, "", host=host).send("POST", f"{guest.address}/exchange", body)
        assert not answered.cookies
        return answered.status_code, answered.json()["code"]

    assert exchange({"client_secret": "ecs_guess"}) == (403, "embed_sessions.secret_invalid")
    assert exchange(["x"]) == (400, "frame.body_unreadable")
    assert exchange({"client_secret": "x" * 40_000}) == (400, "frame.body_unreadable")
    assert exchange({"client_secret": guest.secret}, "lian.localhost")[0] == 404
    assert list(EmbedSession.objects.values_list()) == before
    guest.come_in()
    assert exchange({"client_secret": guest.secret}) == (409, "embed_sessions.secret_used")
    other = Guest(*opened(access, shop, now=NOON))
    clock.wait(minutes=30)
    late = other.send("POST", f"{other.address}/exchange", {"client_secret": other.secret})
    assert (late.status_code, late.json()["code"]) == (410, "embed_sessions.session_expired")
    over = guest.send("GET", "/embed/v1/application")
    assert (over.status_code, over.json()["code"]) == (410, "embed_sessions.session_expired")


def test_a_bearer_opens_its_own_components_while_its_client_is_welcome(
    come: Callable[..., Guest], access: SceneAccess
) -> None:
    guest = come(components=["offer_tile"])
    assert guest.look("offer_tile") == "no_offer"
    shown_only = guest.send("POST", "/embed/v1/offer_tile")
    assert (shown_only.status_code, shown_only["Allow"]) == (405, "GET")
    refused = guest.send("GET", "/embed/v1/application")
    assert (refused.status_code, refused.json()["code"]) == (403, "frame.component_not_opened")
    for bearer in ("", "emb_guess"):
        stranger = Guest(guest.session, "", bearer=bearer).send("GET", "/embed/v1/offer_tile")
        assert (stranger.status_code, stranger.json()["code"]) == (401, "embed_sessions.bearer_invalid")
    elsewhere = Guest(guest.session, "", host="lian.localhost", bearer=guest.bearer)
    assert elsewhere.send("GET", "/embed/v1/offer_tile").status_code == 401
    with public_schema():
        revoke_client(client_id=access.client_id)
    gone = guest.send("GET", "/embed/v1/offer_tile")
    assert (gone.status_code, gone.json()["code"]) == (410, "embed_sessions.session_expired")


def test_the_tile_names_the_lender_then_the_cost(come: Callable[..., Guest], shop: Applicant) -> None:
    """P-01, portals: the bank first, the annual figure before the small print; looking is noted."""
    offers(shop, now=NOON)
    guest = come()
    assert guest.look("offer_tile") == "tile"
    [offer] = Offer.objects.all()
    assert (offer.status, offer.viewed_at) == ("viewed", NOON)
    assert guest.last["told"] == [{"type": "offer_viewed", "id": public_id("ofr", offer.id)}]
    amount = f"¥{offer.max_amount:,}"
    places = [guest.text.index(part) for part in ("Qinglan Rural Commercial Bank", amount, "10.95%")]
    assert places == sorted(places)
    assert "0.03%" not in guest.text
    assert guest.identify(number_of(shop)).json()["screen"] == "consents"
    guest.look("application")
    assert guest.consent() == "apply"
    assert f'value="{offer.max_amount}"' in guest.last["html"]
    sent = {"amount": "5000", "tenor_days": "30", "purpose": "working_capital"}
    assert guest.step("submission", sent) == "waiting"
    assert Application.objects.get().offer_id == offer.id


def test_nobody_acts_unrecognised_and_a_guess_is_counted(come: Callable[..., Guest], shop: Applicant) -> None:
    guest = come()
    guest.look("application")
    before = snapshot()
    for path in ("consents", "submission", "confirmation", "signature", "bank_accounts", "drawdowns"):
        refused = guest.post(f"application/{path}")
        assert (refused.status_code, refused.json()["code"]) == (403, "frame.not_identified")
    unticked = guest.post("application/identity", {"id_number": number_of(shop), "text_sha256": "x"})
    assert (unticked.status_code, unticked.json()["code"]) == (400, "frame.consent_unticked")
    ticked = {"id_number": number_of(shop), "confirmed": "on", "text_sha256": "0" * 64}
    assert guest.post("application/identity", ticked).json()["code"] == "frame.wording_changed"
    assert guest.post("application/identity", {"confirmed": "on"}).json()["code"] == "frame.field_missing"
    assert snapshot() == before
    for _ in range(5):
        wrong = guest.identify("331002199507220004")
        assert (wrong.status_code, wrong.json()["code"]) == (422, "frame.identity_wrong")
    stopped = guest.identify(number_of(shop))
    assert (stopped.status_code, stopped.json()["code"]) == (429, "embed_sessions.too_many_answers")
    assert EmbedSession.objects.get().identified_at is None


def test_costs_are_read_before_they_are_confirmed_and_confirmed_before_the_signature(
    come: Callable[..., Guest], shop: Applicant, clock: Clock
) -> None:
    """P-03: confirmed at 3 seconds, refused; a signature without the confirmation, refused."""
    guest = come()
    apply(guest, shop)
    assert guest.look("application") == "costs"
    clock.wait(seconds=3)
    before = snapshot()
    for body, code in (
        ({"confirmed": "on"}, "applications.disclosure_unread"),
        ({}, "sign.confirmation_missing"),
    ):
        refused = guest.post("application/confirmation", body)
        assert refused.json()["code"] == code
    assert guest.post("application/signature").json()["code"] == "frame.costs_unconfirmed"
    assert guest.post("application/drawdowns").json()["code"] == "frame.nothing_to_sign"
    assert snapshot() == before
    clock.wait(seconds=7)
    assert guest.step("confirmation", {"confirmed": "on"}) == "sign"
    other = come()  # another session confirms for itself
    other.identify(number_of(shop))
    assert other.look("application") == "costs"
    assert other.post("application/signature").json()["code"] == "frame.costs_unconfirmed"


def test_a_consent_revoked_before_the_signature_closes_the_application(
    come: Callable[..., Guest], shop: Applicant, clock: Clock
) -> None:
    """J3 F: closed as withdrawn, no line, no negative mark, and a new application is possible."""
    guest = come()
    apply(guest, shop)
    guest.look("application")
    clock.wait(seconds=10)
    guest.step("confirmation", {"confirmed": "on"})
    consents.revoke_consent(consent_id=shop.consent.id, scene_id=shop.scene_id, reason="", now=clock())
    refused = guest.post("application/signature")
    assert (refused.status_code, refused.json()["code"]) == (403, "consents.consent_revoked")
    assert (guest.look("application"), CreditLine.objects.count()) == ("withdrawn", 0)
    assert "A consent it needs was withdrawn" in guest.text
    assert guest.send("GET", "/embed/v1/application?again=1").json()["screen"] == "consents"


def test_the_borrower_may_say_no(come: Callable[..., Guest], shop: Applicant, access: SceneAccess) -> None:
    guest = come()
    apply(guest, shop)
    guest.look("application")
    partners.delist_scene(
        scene_id=access.scene_id,
        delisted_by="x@y.example",
        reason="x",
        listed_until=business_date(),
        now=NOON,
    )
    assert guest.post("application/confirmation", {"confirmed": "on"}).json()["code"] == "partners.not_listed"
    assert guest.post("application/refusal").status_code == 200
    assert Application.objects.get().status == "withdrawn"
    nothing = guest.post("application/refusal")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "frame.nothing_to_sign")


def test_declined_with_reasons_a_borrower_may_read(
    come: Callable[..., Guest], access: SceneAccess, clock: Clock
) -> None:
    small = admit(
        now=NOON,
        business_date=business_date(),
        scene_id=access.scene_id,
        number=2,
        takings=Takings(days=40, sales_a_day=1, sale="18.00"),
        opened_days=60,
    )
    guest = Guest(*opened(access, small, now=NOON)).come_in()
    apply(guest, small, amount="5000")
    assert guest.look("application") == "declined"
    assert re.search(r"<ul><li>[A-Z][^<]+</li>", guest.last["html"])
    assert [one["type"] for one in guest.last["told"]] == ["application_submitted", "decision"]
    assert not re.search(r"[A-Z]+_[A-Z_]+|score", guest.text)


def test_data_is_waited_for(access: SceneAccess, clock: Clock) -> None:
    """The consent comes first, the takings after it: the page goes on by itself."""
    enterprise = enterprises.register_enterprise(
        scene_id=access.scene_id,
        external_id="applicant-3",
        legal_name="示例新店",
        registration_no=credit_code(3, area_code="331002"),
        industry="H6210",
        area_code="331002",
        opened_date=date(2024, 1, 1),
        representative=PersonDraft(
            "示例店主3", resident_number(area_code="330106", born=date(1990, 1, 4)), mobile_number(3)
        ),
        now=NOON,
    )
    shop = Applicant(access.scene_id, enterprise, None)  # type: ignore[arg-type]
    guest = Guest(*opened(access, shop, now=NOON)).come_in()
    assert guest.identify(number_of(shop)).status_code == 200
    guest.look("application")
    assert [guest.consent(), guest.consent()] == ["consents", "gathering"]
    assert guest.last["poll_ms"] > 0
    preview = guest.send("GET", "/embed/v1/application/quote?amount=10000&tenor_days=30").json()
    assert words(preview["html"]).startswith("All-in cost a year 10.95%")
    loan = guest.send("GET", f"/embed/v1/application/quote?amount=10000&product={TERM_PRODUCT}").json()
    assert "Total repayable" in words(loan["html"])


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("quote?amount=&tenor_days=30", 400, "frame.field_missing"),
        ("quote?amount=lots&tenor_days=30", 400, "money_invalid"),
        ("quote?amount=10000", 400, "products.tenor_missing"),
        ("quote?amount=10000&tenor_days=-1", 400, "frame.field_missing"),
        ("quote?amount=10000&tenor_days=9999", 422, "products.term_not_offered"),
        ("quote?amount=10000&tenor_days=30&product=nothing", 404, "products.not_found"),
    ],
)
def test_a_quote_that_cannot_be(come: Callable[..., Guest], path: str, status: int, code: str) -> None:
    refused = come().send("GET", f"/embed/v1/application/{path}")
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_a_step_sent_twice_is_one_step(come: Callable[..., Guest], shop: Applicant, clock: Clock) -> None:
    guest = come()
    apply(guest, shop)
    guest.look("application")
    clock.wait(seconds=10)
    guest.step("confirmation", {"confirmed": "on"})
    guest.step("signature")
    account = public_id("acc", add_account(shop.enterprise_id, ending="0000"))
    body = {"amount": "5000", "tenor_days": "30", "bank_account": account}
    assert [guest.post("application/drawdowns", body, key="k").status_code for _ in range(3)] == [200] * 3
    assert Drawdown.objects.count() == 1
    other = guest.post("application/drawdowns", body | {"amount": "6000"}, key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (
        guest.send("POST", "/embed/v1/application/drawdowns", body).json()["code"]
        == "idempotency_key_missing"
    )
    assert Drawdown.objects.count() == 1


def test_an_account_is_the_borrowers_own(come: Callable[..., Guest], shop: Applicant, clock: Clock) -> None:
    guest = come()
    apply(guest, shop)
    guest.look("application")
    clock.wait(seconds=10)
    guest.step("confirmation", {"confirmed": "on"})
    guest.step("signature")
    assert guest.post("application/bank_accounts", {"bank_name": "x"}).json()["code"] == "frame.field_missing"
    stranger = admit(now=NOON, business_date=business_date(), scene_id=shop.scene_id, number=9)
    foreign = public_id("acc", add_account(stranger.enterprise_id, ending="0000"))
    for account in (foreign, "acc_x", ""):
        refused = guest.post(
            "application/drawdowns", {"amount": "5000", "tenor_days": "30", "bank_account": account}
        )
        assert refused.status_code in (400, 404)
    assert Drawdown.objects.count() == 0
    assert (
        guest.step("bank_accounts", {"account_number": "6222 0000 0000 0009", "bank_name": "示例银行"})
        == "draw"
    )
    assert BankAccount.objects.get(enterprise=shop.enterprise_id).holder_name == shop.enterprise.legal_name


def test_no_new_business_where_there_may_be_none(
    come: Callable[..., Guest], access: SceneAccess, shop: Applicant
) -> None:
    """R-09, J2, J12: delisted, suspended or read-only; what is said is not why."""
    guest = come()
    with public_schema():
        set_scene_status(scene_id=access.scene_id, status="read_only")
    assert guest.identify(number_of(shop)).json()["code"] == "scene_read_only"
    with public_schema():
        set_scene_status(scene_id=access.scene_id, status="active")
        suspend_bank(schema="qinglan")
    assert guest.look("application") == "closed"
    assert guest.post("application/identity", {"id_number": "x"}).json()["code"] == "bank_suspended"
    assert guest.look("offer_tile") == "no_offer"


def test_the_dashboard_shows_what_is_owed_and_takes_money_and_consents_back(
    come: Callable[..., Guest], access: SceneAccess, shop: Applicant
) -> None:
    """Servicing goes on whatever the list says (R-09); a consent is withdrawn in one act (D-01)."""
    fund("50000.00")
    _, who = signed(shop, now=NOON)
    loan = lend(who, "6000.00")
    partners.delist_scene(
        scene_id=access.scene_id,
        delisted_by="x@y.example",
        reason="x",
        listed_until=business_date(),
        now=NOON,
    )
    guest = come(components=["dashboard"])
    assert guest.look("dashboard") == "dashboard"
    for part in ("Qinglan Rural Commercial Bank", "¥6,000.00", "Takings and refunds", "0576-00000000"):
        assert part in guest.text
    account = public_id("acc", who.bank_account_id)
    body = {"loan": public_id("lon", loan.id), "bank_account": account}
    sent = body | {"type": "partial_prepay", "amount": "1,000"}
    assert [guest.post("dashboard/repayments", sent, key="r").status_code for _ in range(2)] == [200, 200]
    assert [(one.status, str(one.amount)) for one in repayments_page()] == [("processing", "1000.00")]
    assert guest.look("dashboard") == "dashboard"
    assert guest.last["poll_ms"] > 0
    busy = guest.post("dashboard/repayments", body | {"type": "full_prepay"})
    assert busy.json()["code"] == "lending.repayment_in_progress"
    given = {"consent": public_id("cns", shop.consent.id)}
    assert guest.post("dashboard/revocations", given).status_code == 200
    assert Consent.objects.get(id=shop.consent.id).status == "revoked"
    assert guest.post("dashboard/revocations", given).status_code == 200


def test_the_dashboard_knows_nobody_else(come: Callable[..., Guest], shop: Applicant) -> None:
    """Another borrower of the same scene is as unknown as another bank's."""
    fund("50000.00")
    other = admit(now=NOON, business_date=business_date(), scene_id=shop.scene_id, number=9)
    _, who = signed(other, now=NOON)
    loan = public_id("lon", lend(who, "6000.00").id)
    guest = come(components=["dashboard"])
    guest.look("dashboard")
    assert "6,000.00" not in guest.text
    before = snapshot()
    account = public_id("acc", who.bank_account_id)
    for sent, code in (
        ({"loan": loan, "type": "full_prepay", "bank_account": account}, "lending.loan_not_found"),
        ({"loan": "lon_x", "type": "full_prepay", "bank_account": account}, "lending.loan_not_found"),
        ({"loan": loan, "type": "counter", "bank_account": account}, "frame.field_missing"),
    ):
        assert guest.post("dashboard/repayments", sent).json()["code"] == code
    for name in (public_id("cns", other.consent.id), "cns_x", ""):
        refused = guest.post("dashboard/revocations", {"consent": name})
        assert (refused.status_code, refused.json()["code"]) == (404, "consents.not_found")
    assert snapshot() == before


def test_the_borrower_writes_to_the_bank_and_has_a_number_and_the_answer(
    come: Callable[..., Guest], shop: Applicant
) -> None:
    guest = come(components=["dashboard"])
    guest.look("dashboard")
    sent = {"kind": "complaint", "text": "扣了两次款。", "loan": ""}
    shown = [guest.post("dashboard/requests", sent, key="r") for _ in range(2)]
    assert [answer.status_code for answer in shown] == [200, 200]
    [found] = requests_page()
    said = words(shown[1].json()["html"])
    assert (found.channel, found.text, found.enterprise_id) == ("borrower", sent["text"], shop.enterprise_id)
    assert f"Your number: {found.number}. You are answered by {found.due_date}." in said
    assert "The bank has it" in said
    fund("50000.00")
    other = admit(now=NOON, business_date=business_date(), scene_id=shop.scene_id, number=9)
    loan = public_id("lon", lend(signed(other, now=NOON)[1], "6000.00").id)
    for wrong, code in (
        ({"text": ""}, "frame.field_missing"),
        ({"kind": "praise"}, "frame.field_missing"),
        ({"kind": "hardship"}, "service_requests.loan_missing"),
        ({"loan": loan}, "lending.loan_not_found"),
        ({"text": "x" * 2001}, "service_requests.text_invalid"),
    ):
        assert guest.post("dashboard/requests", sent | wrong).json()["code"] == code
    assert requests_page() == (found,)
    take_request(request_id=found.id, taken_by="li@qinglan.example", now=NOON)
    answer_request(
        request_id=found.id,
        outcome="resolved",
        text="多扣的一笔已退回。",
        answered_by="li@qinglan.example",
        now=NOON,
    )
    guest.look("dashboard")
    assert "多扣的一笔已退回。" in guest.text and "Your number" not in guest.text
