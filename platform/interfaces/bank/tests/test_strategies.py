"""From an edit to a signature: a rule made, checked, back-tested, run in the shadow, signed by two people."""

import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from interfaces.middleware import BankFromHostMiddleware
from interfaces.tests.portal import HOST, PEOPLE, signed_in
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from risk.strategies.models import Proposal, StrategyDraft, StrategyVersion
from testkit.scenes import open_scene
from testkit.worlds import World, build

CHECKER = "risk.checker@qinglan.example"
PATH = "/strategy"


@pytest.fixture(scope="module")
def world(module_database: str) -> World:
    """A small world, with decisions to test a change on."""
    BankFromHostMiddleware.forget_hosts()
    cache.clear()
    scene = open_scene("strategies", banks=["qinglan"])
    with bank_schema("qinglan"), transaction.atomic():
        return build(scene)


@pytest.fixture
def maker(world: World) -> Iterator[Client]:
    yield signed_in(HOST, PEOPLE["risk"])
    BankFromHostMiddleware.forget_hosts()


def document_in(page: str) -> dict[str, Any]:
    """Return the working document that an editor's page carries."""
    found = re.search(r'name="document" value="([^"]*)"', page)
    assert found
    document: dict[str, Any] = json.loads(html.unescape(found.group(1)))
    return document


def version() -> str:
    script = signed_in(HOST, PEOPLE["risk"], json=True)
    return str(next(row["id"] for row in script.get(PATH).json()["versions"] if row["status"] == "in_force"))


def drafted(maker: Client, months: int = 9) -> str:
    """Make a rule stricter in the editor and return the draft's address."""
    place = f"{PATH}/documents/{version()}/edit"
    page = maker.get(place).content.decode()
    document = document_in(page)
    at = next(i for i, row in enumerate(document["admit"]["rules"]) if row["code"] == "months_open")
    fields = {
        "document": json.dumps(document),
        f"c:admit/rules/{at}/require/fact": "enterprise.months_open",
        f"c:admit/rules/{at}/require/op": ">=",
        f"c:admit/rules/{at}/require/value": str(months),
    }
    checked = maker.post(place, fields, headers={"hx-request": "true", "hx-target": "problems"})
    assert "The check finds no problem." in checked.content.decode()
    assert "<html" not in checked.content.decode()
    answer = maker.post(place, fields | {"act": "save", "note": "older shops"})
    assert answer.status_code == 302
    return str(answer["location"])


def test_a_document_with_a_problem_is_never_a_draft(maker: Client) -> None:
    place = f"{PATH}/documents/{version()}/edit"
    with bank_schema("qinglan"):
        before = StrategyDraft.objects.count()
    fields = {"document": json.dumps(document_in(maker.get(place).content.decode()))}
    answer = maker.post(place, fields | {"d:admit/rules/0/reason": "no_such_reason", "act": "save"})
    assert answer.status_code == 200
    assert "1 problem" in answer.content.decode()
    script = signed_in(HOST, PEOPLE["risk"], json=True)
    refused = script.post(place, fields | {"d:price/rates/A": "NaN", "act": "save"})
    assert (refused.status_code, refused.json()["problems"][0]["path"]) == (422, "price")
    broken = script.post(place, fields | {"d:nowhere/at/all": "1"})
    assert (broken.status_code, broken.json()["code"]) == (400, "strategies.form_broken")
    assert signed_in(HOST, PEOPLE["product"]).post(place, fields).status_code == 403
    with bank_schema("qinglan"):
        assert StrategyDraft.objects.count() == before
    with bank_schema("lian"):
        assert StrategyDraft.objects.count() == 0


def test_a_grade_and_a_signal_are_removed_on_the_page(maker: Client) -> None:
    place = f"{PATH}/documents/{version()}/edit"
    page = maker.get(place).content.decode()
    assert '<legend class="mono">receipts_halved</legend>' in page
    for list_, row in (("grade/steps", "grade/steps/3"), ("watch", "watch/0")):
        assert f'value="remove:{row}"' in page and f'value="add:{list_}"' in page
        fields = {"document": json.dumps(document_in(page)), "act": f"remove:{row}"}
        page = maker.post(place, fields).content.decode()
        assert "The check finds no problem." in page and f'value="remove:{row}"' not in page
    changed = document_in(page)
    assert (len(changed["grade"]["steps"]), changed["watch"]) == (3, [])


def test_from_the_edit_to_two_signatures(maker: Client) -> None:
    draft = drafted(maker)
    with bank_schema("qinglan"):
        today = business_date()
    page = maker.get(draft).content.decode()
    assert "Prove it before it decides" in page
    period = {"from_date": today - timedelta(days=300), "to_date": today + timedelta(days=1)}
    assert maker.post(f"{draft}/backtest", period).status_code == 302
    page = maker.get(draft).content.decode()
    [report] = re.findall(r'href="(/strategy/backtests/[^"]+)"', page)
    assert "Swap set" in maker.get(report).content.decode()
    shadow = {"effective_from": today, "effective_to": today + timedelta(days=7)}
    assert maker.post(f"{draft}/shadow", shadow).status_code == 302
    [beside] = re.findall(r'href="(/strategy/shadows/[^"]+)"', maker.get(draft).content.decode())
    assert "Live against shadow" in maker.get(beside).content.decode()
    assert maker.post(f"{beside}/stop").status_code == 302
    signed = {"effective_from": today, "reason": "shops younger than nine months"}
    assert maker.post(f"{draft}/propose", signed).status_code == 302
    [approve] = re.findall(
        r'action="(/strategy/proposals/[^"]+/approve)"', signed_in(HOST, CHECKER).get(PATH).content.decode()
    )
    assert "/approve" not in maker.get(PATH).content.decode()  # nobody approves what is one's own
    script = signed_in(HOST, PEOPLE["risk"], json=True)
    assert script.post(approve).status_code in {403, 409}
    with bank_schema("qinglan"):
        assert StrategyVersion.objects.count() == 1
    assert signed_in(HOST, CHECKER, json=True).post(approve).status_code == 200
    with bank_schema("qinglan"):
        assert [row.version for row in StrategyVersion.objects.order_by("version")] == [1, 2]
    rows = signed_in(HOST, PEOPLE["risk"], json=True).get(PATH).json()["versions"]
    old = next(row["id"] for row in rows if row["status"] == "superseded")
    assert maker.post(f"{PATH}/documents/{old}/rollback", {"reason": "too strict"}).status_code == 302
    with bank_schema("qinglan"):
        assert Proposal.objects.filter(verdict=None).count() == 1
    [reject] = re.findall(
        r'action="(/strategy/proposals/[^"]+/reject)"', signed_in(HOST, CHECKER).get(PATH).content.decode()
    )
    assert signed_in(HOST, CHECKER, json=True).post(reject, {"reason": "not yet"}).status_code == 200
    with bank_schema("lian"):
        assert (StrategyVersion.objects.count(), Proposal.objects.count()) == (1, 0)


def test_a_trained_card_is_registered_and_approved_before_it_decides(maker: Client) -> None:
    """The editor says so at the card's place, the proposal is refused; the register opens the way (R-01)."""
    place = f"{PATH}/documents/{version()}/edit"
    document = document_in(maker.get(place).content.decode())
    card = document["pd"]["card"]
    card["scale"]["base"] += 1
    script, checker = (signed_in(HOST, who, json=True) for who in (PEOPLE["risk"], CHECKER))
    fields = {"document": json.dumps(document)}
    [warning] = script.post(place, fields | {"act": "check"}).json()["warnings"]
    assert (warning["path"], "none of this content" in warning["problem"]) == ("pd.card", True)
    draft = f"{PATH}/documents/{script.post(place, fields | {'act': 'save'}).json()['id']}"
    with bank_schema("qinglan"):
        today, before = business_date(), Proposal.objects.count()
    signed = {"effective_from": today, "reason": "trained anew"}
    refused = script.post(f"{draft}/propose", signed)
    assert (refused.status_code, refused.json()["code"]) == (422, "scoring.card_unregistered")
    with bank_schema("qinglan"):
        assert Proposal.objects.count() == before

    made = {"card": json.dumps(card), "report": "# trained anew"}
    assert signed_in(HOST, PEOPLE["audit"], json=True).post("/models/register", made).status_code == 403
    assert script.post("/models/register", made | {"card": "{"}).status_code == 400
    model = script.post("/models/register", made)
    assert (model.status_code, model.json()["status"]) == (201, "developed")
    assert script.post(f"{draft}/propose", signed).json()["code"] == "scoring.card_not_usable"
    for status in ("validated", "approved"):
        moved = checker.post(f"/models/{model.json()['id']}/move", {"status": status, "note": "seen"})
        assert moved.json()["status"] == status
    assert script.post(place, fields | {"act": "check"}).json() == {"problems": [], "warnings": []}
    proposal = script.post(f"{draft}/propose", signed)
    assert proposal.status_code == 200
    rejected = checker.post(f"/strategy/proposals/{proposal.json()['id']}/reject", {"reason": "no"})
    assert rejected.status_code == 200


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("snooze", {"rule": "months_open", "subject": "biz_1", "days": "5"}),
        ("exploration", {"share_percent": "3", "pd_up_to": "0.12", "limit_max": "8000", "month": "50000"}),
        ("policy", {"hit_share_percent": "40"}),
    ],
)
def test_an_exception_is_asked_for_and_refused_in_words(
    maker: Client, kind: str, fields: dict[str, str]
) -> None:
    script = signed_in(HOST, PEOPLE["risk"], json=True)
    with bank_schema("qinglan"):
        today, before = business_date(), Proposal.objects.count()
    asked = {
        "strategy_code": "receipts_revolving",
        "effective_from": today,
        "effective_to": today + timedelta(days=5),
        "month_amount_max": fields.get("month", ""),
        "portfolio_days": "90",
        "portfolio_count_min": "20",
        "snooze_days_max": "30",
        "reason": "a visit",
        **fields,
    }
    first = next(iter(fields))
    assert script.post(f"{PATH}/exceptions/{kind}", asked | {first: ""}).status_code == 400
    assert script.post(f"{PATH}/exceptions/nothing", asked).status_code == 400
    with bank_schema("qinglan"):
        assert Proposal.objects.count() == before
    assert script.post(f"{PATH}/exceptions/{kind}", asked).status_code == 201
    with bank_schema("qinglan"):
        assert Proposal.objects.count() == before + 1
