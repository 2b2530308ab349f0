"""Somebody in the frame, without a browser: exchanges the secret and takes the steps."""

import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from uuid import uuid4

from django.test import Client

from kernel.ids import public_id
from openbanking.embed_sessions import operations as sessions
from openbanking.embed_sessions.queries import SessionView
from plumbing.schemas import bank_schema
from tenants.access.scopes import SCOPES
from testkit.applicants import Applicant
from testkit.scenes import SceneAccess

HOST = "qinglan.localhost"
EVERYTHING = ("offer_tile", "application", "dashboard")


def words(html: str) -> str:
    """Return the text of a piece of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def opened(access: SceneAccess, shop: Applicant, *, now: Any, **change: Any) -> tuple[SessionView, str]:
    """Open a session for a shop."""
    terms = {
        "scene_id": access.scene_id,
        "client_id": access.client_id,
        "allowed_scopes": SCOPES,
        "enterprise_id": shop.enterprise_id,
        "components": EVERYTHING,
        "locale": "en",
        "return_url": "",
        "now": now,
    }
    return sessions.open_session(**(terms | change))


@dataclass
class Guest:
    """A visit to one bank's frame."""

    session: SessionView
    secret: str
    language: str = "en"
    host: str = HOST
    bearer: str = ""
    last: dict[str, Any] = field(default_factory=dict)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send what the page would send."""
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        named = {"host": self.host, "accept-language": self.language, **headers}
        if self.bearer:
            named.setdefault("authorization", f"Bearer {self.bearer}")
        data = b"" if body is None else json.dumps(body).encode()
        with bank_schema("qinglan"):
            return client.generic(method, path, data, content_type="application/json", headers=named)

    def come_in(self) -> "Guest":
        """Exchange the secret."""
        answer = self.send("POST", f"{self.address}/exchange", {"client_secret": self.secret})
        assert answer.status_code == 200, answer.content
        self.bearer = answer.json()["bearer"]
        return self

    @property
    def address(self) -> str:
        """The frame's page."""
        return f"/embed/{public_id('ems', self.session.id)}"

    def look(self, component: str) -> str:
        """Load a component; return the name of the screen."""
        answer = self.send("GET", f"/embed/v1/{component}")
        assert answer.status_code == 200, answer.content
        self.last = answer.json()
        return str(self.last["screen"])

    def post(self, path: str, body: dict[str, str] | None = None, key: str = "") -> Any:
        """Take a step."""
        return self.send("POST", f"/embed/v1/{path}", body or {}, idempotency_key=key or str(uuid4()))

    def step(self, path: str, body: dict[str, str] | None = None) -> str:
        """Take a step that succeeds; return the name of the screen that follows."""
        answer = self.post(f"application/{path}", body)
        assert answer.status_code == 200, answer.content
        self.last = answer.json()
        return str(self.last["screen"])

    @property
    def text(self) -> str:
        """What the last screen says."""
        return words(self.last["html"])

    def hidden(self, name: str) -> str:
        """Return a hidden field of the last screen."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.last["html"])
        assert found is not None, self.last["html"]
        return found[1]

    def identify(self, number: str) -> Any:
        """Tick the consent and type an identity number."""
        self.look("application")
        sent = {"text_sha256": self.hidden("text_sha256"), "confirmed": "on", "id_number": number}
        return self.post("application/identity", sent)

    def consent(self) -> str:
        """Give the first consent that is asked for."""
        names = ("text_sha256", "purpose", "data_class", "product")
        return self.step("consents", {name: self.hidden(name) for name in names} | {"confirmed": "on"})
