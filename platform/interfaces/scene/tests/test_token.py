"""Tokens: one bank, ten minutes, kept as a hash; nothing without a resource (RFC 6749, 7523, 8707)."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from interfaces.door import now
from interfaces.scene import client_assertion
from interfaces.scene.tests.caller import API, Caller
from interfaces.scene.tests.conformance import validate
from kernel.ids import public_id
from plumbing.schemas import public_schema
from tenants.access.models import AccessToken
from tenants.access.operations import add_key, register_client, revoke_client
from tenants.banks.models import Bank
from tenants.banks.queries import get_bank
from tenants.scenes.operations import end_contract
from tenants.scenes.queries import contracts
from testkit.scenes import SceneAccess, open_scene

ISSUER = f"http://{API}"
FORM = "application/x-www-form-urlencoded"


def bank_id(schema: str = "qinglan") -> str:
    with public_schema():
        return public_id("bnk", get_bank(schema_name=schema).id)


def ask(access: SceneAccess | None = None, address: str = "127.0.0.1", **form: str) -> Any:
    headers = {"host": API}
    if access is not None:
        pair = base64.b64encode(f"{access.client_id}:{access.secret}".encode()).decode()
        headers["authorization"] = f"Basic {pair}"
    fields = {"grant_type": "client_credentials", "resource": f"{ISSUER}/banks/{bank_id()}", **form}
    client = Client(headers=headers, raise_request_exception=False)
    body = urlencode({k: v for k, v in fields.items() if v})
    return client.post("/oauth/token", body, content_type=FORM, REMOTE_ADDR=address)


def refused(response: Any, status: int, error: str) -> None:
    assert (response.status_code, response.json()["error"]) == (status, error), response.content
    assert response["Cache-Control"] == "no-store"
    assert AccessToken.objects.count() == 0


def test_a_token_works_at_its_bank_and_is_kept_as_a_hash(access: SceneAccess) -> None:
    response = ask(access)
    body = response.json()
    assert (response.status_code, body["token_type"], body["expires_in"]) == (200, "Bearer", 600)
    row = AccessToken.objects.get()
    assert body["access_token"] not in str(row.__dict__)
    assert row.expires_at - row.issued_at == timedelta(minutes=10)
    status = Caller(access, token=body["access_token"]).get(f"/banks/{bank_id()}/status")
    assert status["bank"] == bank_id()


def test_a_secret_may_come_in_the_form(access: SceneAccess) -> None:
    assert ask(client_id=access.client_id, client_secret=access.secret).status_code == 200


def test_only_the_scopes_asked_for_are_given(access: SceneAccess) -> None:
    body = ask(access, scope="loans:read events:read").json()
    assert body["scope"] == "events:read loans:read"
    narrow = Caller(access, token=body["access_token"])
    assert narrow.get("/loans")["data"] == []
    narrow.refused("GET", "/offers", 403, "scope_insufficient")


@pytest.mark.parametrize(
    "resource",
    [
        "",
        ISSUER,
        f"{ISSUER}/banks/",
        f"{ISSUER}/banks/bnk_1",
        "https://other.example/banks/{bank}",
        f"{ISSUER}/banks/{{bank}}/loans",
        f"{ISSUER}/banks/{{bank}}?x=1",
        f"{ISSUER}/banks/{{bank}}#x",
        "file://api.localhost/banks/{bank}",
        "http://[",
    ],
)
def test_without_one_bank_as_resource_there_is_no_token(access: SceneAccess, resource: str) -> None:
    refused(ask(access, resource=resource.replace("{bank}", bank_id())), 400, "invalid_target")


def test_a_bank_without_a_contract_is_no_target(banks: tuple[str, str]) -> None:
    stranger = open_scene("shidao", banks=["lian"], uscc="91330106MA0000T79R")
    refused(ask(stranger), 400, "invalid_target")


def test_a_contract_that_ended_gives_no_token(access: SceneAccess) -> None:
    with transaction.atomic():
        for contract in contracts(scene_id=access.scene_id):
            end_contract(contract_id=contract.id)
    refused(ask(access), 400, "invalid_target")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "unsupported_grant_type"),
        ({"scope": "loans:read everything:write"}, 400, "invalid_scope"),
        ({"client_secret": "also"}, 401, "invalid_client"),
    ],
)
def test_requests_are_refused_in_the_words_of_the_standard(
    access: SceneAccess, form: dict[str, str], status: int, error: str
) -> None:
    refused(ask(access, **form), status, error)


def test_wrong_secrets_and_revoked_clients_get_the_same_answer(access: SceneAccess) -> None:
    wrong = SceneAccess(access.scene_id, access.client_id, "sk_test_wrong")
    unknown = SceneAccess(access.scene_id, "cli_nobody", access.secret)
    answers = [ask(wrong), ask(unknown), ask()]
    with transaction.atomic():
        revoke_client(client_id=access.client_id)
    answers.append(ask(access))
    for answer in answers:
        refused(answer, 401, "invalid_client")
    assert len({answer.content for answer in answers}) == 1
    assert answers[0]["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic bm9jb2xvbg==", "Bearer x", "Basic /////w=="])
def test_a_header_that_is_no_pair_is_refused(access: SceneAccess, header: str) -> None:
    client = Client(headers={"host": API, "authorization": header})
    form = {"grant_type": "client_credentials", "resource": f"{ISSUER}/banks/{bank_id()}"}
    refused(client.post("/oauth/token", urlencode(form), content_type=FORM), 401, "invalid_client")


def test_a_parameter_given_twice_or_as_json_is_refused(access: SceneAccess) -> None:
    client = Client(headers={"host": API})
    twice = "grant_type=client_credentials&grant_type=client_credentials"
    response = client.generic("POST", "/oauth/token", twice, "application/x-www-form-urlencoded")
    refused(response, 400, "invalid_request")
    refused(client.post("/oauth/token", {"grant_type": "x"}, "application/json"), 400, "invalid_request")
    assert client.get("/oauth/token").status_code == 405


class TestSignedAssertion:
    """A live client signs; a secret opens nothing."""

    @pytest.fixture
    def key(self) -> ECKey:
        return ECKey.generate_key("P-256", {"kid": "k1"})

    @pytest.fixture
    def client_id(self, access: SceneAccess, key: ECKey) -> str:
        with transaction.atomic():
            Bank.objects.filter(schema_name="qinglan").update(livemode=True)
            client, secret = register_client(
                scene_id=access.scene_id,
                name="live",
                sandbox=False,
                jwks={"keys": [key.as_dict(private=False)]},
                now=now(),
            )
        assert secret == ""
        return client

    def claims(self, client_id: str, **changes: Any) -> dict[str, Any]:
        seconds = int(now().timestamp())
        return {
            "iss": client_id,
            "sub": client_id,
            "aud": f"{ISSUER}/oauth/token",
            "iat": seconds,
            "exp": seconds + 60,
            "jti": uuid4().hex,
            **changes,
        }

    def signed(self, key: ECKey, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "ES256", "kid": "k1"}, claims, key)

    def send(self, key: ECKey, claims: dict[str, Any], **form: str) -> Any:
        fields = {
            "client_assertion": self.signed(key, claims),
            "client_assertion_type": client_assertion.ASSERTION_TYPE,
        }
        return ask(**{**fields, **form})

    def test_a_signed_assertion_gets_a_token_once(self, client_id: str, key: ECKey) -> None:
        claims = self.claims(client_id)
        assert self.send(key, claims).status_code == 200
        replayed = self.send(key, claims)
        assert (replayed.status_code, replayed.json()["error"]) == (401, "invalid_client")
        assert AccessToken.objects.count() == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"aud": "https://elsewhere.example"},
            {"iss": "cli_other"},
            {"sub": "cli_other"},
            {"exp": 1},
            {"exp": 9_999_999_999},
            {"exp": None},
            {"iat": None},
            {"iat": 9_999_999_999},
            {"iat": 1},
            {"jti": None},
            {"jti": "short"},
            {"jti": 7},
        ],
    )
    def test_a_wrong_claim_opens_nothing(self, client_id: str, key: ECKey, change: dict[str, Any]) -> None:
        claims = {
            name: value for name, value in self.claims(client_id, **change).items() if value is not None
        }
        refused(self.send(key, claims), 401, "invalid_client")

    def test_another_key_or_another_type_opens_nothing(self, client_id: str, key: ECKey) -> None:
        stranger = ECKey.generate_key("P-256", {"kid": "k1"})
        refused(self.send(stranger, self.claims(client_id)), 401, "invalid_client")
        refused(self.send(key, self.claims(client_id), client_assertion_type="x"), 401, "invalid_client")
        refused(self.send(key, self.claims(client_id), client_assertion="a.b.c"), 401, "invalid_client")

    def test_a_live_client_shows_no_secret(self, client_id: str) -> None:
        for secret in ("", "sk_live_x", "sk_test_x"):
            refused(ask(client_id=client_id, client_secret=secret), 401, "invalid_client")

    def test_without_a_kid_or_with_another_algorithm_it_opens_nothing(
        self, client_id: str, key: ECKey
    ) -> None:
        unnamed = jwt.encode({"alg": "ES256"}, self.claims(client_id), key)
        refused(self.send(key, {}, client_assertion=unnamed), 401, "invalid_client")
        shared = OctKey.import_key("k" * 32, {"kid": "k1"})
        symmetric = jwt.encode({"alg": "HS256", "kid": "k1"}, self.claims(client_id), shared)
        refused(self.send(key, {}, client_assertion=symmetric), 401, "invalid_client")
        head, payload, _ = self.signed(key, self.claims(client_id)).split(".")
        unsigned = base64.urlsafe_b64encode(b'{"alg":"none","kid":"k1"}').decode().rstrip("=")
        for assertion in (f"{unsigned}.{payload}.", f"{head}.{payload}."):
            refused(self.send(key, {}, client_assertion=assertion), 401, "invalid_client")

    def test_an_assertion_is_used_up_by_a_call_that_is_refused(self, client_id: str, key: ECKey) -> None:
        claims = self.claims(client_id)
        refused(self.send(key, claims, resource=f"{ISSUER}/banks/bnk_1"), 400, "invalid_target")
        refused(self.send(key, claims), 401, "invalid_client")

    def test_two_keys_sign_while_one_replaces_the_other(self, client_id: str, key: ECKey) -> None:
        fresh = ECKey.generate_key("P-256", {"kid": "k2"})
        with transaction.atomic():
            add_key(client_id=client_id, key=fresh.as_dict(private=False), now=now())
        for kid, one in (("k1", key), ("k2", fresh)):
            assertion = jwt.encode({"alg": "ES256", "kid": kid}, self.claims(client_id), one)
            assert self.send(one, {}, client_assertion=assertion).status_code == 200, kid

    def test_a_live_client_is_refused_at_a_sandbox_bank(self, client_id: str, key: ECKey) -> None:
        refused_at = self.send(
            key, self.claims(client_id), resource=f"{ISSUER}/banks/{bank_id('lian')}"
        ).json()
        assert (refused_at["error"], refused_at["code"]) == ("invalid_target", "access.live_client")
        assert AccessToken.objects.count() == 0

    def test_a_sandbox_client_is_refused_at_a_live_bank(self, client_id: str, access: SceneAccess) -> None:
        answer = ask(access)
        refused(answer, 400, "invalid_target")
        assert answer.json()["code"] == "live_not_enabled"

    def test_a_client_without_keys_cannot_sign(self, access: SceneAccess, key: ECKey) -> None:
        refused(self.send(key, self.claims(access.client_id)), 401, "invalid_client")


def test_a_client_that_floods_is_refused_and_nothing_else_of_it_suffers(
    access: SceneAccess, settings: Any
) -> None:
    settings.RATE_LIMITS = "default=5/60 money=5/60 token=2/60 token_address=100/60"
    left = [ask(access)["RateLimit"].partition(";t=")[0] for _ in range(2)]
    assert left == ['"token";r=1', '"token";r=0']
    flood = [ask(access) for _ in range(3)]
    for answer in flood:
        body = answer.json()
        assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
        assert (body["code"], body["retryable"], body["instance"]) == ("rate_limited", True, "/oauth/token")
        assert answer["RateLimit-Policy"] == '"token";q=2;w=60'
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert answer["Cache-Control"] == "no-store"
        validate(body, {"$ref": "#/components/schemas/Problem"})
    assert AccessToken.objects.count() == 2
    called = Caller(access, token=access.token("qinglan", now=now())).call("GET", "/loans")
    assert (called.status_code, called["RateLimit"].partition(";t=")[0]) == (200, '"default";r=4')
    assert ask(open_scene("shidao", banks=["qinglan"], uscc="91330106MA0000T79R")).status_code == 200


def test_who_guesses_a_secret_uses_up_its_own_address_and_nothing_of_the_client(
    access: SceneAccess, settings: Any
) -> None:
    settings.RATE_LIMITS = "token=1/60 token_address=3/60"
    wrong = SceneAccess(access.scene_id, access.client_id, "sk_test_wrong")
    guesses = [ask(wrong, f"2001:db8:0:7::{number}") for number in range(1, 6)]
    assert [answer.status_code for answer in guesses] == [401, 401, 401, 429, 429]
    assert guesses[0]["RateLimit"].startswith('"token_address";r=2;')
    assert guesses[4]["RateLimit-Policy"] == '"token_address";q=3;w=60'
    assert ask(access, "2001:db8:0:7::9").status_code == 429
    answer = ask(access, "2001:db8:0:8::1")
    assert (answer.status_code, answer["RateLimit"].partition(";t=")[0]) == (200, '"token";r=0')
    for number in range(4):  # written as IPv6, but each an address of its own
        assert ask(wrong, f"::ffff:198.51.100.{number}").status_code == 401


def test_the_server_describes_itself(banks: tuple[str, str]) -> None:
    response = Client(headers={"host": API}).get("/.well-known/oauth-authorization-server")
    body = response.json()
    assert body["issuer"] == ISSUER
    assert body["token_endpoint"] == f"{ISSUER}/oauth/token"
    assert "private_key_jwt" in body["token_endpoint_auth_methods_supported"]


def test_the_same_addresses_are_not_on_a_banks_host(banks: tuple[str, str]) -> None:
    client = Client(headers={"host": "qinglan.localhost"})
    assert client.get("/.well-known/oauth-authorization-server").status_code == 404
