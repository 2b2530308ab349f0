"""Shops with and without brushed receipts, planted in many ways; and the signs of a day, reckoned in numpy.

The signs are the reference that the database's are compared with. Nobody here exists.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
SIGN_NAMES: Final = ("own", "loop", "again", "soon", "night", "round", "twin", "rapid")
OWN_PAYER: Final = 7
NOBODY: Final = -1


class Way(StrEnum):
    """How a shop's receipts are brushed."""

    FEW_PAYERS = "few_payers"  # accomplices pay round amounts in an afternoon's burst
    OWNER = "owner"  # the owner pays at all hours
    NIGHT = "night"  # strangers pay in a row after midnight
    LOOP = "loop"  # what is paid is paid back
    TWINS = "twins"  # strangers pay the same amount, seconds apart
    REGULARS = "regulars"  # accomplices pay ordinary amounts several times a day
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop's receipts, a column each; `second` is of the day, `payer` NOBODY where not known."""

    brushed: Way | None
    style: str
    day: Ints
    second: Ints
    fen: Ints
    payer: Ints
    is_refund: Flags
    is_personal: Flags


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    share: int
    ticket: float  # yuan
    menu: int  # price points; 0: any amount
    step: int  # price points are multiples of so many fen
    hours: tuple[tuple[float, float, float], ...]  # centre, spread, share
    regulars: float
    refunds: float
    volume: tuple[float, float]


STYLES: Final = (
    _Style("noodles", 20, 22, 12, 100, ((12.2, 0.8, 0.55), (18.5, 1.0, 0.45)), 0.25, 0.004, (15, 90)),
    _Style("grocery", 18, 28, 0, 1, ((10.0, 2.5, 0.5), (18.0, 2.5, 0.5)), 0.45, 0.008, (15, 80)),
    _Style("barbecue", 10, 95, 0, 100, ((21.5, 1.6, 0.75), (24.3, 0.9, 0.25)), 0.2, 0.003, (10, 45)),
    _Style("hairdresser", 10, 90, 9, 1000, ((15.5, 3.2, 1.0),), 0.15, 0.004, (4, 18)),
    _Style("clothes", 12, 190, 0, 1000, ((15.5, 3.0, 1.0),), 0.08, 0.11, (5, 25)),
    _Style("stall", 12, 11, 15, 50, ((7.8, 1.3, 0.7), (17.3, 1.2, 0.3)), 0.35, 0.002, (40, 150)),
    _Style("wholesale", 8, 900, 0, 100, ((9.0, 2.0, 1.0),), 0.7, 0.012, (4, 15)),
    _Style("pharmacy", 10, 55, 30, 50, ((11.0, 3.0, 0.6), (19.0, 1.8, 0.4)), 0.3, 0.01, (10, 50)),
)


def shops(*, count: int, seed: int, share: float = 0.05, days: int = 90) -> list[Shop]:
    """Return shops of every style, a `share` of them brushed in turn in every way; same seed, same shops."""
    rng = np.random.default_rng([seed, count])
    styles = [style for style in STYLES for _ in range(style.share)]
    brushed = set(rng.choice(count, round(count * share), replace=False).tolist())
    ways: list[Way] = list(Way)
    found: list[Shop] = []
    for number in range(count):
        style = styles[int(rng.integers(len(styles)))]
        columns = _honest(style, np.random.default_rng([seed, number, 3]), days)
        way = None
        if number in brushed:
            way = ways[len([shop for shop in found if shop.brushed]) % len(ways)]
            columns = _brush(columns, way, np.random.default_rng([seed, number, 5]), days)
        found.append(Shop(way, style.name, *columns))
    return found


Columns = tuple[Ints, Ints, Ints, Ints, Flags, Flags]


def _honest(style: _Style, rng: np.random.Generator, days: int) -> Columns:
    level = rng.uniform(*style.volume)
    daily = rng.poisson(level * rng.lognormal(0, 0.15, days) * (rng.random(days) > 0.03))
    day = np.repeat(np.arange(days), daily)
    total = len(day)
    parts = rng.choice(len(style.hours), total, p=[share for *_, share in style.hours])
    centre = np.array([hour for hour, *_ in style.hours])[parts]
    spread = np.array([width for _, width, _ in style.hours])[parts]
    second = (rng.normal(centre, spread) * 3600).astype(np.int64) % 86_400
    if style.menu:
        prices = (
            np.maximum(1, (style.ticket * 100 * rng.lognormal(-0.1, 0.5, style.menu) // style.step))
            * style.step
        )
        popularity = rng.dirichlet(np.full(style.menu, 1.2))
        fen = rng.choice(prices.astype(np.int64), total, p=popularity)
    else:
        fen = np.maximum(1, rng.lognormal(np.log(style.ticket * 100), 0.6, total) // style.step) * style.step
    crowd = max(8, int(level * 6))
    payer = 1_000 + np.minimum(rng.zipf(1.3, total), crowd)
    strangers = rng.random(total) > style.regulars * rng.uniform(0.7, 1.3)
    payer = np.where(strangers, 10**6 + rng.integers(0, 10**9, total), payer)
    payer = np.where(rng.random(total) < 0.03, NOBODY, payer)
    personal = rng.random(total) < rng.uniform(0, 0.5)
    back = np.flatnonzero(rng.random(total) < style.refunds * rng.uniform(0.5, 1.5))
    refund = np.zeros(total + len(back), dtype=bool)
    refund[total:] = True
    columns = [
        np.concatenate([part, part[back]]) for part in (day, second, fen.astype(np.int64), payer, personal)
    ]
    return (columns[0], columns[1], columns[2], columns[3], refund, columns[4] > 0)


def _brush(columns: Columns, way: Way, rng: np.random.Generator, days: int) -> Columns:
    """Add brushed receipts: so many to each honest sale, over the last days."""
    day, second, fen, _, refund, personal = columns
    span = int(rng.choice([30, 45, 60, 90]))
    late = np.flatnonzero((day >= days - span) & ~refund)
    more = float(rng.choice([0.25, 0.5, 1.0, 1.5]))
    source = rng.choice(late, max(10, int(len(late) * more)))
    size = len(source)
    ways = (
        rng.choice([one for one in Way if one is not Way.MIXED], size)
        if way is Way.MIXED
        else np.full(size, way)
    )
    at = second[rng.choice(late, size)] + rng.integers(-1_200, 1_200, size)
    amount, who = fen[rng.choice(late, size)].copy(), 10**6 + rng.integers(0, 10**9, size)
    few = ways == Way.FEW_PAYERS
    who[few] = 100 + rng.integers(0, 6, few.sum())
    at[few] = 15 * 3600 + rng.integers(0, 900, few.sum())
    amount[few] = rng.choice([20_000, 30_000, 50_000], few.sum())
    who[ways == Way.OWNER] = OWN_PAYER
    night = ways == Way.NIGHT
    at[night] = 2 * 3600 + rng.integers(0, 60 * 20, night.sum())
    twins = ways == Way.TWINS
    at[twins] = 14 * 3600 + day[source][twins] * 60 + rng.integers(0, 400, twins.sum())
    amount[twins] = rng.choice([8_800, 12_800], twins.sum())
    regular = ways == Way.REGULARS
    who[regular] = 200 + rng.integers(0, 5, regular.sum())
    loop = ways == Way.LOOP
    who[loop] = 300 + rng.integers(0, 12, loop.sum())
    added = (day[source], at, amount, who, np.zeros(size, bool), personal[source])
    back = tuple(
        part[loop] for part in (day[source], at + 60, amount, who, np.ones(size, bool), personal[source])
    )
    joined = [np.concatenate(parts) for parts in zip(columns, added, back, strict=True)]
    joined[1] = joined[1] % 86_400
    return (joined[0], joined[1], joined[2], joined[3], joined[4], joined[5])


def signs(shop: Shop, *, own: int = OWN_PAYER) -> dict[int, dict[str, int]]:
    """Return each day's signs, as the receipts room names them; receipts are numbered in the order given."""
    order = np.lexsort((np.arange(len(shop.day)), shop.second, shop.day))
    pair = shop.day * 2**40 + shop.payer
    sale = order[~shop.is_refund[order]]
    paid_back = np.isin(pair[sale], pair[shop.is_refund])
    day, second, fen, payer = (part[sale] for part in (shop.day, shop.second, shop.fen, shop.payer))
    personal = shop.is_personal[sale]
    known = payer != NOBODY
    by_payer, by_amount = _since_last(day, payer, second), _since_last(day, fen, second)
    found = {
        "own": known & (payer == own),
        "loop": known & paid_back,
        "again": known & (by_payer >= 0),
        "soon": known & (by_payer >= 0) & (by_payer <= 600),
        "night": second < 5 * 3600,
        "round": fen % 10_000 == 0,
        "twin": (by_amount >= 0) & (by_amount <= 30),
    }
    gap = _since_last(day, np.zeros_like(day), second)
    found["rapid"] = (gap >= 0) & (gap <= 30)
    soft = sum(found[name].astype(int) for name in ("again", "night", "round", "twin", "rapid"))
    doubtful = found["own"] | found["loop"] | found["soon"] | (soft >= 2)
    plain = ~np.any([found[name] for name in SIGN_NAMES if name != "soon"], axis=0)
    days = np.unique(day)
    columns = {f"{name}_count": found[name] for name in SIGN_NAMES} | {"sale_count": np.ones(len(day))}
    columns |= {"plain_count": plain, "doubtful_count": doubtful, "payer_known_count": known}
    columns["personal_sales"] = fen * personal
    clean = known & ~doubtful
    columns |= _evidenced(day, payer, fen * clean, personal)
    sums = {name: np.bincount(day, weights=column).astype(int) for name, column in columns.items()}
    return {on: {name: int(column[on]) for name, column in sums.items()} for on in days.tolist()}


def _since_last(day: Ints, group: Ints, second: Ints) -> Ints:
    """Return the seconds since the group's last row of the day, -1 for its first; rows in time order."""
    since = np.full(len(day), -1, dtype=np.int64)
    order = np.lexsort((np.arange(len(day)), group, day))
    same = (day[order][1:] == day[order][:-1]) & (group[order][1:] == group[order][:-1])
    since[order[1:][same]] = (second[order][1:] - second[order][:-1])[same]
    return since


def _evidenced(day: Ints, payer: Ints, fen: Ints, personal: Flags) -> dict[str, Ints]:
    """Return, on one row of each payer and day, the largest sale and what a personal code's is above it."""
    place = np.unique(day * 2**40 + payer, return_inverse=True)[1]
    best, best_personal = np.zeros(len(day), np.int64), np.zeros(len(day), np.int64)
    np.maximum.at(best, place, fen * ~personal)
    np.maximum.at(best_personal, place, fen * personal)
    first = np.unique(place, return_index=True)[1]
    columns = {name: np.zeros(len(day), np.int64) for name in ("evidenced", "evidenced_personal")}
    columns["evidenced"][first] = best[: len(first)]
    columns["evidenced_personal"][first] = np.maximum(best_personal - best, 0)[: len(first)]
    return columns
