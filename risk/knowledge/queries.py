"""Reads: search, one entry, its rule as a strategy would hold it, and how fast events became rules."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from risk.knowledge.backtest import ConditionBacktest, PastCase, backtest, compiled
from risk.knowledge.models import KnowledgeEntry
from risk.monitoring.queries import bad_by_decision

CHUNK: Final = 2000
_PAST: Final = (Path(__file__).parent / "sql" / "past.sql").read_text(encoding="utf-8")


class EntryNotFound(Refusal):
    """No such entry."""

    code = "knowledge.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no entry {entry}."


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as of a day: `status` is `live` or `expired`."""

    id: UUID
    code: str
    version: int
    title_en: str
    title_zh: str
    text_en: str
    text_zh: str
    tags: tuple[str, ...]
    evidence: tuple[Mapping[str, str], ...]
    strategy_sha256: str
    rule_code: str
    condition: Mapping[str, Any] | None
    backtest: Mapping[str, Any]
    owner: str
    expires_date: date
    heard_at: datetime | None
    recorded_at: datetime
    status: str

    @property
    def time_to_rule(self) -> timedelta | None:
        """How long it took from hearing of an outside event to something that runs (S4-11)."""
        return None if self.heard_at is None else self.recorded_at - self.heard_at

    def rule(self, *, on_hit: str, reason: str) -> dict[str, Any]:
        """Return the entry's condition as an admission rule: it must not be true."""
        require = {"op": "not", "of": self.condition}
        return {
            "code": self.code,
            "require": require,
            "on_miss": on_hit,
            "on_unknown": "refer",
            "reason": reason,
        }


def search(
    *,
    text: str = "",
    rule: str = "",
    tag: str = "",
    status: str = "",
    owner: str = "",
    on_date: date,
    limit: int = 50,
) -> tuple[EntryView, ...]:
    """Return the last version of each entry that matches, newest first; `text` in either language."""
    rows = _last_versions()
    if text:
        rows = rows.filter(
            Q(code__icontains=text)
            | Q(title_en__icontains=text)
            | Q(title_zh__icontains=text)
            | Q(text_en__icontains=text)
            | Q(text_zh__icontains=text)
        )
    if rule:
        rows = rows.filter(rule_code__icontains=rule)
    if tag:
        rows = rows.filter(tags__contains=[tag])
    if owner:
        rows = rows.filter(owner=owner)
    if status:
        live = Q(expires_date__gt=on_date)
        rows = rows.filter(live if status == "live" else ~live)
    return tuple(entry_view(row, on_date) for row in rows.order_by("-recorded_at", "-id")[:limit])


def get_entry(code: str, *, on_date: date) -> EntryView:
    """Return the last version of an entry; raises `EntryNotFound`."""
    row = KnowledgeEntry.objects.filter(code=code).order_by("-version").first()
    if row is None:
        raise EntryNotFound(entry=code[:60])
    return entry_view(row, on_date)


def versions(code: str, *, on_date: date) -> tuple[EntryView, ...]:
    """Return all versions of an entry, oldest first."""
    rows = KnowledgeEntry.objects.filter(code=code).order_by("version")
    return tuple(entry_view(row, on_date) for row in rows)


def entries_of_strategy(*, strategy_sha256: str, on_date: date) -> tuple[EntryView, ...]:
    """Return the entries that the rules of a strategy rest on, live and expired, by rule."""
    rows = _last_versions().filter(strategy_sha256=strategy_sha256).exclude(rule_code="")
    return tuple(entry_view(row, on_date) for row in rows.order_by("rule_code", "code"))


def try_condition(condition: object, *, period: Period) -> ConditionBacktest:
    """Return what a condition would have done over a period's decisions; refuses a malformed one."""
    known = compiled(condition)
    return backtest(known, _past(period, known.reads))


def _past(period: Period, names: Sequence[str]) -> Iterator[PastCase]:
    bad = bad_by_decision(period=period)
    scope: dict[str, Any] = {
        "names": list(names),
        "start": period.start_date,
        "end": period.end_date,
        "limit": CHUNK,
    }
    after = UUID(int=0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_PAST, {**scope, "after": after})
            rows = cursor.fetchall()
        yield from (PastCase(json.loads(facts), verdict, bad.get(key)) for key, verdict, facts in rows)
        if len(rows) < CHUNK:
            return
        after = rows[-1][0]


def _last_versions() -> QuerySet[KnowledgeEntry]:
    same = KnowledgeEntry.objects.filter(code=OuterRef("code")).order_by().values("code")
    return KnowledgeEntry.objects.filter(version=Subquery(same.annotate(last=Max("version")).values("last")))


def entry_view(row: KnowledgeEntry, on_date: date) -> EntryView:
    """Return the frozen view of a row as of a day."""
    return EntryView(
        row.id,
        row.code,
        row.version,
        row.title_en,
        row.title_zh,
        row.text_en,
        row.text_zh,
        tuple(row.tags),
        tuple(row.evidence),
        row.strategy_sha256,
        row.rule_code,
        row.condition,
        row.backtest,
        row.owner,
        row.expires_date,
        row.heard_at,
        row.recorded_at,
        "live" if row.expires_date > on_date else "expired",
    )
