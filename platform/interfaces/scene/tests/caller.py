"""A scene's machine, for tests: calls the API host, checks every answer against the document."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.test import Client

from interfaces.door import now
from interfaces.jobs import tasks
from interfaces.scene.tests.conformance import check
from testkit.scenes import SceneAccess

API = "api.localhost"


@dataclass
class Caller:
    """One scene at one bank."""

    access: SceneAccess
    bank: str = "qinglan"
    token: str = ""
    conforming: bool = True
    jobs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.token = self.token or self.access.token(self.bank, now=now())

    def send(
        self,
        method: str,
        path: str,
        data: bytes = b"",
        content_type: str = "application/json",
        **headers: str,
    ) -> Any:
        """Send a request as it is."""
        client = Client(headers={"host": API}, raise_request_exception=False)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named.setdefault("authorization", f"Bearer {self.token}")
        return client.generic(method, path, data, content_type=content_type, headers=named)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = b"" if body is None else json.dumps(body).encode()
        response = self.send(method, f"/v1{path}", data, **headers)
        if self.conforming:
            check(method, f"/v1{path}".partition("?")[0], response)
        return response

    def get(self, path: str, status: int = 200) -> Any:
        response = self.call("GET", path)
        assert response.status_code == status, response.content
        return response.json()

    def post(
        self, path: str, body: Any = None, status: int = 201, key: str | None = "", **headers: str
    ) -> Any:
        if key is not None:
            headers["idempotency_key"] = key or str(uuid4())
        response = self.call("POST", path, body or {}, **headers)
        assert response.status_code == status, response.content
        return response.json()

    def refused(
        self, method: str, path: str, status: int, code: str, body: Any = None, **headers: str
    ) -> Any:
        response = self.call(method, path, body, **headers)
        assert (response.status_code, response.json()["code"]) == (status, code), response.content
        return response.json()


def work(name: str, **kwargs: Any) -> Any:
    """Do a job now, as a worker would."""
    return getattr(tasks, name.removeprefix("jobs.")).apply(kwargs=kwargs, throw=True).get()
