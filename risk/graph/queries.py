"""Reads: what the graph knows of one applicant, as of a day and of what was known by an instant."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

import orjson

from kernel.money import Money
from plumbing.trip import rows_of
from risk.features.facts import FactValue
from risk.graph.drafts import Node
from risk.graph.models import Entity, Night

FAN_OUT: Final = 50  # relations of a node followed in one direction
RING_HOPS: Final = 8  # a ring of up to nine is seen whole at once; the night sees every ring
GROUP_HOPS: Final = 3
WALK: Final = 2_000  # nodes that one walk may touch
CONTROL: Final = Decimal("0.500000")  # a share from which an owner controls
# That a relation or flag `r` holds on a day, as was known by an instant.
LIVE: Final = (
    "r.valid_from <= %(on_date)s AND r.known_at <= %(known_by)s"
    " AND (r.valid_to IS NULL OR r.valid_to > %(on_date)s OR r.ended_at > %(known_by)s)"
)
_PPM: Final = Decimal("0.000001")
_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("relations", "neighbours", "bad_neighbours"), int),
    **dict.fromkeys(("is_bad", "capped"), "true".__eq__),
    **dict.fromkeys(("shared_devices", "shared_phones", "shared_accounts", "shared_addresses"), int),
    **dict.fromkeys(("ring_size", "guarantees_given", "group_size", "cores", "night_age_days"), int),
    **dict.fromkeys(("ring_exposure", "group_exposure", "core_exposure", "core_headroom"), Decimal),
    **dict.fromkeys(("contagion_pd", "stressed_pd"), Decimal),
    "ring_refs": orjson.loads,
    "book_date": date.fromisoformat,
}
_COLUMNS: Final = tuple(
    "array_to_json(ring_refs)::text" if name == "ring_refs" else f"{name}::text" for name in _READ
)


@dataclass(frozen=True, slots=True)
class ApplicantGraph:
    """What the graph knows of an applicant; figures that need a book are None before the first one."""

    relations: int
    neighbours: int
    bad_neighbours: int
    is_bad: bool
    shared_devices: int
    shared_phones: int
    shared_accounts: int
    shared_addresses: int
    ring_size: int
    ring_exposure: Money | None
    ring_refs: tuple[str, ...]
    guarantees_given: int
    group_size: int
    group_exposure: Money | None
    cores: int
    core_exposure: Money | None
    core_headroom: Money | None
    night_age_days: int | None
    contagion_pd: Decimal | None
    stressed_pd: Decimal | None
    capped: bool

    def facts(self) -> dict[str, FactValue]:
        """Return the figures under the catalogue's names."""
        ratio = None
        if self.neighbours:
            exact = Decimal(self.bad_neighbours) / Decimal(self.neighbours)
            ratio = exact.quantize(_PPM, rounding=ROUND_HALF_EVEN)
        return {
            "graph.relations": self.relations,
            "graph.neighbours_2hop": self.neighbours,
            "graph.bad_neighbours_2hop": self.bad_neighbours,
            "graph.bad_ratio_2hop": ratio,
            "graph.is_bad": self.is_bad,
            "graph.shared_devices": self.shared_devices,
            "graph.shared_phones": self.shared_phones,
            "graph.shared_accounts": self.shared_accounts,
            "graph.shared_addresses": self.shared_addresses,
            "graph.ring_size": self.ring_size,
            "graph.ring_exposure": _yuan(self.ring_exposure),
            "graph.guarantees_given": self.guarantees_given,
            "graph.group_size": self.group_size,
            "graph.group_exposure": _yuan(self.group_exposure),
            "graph.core_enterprises": self.cores,
            "graph.core_exposure": _yuan(self.core_exposure),
            "graph.core_headroom": _yuan(self.core_headroom),
            "graph.night_age_days": self.night_age_days,
            "graph.contagion_pd": self.contagion_pd,
            "graph.stressed_pd": self.stressed_pd,
            "graph.capped": self.capped,
        }


def applicant_graph(*, node: Node, on_date: date, known_by: datetime) -> ApplicantGraph | None:
    """Return what the graph knows of an applicant, in one statement; None for one it has never heard of."""
    row = _row(node, on_date, known_by)
    if row is None:
        return None
    has_book = row.pop("book_date") is not None
    if row["ring_size"] < 2:  # alone, an entity stands in no ring
        row |= {"ring_size": 0, "ring_exposure": 0, "ring_refs": ()}
    for name in ("ring_exposure", "group_exposure", "core_exposure", "core_headroom"):
        known = has_book and row[name] is not None and (row["cores"] or not name.startswith("core"))
        row[name] = Money(int(row[name])) if known else None
    return ApplicantGraph(**{**row, "ring_refs": tuple(row["ring_refs"])})


def applicant_facts(*, node: Node, on_date: date, known_by: datetime) -> dict[str, FactValue]:
    """Return the facts `graph.*` of an applicant; none at all of one that the graph has never heard of."""
    found = applicant_graph(node=node, on_date=on_date, known_by=known_by)
    return {} if found is None else found.facts()


def _row(node: Node, on_date: date, known_by: datetime) -> dict[str, Any] | None:
    rows = rows_of(
        "graph_applicant",
        ", ".join(_COLUMNS),
        (
            *(node.kind.value, node.ref, on_date.isoformat(), known_by.isoformat()),
            *(str(most) for most in (FAN_OUT, RING_HOPS, GROUP_HOPS, WALK, CONTROL)),
        ),
    )
    if not rows:
        return None
    return {
        name: None if told is None else read(told)
        for (name, read), told in zip(_READ.items(), rows[0], strict=True)
    }


def _yuan(money: Money | None) -> Decimal | None:
    return None if money is None else money.major


@dataclass(frozen=True, slots=True)
class NightView:
    """One reckoning of the whole graph; `total` is not known before the first portion is written."""

    id: int
    as_of_date: date
    known_by: datetime
    policy: Mapping[str, Any]
    done: int
    total: int | None
    figures: Mapping[str, Any]
    finished_at: datetime | None


def night_view(row: Night) -> NightView:
    """Return a night as others see it."""
    return NightView(
        id=row.id,
        as_of_date=row.as_of_date,
        known_by=row.known_by,
        policy=row.policy,
        done=row.done,
        total=row.total,
        figures=row.figures,
        finished_at=row.finished_at,
    )


def last_night(*, on_date: date | None = None) -> NightView | None:
    """Return the last finished night, or the last up to a day; its figures hold the stress report."""
    rows = Night.objects.filter(finished_at__isnull=False).order_by("-as_of_date")
    row = (rows if on_date is None else rows.filter(as_of_date__lte=on_date)).first()
    return None if row is None else night_view(row)


def refs_of(ids: Iterable[int]) -> dict[int, str]:
    """Return the names outside the graph of entities that a report numbers."""
    return dict(Entity.objects.filter(id__in=list(ids)).values_list("id", "ref"))
