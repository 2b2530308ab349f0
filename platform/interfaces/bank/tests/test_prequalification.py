"""The policy of pre-qualifications on its page: put down by one person, adopted by another."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from interfaces.middleware import BankFromHostMiddleware
from interfaces.tests.portal import HOST, PEOPLE, signed_in
from lending.prequalifications.models import PolicyProposal, PolicyVerdict, PrequalificationPolicy
from lending.products.operations import FIRST_PRODUCT
from plumbing.schemas import bank_schema

PAGE = "/prequalification"
ASKED = {
    "product": FIRST_PRODUCT,
    "effective_date": "2026-12-01",
    "monthly_sales_min": "60,000",
    "multiple": "1.25",
    "reason": "a winter of few sales",
}


@pytest.fixture(autouse=True)
def _no_memory(banks: tuple[str, str]) -> Iterator[None]:
    BankFromHostMiddleware.forget_hosts()
    cache.clear()
    yield
    BankFromHostMiddleware.forget_hosts()


def counts() -> list[int]:
    with bank_schema("qinglan"):
        return [one.objects.count() for one in (PolicyProposal, PolicyVerdict, PrequalificationPolicy)]


def propose(client: Client, **changes: str) -> int:
    return client.post(f"{PAGE}/propose", ASKED | changes).status_code


def test_a_policy_is_signed_by_two_people_on_a_page() -> None:
    maker = signed_in(HOST, PEOPLE["product"], json=True)
    checker, before = signed_in(HOST, PEOPLE["risk"]), counts()
    assert propose(signed_in(HOST, PEOPLE["accounts"], json=True)) == 403
    for wrong, status in (
        ({"effective_date": "soon"}, 400),
        ({"effective_date": "2020-01-01"}, 409),
        ({"multiple": "0"}, 400),
        ({"multiple": "NaN"}, 400),
        ({"monthly_sales_min": "-1"}, 400),
        ({"reason": ""}, 400),
    ):
        assert propose(maker, **wrong) == status
    assert counts() == before
    assert propose(maker) == 201
    assert propose(maker) == 409
    [waiting] = maker.get(PAGE).json()["waiting"]
    adopt, reject = (f"{PAGE}/{waiting['id']}/{word}" for word in ("adopt", "reject"))
    assert maker.post(adopt).status_code == 422
    own = signed_in(HOST, PEOPLE["product"]).get(PAGE).content.decode()
    assert adopt not in own and reject in own
    page = checker.get(PAGE).content.decode()
    assert adopt in page and "a winter of few sales" in page
    assert counts() == [before[0] + 1, before[1], before[2]]
    assert checker.post(adopt, follow=True).status_code == 200
    body = maker.get(PAGE).json()
    assert (body["waiting"], [one["multiple"] for one in body["coming"]]) == ([], ["1.250000"])
    assert "1.250000" not in {one["multiple"] for one in body["policies"]}
    assert maker.post(reject).status_code == 409
    assert counts() == [before[0] + 1, before[1] + 1, before[2] + 1]
