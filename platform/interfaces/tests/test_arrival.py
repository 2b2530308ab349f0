"""Where a call comes from: the connection's word, or a trusted proxy's; nobody chooses its own address."""

from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from interfaces.arrival import TrustedProxyMiddleware
from interfaces.door import now
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.test_token import ask
from plumbing.schemas import public_schema
from tenants.access import operations as access
from tenants.access.models import AccessToken
from testkit.scenes import SceneAccess, open_scene


def arrived(nearest: str, **headers: str) -> tuple[str, str]:
    seen: list[tuple[str, str]] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append((request.META["REMOTE_ADDR"], request.build_absolute_uri("/")))
        return HttpResponse()

    request = RequestFactory().get("/", REMOTE_ADDR=nearest, headers={"host": "api.localhost", **headers})
    TrustedProxyMiddleware(view)(request)
    return seen[0]


@pytest.mark.parametrize(
    ("nearest", "forwarded", "found"),
    [
        ("198.51.100.7", "203.0.113.10", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.10", "203.0.113.10"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.10", "203.0.113.10"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.10, 10.0.0.2", "203.0.113.10"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "not an address", "10.0.0.1"),
        ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
    ],
)
def test_only_a_trusted_proxy_says_who_calls(settings: Any, nearest: str, forwarded: str, found: str) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    sent = {"x-forwarded-for": forwarded, "x-forwarded-proto": "https"}
    scheme = "https" if nearest.startswith("10.") else "http"
    assert arrived(nearest, **sent) == (found, f"{scheme}://api.localhost/")
    settings.TRUSTED_PROXIES = []
    assert arrived(nearest, **sent) == (nearest, "http://api.localhost/")


@pytest.fixture
def scene(banks: tuple[str, str]) -> SceneAccess:
    return open_scene("xianlian", banks=["qinglan"])


def test_a_client_is_used_from_its_own_addresses_only(scene: SceneAccess) -> None:
    caller = Caller(scene)
    with public_schema(), transaction.atomic():
        access.allow_addresses(client_id=scene.client_id, ranges=["203.0.113.0/24", "127.0.0.1"])
    assert caller.get("/loans")["data"] == []
    assert ask(scene).status_code == 200
    with public_schema(), transaction.atomic():
        access.allow_addresses(client_id=scene.client_id, ranges=["203.0.113.10"])
    count = AccessToken.objects.count()
    caller.refused("GET", "/loans", 401, "ip_not_allowed", x_forwarded_for="203.0.113.10")
    answer = ask(scene)
    assert (answer.status_code, answer.json()["code"]) == (401, "ip_not_allowed")
    assert AccessToken.objects.count() == count
    with public_schema(), transaction.atomic():
        assert access.allow_addresses(client_id=scene.client_id, ranges=[]).addresses == ()
    assert caller.get("/loans")["data"] == []


@pytest.mark.parametrize(
    "ranges", [["x"], ["203.0.113.1/24"], ["300.1.1.1"], [f"10.0.0.{n}" for n in range(21)]]
)
def test_what_is_no_range_is_refused(scene: SceneAccess, ranges: list[str]) -> None:
    with pytest.raises(access.AddressInvalid):
        access.allow_addresses(client_id=scene.client_id, ranges=ranges)
    assert access.ApiClient.objects.get(client_id=scene.client_id).addresses == []
    assert scene.token("qinglan", now=now())
