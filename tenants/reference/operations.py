"""Publishing the rule pack and the calendars that travel with this release."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from plumbing.sql import in_transaction
from tenants.reference.calendars import years
from tenants.reference.models import PublishedRule, PublishedYear

PACK: Final = Path(__file__).parent / "packs" / "cn.json"


@in_transaction
def publish_pack(*, now: datetime) -> int:
    """Publish this release's rules and calendars; return how many rules were new. What is published stays."""
    pack: dict[str, Any] = json.loads(PACK.read_text(encoding="utf-8"))
    present = set(PublishedRule.objects.values_list("code", "effective_from", "edition"))
    rules = [_rule(entry, pack["edition"], now) for entry in pack["rules"]]
    new = [rule for rule in rules if (rule.code, rule.effective_from, rule.edition) not in present]
    PublishedRule.objects.bulk_create(new)
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


def _rule(entry: dict[str, Any], edition: int, now: datetime) -> PublishedRule:
    ends = entry["effective_to"]
    return PublishedRule(
        code=entry["code"],
        edition=edition,
        effective_from=date.fromisoformat(entry["effective_from"]),
        effective_to=date.fromisoformat(ends) if ends else None,
        title_en=entry["title_en"],
        title_zh=entry["title_zh"],
        source=entry["source"],
        severity=entry["severity"],
        confidence=entry["confidence"],
        parameters=entry["parameters"],
        published_at=now,
    )
