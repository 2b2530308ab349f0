"""Signing in: right people in the right place, no hint for strangers, no endless guessing."""

import importlib
from typing import Any

import pytest
from django.contrib.auth import authenticate, login
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils.module_loading import import_string

from interfaces.door import StaffView
from interfaces.sign_in import TRIES_PER_ADDRESS, TRIES_PER_SOURCE, SchemaBackend, TooManyTries
from plumbing.schemas import bank_schema, public_schema
from staff.models import StaffMember
from staff.operations import deactivate_member
from staff.roles import CAPABILITIES
from tenants.access.operations import add_operator
from testkit.banks import TEAM_PASSWORD
from testkit.clock import NOON

pytestmark = pytest.mark.usefixtures("probe")
ACCOUNTANT = "accounts@qinglan.example"


def request_from(address: str = "203.0.113.10") -> HttpRequest:
    return RequestFactory().post("/sign-in", REMOTE_ADDR=address)


def signed_in(client: Client, schema: str | None, email: str, password: str = TEAM_PASSWORD) -> Client:
    """Sign somebody in as a page would, in the schema of the client's host."""
    place = public_schema() if schema is None else bank_schema(schema)
    with place:
        request = request_from()
        request.session = import_string("django.contrib.sessions.backends.db.SessionStore")()
        person = authenticate(request, email=email, password=password)
        assert person is not None
        login(request, person)
        request.session.save()
        client.cookies["sessionid"] = request.session.session_key
    return client


def test_the_right_password_in_the_right_bank(banks: tuple[str, str]) -> None:
    with bank_schema("qinglan"):
        person = SchemaBackend().authenticate(
            request_from(), email=ACCOUNTANT.upper(), password=TEAM_PASSWORD
        )
        assert isinstance(person, StaffMember)
        assert person.email == ACCOUNTANT


@pytest.mark.parametrize(
    ("schema", "email", "password"),
    [
        ("qinglan", ACCOUNTANT, "wrong"),
        ("qinglan", "nobody@qinglan.example", TEAM_PASSWORD),
        ("lian", ACCOUNTANT, TEAM_PASSWORD),
        (None, ACCOUNTANT, TEAM_PASSWORD),
        ("qinglan", "", TEAM_PASSWORD),
    ],
)
def test_strangers_are_not_let_in_and_not_told_why(
    banks: tuple[str, str], schema: str | None, email: str, password: str
) -> None:
    with public_schema() if schema is None else bank_schema(schema):
        assert SchemaBackend().authenticate(request_from(), email=email, password=password) is None


def test_somebody_who_left_is_not_let_in_and_an_open_session_ends(banks: tuple[str, str], at: Any) -> None:
    client = signed_in(at("qinglan.localhost"), "qinglan", ACCOUNTANT)
    assert client.get("/page").status_code == 200
    with bank_schema("qinglan"):
        deactivate_member(email=ACCOUNTANT)
        assert SchemaBackend().authenticate(request_from(), email=ACCOUNTANT, password=TEAM_PASSWORD) is None
    assert client.get("/page").status_code == 302


def test_guessing_stops_for_known_and_unknown_addresses_alike(banks: tuple[str, str]) -> None:
    with bank_schema("qinglan"):
        for email in (ACCOUNTANT, "nobody@qinglan.example"):
            for number in range(TRIES_PER_ADDRESS):
                request = request_from(f"198.51.100.{number}")
                assert SchemaBackend().authenticate(request, email=email, password="wrong") is None
            with pytest.raises(TooManyTries):
                SchemaBackend().authenticate(
                    request_from("198.51.100.99"), email=email, password=TEAM_PASSWORD
                )
    with bank_schema("lian"):
        assert SchemaBackend().authenticate(
            request_from(), email="accounts@lian.example", password=TEAM_PASSWORD
        )


def test_a_right_password_forgets_the_wrong_ones_before_it(banks: tuple[str, str]) -> None:
    with bank_schema("qinglan"):
        for _ in range(2):
            for _ in range(TRIES_PER_ADDRESS - 1):
                assert (
                    SchemaBackend().authenticate(request_from(), email=ACCOUNTANT, password="wrong") is None
                )
            assert SchemaBackend().authenticate(request_from(), email=ACCOUNTANT, password=TEAM_PASSWORD)


def test_one_source_cannot_try_many_addresses(
    banks: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interfaces.sign_in.make_password", lambda password: "")  # thirty hashes take a while
    with bank_schema("qinglan"):
        for number in range(TRIES_PER_SOURCE):
            SchemaBackend().authenticate(request_from(), email=f"x{number}@qinglan.example", password="wrong")
        with pytest.raises(TooManyTries):
            SchemaBackend().authenticate(request_from(), email=ACCOUNTANT, password=TEAM_PASSWORD)
        other = SchemaBackend().authenticate(
            request_from("192.0.2.1"), email=ACCOUNTANT, password=TEAM_PASSWORD
        )
        assert other is not None


def test_an_unknown_address_costs_the_same_work(
    banks: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr("interfaces.sign_in.make_password", lambda password: hashed.append(password) or "")
    with bank_schema("qinglan"):
        SchemaBackend().authenticate(request_from(), email="nobody@qinglan.example", password="guess")
    assert hashed == ["guess"]


def test_a_session_of_one_bank_is_worth_nothing_elsewhere(banks: tuple[str, str], at: Any) -> None:
    client = signed_in(at("qinglan.localhost"), "qinglan", ACCOUNTANT)
    assert client.get("/page").content.startswith(f"qinglan {ACCOUNTANT}".encode())
    cookie = client.cookies["sessionid"].value
    for host, path in (("lian.localhost", "/page"), ("ops.localhost", "/console")):
        stranger = at(host)
        stranger.cookies["sessionid"] = cookie
        response = stranger.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/sign-in?next=")


def test_a_session_copied_into_another_banks_table_is_still_nobodys(banks: tuple[str, str], at: Any) -> None:
    client = signed_in(at("qinglan.localhost"), "qinglan", ACCOUNTANT)
    cookie = client.cookies["sessionid"].value
    with bank_schema("qinglan"):
        row = Session.objects.get(session_key=cookie)
    with bank_schema("lian"):
        Session.objects.create(session_key=cookie, session_data=row.session_data, expire_date=row.expire_date)
    stranger = at("lian.localhost")
    stranger.cookies["sessionid"] = cookie
    assert stranger.get("/page").status_code == 302


def test_operators_sign_in_to_the_console_and_to_no_bank(banks: tuple[str, str], at: Any) -> None:
    add_operator(email="ops@sluice.example", name="运营", password=TEAM_PASSWORD, now=NOON)
    client = signed_in(at("ops.localhost"), None, "ops@sluice.example")
    assert client.get("/console").content == b"ops@sluice.example"
    assert client.get("/page").status_code == 404
    with bank_schema("qinglan"):
        assert (
            SchemaBackend().authenticate(request_from(), email="ops@sluice.example", password=TEAM_PASSWORD)
            is None
        )
    at_bank = at("qinglan.localhost")
    at_bank.cookies["sessionid"] = client.cookies["sessionid"].value
    assert at_bank.get("/page").status_code == 302
    assert at_bank.get("/console").status_code == 404


def test_a_capability_that_is_missing(banks: tuple[str, str], at: Any) -> None:
    officer = signed_in(at("qinglan.localhost"), "qinglan", "credit@qinglan.example")
    assert officer.get("/page").status_code == 403
    assert officer.get("/close").status_code == 403
    accountant = signed_in(at("qinglan.localhost"), "qinglan", ACCOUNTANT)
    assert accountant.get("/close").content == b"closed"
    assert at("qinglan.localhost").get("/close").status_code == 302


def test_every_page_of_the_portal_asks_for_a_capability_that_somebody_has() -> None:
    importlib.import_module("interfaces.bank.urls")
    pages, waiting = set(), [StaffView]
    while waiting:
        page = waiting.pop()
        waiting += page.__subclasses__()
        pages |= {(page, page.capability)} if page.capability else set()
    granted = frozenset[str]().union(*CAPABILITIES.values())
    assert len(pages) > 5
    assert [page.__name__ for page, capability in pages if capability not in granted] == []
