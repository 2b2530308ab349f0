"""Every page of the portal and the console over a small world: opens in both languages, refuses cleanly."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils.translation import get_language, gettext
from joserfc.jwk import OKPKey

from interfaces.bank import trace
from interfaces.bank.templatetags import house
from interfaces.middleware import BankFromHostMiddleware
from interfaces.tests.portal import (
    HOST,
    LANGUAGES,
    OPERATOR,
    OPS_HOST,
    PEOPLE,
    bank_pages,
    browser,
    of_scene,
    ops_pages,
    scene_pages,
    signed_in,
)
from kernel.ids import new_id, public_id
from ledger.journal.models import Entry, Period
from lending.loans.models import LoanTransaction
from lending.repayments.models import Repayment
from openbanking.partners.models import PartnerListing
from plumbing.audit.models import AuditRecord
from plumbing.outbox.models import OutboxEvent
from plumbing.schemas import bank_schema, public_schema
from staff.models import StaffMember
from tenants.access.models import ApiClient
from tenants.access.operations import add_operator
from tenants.banks.models import Bank
from tenants.scenes.models import Contract, Scene
from tenants.teams.roles import Role
from testkit.banks import TEAM_PASSWORD
from testkit.clock import NOON
from testkit.scenes import SceneAccess, open_scene
from testkit.servicing import end_days
from testkit.teams import add_person
from testkit.worlds import World, build

VIEWS = 4
H1 = re.compile(r"<h1[ >]")
SHOP = "示例拉面馆7"
SAID = {
    "home": {"en": ("Outstanding", "Books balance"), "zh-hans": ("贷款余额", "账目平衡")},
    "application": {
        "en": (SHOP, "Days with receipts, of 90", "Binding cap"),
        "zh-hans": (SHOP, "近90日活跃天数"),
    },
    "customer": {"en": (SHOP, "****"), "zh-hans": (SHOP, "****", "授权")},
    "loan": {"en": ("3,000.00", "Schedule"), "zh-hans": ("3,000.00", "还款计划")},
    "accounting": {"en": ("Debits = credits", "1303.01"), "zh-hans": ("借贷相等", "1303.01")},
    "accounting-rules": {
        "en": ("loan.drawn", "Dr A1 principal", "1303.01"),
        "zh-hans": ("loan.drawn", "Dr A1 principal", "1303.01"),
    },
    "partners": {"en": ("鲜链云",), "zh-hans": ("鲜链云", "合作场景")},
    "campaign": {"en": ("Autumn stock",), "zh-hans": ("秋收备货",)},
    "ops-banks": {"en": ("Qinglan Rural",), "zh-hans": ("青澜农商银行", "会计日期")},
}
BANK_TABLES = (Entry, Period, LoanTransaction, Repayment, PartnerListing, AuditRecord, OutboxEvent)
PUBLIC_TABLES = (Bank, Scene, Contract, ApiClient)


@pytest.fixture(autouse=True)
def _no_memory() -> Iterator[None]:
    BankFromHostMiddleware.forget_hosts()
    cache.clear()
    yield
    BankFromHostMiddleware.forget_hosts()
    cache.clear()


@pytest.fixture(scope="module")
def built(module_database: str) -> tuple[SceneAccess, World]:
    """The scene and its world, made once; what a test adds to them is rolled back."""
    with public_schema(), transaction.atomic():
        add_operator(email=OPERATOR, name="运营", password=TEAM_PASSWORD, now=NOON)
    scene = open_scene("portal", banks=["qinglan"])
    for role in Role.values:
        add_person(scene.scene_id, role, scene="portal")
    with bank_schema("qinglan"), transaction.atomic():
        return scene, build(scene)


@pytest.fixture
def scene(built: tuple[SceneAccess, World], banks: tuple[str, str]) -> SceneAccess:
    return built[0]


@pytest.fixture
def world(built: tuple[SceneAccess, World], banks: tuple[str, str]) -> World:
    return built[1]


def wrong(client: Client, name: str, path: str, language: str) -> list[str]:
    """Open a page and return what is wrong with it."""
    answer = client.get(path)
    text = answer.content.decode()
    if answer.status_code != 200:
        return [f"{name}: {answer.status_code} {text[:300]}"]
    found = [f"{name}: {len(H1.findall(text))} h1"] if len(H1.findall(text)) != 1 else []
    lang = "zh-hans" if language == "zh-hans" else "en"
    if f'<html lang="{lang}"' not in text:
        found.append(f"{name}: not in {language}")
    found += [f"{name}: lacks {part}" for part in SAID.get(name, {}).get(language, ()) if part not in text]
    return found


@pytest.fixture
def unsaid(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the codes that a page has shown without a translation."""
    found: set[str] = set()

    def noting(code: str) -> str:
        text = gettext(code)
        if text == code and len(code) > 1 and get_language() == "zh-hans":  # a grade is a letter
            found.add(code)
        return text

    for words in (house, trace):
        monkeypatch.setattr(words, "gettext", noting)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_portal_opens(world: World, language: str, unsaid: set[str]) -> None:
    people = {who: signed_in(HOST, email, language=language) for who, email in PEOPLE.items()}
    pages = bank_pages(world)
    found = [
        trouble for name, (path, who) in pages.items() for trouble in wrong(people[who], name, path, language)
    ]
    assert found == []
    assert unsaid == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_console_opens(world: World, language: str, unsaid: set[str]) -> None:
    client = signed_in(OPS_HOST, OPERATOR, language=language)
    found = [
        trouble for name, path in ops_pages(world).items() for trouble in wrong(client, name, path, language)
    ]
    assert found == []
    assert unsaid == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_scenes_portal_opens(world: World, language: str, unsaid: set[str]) -> None:
    people = {role: of_scene("portal", role, language=language) for role in Role.values}
    pages = scene_pages().items()
    assert [
        trouble for name, (path, role) in pages for trouble in wrong(people[role], name, path, language)
    ] == []
    assert unsaid == set()


def test_every_link_of_a_page_leads_somewhere_this_person_may_go(world: World) -> None:
    found = []
    for email in PEOPLE.values():
        client = signed_in(HOST, email)
        seen, todo, opened = set(), ["/"], Counter[str]()
        while todo:
            path = todo.pop()
            opened[path.split("?")[0]] += 1
            if opened[path.split("?")[0]] > VIEWS:  # a page of dates leads to another one for ever
                continue
            answer = client.get(path)
            if answer.status_code != 200:
                found.append(f"{email}: {path} is {answer.status_code}")
            for link in re.findall(r'<a [^>]*href="(/[^"#]*|\?[^"#]*)"', answer.content.decode()):
                target = path.split("?")[0] + link if link.startswith("?") else link
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
    assert found == []


def test_the_decision_shows_every_rule_with_what_it_read(world: World) -> None:
    client = signed_in(HOST, PEOPLE["risk"])
    text = client.get(f"/applications/{public_id('app', world.declined_id)}").content.decode()
    assert ">miss</span>" in text
    assert re.search(r'Days with receipts, of 90 = <span class="mono">\d+</span>', text)


def test_a_script_reads_the_same_figures_as_json(world: World) -> None:
    client = signed_in(HOST, PEOPLE["audit"], json=True)
    home = client.get("/").json()
    assert home["balanced"] is True
    assert home["business_date"] == "2026-11-07"
    assert home["outstanding"] == {"amount": "3000.00", "currency": "CNY"}
    books = client.get("/accounting").json()
    assert books["debits"] == books["credits"]
    assert {row["code"] for row in books["rows"]} >= {"1003", "1303.01"}
    assert client.get("/performance").json()["funnel"]["applications"] == 3


def test_a_replayed_decision_is_identical(world: World) -> None:
    client = signed_in(HOST, PEOPLE["risk"], json=True)
    answer = client.post(f"/applications/{public_id('app', world.application_id)}/replay").json()
    assert (answer["identical"], answer["differences"]) == (True, [])
    assert answer["sha256"]["stored"] == answer["sha256"]["replayed"]


def test_a_counter_receipt_is_recorded_and_audited(world: World) -> None:
    client = signed_in(HOST, PEOPLE["accounts"], json=True)
    loan = public_id("lon", world.loan_id)
    form = {"amount": "500.00", "received_date": "2026-11-06", "receipt_no": "C-7"}
    answer = client.post(f"/loans/{loan}/receipts", form)
    assert answer.status_code == 201, answer.content
    assert answer.json()["status"] == "succeeded"
    with bank_schema("qinglan"):
        assert AuditRecord.objects.get(action="receipt.record").subject == loan


def test_money_is_put_into_the_settlement_account_once_a_key(world: World) -> None:
    client = signed_in(HOST, PEOPLE["accounts"], json=True)
    first, again = (client.post("/accounting/funding", {"amount": "1,000.00", "key": "k1"}) for _ in "ab")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()


def test_a_month_is_closed_once_it_is_over(world: World) -> None:
    with bank_schema("qinglan"):
        end_days(24)
    client = signed_in(HOST, PEOPLE["accounts"], json=True)
    assert client.post("/accounting/periods/2026-12/close").json()["code"] == "accounting.month_runs"
    first, again = (client.post("/accounting/periods/2026-11/close") for _ in "ab")
    assert first.json() == again.json() == {"month": "2026-11", "state": "closed"}


def rows(schema: str | None) -> dict[str, list[Any]]:
    """Return everything a refused act could have left behind."""
    tables = PUBLIC_TABLES if schema is None else BANK_TABLES
    with public_schema() if schema is None else bank_schema(schema):
        return {table.__name__: list(table.objects.order_by("pk").values_list()) for table in tables}


RECEIPT = {"amount": "1.00", "received_date": "2026-11-07", "receipt_no": "C"}
LISTING = {"scene_id": "{scene}", "scene_name": "x", "fee_rate": "0.006", "listed_from": "2026-11-07"}
CAMPAIGN = {
    "code": "winter",
    "name_zh": "冬",
    "name_en": "Winter",
    "product_code": "receipts_revolving",
    "median_daily_receipts_min": "300.00",
    "active_days_min": "60",
}
REFUSED = (
    ("accounts", "/loans/{loan}/receipts", RECEIPT | {"received_date": "2027-01-01"}),
    ("accounts", "/loans/{loan}/receipts", RECEIPT | {"received_date": "soon"}),
    ("accounts", "/loans/{loan}/receipts", RECEIPT | {"amount": "0.00"}),
    ("accounts", "/loans/{loan}/receipts", RECEIPT | {"amount": "ten"}),
    ("accounts", "/loans/{loan}/receipts", RECEIPT | {"amount": "1.005"}),
    ("accounts", "/loans/{loan}/receipts", RECEIPT | {"receipt_no": ""}),
    ("accounts", "/loans/{loan}/receipts", RECEIPT | {"receipt_no": "C-0001"}),
    ("accounts", "/loans/{nobody}/receipts", RECEIPT),
    ("accounts", "/accounting/funding", {"amount": "-1"}),
    ("accounts", "/accounting/periods/2026-11/close", {}),
    ("accounts", "/accounting/periods/2031-01/close", {}),
    ("accounts", "/accounting/periods/2026-13/close", {}),
    ("product", "/partners/list", LISTING),
    ("product", "/partners/list", LISTING | {"scene_id": "scn_x"}),
    ("product", "/partners/list", LISTING | {"fee_rate": "free"}),
    ("product", "/partners/{scene}/delist", {}),
    ("product", "/campaigns/draft", CAMPAIGN | {"code": "autumn"}),
    ("product", "/campaigns/draft", CAMPAIGN | {"active_days_min": "1.5"}),
    ("product", "/campaigns/draft", {"code": "winter"}),
)


def test_what_the_portal_refuses_leaves_nothing_behind(world: World) -> None:
    names = {
        "loan": public_id("lon", world.loan_id),
        "scene": public_id("scn", world.scene_id),
        "nobody": public_id("lon", new_id()),
    }
    scripts = {who: signed_in(HOST, email, json=True) for who, email in PEOPLE.items()}
    before, found = rows("qinglan"), []
    for who, path, form in REFUSED:
        filled = {name: value.format(**names) for name, value in form.items()}
        answer = scripts[who].post(path.format(**names), filled)
        code = answer.json().get("code") if answer.status_code >= 400 else "accepted"
        if answer.status_code not in {400, 403, 404, 409, 422} or not code:
            found.append((path, form, answer.status_code, code))
    assert found == []
    assert rows("qinglan") == before


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("risk", "/loans/{loan}/receipts"),
        ("product", "/accounting/funding"),
        ("product", "/accounting/periods/2026-11/close"),
        ("accounts", "/partners/list"),
        ("audit", "/campaigns/draft"),
        ("accounts", "/applications/{application}/replay"),
    ],
)
def test_what_a_role_may_not_do_is_forbidden(world: World, who: str, path: str) -> None:
    client = signed_in(HOST, PEOPLE[who], json=True)
    before = rows("qinglan")
    names = {
        "loan": public_id("lon", world.loan_id),
        "application": public_id("app", world.application_id),
    }
    answer = client.post(path.format(**names), {"amount": "1.00"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"
    assert rows("qinglan") == before


def test_a_person_is_told_of_a_refusal_where_it_was_met(world: World) -> None:
    client = signed_in(HOST, PEOPLE["accounts"], language="zh-hans")
    path = f"/loans/{public_id('lon', world.loan_id)}"
    form = {"amount": "10.00", "received_date": "2027-01-01", "receipt_no": "C"}
    answer = client.post(f"{path}/receipts", form, follow=True)
    assert answer.redirect_chain == [(path, 302)]
    assert 'class="notice bad"' in answer.content.decode()


@pytest.mark.parametrize(
    ("host", "path", "email", "password"),
    [
        (HOST, "/sign-in", PEOPLE["risk"], "wrong"),
        (HOST, "/sign-in", "nobody@qinglan.example", TEAM_PASSWORD),
        (HOST, "/sign-in", OPERATOR, TEAM_PASSWORD),
        (OPS_HOST, "/ops/sign-in", PEOPLE["risk"], TEAM_PASSWORD),
        (OPS_HOST, "/ops/sign-in", OPERATOR, "wrong"),
    ],
)
def test_a_wrong_sign_in_says_nothing(
    scene: SceneAccess, host: str, path: str, email: str, password: str
) -> None:
    script = browser(host, json=True).post(path, {"email": email, "password": password})
    assert script.status_code == 403
    assert script.json()["code"] == "sign_in.failed"
    person = browser(host)
    page = person.post(path, {"email": email, "password": password})
    assert page.status_code == 403
    assert "The address or the password is wrong." in page.content.decode()
    assert "sessionid" not in person.cookies


def test_nobody_is_let_in_without_signing_in(world: World) -> None:
    strangers = {HOST: browser(HOST), OPS_HOST: browser(OPS_HOST)}
    paths = [(HOST, path) for path, _ in bank_pages(world).values()]
    paths += [(OPS_HOST, path) for name, path in ops_pages(world).items() if name != "ops-signpost"]
    open_doors = [path for host, path in paths if strangers[host].get(path).status_code != 302]
    assert open_doors == []


def test_after_signing_in_one_goes_where_one_wanted_but_never_elsewhere(scene: SceneAccess) -> None:
    form = {"email": PEOPLE["risk"], "password": TEAM_PASSWORD}
    assert browser(HOST).post("/sign-in", {**form, "next": "/lines"}).headers["Location"] == "/lines"
    for wanted in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert browser(HOST).post("/sign-in", {**form, "next": wanted}).headers["Location"] == "/"


def test_signing_out_ends_the_session(scene: SceneAccess) -> None:
    client = signed_in(HOST, PEOPLE["risk"])
    client.post("/sign-out")
    assert client.get("/").status_code == 302
    with bank_schema("qinglan"):
        assert StaffMember.objects.filter(email=PEOPLE["risk"], is_active=True).exists()


SCENE = {
    "code": "noodle",
    "name_zh": "拉面帮",
    "name_en": "Noodle Guild",
    "provider_name": "拉面帮科技",
    "uscc": "91330106MA0000T79R",
}
CONTRACT = {"bank": "lian", "fee_rate": "0.006", "starts_date": "2026-11-02"}


def test_the_console_takes_a_scene_from_onboarding_to_its_first_client(scene: SceneAccess) -> None:
    script = signed_in(OPS_HOST, OPERATOR, json=True)
    made = script.post("/ops/scenes", SCENE)
    assert made.status_code == 201, made.content
    path = f"/ops/scenes/{made.json()['id']}"
    contract = script.post(f"{path}/contracts", CONTRACT)
    assert contract.status_code == 201, contract.content
    assert contract.json()["bank_id"].startswith("bnk_")
    client = script.post(f"{path}/clients", {"name": "server", "sandbox": "on"})
    assert client.status_code == 201, client.content
    assert client.json()["client_secret"].startswith("sk_test_")
    first, second = (
        OKPKey.generate_key("Ed25519", {"kid": kid}).as_dict(private=False) for kid in ("k1", "k2")
    )
    live = script.post(f"{path}/clients", {"name": "live", "jwks": json.dumps({"keys": [first]})})
    assert (live.status_code, live.json()["client_secret"]) == (201, None)
    keys = f"{path}/clients/{live.json()['client_id']}/keys"
    assert script.post(keys, {"key": json.dumps(second)}).json()["keys"] == ["k1", "k2"]
    elsewhere = keys.replace(made.json()["id"], public_id("scn", scene.scene_id))
    assert script.post(elsewhere, {"key": json.dumps(second)}).status_code == 401
    origins = script.post(f"{path}/origins", {"origins": "https://pos.example\r\nhttp://localhost:5000"})
    assert origins.json() == {"allowed_origins": ["http://localhost:5000", "https://pos.example"]}
    page = signed_in(OPS_HOST, OPERATOR).get(path).content.decode()
    assert "k1, k2" in page and "https://pos.example" in page


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/ops/scenes", SCENE | {"code": "portal"}),
        ("/ops/scenes", {"code": "new"}),
        ("/ops/scenes/{scene}/contracts", CONTRACT | {"bank": "nobody"}),
        ("/ops/scenes/{scene}/contracts", CONTRACT | {"bank": "qinglan"}),
        ("/ops/scenes/{scene}/contracts", CONTRACT | {"fee_rate": "x"}),
        ("/ops/scenes/{scene}/clients", {}),
        ("/ops/scenes/{scene}/clients", {"name": "live"}),
        ("/ops/scenes/{scene}/clients", {"name": "live", "jwks": "x"}),
        ("/ops/scenes/{scene}/origins", {"origins": "https://pos.example *"}),
        ("/ops/banks/qinglan/day-ends", {"until_date": "tomorrow"}),
        ("/ops/banks/nobody/day-ends", {"until_date": "2026-11-09"}),
        ("/ops/banks/new", {"schema": "third", "name_zh": "x"}),
    ],
)
def test_what_the_console_refuses_leaves_nothing_behind(
    scene: SceneAccess, path: str, form: dict[str, str]
) -> None:
    script = signed_in(OPS_HOST, OPERATOR, json=True)
    before = rows(None)
    answer = script.post(path.format(scene=public_id("scn", scene.scene_id)), form)
    assert 400 <= answer.status_code < 500, answer.content
    assert answer.json()["code"]
    assert rows(None) == before


def test_each_bank_has_its_own_theme(scene: SceneAccess) -> None:
    themes = {}
    for host in (HOST, "lian.localhost"):
        client = browser(host)
        page = client.get("/sign-in").content.decode()
        address = re.search(r"/theme\.[0-9a-f]{16}\.css", page)
        assert address is not None
        sheet = client.get(address.group())
        assert sheet.headers["Content-Type"] == "text/css"
        assert "immutable" in sheet.headers["Cache-Control"]
        themes[host] = sheet.content.decode()
        assert client.get("/theme.0000000000000000.css").status_code == 404
    assert themes[HOST] != themes["lian.localhost"]
    assert "#0f6b5c" in themes[HOST]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_scripts(
    scene: SceneAccess, language: str
) -> None:
    person = signed_in(HOST, PEOPLE["audit"], language=language)
    script = signed_in(HOST, PEOPLE["audit"], json=True)
    words = {"en": "There is nothing here", "zh-hans": "此处没有内容"}
    for path in (
        f"/loans/{public_id('lon', new_id())}",
        "/loans/lon_x",
        "/loans?after=x",
        "/accounting?as_of=x",
    ):
        page = person.get(path)
        assert page.status_code == 404
        assert words[language] in page.content.decode()
        assert script.get(path).headers["Content-Type"] == "application/problem+json"
    forbidden = signed_in(HOST, PEOPLE["accounts"], language=language).get("/strategy")
    assert forbidden.status_code == 403
    assert {"en": "You may not do this", "zh-hans": "您无权"}[language] in forbidden.content.decode()


def test_a_form_that_is_not_ours_is_refused(scene: SceneAccess) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": HOST, "accept": "text/html"})
    answer = client.post("/sign-in", {"email": PEOPLE["risk"], "password": TEAM_PASSWORD})
    assert answer.status_code == 403
    assert "<h1>" in answer.content.decode()
    assert "sessionid" not in client.cookies
