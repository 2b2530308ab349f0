"""The frame in a till's page, in a real browser: from another origin, under strict policies, to the money."""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections, transaction
from playwright.sync_api import Browser, BrowserContext, Frame, Page, sync_playwright

from interfaces.borrower import frame as frame_door
from interfaces.jobs import tasks
from interfaces.middleware import BankFromHostMiddleware
from interfaces.tests.served import served
from interfaces.tests.test_browser import FLAGS, LOCALES, MEASURE, PICTURES
from kernel.ids import public_id
from lending.applications.models import Application
from lending.drawdowns.models import Drawdown
from openbanking.consents.models import Consent
from openbanking.embed_sessions.operations import open_session
from openbanking.embed_sessions.queries import SessionView
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema, public_schema
from sluice.celery_app import app
from sluice.verbs.stages import browser as chromium
from tenants.access.scopes import SCOPES
from tenants.banks.queries import get_bank
from testkit.applicants import admit
from testkit.identities import resident_number
from testkit.scenes import SceneAccess, open_scene
from testkit.servicing import add_account, fund

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        chromium() is None and os.environ.get("CI") != "true", reason="there is no Chromium on this machine"
    ),
]
TILL = settings.ROOT / "api_docs" / "examples" / "pos" / "server.py"
ID_NUMBER = re.search(r'"id_number": "(\d+)"', TILL.read_text(encoding="utf-8"))[1]  # type: ignore[index]
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
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
    scene_id: UUID
    client_id: str
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


def beside(work: Callable[[], Any]) -> Any:
    """Do something with the bank's tables in another thread: this one belongs to the browser."""

    def worked() -> Any:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(worked).result()


@contextmanager
def relay() -> Iterator[None]:
    """Publish events as the clock's jobs would: the till follows the feed."""
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.3):
            tasks.relay_outbox.apply(kwargs={"schema": "qinglan"}, throw=True).get()
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    done.set()
    thread.join()


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
        app.set_default()
        patch.setattr(app, "send_task", at_once)
        patch.setattr(frame_door, "now", clock)
        with (
            relay(),
            till(ports[0], port, access) as listed,
            till(ports[1], port, access, PAGE=listed) as other,
        ):
            yield Site(port, listed, other, access.scene_id, access.client_id, clock)
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
    page: Page = field(init=False)
    troubles: list[str] = field(default_factory=list)
    shots: int = 0

    def go(self, address: str) -> None:
        """Open a page in a new tab."""
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.troubles.append(said.text))
        self.page.goto(address)

    def open(self, till: str, component: str) -> None:
        """Open the till's page."""
        self.go(f"{till}?show={component}&lang={self.language}")

    @property
    def frame(self) -> Frame:
        """The bank's frame, once it is there; the page itself where it is hosted."""
        if "/embed/" in self.page.url:
            return self.page.main_frame
        self.page.wait_for_selector("#credit iframe")
        handle = self.page.query_selector("#credit iframe")
        assert handle is not None
        found = handle.content_frame()
        assert found is not None
        return found

    def sees(self, screen: str) -> Frame:
        """Wait for a screen, measure it and take its picture."""
        found = self.frame
        if screen:
            found.wait_for_selector(f"[data-screen={screen}]", timeout=20_000)
        measured = found.evaluate(MEASURE)
        wrong = {name: measured[name] for name in ("small", "nameless") if measured[name]}
        if wrong or measured["headings"] != 1 or measured["lang"] != self.language or measured["wide"] > 0:
            self.troubles.append(f"{screen}: {measured}")
        self.shots += 1
        self.shoot(f"widget-{self.language}-{self.shots:02d}-{screen or 'ended'}.png")
        return found

    def shoot(self, name: str) -> None:
        """Take a picture of all of it, if wanted: a frame is painted only where the window is."""
        if not PICTURES:
            return
        size = self.page.viewport_size
        assert size is not None
        height = self.page.evaluate("() => document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
        self.frame.evaluate(PAINTED)
        self.page.screenshot(path=Path(PICTURES) / name)
        self.page.set_viewport_size(size)

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
def keeper(browser: Browser, site: Site) -> Iterator[Callable[..., Shopkeeper]]:
    opened: list[BrowserContext] = []

    def come(language: str, width: int = 390) -> Shopkeeper:
        context = browser.new_context(
            locale=LOCALES[language], viewport={"width": width, "height": 844}, is_mobile=True, has_touch=True
        )
        context.add_init_script(VIOLATIONS)
        opened.append(context)
        return Shopkeeper(site, context, language)

    yield come
    for context in opened:
        context.close()


def what_became() -> tuple[list[tuple[str, int]], list[str], int]:
    """Return the applications with the hands that touched them, the draws, and the consents of the frame."""
    return (
        [(one.status, one.human_touch_count) for one in Application.objects.all()],
        [one.status for one in Drawdown.objects.all()],
        Consent.objects.filter(evidence__channel="frame").count(),
    )


def opened(site: Site) -> tuple[SessionView, str]:
    """Open a session for another shop, whose receipts the bank has, as its scene's server would."""
    instant = datetime.now(UTC)
    shop = admit(now=instant, business_date=business_date(), scene_id=site.scene_id, number=3)
    add_account(shop.enterprise_id, ending="0000")
    return open_session(
        scene_id=site.scene_id,
        client_id=site.client_id,
        allowed_scopes=SCOPES,
        enterprise_id=shop.enterprise_id,
        components=["application", "dashboard"],
        locale="zh-hans",
        return_url=f"{site.till}credit",
        now=instant,
    )


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
        one.frame.wait_for_function(FEWER, arg=before)
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
    assert beside(what_became) == ([("contracted", 0)], ["paid_out"], 3)


def test_the_hosted_link_in_chinese_on_a_small_telephone(
    keeper: Callable[..., Shopkeeper], site: Site
) -> None:
    """The same pages top-level, 360 px, by touch: to the money, some paid back, a consent withdrawn."""
    session, secret = beside(lambda: opened(site))
    one = keeper("zh-hans", 360)
    one.go(f"http://qinglan.localhost:{site.port}/embed/{session.public_id}#cs={secret}")
    one.sees("identity")
    assert secret not in one.page.url
    one.page.fill("[name=id_number]", resident_number(area_code="330106", born=date(1990, 1, 4)))
    one.page.check("[name=confirmed]")
    one.page.tap("button.primary")
    one.sees("consents")
    one.page.check("[name=confirmed]")
    one.page.tap("button.primary")
    one.page.wait_for_selector("[data-screen=apply]")
    one.page.fill("[name=amount]", "12000")
    one.page.wait_for_selector("[data-quote] dl")
    one.sees("apply")
    one.page.tap("button.primary")
    one.sees("costs")
    site.clock.ahead = timedelta(seconds=10)
    for language in ("en", "zh-hans"):  # the page is made anew: the reading time is over
        one.page.tap(f"[data-locale={language}]")
        one.page.wait_for_selector(f"html[lang={language}]")
    one.page.check("[name=confirmed]")
    one.page.tap("[data-sign]")
    one.sees("sign")
    one.page.tap("form[data-to$=signature] button")
    one.sees("draw")
    one.page.fill("[name=amount]", "6000")
    one.page.tap("form[data-to$=drawdowns] button")
    one.sees("paid")
    assert one.page.get_attribute("a.only-hosted", "href") == session.return_url
    one.page.tap("[data-load='/embed/v1/dashboard']")
    one.sees("dashboard")
    one.page.tap("details:has([data-to$=repayments]) summary")
    one.page.fill("[name=amount]", "1000")
    one.page.tap("[data-to$=repayments] button")
    one.page.wait_for_selector(".notice.good", timeout=20_000)
    one.page.tap("[data-to$=revocations] button >> nth=0")
    one.page.wait_for_function("() => document.querySelectorAll('[data-to$=revocations]').length === 2")
    one.sees("dashboard")
    assert "\n".join(one.troubles) == ""
    one.go(f"http://qinglan.localhost:{site.port}/embed/{session.public_id}#cs={secret}")
    one.page.wait_for_selector("h1 >> text=本次会话已结束")  # the link worked once
    one.sees("")


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
