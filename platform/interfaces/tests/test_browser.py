"""Every page in a real browser, in both languages, on a desk and on a telephone."""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections, transaction
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from interfaces.middleware import BankFromHostMiddleware
from interfaces.tests.portal import HOST, OPERATOR, OPS_HOST, PEOPLE, bank_pages, ops_pages, scene_pages
from interfaces.tests.served import served
from kernel.ids import public_id
from plumbing.schemas import bank_schema, public_schema
from sluice.verbs.stages import browser as chromium
from tenants.access.operations import add_operator
from tenants.teams.roles import Role
from testkit.banks import TEAM_PASSWORD
from testkit.clock import NOON
from testkit.scenes import open_scene
from testkit.teams import add_person
from testkit.worlds import World, build

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        chromium() is None and os.environ.get("CI") != "true", reason="there is no Chromium on this machine"
    ),
]
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
LOCALES = {"zh-hans": "zh-CN", "en": "en-US"}
DESK, TELEPHONE = (1280, 800), (390, 844)
PICTURES = os.environ.get("SLUICE_PICTURES")  # a folder, for who wants to look; no test looks at a picture
# `small`: WCAG 2.2, 2.5.8 asks for 24 CSS pixels.
MEASURE = """() => ({
  headings: document.querySelectorAll('h1').length,
  lang: document.documentElement.lang,
  wide: document.documentElement.scrollWidth - window.innerWidth,
  small: [...document.querySelectorAll('button, input:not([type=hidden]), select')]
    .filter(one => one.offsetParent && one.getBoundingClientRect().height < 24)
    .map(one => one.outerHTML.slice(0, 80)),
  nameless: [...document.querySelectorAll('main input:not([type=hidden]), main select, button, a')]
    .filter(one => !one.hidden && !one.labels?.length && !one.getAttribute('aria-label')
      && !one.textContent.trim()).map(one => one.outerHTML.slice(0, 80)),
  empty: [...document.querySelectorAll('[data-chart]')].filter(one => !one.querySelector('canvas')).length,
})"""

FOCUSED = """one => { document.activeElement?.blur();
  one.addEventListener('focus', () => { window.reached = true }); }"""


@dataclass(frozen=True, slots=True)
class Site:
    """The served application with its world."""

    port: int
    world: World

    def at(self, host: str, path: str) -> str:
        """Return an address."""
        return f"http://{host}:{self.port}{path}"


@pytest.fixture(scope="module")
def site(module_database: str) -> Iterator[Site]:
    BankFromHostMiddleware.forget_hosts()
    cache.clear()
    with public_schema(), transaction.atomic():
        add_operator(email=OPERATOR, name="运营", password=TEAM_PASSWORD, now=NOON)
    scene = open_scene("portal", banks=["qinglan"])
    for role in Role.values:
        add_person(scene.scene_id, role, scene="portal")
    with bank_schema("qinglan"), transaction.atomic():
        world = build(scene)
    connections.close_all()
    with served() as port:
        yield Site(port, world)
    BankFromHostMiddleware.forget_hosts()


@pytest.fixture(scope="module")
def browser(site: Site) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield launched
        launched.close()


class Reader:
    """Somebody at a screen: what goes wrong in the console is kept."""

    def __init__(self, browser: Browser, site: Site, language: str, size: tuple[int, int]) -> None:
        self.site, self.language, self.size = site, language, size
        self.troubles: list[str] = []
        self._contexts: dict[tuple[str, str], BrowserContext] = {}
        self._browser = browser

    def page(self, host: str, email: str) -> Page:
        """Return a page of somebody who is signed in; an empty address is a stranger."""
        known = self._contexts.get((host, email))
        if known is not None:
            return known.pages[0]
        width, height = self.size
        context = self._browser.new_context(
            locale=LOCALES[self.language],
            viewport={"width": width, "height": height},
            is_mobile=self.size == TELEPHONE,
            has_touch=self.size == TELEPHONE,
        )
        self._contexts[host, email] = context
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._listen(page, said))
        if email:
            of_scene = email.endswith("@portal.example")
            ops = "/portal/sign-in?scene=portal" if of_scene else "/ops/sign-in"
            page.goto(self.site.at(host, ops if host == OPS_HOST else "/sign-in"))
            page.fill("input[name=email]", email)
            page.fill("input[name=password]", TEAM_PASSWORD)
            page.click("main button.primary")
            page.wait_for_selector("nav.side")
        return page

    def _listen(self, page: Page, said: Any) -> None:
        if said.type in {"error", "warning"} and not (said.type == "error" and "404" in said.text):
            self.troubles.append(f"{page.url}: {said.text}")

    def open(self, name: str, host: str, path: str, email: str) -> Page:
        """Open a page and note what is wrong with it."""
        page = self.page(host, email)
        answer = page.goto(self.site.at(host, path))
        assert answer is not None
        wanted = 404 if name == "nothing" else 200
        if answer.status != wanted:
            self.troubles.append(f"{name}: {answer.status}")
        if page.locator("[data-chart]").count():
            page.wait_for_function("() => !!window.echarts")
        found = page.evaluate(MEASURE)
        if found["headings"] != 1 or found["lang"] != self.language:
            self.troubles.append(f"{name}: {found['headings']} h1, lang {found['lang']}")
        if found["wide"] > 0:
            self.troubles.append(f"{name}: {found['wide']} px too wide")
        for what in ("small", "nameless", "empty"):
            if found[what]:
                self.troubles.append(f"{name}: {what} {found[what]}")
        return page

    def close(self) -> None:
        """Leave."""
        for context in self._contexts.values():
            context.close()


def every_page(world: World) -> list[tuple[str, str, str, str]]:
    """Return name, host, path and reader of every page."""
    return [
        ("sign-in", HOST, "/sign-in", ""),
        ("nothing", HOST, "/nothing-here", ""),
        *((name, HOST, path, PEOPLE[who]) for name, (path, who) in bank_pages(world).items()),
        ("ops-sign-in", OPS_HOST, "/ops/sign-in", ""),
        *((name, OPS_HOST, path, OPERATOR) for name, path in ops_pages(world).items()),
        ("portal-sign-in", OPS_HOST, "/portal/sign-in", ""),
        *((name, OPS_HOST, path, f"{role}@portal.example") for name, (path, role) in scene_pages().items()),
    ]


def picture(page: Page, name: str, *, whole: bool = True) -> None:
    """Take a picture, if pictures are wanted."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=whole)


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
@pytest.mark.parametrize("language", list(LOCALES))
def test_every_page(browser: Browser, site: Site, language: str, size: tuple[int, int]) -> None:
    reader = Reader(browser, site, language, size)
    try:
        for name, host, path, email in every_page(site.world):
            page = reader.open(name, host, path, email)
            picture(page, f"{name}-{language}-{size[0]}")
            if size == DESK and language == "en" and not reached_by_keyboard(page):
                reader.troubles.append(f"{name}: the keyboard does not reach the main action")
    finally:
        reader.close()
    assert "\n".join(reader.troubles) == ""


def reached_by_keyboard(page: Page) -> bool:
    """Press Tab from the top of the page until its first action has the focus."""
    action = page.locator("main button, main a").first
    if action.count() == 0:
        return True
    action.evaluate(FOCUSED)
    for _ in range(6):
        for _ in range(10):
            page.keyboard.press("Tab")
        if page.evaluate("() => window.reached === true"):
            return True
    return False


def test_a_receipt_is_recorded_in_the_browser_and_the_language_stays(browser: Browser, site: Site) -> None:
    reader = Reader(browser, site, "zh-hans", DESK)
    try:
        page = reader.page(HOST, PEOPLE["accounts"])
        page.goto(site.at(HOST, f"/loans/{public_id('lon', site.world.loan_id)}"))
        page.fill("input[name=amount]", "100.00")
        page.fill("input[name=receipt_no]", "C-0042")
        page.click("main form button.primary")
        page.wait_for_selector(".notice.good")
        assert "已完成" in page.inner_text(".notice.good")
        page.click("button[name=language]")
        page.wait_for_selector("html[lang=en]")
        assert re.search(r"counter receipt", page.inner_text("main"))
        page.goto(site.at(HOST, "/loans"))
        assert page.inner_text("h1") == "Loans"
    finally:
        reader.close()
    assert "\n".join(reader.troubles) == ""


@pytest.mark.parametrize("language", list(LOCALES))
def test_from_an_edit_to_the_shadow_in_a_few_clicks(browser: Browser, site: Site, language: str) -> None:
    """A rule made, checked, back-tested and run in the shadow; the issue allows ten minutes of clicks."""
    reader, begun = Reader(browser, site, language, DESK), time.monotonic()
    try:
        page = reader.page(HOST, PEOPLE["risk"])
        page.goto(site.at(HOST, "/strategy"))
        page.click(f"a[href*='{public_id('stg', site.world.strategy_id)}/edit']")
        rule = page.locator("fieldset", has=page.locator("legend", has_text=re.compile("^months_open$")))
        value = rule.locator("input[name$='/require/value']")
        value.fill("soon")
        value.blur()
        page.wait_for_selector("#problems .notice.bad")
        picture(page, f"drill-problem-{language}", whole=False)
        value.fill("9")
        value.blur()
        page.wait_for_selector("#problems .notice.good")
        rule.locator("button[value^='copy:']").click()  # a second rule, of another fact
        new = page.locator("fieldset", has=page.locator("legend", has_text=re.compile("^months_open_2$")))
        new.locator("select[name$='/require/fact']").select_option("enterprise.employees")
        new.locator("input[name$='/require/value']").fill("1")
        new.locator("select[name$='/on_miss']").select_option("refer")
        page.wait_for_selector("#problems .notice.good")
        page.fill("input[name=note]", "older shops with somebody in them")
        page.click("button[value=save]")
        page.wait_for_selector("form[action$='/backtest']")
        picture(page, f"drill-draft-{language}")
        page.click("form[action$='/backtest'] button")
        page.click("a[href^='/strategy/backtests/']")
        page.wait_for_function("() => !!document.querySelector('[data-chart] canvas')")
        picture(page, f"drill-backtest-{language}")
        page.go_back()
        page.click("form[action$='/shadow'] button")
        page.click("a[href^='/strategy/shadows/']")
        page.wait_for_selector(".tiles")
        picture(page, f"drill-shadow-{language}")
    finally:
        reader.close()
    assert "\n".join(reader.troubles) == ""
    assert time.monotonic() - begun < 600
