"""Receipts for stories and tests: one real shop's (UCI Online Retail) and seeded synthetic merchants.

Both yield NDJSON lines as a scene would send them. Everything about a merchant but the real shop's receipts
is made up: names say so (示例…), credit codes and identity numbers use sequence 000.
"""

import csv
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from testkit.identities import card_number, credit_code, mobile_number, resident_number
from testkit.trim_retail import TRIMMED

GBP_CNY: Final = Decimal("9.10")  # the stated, fixed rate at which the real shop's pounds become yuan
_LAST_REAL_DAY: Final = date(2011, 12, 9)
_ZONE: Final = "+08:00"
_MOST: Final = 9_000  # the real shop has number 9,000


class Shape(StrEnum):
    """What is planted in a synthetic merchant's receipts: the label that tests check against."""

    STEADY = "steady"
    GROWING = "growing"
    SEASONAL = "seasonal"
    SHRINKING = "shrinking"
    SHORT_HISTORY = "short_history"
    HIGH_REFUNDS = "high_refunds"
    BRUSHED = "brushed"
    REAL = "real"


SHARES: Final = (
    (Shape.STEADY, 34),
    (Shape.GROWING, 20),
    (Shape.SEASONAL, 14),
    (Shape.SHRINKING, 10),
    (Shape.SHORT_HISTORY, 10),
    (Shape.HIGH_REFUNDS, 6),
    (Shape.BRUSHED, 6),
)
TRADES: Final = (
    ("面馆", "H6210", "示例面馆", 38),
    ("餐馆", "H6210", "示例餐馆", 85),
    ("便利店", "F5212", "示例便利店", 26),
    ("水果店", "F5223", "示例水果店", 34),
    ("药店", "F5251", "示例药店", 62),
    ("服装店", "F5232", "示例服装店", 160),
    ("五金店", "F5277", "示例五金店", 110),
    ("美发店", "O8040", "示例美发店", 68),
)
AREAS: Final = ("331002", "331003", "331004", "331081")  # Taizhou; Guilin below
GUILIN_AREAS: Final = ("450302", "450303", "450304", "450305")
BIRTH_AREAS: Final = ("330106", "450322", "370102", "110105")
FAMILY_NAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"


@dataclass(frozen=True, slots=True)
class Merchant:
    """A merchant with everything a scene sends about it; `days` of receipts end the day before `end_date`."""

    number: int
    shape: Shape
    external_id: str
    legal_name: str
    registration_no: str
    industry: str
    area_code: str
    opened_date: date
    representative: str
    id_number: str
    phone: str
    card: str
    end_date: date
    days: int
    seed: int
    ticket_fen: int

    def ndjson(self) -> Iterator[bytes]:
        """Yield the receipts as NDJSON lines, oldest first; the same merchant yields the same lines."""
        if self.shape is Shape.REAL:
            return _real_lines(self.end_date)
        return _synthetic_lines(self)


def retail_shop(*, end_date: date) -> Merchant:
    """Return the real shop: 13 months of receipts that end in the week before `end_date`."""
    return Merchant(
        number=0,
        shape=Shape.REAL,
        external_id="shop-uci-online-retail",
        legal_name="示例礼品商行（UCI Online Retail 收款数据）",
        registration_no=credit_code(29_000, area_code=AREAS[0], prefix="92"),
        industry="F5247",
        area_code=AREAS[0],
        opened_date=end_date - timedelta(days=1200),
        representative="示例店主",
        id_number=resident_number(area_code=BIRTH_AREAS[0], born=date(1986, 5, 12)),
        phone=mobile_number(9_000),
        card=card_number(9_000, ending="0000"),
        end_date=end_date,
        days=(_LAST_REAL_DAY - date(2010, 12, 1)).days + 1,
        seed=0,
        ticket_fen=0,
    )


def shift_days(end_date: date) -> int:
    """Return by how many days the real receipts move: whole weeks, so that weekdays stay what they were."""
    return ((end_date - _LAST_REAL_DAY).days - 1) // 7 * 7


def _real_lines(end_date: date, rate: Decimal = GBP_CNY) -> Iterator[bytes]:
    shift = timedelta(days=shift_days(end_date))
    with gzip.open(TRIMMED, "rt", encoding="utf-8", newline="") as trimmed:
        for row in csv.DictReader(trimmed):
            paid_at = datetime.fromisoformat(row["paid_at_local"]) + shift
            amount = (Decimal(row["amount_gbp"]) * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
            payer = f'"{row["payer_ref"]}"' if row["payer_ref"] else "null"
            yield (
                f'{{"receipt_no":"{row["receipt_no"]}","paid_at":"{paid_at.isoformat()}{_ZONE}",'
                f'"amount":"{amount}","kind":"{row["kind"]}","payer_ref":{payer},'
                f'"channel":"merchant_code"}}\n'
            ).encode()


def synthetic_merchants(
    *, count: int, seed: int, end_date: date, days: int = 400, areas: Sequence[str] = AREAS
) -> Iterator[Merchant]:
    """Yield `count` labelled merchants; the same arguments yield the same merchants and receipts."""
    if not 0 < count < _MOST:
        raise ValueError(f"at most {_MOST - 1} merchants have numbers of their own")
    rng = np.random.default_rng([seed, count])
    shapes = [shape for shape, share in SHARES for _ in range(share)]
    order = rng.permutation(len(shapes) * (count // len(shapes) + 1))
    for number, place in islice(enumerate(order), count):
        shape = shapes[int(place) % len(shapes)]
        yield _merchant(number + 1, shape, seed=seed, end_date=end_date, days=days, areas=areas)


def _merchant(
    number: int, shape: Shape, *, seed: int, end_date: date, days: int, areas: Sequence[str]
) -> Merchant:
    rng = np.random.default_rng([seed, number, 7])
    _, industry, name, ticket_yuan = TRADES[int(rng.integers(len(TRADES)))]
    area_code = areas[int(rng.integers(len(areas)))]
    history = int(rng.integers(12, 55)) if shape is Shape.SHORT_HISTORY else days
    before = rng.integers(1, 8) if shape is Shape.SHORT_HISTORY else rng.integers(60, 2500)
    born = date(1968, 1, 1) + timedelta(days=number * 7 % 11_000)  # no two share an identity number
    return Merchant(
        number=number,
        shape=shape,
        external_id=f"m-{seed}-{number:05d}",
        legal_name=f"{name}{number:05d}号",
        registration_no=credit_code(number, area_code=area_code, prefix="92"),
        industry=industry,
        area_code=area_code,
        opened_date=end_date - timedelta(days=history + int(before)),
        representative=f"{FAMILY_NAMES[number % len(FAMILY_NAMES)]}示例{number:05d}",
        id_number=resident_number(area_code=BIRTH_AREAS[number % len(BIRTH_AREAS)], born=born),
        phone=mobile_number(number),
        card=card_number(number, ending="0000"),
        end_date=end_date,
        days=history,
        seed=seed,
        ticket_fen=int(ticket_yuan * 100 * rng.uniform(0.8, 1.3)),
    )


def _daily_counts(merchant: Merchant, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return how many sales each day has: level x trend x season x weekday x noise, and some closed days."""
    days = np.arange(merchant.days)
    first = merchant.end_date - timedelta(days=merchant.days)
    level = rng.uniform(4, 9)
    trend = {Shape.GROWING: 1.1, Shape.SHRINKING: -1.8}.get(merchant.shape, rng.normal(0, 0.1))
    season = 0.75 if merchant.shape is Shape.SEASONAL else 0.12
    weekday = np.array([0.92, 0.9, 0.95, 1.0, 1.12, 1.25, 1.1])[(days + first.weekday()) % 7]
    wave = np.exp(season * np.sin(2 * np.pi * (days + first.timetuple().tm_yday) / 365))
    mean = level * np.exp(trend * days / 400) * weekday * wave
    counts: NDArray[np.int64] = rng.poisson(mean)
    counts[rng.random(merchant.days) < 0.03] = 0  # closed that day
    return counts


def _synthetic_lines(merchant: Merchant) -> Iterator[bytes]:
    rng = np.random.default_rng([merchant.seed, merchant.number, 11])
    first = merchant.end_date - timedelta(days=merchant.days)
    counts = _daily_counts(merchant, rng)
    day = np.repeat(np.arange(merchant.days), counts)
    total = len(day)
    minute = np.clip(rng.normal(14.5 * 60, 180, total), 7 * 60, 22 * 60).astype(int)
    fen = np.maximum(100, (merchant.ticket_fen * rng.lognormal(-0.2, 0.6, total)).astype(int))
    regulars = max(40, total // 6)
    payer = np.minimum(rng.zipf(1.35, total), regulars)
    payer = np.where(rng.random(total) < 0.45, regulars + rng.integers(1, 10**6, total), payer)
    channel = np.where(rng.random(total) < 0.72, "merchant_code", "personal_code")
    if merchant.shape is Shape.BRUSHED:
        _brush(rng, np.flatnonzero(day >= merchant.days - 60), minute, fen, payer)
    share = 0.16 if merchant.shape is Shape.HIGH_REFUNDS else 0.008
    refunded = rng.random(total) < share
    dates = [(first + timedelta(days=offset)).isoformat() for offset in range(merchant.days)]
    columns = (day, minute, fen, payer, channel, refunded)
    rows = zip(*(column.tolist() for column in columns), strict=True)  # plain numbers format faster
    for place, (on, at, amount, who, how, is_refunded) in enumerate(rows):
        body = (
            f'"paid_at":"{dates[on]}T{at // 60:02d}:{at % 60:02d}:{place % 60:02d}{_ZONE}",'
            f'"amount":"{amount // 100}.{amount % 100:02d}",'
            f'"payer_ref":"p{merchant.number:05d}{who:010d}","channel":"{how}"}}\n'
        )
        yield f'{{"receipt_no":"R{merchant.number:05d}-{place:06d}","kind":"sale",{body}'.encode()
        if is_refunded:
            yield f'{{"receipt_no":"R{merchant.number:05d}-{place:06d}","kind":"refund",{body}'.encode()


def _brush(
    rng: np.random.Generator,
    late: NDArray[np.int64],
    minute: NDArray[np.int64],
    fen: NDArray[np.int64],
    payer: NDArray[np.int64],
) -> None:
    """Plant brushing among the `late` sales: half of them by five payers, in bursts of round amounts."""
    brushed = late[rng.random(len(late)) < 0.5]
    payer[brushed] = rng.integers(1, 6, len(brushed))
    minute[brushed] = 15 * 60 + rng.integers(0, 12, len(brushed))
    fen[brushed] = rng.choice([50_000, 80_000, 100_000], len(brushed))
