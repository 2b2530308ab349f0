"""The frame in a till's page, in a real browser: from another origin, under strict policies, to the money."""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connections, transaction
from playwright.sync_api import Browser, BrowserContext, Frame, Page, sync_playwright

from interfaces.borrower import frame as frame_door
from interfaces.jobs import tasks
from interfaces.middleware import BankFromHostMiddleware
from interfaces.tests.served import served
from interfaces.tests.test_browser import FLAGS, LOCALES, MEASURE
from kernel.ids import public_id
from lending.applications.models import Application
from lending.drawdowns.models import Drawdown
from openbanking.consents.models import Consent
from plumbing.schemas import bank_schema, public_schema
from sluice.verbs.stages import browser as chromium
from tenants.banks.queries import get_bank
from testkit.scenes import SceneAccess, open_scene
from testkit.servicing import fund

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        chromium() is None and os.environ.get("CI") != "true", reason="there is no Chromium on this machine"
    ),
]
TILL = settings.ROOT / "api_docs" / "examples" / "pos" / "server.py"
ID_NUMBER = re.search(r'"id_number": "(\d+)"', TILL.read_text(encoding="utf-8"))[1]  # type: ignore[index]
FEWER = "(count) => document.querySelectorAll('[name=confirmed]').length < count"
VIOLATIONS = """addEventListener('securitypolicyviolation', (e) => {
  console.error(`violation ${e.violatedDirective} ${e.blockedURI}`); });"""


class Clock:
    """The frame's clock, which a test may put forward: one waits in earnest, the other does not."""

    ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True, slots=True)
class Site:
    """The application, and two tills: one on a registered origin, one on another."""

    port: int
    till: str
    stranger: str
    clock: Clock


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def at_once(name: str, kwargs: dict[str, Any], **_: Any) -> None:
    """Do a job in a thread of its own, as a worker would."""

    def work() -> None:
        try:
            getattr(tasks, name.removeprefix("jobs.")).apply(kwargs=kwargs, throw=True).get()
        finally:
            connections.close_all()

    threading.Thread(target=work, daemon=True).start()


@contextmanager
def till(port: int, app_port: int, access: SceneAccess, **more: str) -> Iterator[str]:
    """Run the example's own server, as its README says."""
    with public_schema():
        bank = public_id("bnk", get_bank(schema_name="qinglan").id)
    named = {
        "SLUICE": f"http://localhost:{app_port}",
        "FRAME": f"http://qinglan.localhost:{app_port}",
        "CLIENT_ID": access.client_id,
        "CLIENT_SECRET": access.secret,
        "BANK": bank,
        "PORT": str(port),
    }
    with subprocess.Popen(
        [sys.executable, str(TILL)], env=os.environ | named | more, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def site(module_database: str) -> Iterator[Site]:
    BankFromHostMiddleware.forget_hosts()
    cache.clear()
    ports = free_port(), free_port()
    access = open_scene("till", banks=["qinglan"], origins=[f"http://localhost:{ports[0]}"])
    with bank_schema("qinglan"), transaction.atomic():
        fund("500000.00")
    connections.close_all()
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch, served() as port:
        patch.setattr(current_app._get_current_object(), "send_task", at_once)
        patch.setattr(frame_door, "now", clock)
        with till(ports[0], port, access) as listed, till(ports[1], port, access, PAGE=listed) as other:
            yield Site(port, listed, other, clock)
    BankFromHostMiddleware.forget_hosts()


@pytest.fixture(scope="module")
def browser(site: Site) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield launched
        launched.close()


@dataclass
class Shopkeeper:
    """Somebody with a telephone; all that the console says against us is kept."""

    site: Site
    context: BrowserContext
    language: str
    pictures: Path
    page: Page = field(init=False)
    troubles: list[str] = field(default_factory=list)
    shots: int = 0

    def open(self, till: str, component: str) -> None:
        """Open the till's page."""
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.troubles.append(said.text))
        self.page.goto(f"{till}?show={component}&lang={self.language}")

    @property
    def frame(self) -> Frame:
        """The bank's frame, once it is there."""
        self.page.wait_for_selector("#credit iframe")
        handle = self.page.query_selector("#credit iframe")
        assert handle is not None
        found = handle.content_frame()
        assert found is not None
        return found

    def sees(self, screen: str) -> Frame:
        """Wait for a screen, measure it and take its picture."""
        found = self.frame
        found.wait_for_selector(f"[data-screen={screen}]", timeout=20_000)
        measured = found.evaluate(MEASURE)
        wrong = {name: measured[name] for name in ("small", "nameless") if measured[name]}
        if wrong or measured["headings"] != 1 or measured["lang"] != self.language or measured["wide"] > 0:
            self.troubles.append(f"{screen}: {measured}")
        self.shots += 1
        self.page.screenshot(
            path=self.pictures / f"widget-{self.language}-{self.shots:02d}-{screen}.png", full_page=True
        )
        return found

    def to(self, selector: str) -> None:
        """Reach something by Tab alone."""
        for _ in range(40):
            self.page.keyboard.press("Tab")
            if self.frame.evaluate("(one) => !!document.activeElement?.matches(one)", selector):
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    def press(self, selector: str, key: str = "Enter") -> None:
        self.to(selector)
        self.page.keyboard.press(key)

    def events(self) -> list[str]:
        """Return what the till's page was told; ids and no more."""
        heard: list[dict[str, Any]] = self.page.evaluate("() => window.heard")
        assert all(set(event) <= {"v", "type", "id", "code"} for event in heard), heard
        return [event["type"] for event in heard]


@pytest.fixture
def keeper(browser: Browser, site: Site, tmp_path: Path) -> Iterator[Callable[..., Shopkeeper]]:
    pictures = Path(os.environ.get("SLUICE_PICTURES", tmp_path))
    pictures.mkdir(parents=True, exist_ok=True)
    opened: list[BrowserContext] = []

    def come(language: str, width: int = 390) -> Shopkeeper:
        context = browser.new_context(
            locale=LOCALES[language], viewport={"width": width, "height": 844}, is_mobile=True, has_touch=True
        )
        context.add_init_script(VIOLATIONS)
        opened.append(context)
        return Shopkeeper(site, context, language, pictures)

    yield come
    for context in opened:
        context.close()


def test_from_the_till_to_the_money_by_keyboard_alone(keeper: Callable[..., Shopkeeper], site: Site) -> None:
    """J3 in four steps; the reading time is waited for in earnest (P-03); nobody at the bank helps."""
    one = keeper("en")
    one.open(site.till, "application")
    one.sees("identity")
    one.to("[name=id_number]")
    one.page.keyboard.type(ID_NUMBER)
    one.press("[name=confirmed]", "Space")
    one.press("button.primary")
    one.sees("consents")
    for _ in range(2):
        before = one.frame.locator("[name=confirmed]").count()
        one.press("[name=confirmed]", "Space")
        one.press("button.primary")
        one.frame.wait_for_function(
            "(n) => document.querySelectorAll('[name=confirmed]').length < n", arg=before
        )
    one.frame.wait_for_selector("[data-screen=apply]", timeout=20_000)
    one.to("[name=amount]")
    one.page.keyboard.type("12000")
    one.frame.wait_for_selector("[data-quote] dl")
    one.sees("apply")
    one.press("button.primary")
    one.sees("costs")
    assert one.frame.locator("[data-sign]").is_disabled()
    one.to("[name=confirmed]")
    one.page.keyboard.press("Space")
    one.frame.wait_for_selector("[data-sign]:enabled", timeout=12_000)
    one.press("[data-sign]")
    one.sees("sign")
    one.press("form[data-to$=signature] button")
    one.sees("draw")
    one.press("form[data-to$=drawdowns] button")
    one.sees("paid")
    told = ["ready", "application_submitted", "decision", "signed"]
    assert [name for name in one.events() if name in told] == told
    assert "\n".join(one.troubles) == ""
    assert one.context.cookies() == []
    with bank_schema("qinglan"):
        [application] = Application.objects.all()
        assert (application.status, application.human_touch_count) == ("contracted", 0)
        assert [drawn.status for drawn in Drawdown.objects.all()] == ["paid_out"]
        assert Consent.objects.filter(evidence__channel="frame").count() == 3


def test_an_origin_that_is_not_registered_is_refused(keeper: Callable[..., Shopkeeper], site: Site) -> None:
    """Protocol, 3: the browser itself refuses the frame; no secret is exchanged."""
    one = keeper("en")
    asked: list[str] = []
    one.context.on("request", lambda request: asked.append(request.url))
    one.open(site.stranger, "application")
    with one.page.expect_event("requestfailed", lambda failed: "/embed/ems_" in failed.url, timeout=15_000):
        pass
    assert not [url for url in asked if url.endswith("/exchange")]
    assert "ready" not in one.events()
    assert any("frame-ancestors" in said for said in one.troubles)
