"""Publishing the rule pack, the prime rates and the calendars that travel with this release."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from plumbing.sql import in_transaction
from tenants.reference.calendars import years
from tenants.reference.models import PublishedFixing, PublishedRule, PublishedYear

PACK: Final = Path(__file__).parent / "packs" / "cn.json"
FIXINGS: Final = Path(__file__).parent / "packs" / "lpr.json"


@in_transaction
def publish_pack(*, now: datetime) -> int:
    """Publish this release's rules, rates and calendars; return how many rules were new. All of it stays."""
    pack: dict[str, Any] = json.loads(PACK.read_text(encoding="utf-8"))
    present = set(PublishedRule.objects.values_list("code", "effective_from", "edition"))
    rules = [_rule(entry, pack["edition"], now) for entry in pack["rules"]]
    new = [rule for rule in rules if (rule.code, rule.effective_from, rule.edition) not in present]
    PublishedRule.objects.bulk_create(new)
    _publish_fixings(now)
    for draft in years():
        PublishedYear.objects.update_or_create(
            year=draft.year,
            defaults={
                "is_official": draft.is_official,
                "source": draft.source,
                "days": [[day.day.isoformat(), day.is_workday, day.name] for day in draft.days],
                "published_at": now,
            },
        )
    return len(new)


def _publish_fixings(now: datetime) -> None:
    """Publish the prime rates that are not there yet; another figure for a date is a higher edition of it."""
    table: dict[str, Any] = json.loads(FIXINGS.read_text(encoding="utf-8"))
    present = {
        row.published_date: row
        for row in PublishedFixing.objects.order_by("published_date", "edition")  # the newest edition last
    }
    new = []
    for entry in table["fixings"]:
        day, rates = date.fromisoformat(entry["published"]), (Decimal(entry["1Y"]), Decimal(entry["5Y"]))
        known = present.get(day)
        if known is not None and (known.one_year, known.five_year) == rates:
            continue
        new.append(
            PublishedFixing(
                published_date=day,
                edition=1 if known is None else known.edition + 1,
                one_year=rates[0],
                five_year=rates[1],
                source=table["source"],
                published_at=now,
            )
        )
    PublishedFixing.objects.bulk_create(new)


def _rule(entry: dict[str, Any], edition: int, now: datetime) -> PublishedRule:
    ends, signed_from = entry["effective_to"], entry.get("applies_to_contracts_signed_from")
    return PublishedRule(
        code=entry["code"],
        edition=edition,
        effective_from=date.fromisoformat(entry["effective_from"]),
        effective_to=date.fromisoformat(ends) if ends else None,
        applies_to_contracts_signed_from=date.fromisoformat(signed_from) if signed_from else None,
        title_en=entry["title_en"],
        title_zh=entry["title_zh"],
        message_en=entry.get("message_en", ""),
        message_zh=entry.get("message_zh", ""),
        source=entry["source"],
        severity=entry["severity"],
        confidence=entry["confidence"],
        owner=entry.get("owner", ""),
        scope=entry.get("scope", {}),
        parameters=entry["parameters"],
        test_vectors=entry.get("test_vectors", []),
        published_at=now,
    )
