"""The firms of a sandbox's seed and the rows they send: invented, and the same each time.

Only `Random.random` is drawn on, whose numbers are the same in every version of Python.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import pi, sin
from random import Random
from typing import Any, Final

from interfaces.sandbox_worlds import FIRST_DATE, Group, Habit, World
from parties.enterprises.invented import card_number, credit_code, mobile_number, resident_number
from parties.enterprises.views import PersonDraft

AREA: Final = "330106"
SALES_A_DAY: Final = 3
_BORN: Final = date(1972, 3, 1)
_OPENED: Final = date(2019, 5, 6)
_NOISE_PERCENT: Final = 12
_SIZE_PERCENT: Final = 20  # by which the firms of a group differ


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm of a group, the `number`-th of its world, the `place`-th of its group."""

    seed: str
    number: int
    place: int
    group: Group

    @property
    def joins_on(self) -> date:
        """Return the business date on which it is introduced and applies."""
        return FIRST_DATE + timedelta(days=self.group.joins_on)

    @property
    def habit(self) -> Habit:
        """Return how it pays."""
        return self.group.habits[self.place % len(self.group.habits)]

    def drawn_on(self, day: int) -> date:
        """Return the date of a draw that its group makes so many days after it joined."""
        return self.joins_on + timedelta(days=day + self.place % self.group.draw_days)

    @property
    def particulars(self) -> dict[str, Any]:
        """Return what a scene says of it when it introduces it."""
        return {
            "external_id": f"{self.seed}-{self.number:03d}",
            "legal_name": f"{self.group.trade}{self.number:03d}号",
            "registration_no": credit_code(1_000 + self.number, area_code=AREA),
            "industry": self.group.industry,
            "area_code": AREA,
            "opened_date": _OPENED + timedelta(days=self.number * 11 % 900),
            "representative": PersonDraft(
                f"示例店主{self.number:03d}",
                resident_number(area_code=AREA, born=_BORN + timedelta(days=self.number * 31 % 7_000)),
                mobile_number(1_000 + self.number),
            ),
        }

    @property
    def account_number(self) -> str:
        """Return the number of its account, to which everything is paid without ado."""
        return card_number(50_000 + self.number, ending="0000")

    def takings(self) -> Iterator[tuple[date, int]]:
        """Yield its takings in fen of each day before it joined, oldest first."""
        group, draw = self.group, Random(f"{self.seed}:{self.number}").random  # noqa: S311 - invents rows
        size = group.daily_yuan * 100 * (1 + _SIZE_PERCENT / 100 * (2 * draw() - 1))
        for offset in range(group.history_days, 0, -1):
            day = self.joins_on - timedelta(days=offset)
            grown = (1 + group.growth_percent / 100) ** (-offset / 90)
            season = 1 + group.season_percent / 100 * sin(2 * pi * (day.timetuple().tm_yday - 120) / 365)
            noise = 1 + _NOISE_PERCENT / 100 * (2 * draw() - 1)
            yield day, max(300, int(size * grown * season * noise))


def firms(world: World) -> Iterator[Firm]:
    """Yield the firms of a world."""
    number = 0
    for group in world.groups:
        for place in range(group.count):
            number += 1
            yield Firm(world.code, number, place, group)


def rows_of(firm: Firm, cluster: str) -> Iterator[bytes]:
    """Yield the lines (NDJSON) of a cluster that a firm sends when it joins."""
    for row in _ROWS[cluster](firm):
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _receipts(firm: Firm) -> Iterator[Mapping[str, Any]]:
    count = 0
    for day, fen in firm.takings():
        for sale in range(SALES_A_DAY):
            count += 1
            row = {
                "receipt_no": f"R{firm.number:03d}-{count:05d}",
                "paid_at": f"{day.isoformat()}T{9 + sale * 4:02d}:{count % 60:02d}:00+08:00",
                "amount": _yuan(fen // SALES_A_DAY + sale),
                "kind": "sale",
                "payer_ref": f"p{firm.number:03d}{count:07d}",
                "channel": "merchant_code",
            }
            yield row
            if count % firm.group.refund_every == 0:
                yield {**row, "kind": "refund"}


def _orders(firm: Firm) -> Iterator[Mapping[str, Any]]:
    for count, (day, fen) in enumerate(firm.takings(), start=1):
        sent = min(day + timedelta(days=2), firm.joins_on)
        yield {
            "record_no": f"O{firm.number:03d}-{count:05d}",
            "day": day.isoformat(),
            "state": "delivered",
            "amount": _yuan(fen),
            "refunded": _yuan(fen // 10 if count % 40 == 0 else 0),
            "promised_day": (day + timedelta(days=3)).isoformat(),
            "delivered_day": sent.isoformat(),
            "party_ref": f"b{firm.number:03d}{count:07d}",
        }


def _waybills(firm: Firm) -> Iterator[Mapping[str, Any]]:
    for count, (day, fen) in enumerate(firm.takings(), start=1):
        yield {
            "record_no": f"W{firm.number:03d}-{count:05d}",
            "day": day.isoformat(),
            "state": "delivered",
            "freight": _yuan(fen),
            "kilograms": 8_000 + fen // 100,
            "delivered_day": min(day + timedelta(days=1), firm.joins_on).isoformat(),
            "party_ref": f"shipper{firm.number:03d}{count % 5}",
        }


def _invoices(firm: Firm) -> Iterator[Mapping[str, Any]]:
    for count, (day, fen) in enumerate(firm.takings(), start=1):
        for side, share in (("sale", 100), ("purchase", 70)):
            gross = fen * share // 100
            yield {
                "record_no": f"{side[0].upper()}{firm.number:03d}-{count:05d}",
                "day": day.isoformat(),
                "side": side,
                "gross": _yuan(gross),
                "tax": _yuan(gross // 101),
                "is_void": False,
                "party_ref": f"{side[0]}arty{firm.number:03d}{count % 7}",
            }


def _filings(firm: Firm) -> Iterator[Mapping[str, Any]]:
    sales = 0
    for day, fen in firm.takings():
        if day.day == 15:
            yield {
                "record_no": f"T{firm.number:03d}-{day:%Y%m}",
                "day": day.isoformat(),
                "tax": "vat",
                "declared": _yuan(sales),
                "paid": _yuan(sales // 101),
                "is_late": False,
                "credit_class": "A",
            }
            sales = 0
        sales += fen


_ROWS: Final[Mapping[str, Callable[[Firm], Iterator[Mapping[str, Any]]]]] = {
    "receipts": _receipts,
    "orders": _orders,
    "waybills": _waybills,
    "invoices": _invoices,
    "tax_filings": _filings,
}
