"""What the sandbox's seeds hold, as data: firms, what they send, when they draw and how they pay.

Nothing here is a result. A seed's job has the real operations make all of it in a test clock's bank, the real
strategy decide, and the real day-ends pass the time (`interfaces.jobs.sandbox_seeds`). The figures that come
of it are published (`api_docs/guides/seeds.json`), written by the bench that measures them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from plumbing.documents import API_DOCS

FIGURES: Final = API_DOCS / "guides" / "seeds.json"  # what came of each seed
FIRST_DATE: Final = date(2026, 8, 3)  # the same for all: what is published holds on every machine and day
QUARTER_DAYS: Final = 91


@dataclass(frozen=True, slots=True)
class Habit:
    """How a firm pays: so many days late the instalments named, none at all from `stops_at` on.

    Instalments count from 1 over all the firm's loans that are lent by the day, else over each loan's own.
    """

    late: Mapping[int, int] = field(default_factory=dict)
    stops_at: int | None = None

    def delay(self, number: int) -> int | None:
        """Return the days between an instalment's due date and its payment; None: it is not paid."""
        if self.stops_at is not None and number >= self.stops_at:
            return None
        return self.late.get(number, 0)


PUNCTUAL: Final = Habit()


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw, so many days after the firm joined; its share of the line's limit, and its tenor in days."""

    day: int
    share_percent: int
    tenor_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Firms alike but for their size: how many, their trade, what they take in a day, what they ask for.

    `growth_percent` and `season_percent`: what takings gain in ninety days, and swing by over a year.
    `feeds`: the clusters they send besides receipts. Habits go round. Firms of a group draw on one of
    `draw_days` following days.
    """

    count: int
    trade: str
    industry: str
    daily_yuan: int
    amount: str
    product: str = "receipts_revolving"
    tenor_days: int | None = 90
    draws: tuple[Draw, ...] = ()
    joins_on: int = 0
    history_days: int = 200
    growth_percent: int = 0
    season_percent: int = 0
    refund_every: int = 125
    feeds: tuple[str, ...] = ()
    habits: tuple[Habit, ...] = (PUNCTUAL,)
    draw_days: int = 1


@dataclass(frozen=True, slots=True)
class World:
    """A seed: its name, what it is in two languages, the days that are lived, its groups of firms."""

    code: str
    told_en: str
    told_zh: str
    days: int
    groups: tuple[Group, ...]

    @property
    def last_date(self) -> date:
        """Return the business date at which the bank stands in the end."""
        return FIRST_DATE + timedelta(days=self.days)


def _pos() -> World:
    cafes = Group(
        count=8,
        trade="示例茶饮店",
        industry="H6220",
        daily_yuan=3000,
        amount="60000",
        season_percent=35,
        draws=(Draw(21, 60, 90), Draw(130, 40, 60)),
        habits=(PUNCTUAL, PUNCTUAL, PUNCTUAL, Habit(late={1: 6})),
    )
    return World(
        "pos_seasonal",
        "Cafés at tills whose takings swing with the season: stock bought before it, repaid in it, a second "
        "draw still open. One firm is declined for its short history, one with many refunds awaits a person.",
        "随季节波动的茶饮门店：旺季前备货、旺季中还清，第二笔仍在用；"
        "另有一家因历史过短被拒、一家因退款较多待人工审核。",
        150,
        (cafes, replace(cafes, count=1, history_days=120), replace(cafes, count=1, refund_every=7)),
    )


def _shops() -> World:
    shops = Group(
        count=5,
        trade="示例网店",
        industry="F5292",
        daily_yuan=2600,
        amount="90000",
        growth_percent=45,
        feeds=("orders",),
        draws=(Draw(0, 25, 90), Draw(45, 30, 90), Draw(80, 35, 120)),
    )
    return World(
        "ecommerce_growth",
        "Shops online, with their orders, that grow by nearly half a quarter and draw ever more. One that "
        "grew far faster awaits a person.",
        "每季增长近五成、支用逐笔加大的网店，附订单数据；一家增速异常的等待人工审核。",
        120,
        (shops, replace(shops, count=1, growth_percent=400)),
    )


def _trucks() -> World:
    return World(
        "truck_fleet_stress",
        "Small fleets with term loans and waybills in a bad year: some pay late and catch up, some stop "
        "paying and pass ninety days.",
        "困难年份里的小车队（等额贷与运单数据）：有的逾期后补上，有的停止还款并逾期超过九十天。",
        300,
        (
            Group(
                count=10,
                trade="示例车队",
                industry="G5430",
                daily_yuan=5200,
                amount="120000",
                product="term_level",
                tenor_days=None,
                feeds=("waybills",),
                draws=(Draw(1, 100),),
                habits=(
                    PUNCTUAL,
                    PUNCTUAL,
                    Habit(late={3: 12, 5: 20}),
                    Habit(stops_at=6),
                    Habit(late={4: 25}, stops_at=9),
                ),
            ),
        ),
    )


def _taxpayers() -> World:
    return World(
        "tax_sme_stable",
        "Small firms with invoices and filings, steady for years: term loans paid on the day, one instalment "
        "after another.",
        "经营稳定、附发票与纳税申报的小企业：等额贷逐期按时归还。",
        330,
        (
            Group(
                count=6,
                trade="示例商贸有限公司",
                industry="F5199",
                daily_yuan=4200,
                amount="100000",
                product="term_level",
                tenor_days=None,
                feeds=("invoices", "tax_filings"),
                draws=(Draw(3, 100),),
            ),
        ),
    )


def _portfolio() -> World:
    """Return 500 loans: 80 of twelve instalments, 420 by the day from 110 lines, in six cohorts."""
    quarters = [Draw(quarter * QUARTER_DAYS, 40 + 5 * quarter, 80) for quarter in range(4)]
    lines = Group(
        count=18,
        trade="示例便利店",
        industry="F5212",
        daily_yuan=2400,
        amount="50000",
        draws=tuple(quarters),
        draw_days=3,
        habits=(*[PUNCTUAL] * 8, Habit(late={2: 5}), Habit(late={1: 3, 3: 8}), Habit(stops_at=4)),
    )
    term = replace(
        lines,
        count=27,
        trade="示例餐馆",
        industry="H6210",
        daily_yuan=3600,
        amount="80000",
        product="term_level",
        tenor_days=None,
        draws=(Draw(0, 100),),
        habits=(*[PUNCTUAL] * 7, Habit(late={4: 9}), Habit(late={2: 20, 7: 15}), Habit(stops_at=8)),
    )
    refused = replace(lines, count=2, refund_every=4, draws=())
    cohorts = [
        *(replace(lines, joins_on=quarter * QUARTER_DAYS) for quarter in range(5)),
        *(replace(refused, joins_on=quarter * QUARTER_DAYS) for quarter in range(6)),
        replace(lines, count=20, joins_on=5 * QUARTER_DAYS, draws=(*quarters[:2], Draw(182, 60, 120))),
        term,
        replace(term, joins_on=QUARTER_DAYS),
        replace(term, count=26, joins_on=2 * QUARTER_DAYS),
    ]
    return World(
        "portfolio_500_loans_24m",
        "A book of 500 loans over 24 months: six cohorts of lines and term loans, repaid, running, late and "
        "lost, with two years of closed months, statements and classes.",
        "两年间的 500 笔贷款：六批循环额度与等额贷，已结清、正常、逾期与不良俱全，"
        "含 24 个已关账月份、对账单与五级分类。",
        731,
        tuple(cohorts),
    )


WORLDS: Final[Mapping[str, World]] = {
    world.code: world for world in (_pos(), _shops(), _trucks(), _taxpayers(), _portfolio())
}


def figures(seed: str) -> Mapping[str, Any]:
    """Return what came of a seed, as it was measured: counts, sums in fen, the worker's CPU seconds."""
    found: Mapping[str, Any] = _figures()[seed]
    return found


@lru_cache(maxsize=1)
def _figures() -> Mapping[str, Any]:
    known: Mapping[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return known
