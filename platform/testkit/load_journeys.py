"""Borrowers under load: from the first question to the money, with time to think; and each call without.

Two things happen beside the calls: an application is decided, and a draw's message reaches the rail. They are
seen in the tables, by one connection that looks every few milliseconds at what is waited for, so that nobody
polls the server that is measured.
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from kernel.ids import parse_id
from testkit.load_client import Line

PRODUCT: Final = "receipts_revolving"
LOOK_SECONDS: Final = 0.004
READING_SECONDS: Final = 10.5  # the bank's rule P-03 demands ten
GIVEN_UP_SECONDS: Final = 60.0
_DECIDED: Final = "SELECT id FROM {}.applications_application WHERE id = ANY(%s) AND status <> 'submitted'"
_SENT: Final = (
    "SELECT d.id FROM {0}.drawdowns_drawdown d JOIN {0}.payment_rails_paymentinstruction i "
    "ON i.id = d.instruction_id JOIN {0}.payment_rails_railmessage m USING (message_id) WHERE d.id = ANY(%s)"
)


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant that is ready to ask: known to the bank, with its consent and its receipts."""

    business: str
    account: str


@dataclass
class Figures:
    """Seconds of each kind of call, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)
    journeys: int = 0

    def note(self, kind: str, seconds: float) -> None:
        """Keep one."""
        self.seconds[kind].append(seconds)


class Watcher:
    """Sees when something that is waited for has been committed, from a connection of its own."""

    def __init__(self, address: str, schema: str) -> None:
        self.address = address
        self.queries = {
            name: sql.SQL(text).format(sql.Identifier(schema))
            for name, text in (("app", _DECIDED), ("drw", _SENT))
        }
        self.waiting: dict[str, dict[UUID, asyncio.Future[float]]] = {"app": {}, "drw": {}}

    async def seen(self, public: str) -> float:
        """Return the moment (monotonic) at which the application was decided, or the draw at the rail."""
        prefix = public[:3]
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.waiting[prefix][parse_id(prefix, public)] = future
        return await asyncio.wait_for(future, GIVEN_UP_SECONDS)

    async def watch(self) -> None:
        """Look, as long as the task lives."""
        async with await psycopg.AsyncConnection.connect(self.address, autocommit=True) as connection:
            while True:
                for prefix, waiting in self.waiting.items():
                    if waiting:
                        rows = await connection.execute(self.queries[prefix], [list(waiting)])
                        found, moment = await rows.fetchall(), time.monotonic()
                        for (key,) in found:
                            future = waiting.pop(key)
                            if not future.done():
                                future.set_result(moment)
                await asyncio.sleep(LOOK_SECONDS)


@dataclass
class Borrower:
    """One borrower at a time, on one connection."""

    line: Line
    watcher: Watcher
    figures: Figures
    shop: Shop
    host: str
    rng: random.Random
    step_seconds: float = 0.0
    credit_line: str = ""

    async def think(self) -> None:
        """Take between half and one and a half of a step's time."""
        if self.step_seconds:
            await asyncio.sleep(self.rng.uniform(0.5, 1.5) * self.step_seconds)

    async def ask(self, *, stated: bool) -> None:
        """Pre-qualify, by what is stated or by what the bank may see."""
        what: dict[str, Any] = {"facts": {"monthly_sales": yuan("60000.00")}}
        body = {"product": PRODUCT, **(what if stated else {"business": self.shop.business})}
        answer = await self.line.call("POST", "/v1/prequalifications", body, key=str(uuid4()))
        self.figures.note("prequalify_facts" if stated else "prequalify_business", answer.seconds)

    async def apply(self) -> str:
        """Apply, and return the application once it is decided."""
        body = {
            "business": self.shop.business,
            "product": PRODUCT,
            "amount": yuan("12000.00"),
            "tenor_days": 90,
            "purpose": "working_capital",
        }
        answer = await self.line.call("POST", "/v1/applications", body, key=str(uuid4()))
        self.figures.note("apply_call", answer.seconds)
        application = str(answer.data["id"])
        moment = await self.watcher.seen(application)
        self.figures.note("application_to_decision", moment - answer.began)
        return application

    async def sign(self, application: str) -> None:
        """Read the agreement on the bank's page for as long as the rule demands, and sign it."""
        made = await self.line.call(
            "POST", f"/v1/applications/{application}/agreements", {}, key=str(uuid4())
        )
        self.figures.note("agreement_call", made.seconds)
        path = urlsplit(made.data["signing_url"]).path
        page = await self.line.call("GET", path, host=self.host)
        self.figures.note("signing_page", page.seconds)
        await asyncio.sleep(max(READING_SECONDS, self.step_seconds))
        done = await self.line.call("POST", path, host=self.host, form="confirmed=on")
        self.figures.note("sign", done.seconds)
        agreement = await self.line.call("GET", f"/v1/agreements/{made.data['id']}")
        self.credit_line = str(agreement.data["credit_line"])

    async def draw(self, amount: str = "2000.00") -> None:
        """Draw, and wait until the rail has the message."""
        body = {
            "credit_line": self.credit_line,
            "amount": yuan(amount),
            "tenor_days": 30,
            "bank_account": self.shop.account,
        }
        answer = await self.line.call("POST", "/v1/drawdowns", body, key=str(uuid4()))
        self.figures.note("draw_call", answer.seconds)
        accepted = answer.began + answer.seconds
        moment = await self.watcher.seen(str(answer.data["id"]))
        self.figures.note("draw_accepted_to_rail", max(0.0, moment - accepted))
        self.figures.note("draw_asked_to_rail", moment - answer.began)

    async def journey(self) -> None:
        """Go from the first question to the money."""
        await self.ask(stated=True)
        await self.think()
        await self.ask(stated=False)
        await self.think()
        application = await self.apply()
        await self.think()
        await self.sign(application)
        await self.think()
        await self.draw()
        self.figures.journeys += 1


def yuan(amount: str) -> dict[str, str]:
    """Return an amount as the API writes it."""
    return {"amount": amount, "currency": "CNY"}


async def together(tasks: Sequence[Awaitable[None]], figures: Figures) -> None:
    """Let everybody act at once; what fails is counted and hurts nobody else."""
    for done in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(done, BaseException):
            figures.failures.append(f"{type(done).__name__}: {done}"[:300])


async def again(until: float, act: Callable[[], Awaitable[None]]) -> None:
    """Act without a pause until a moment (closed loop)."""
    while time.monotonic() < until:
        await act()
