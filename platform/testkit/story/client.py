"""Clients that speak to a running Sluice the way its users do: a scene's server, bank staff, an operator."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

TIMEOUT = httpx.Timeout(120.0)


class StoryBroken(RuntimeError):
    """A door answered something the story cannot go on with."""


def checked(response: httpx.Response, *expected: int) -> Any:
    """Return the JSON body; anything but an expected status (default: any success) breaks the story."""
    good = response.status_code in expected if expected else response.is_success
    if not good:
        request = response.request
        raise StoryBroken(f"{request.method} {request.url} -> {response.status_code}: {response.text[:600]}")
    return response.json() if response.content else None


def retried(call: Callable[[], httpx.Response], *, patience: float = 120.0) -> httpx.Response:
    """Call again while the server is away or asks for patience: safe, because every call carries its key."""
    until = time.monotonic() + patience
    while True:
        try:
            response = call()
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)
            continue
        busy = response.status_code in (500, 502, 503, 504) or (
            response.status_code == 409 and "idempotency_key_in_use" in response.text
        )
        if not busy or time.monotonic() > until:
            return response
        time.sleep(0.3)


def once(look: Callable[[], Any], act: Callable[[], Any]) -> Any:
    """Return what is there, or do the act; one whose answer was lost counts when what it made is there."""
    found = look()
    if found is not None:
        return found
    try:
        return act()
    except StoryBroken:
        found = look()
        if found is None:
            raise
        return found


def poll(look: Callable[[], Any], done: Callable[[Any], bool], what: str, patience: float) -> Any:
    """Look again until it is done; patience is in seconds."""
    until = time.monotonic() + patience
    while not done(body := look()):
        if time.monotonic() > until:
            raise StoryBroken(f"waited {patience:.0f} s for {what}; last seen: {str(body)[:400]}")
        time.sleep(0.05)
    return body


@dataclass
class SceneClient:
    """A scene provider's server: client credentials, one token per bank, an idempotency key on every POST."""

    base_url: str
    client_id: str
    client_secret: str
    bank_id: str
    scopes: str
    diary: Path | None = None
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT))
    _token: str = ""
    _expires: float = 0.0

    def _authorization(self) -> dict[str, str]:
        if time.monotonic() > self._expires:
            body = checked(
                retried(
                    lambda: self.http.post(
                        f"{self.base_url}/oauth/token",
                        data={
                            "grant_type": "client_credentials",
                            "resource": f"{self.base_url}/banks/{self.bank_id}",
                            "scope": self.scopes,
                        },
                        auth=(self.client_id, self.client_secret),
                    )
                )
            )
            self._token = body["access_token"]
            self._expires = time.monotonic() + int(body["expires_in"]) - 60
        return {"Authorization": f"Bearer {self._token}"}

    def get(self, path: str, **params: Any) -> Any:
        """GET a resource."""
        url = f"{self.base_url}/v1{path}"
        return checked(retried(lambda: self.http.get(url, params=params, headers=self._authorization())))

    def each(self, path: str, **params: Any) -> Iterator[Any]:
        """Walk a list through its cursor."""
        after: str | None = None
        while True:
            page = self.get(path, limit=100, **params, **({"after": after} if after else {}))
            yield from page["data"]
            if not page["has_more"]:
                return
            after = page["next_cursor"]

    def try_post(self, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        """POST with an idempotency key and return the raw answer."""
        url, key = f"{self.base_url}/v1{path}", key or str(uuid4())
        return self._noted(
            path,
            retried(
                lambda: self.http.post(
                    url, json=body or {}, headers={**self._authorization(), "Idempotency-Key": key}
                )
            ),
        )

    def _noted(self, path: str, answer: httpx.Response) -> httpx.Response:
        """Write down what was promised: whoever looks later can ask whether it was kept."""
        body = answer.json() if answer.is_success and answer.content else None
        if self.diary is not None and isinstance(body, dict) and "id" in body:
            line = json.dumps({"bank_id": self.bank_id, "path": path, "id": body["id"]})
            with self.diary.open("a", encoding="utf-8") as diary:
                diary.write(line + "\n")
        return answer

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """POST and insist on success."""
        return checked(self.try_post(path, body, key=key))

    def feed(self, path: str, lines: bytes, *, key: str, **params: Any) -> Any:
        """POST an NDJSON batch."""
        url = f"{self.base_url}/v1{path}"
        headers = {"Idempotency-Key": key, "Content-Type": "application/x-ndjson"}
        sent = retried(
            lambda: self.http.post(
                url, params=params, content=lines, headers={**self._authorization(), **headers}
            )
        )
        return checked(self._noted(path, sent))

    def wait_for(self, path: str, done: Callable[[Any], bool], *, patience: float = 180.0) -> Any:
        """Poll a resource until it is done."""
        return poll(lambda: self.get(path), done, path, patience)


@dataclass
class PersonClient:
    """Somebody at a browser: a session cookie, the CSRF token, and a host (a bank's, or the platform's)."""

    base_url: str
    host: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT))

    def _headers(self) -> dict[str, str]:
        token = self.http.cookies.get("csrftoken", domain=None) or ""
        return {
            "Host": self.host,
            "Accept": "application/json",
            "X-CSRFToken": token,
            "Referer": self.base_url.replace("127.0.0.1", self.host.split(":")[0]),
        }

    def get(self, path: str, **params: Any) -> Any:
        """GET a JSON view of a page."""
        return checked(
            retried(lambda: self.http.get(self.base_url + path, params=params, headers=self._headers()))
        )

    def page(self, path: str) -> httpx.Response:
        """GET a page as a browser would."""
        return retried(
            lambda: self.http.get(self.base_url + path, headers={**self._headers(), "Accept": "text/html"})
        )

    def try_post(self, path: str, **form: Any) -> httpx.Response:
        """POST a form and return the raw answer."""
        return retried(lambda: self.http.post(self.base_url + path, data=form, headers=self._headers()))

    def post(self, path: str, **form: Any) -> Any:
        """POST a form and insist on success."""
        return checked(self.try_post(path, **form))

    def sign_in(self, path: str, email: str, password: str) -> None:
        """Sign in at a door's own sign-in page."""
        self.page(path)
        self.post(path, email=email, password=password)

    def wait_for(self, path: str, done: Callable[[Any], bool], *, patience: float = 180.0) -> Any:
        """Poll a page's JSON until it is done."""
        return poll(lambda: self.get(path), done, path, patience)
