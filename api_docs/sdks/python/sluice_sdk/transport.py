"""What every call has in common: a token in time, one key however often it is sent, a signature."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Self
from urllib.parse import quote
from uuid import uuid4

import httpx

from sluice_sdk.errors import SluiceError, error_of
from sluice_sdk.signing import SigningKey, assertion, signed_headers

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
IN_FLIGHT: Final = frozenset({"idempotency_key_in_use", "lock_timeout"})
PASSING: Final = frozenset({0, 429, 502, 503, 504})
EARLY_SECONDS: Final = 60
LONGEST_WAIT_SECONDS: Final = 60.0
Make = Callable[[], httpx.Request]


def part(text: str) -> str:
    """Return an id as a part of an address."""
    return quote(text, safe="")


class Transport:
    """Sends calls for one client at one bank; safe to use from several threads."""

    def __init__(
        self,
        *,
        base_url: str,
        bank: str,
        client_id: str,
        client_secret: str = "",
        private_key: str | bytes | SigningKey = "",
        key_id: str = "",
        scope: str = "",
        version: str = "",
        retries: int = 3,
        http: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take a sandbox client's `client_secret`, or the `private_key` (PEM) and `key_id` of any client."""
        if bool(client_secret) == bool(private_key):
            raise ValueError("give a client_secret (sandbox) or a private_key")
        if isinstance(private_key, SigningKey):
            self.signing_key: SigningKey | None = private_key
        else:
            self.signing_key = SigningKey.of_pem(private_key, key_id) if private_key else None
        self.base_url, self.bank, self.client_id = base_url.rstrip("/"), bank.rpartition("/")[2], client_id
        self.http, self.sleep, self.retries = http or httpx.Client(timeout=30.0), sleep, retries
        self._settings: dict[str, Any] = {
            "base_url": base_url,
            "client_id": client_id,
            "client_secret": client_secret,
            "private_key": self.signing_key or "",
            "scope": scope,
            "version": version,
            "retries": retries,
            "http": self.http,
            "sleep": sleep,
        }
        self._token, self._renew_at, self._asking = "", 0.0, threading.Lock()

    def at(self, bank: str) -> Self:
        """Return the same client at another bank: `bnk_…`, or the `resource` of a test clock."""
        return type(self)(bank=bank, **self._settings)

    def token(self) -> str:
        """Return the token in use; it is asked for again a minute before it ends."""
        with self._asking:
            if time.monotonic() >= self._renew_at:
                said = self._resend(True, self._token_request).json()
                seconds = float(said["expires_in"])
                self._token = said["access_token"]
                self._renew_at = time.monotonic() + max(seconds - EARLY_SECONDS, seconds / 2)
            return self._token

    def _token_request(self) -> httpx.Request:
        url = f"{self.base_url}/oauth/token"
        form = {"grant_type": "client_credentials", "resource": f"{self.base_url}/banks/{self.bank}"}
        if self._settings["scope"]:
            form["scope"] = self._settings["scope"]
        if self.signing_key is None:
            form |= {"client_id": self.client_id, "client_secret": self._settings["client_secret"]}
        else:
            signed = assertion(self.signing_key, self.client_id, url)
            form |= {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}
        return self.http.build_request("POST", url, data=form)

    @staticmethod
    def key(given: str | None) -> str:
        """Return the idempotency key of a call: the caller's, or a new one."""
        return given or str(uuid4())

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        lines: Iterable[Any] | bytes | None = None,
        offset: int | None = None,
        if_match: str = "",
        key: str = "",
        moves_money: bool = False,
    ) -> Any:
        """Send a call and return what was answered; raises `SluiceError`."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        url = str(httpx.URL(self.base_url + path, params=given)) if given else self.base_url + path
        data, headers = b"", {"accept": "application/json"}
        if lines is not None:
            data, headers["content-type"] = _as_lines(lines), "application/x-ndjson"
        elif key or body is not None:
            data, headers["content-type"] = json.dumps(body or {}).encode(), "application/json"
        if self._settings["version"]:
            headers["sluice-version"] = self._settings["version"]
        if offset is not None:
            headers["upload-offset"] = str(offset)
        if if_match:
            headers["if-match"] = if_match
        if key:
            headers["idempotency-key"] = key

        def make() -> httpx.Request:
            named = {**headers, "authorization": f"Bearer {self.token()}"}
            if moves_money and self.signing_key is not None:
                named = signed_headers(self.signing_key, method, url, named, data)
            return self.http.build_request(method, url, content=data or None, headers=named)

        return self._resend(bool(key) or method == "GET", make).json()

    def _resend(self, may_repeat: bool, make: Make) -> httpx.Response:
        """Send what `make` makes until it is answered: made anew each time, with the same key."""
        renewed, failures = False, 0
        while True:
            wait = ""
            try:
                answer = self.http.send(make())
                if answer.is_success:
                    return answer
                error, wait = error_of(answer), answer.headers.get("retry-after", "")
            except httpx.TransportError as trouble:
                error = SluiceError(0, "network_error", str(trouble))
            if error.code == "token_expired" and not renewed:
                renewed, self._renew_at = True, 0.0
                continue
            passing = error.status in PASSING or (error.status == 409 and error.code in IN_FLIGHT)
            if not (may_repeat and passing and failures < self.retries):
                raise error
            self.sleep(_pause_seconds(wait, failures))
            failures += 1


def _pause_seconds(wait: str, failures: int) -> float:
    if wait.strip().isdecimal():
        return min(float(wait), LONGEST_WAIT_SECONDS)
    return float(0.25 * 2**failures * random.uniform(1, 1.25))  # noqa: S311 - a jitter, not a secret


def _as_lines(lines: Iterable[Any] | bytes) -> bytes:
    if isinstance(lines, bytes):
        return lines
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in lines)
