"""The calendar's page: an official year put down by one person and adopted by another."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client

from interfaces.middleware import BankFromHostMiddleware
from interfaces.tests.portal import HOST, PEOPLE, signed_in
from plumbing.schemas import bank_schema
from regulation.queries import calendar

DAYS = "2027-02-08 holiday 春节\n\n2027-02-09 holiday\n2027-02-20 workday"


@pytest.fixture(scope="module")
def risk(module_database: str) -> Iterator[Client]:
    BankFromHostMiddleware.forget_hosts()
    cache.clear()
    yield signed_in(HOST, PEOPLE["risk"], json=True)
    BankFromHostMiddleware.forget_hosts()


def test_an_official_year_is_signed_by_two_people_on_a_page(risk: Client) -> None:
    checker = signed_in(HOST, "risk.checker@qinglan.example")

    def propose(client: Client, days: str) -> int:
        asked = {"year": "2027", "source": "State Council", "days": days}
        return client.post("/calendar/propose", asked).status_code

    with bank_schema("qinglan"):
        before = calendar()
    assert propose(signed_in(HOST, PEOPLE["audit"], json=True), DAYS) == 403
    for wrong in ("soon", "2027-02-30 holiday", "2027-02-08 feast", "2028-02-08 holiday"):
        assert propose(risk, wrong) == 400
    assert propose(risk, DAYS) == 201
    [waiting] = risk.get("/calendar").json()["waiting"]
    adopt = f"/calendar/{waiting['id']}/adopt"
    assert risk.post(adopt).status_code == 422
    assert adopt not in signed_in(HOST, PEOPLE["risk"]).get("/calendar").content.decode()
    page = checker.get("/calendar").content.decode()
    assert adopt in page and "春节" in page
    with bank_schema("qinglan"):
        assert calendar() == before
    assert checker.post(adopt, follow=True).status_code == 200
    assert risk.post(adopt).status_code == 409
    years = {each["year"]: each["official"] for each in risk.get("/calendar").json()["years"]}
    assert (years[2027], risk.get("/calendar").json()["waiting"]) == (True, [])
    with bank_schema("qinglan"):
        assert calendar().next_workday(date(2027, 2, 8)) == date(2027, 2, 10)
