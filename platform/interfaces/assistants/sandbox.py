"""The way to a server: pages for anybody, objects and test clocks for a sandbox key at a sandbox bank."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from kernel.refusals import Kind, Refusal

_SECRET: Final = re.compile(r"sk_test_[\w-]+")
_ID: Final = re.compile(r"bnk_[0-9A-Z]{26}")
SECONDS: Final = 60.0  # a test clock is a whole bank: its making may take a while on a laptop


class LiveKeyRefused(Refusal):
    """Only a sandbox secret is taken, and it is looked at before anything is sent."""

    code = "assistants.live_key_refused"
    kind = Kind.FORBIDDEN
    message = (
        "Assistants work with a sandbox secret only: set CLIENT_SECRET to one that begins with sk_test_."
    )


class LiveBankRefused(Refusal):
    """The bank is live; a token for it is not used."""

    code = "assistants.live_bank_refused"
    kind = Kind.FORBIDDEN
    message = "Assistants work at sandbox banks only: {bank} is not one."


class KeyMissing(Refusal):
    """Objects need the developer's own key."""

    code = "assistants.key_missing"
    kind = Kind.INVALID
    message = "Set {names}: objects are read with your own sandbox key."


class BankUnclear(Refusal):
    """The bank is not named by its id."""

    code = "assistants.bank_unclear"
    kind = Kind.INVALID
    message = "Name the bank by its id, bnk_…, in BANK or with the call."


class NotReachable(Refusal):
    """Nobody answers at the address."""

    code = "assistants.not_reachable"
    kind = Kind.UNAVAILABLE
    message = "There is no answer from {url}: is the server running?"


class CallRefused(Refusal):
    """The API refused; its own problem is passed on."""

    code = "assistants.call_refused"
    message = "The API answered {status}: {problem}"


@dataclass
class Sandbox:
    """A server, and the key for it, if there is one; tokens are kept by bank until one is refused."""

    url: str
    client_id: str = ""
    secret: str = ""
    bank: str = ""
    transport: httpx.BaseTransport | None = None
    _tokens: dict[str, str] = field(default_factory=dict)
    _document: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, names: Mapping[str, str]) -> "Sandbox":
        """Return the server that the environment names."""
        return cls(
            url=names.get("SLUICE_URL", "http://127.0.0.1:8000").rstrip("/"),
            client_id=names.get("CLIENT_ID", ""),
            secret=names.get("CLIENT_SECRET", ""),
            bank=names.get("BANK", ""),
        )

    def page(self, path: str, language: str = "en") -> str:
        """Return a page of the site, or another public text."""
        answer = self._send("GET", path, params={"lang": language})
        if answer.status_code != 200:
            raise CallRefused(status=answer.status_code, problem=f"nothing at {path}")
        return answer.text

    def document(self) -> Any:
        """Return the API's document."""
        if not self._document:
            self._document.update(json.loads(self.page("/openapi.json")))
        return self._document

    def call(
        self,
        method: str,
        path: str,
        *,
        bank: str = "",
        body: Any = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """Do one call of the API at a sandbox bank and return what it answered."""
        for again in (True, False):
            headers = {"Authorization": f"Bearer {self._token(bank or self.bank)}"}
            answer = self._send(method, path, headers=headers, json=body, params=dict(query or {}))
            if answer.status_code != 401 or not again:
                break
            self._tokens.clear()  # ten minutes are over
        if answer.status_code >= 400:
            raise CallRefused(status=answer.status_code, problem=answer.text)
        return answer.json()

    def _token(self, bank: str) -> str:
        if missing := [
            name
            for name, value in (("CLIENT_ID", self.client_id), ("CLIENT_SECRET", self.secret))
            if not value
        ]:
            raise KeyMissing(names=", ".join(missing))
        if not _SECRET.fullmatch(self.secret):
            raise LiveKeyRefused
        if not _ID.fullmatch(bank):
            raise BankUnclear
        if bank not in self._tokens:
            self._tokens[bank] = self._issued(bank)
        return self._tokens[bank]

    def _issued(self, bank: str) -> str:
        """Get a token and ask what it is for before anything is done with it."""
        form = {"grant_type": "client_credentials", "resource": f"{self.url}/banks/{bank}"}
        answer = self._send("POST", "/oauth/token", data=form, auth=(self.client_id, self.secret))
        if answer.status_code != 200:
            if '"live_not_enabled"' in answer.text:
                raise LiveBankRefused(bank=bank)
            raise CallRefused(status=answer.status_code, problem=answer.text)
        token = str(answer.json()["access_token"])
        me = self._send("GET", "/v1/me", headers={"Authorization": f"Bearer {token}"})
        if me.status_code != 200 or me.json().get("livemode") is not False:
            raise LiveBankRefused(bank=bank)
        return token

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            with httpx.Client(base_url=self.url, timeout=SECONDS, transport=self.transport) as client:
                return client.request(method, path, **options)
        except (httpx.TransportError, httpx.InvalidURL) as problem:
            raise NotReachable(url=self.url) from problem


def as_text(value: Any) -> str:
    """Return JSON as a person reads it."""
    return json.dumps(value, ensure_ascii=False, indent=2)
