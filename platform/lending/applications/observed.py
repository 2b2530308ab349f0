"""What the bank may see of a business for a purpose: only streams under a consent in force, one read each."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from kernel.periods import Period
from openbanking.receipts import queries as receipts
from openbanking.receipts.queries import SIGN_COLUMNS, Delivered, KnownDays
from openbanking.streams import queries as streams
from openbanking.streams.catalogue import STREAMS
from openbanking.streams.queries import StreamView
from risk.features.evaluate import history_days, party_windows
from risk.features.wanted import Wanted, needs_of

HISTORY_DAYS: Final = 400
SCENE_DAYS: Final = 90
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Takings:
    """A scene's receipts of an enterprise by day, and how they were delivered, if that was asked for."""

    known: KnownDays
    delivered: Delivered | None


@dataclass(frozen=True, slots=True)
class Observed:
    """What was known at the end of a day; takings None, a stream left out: no consent, or not asked for."""

    takings: Takings | None
    streams: tuple[StreamView, ...] = ()


def observe(
    *,
    enterprise_id: UUID,
    scene_id: UUID,
    purpose: str,
    as_of_date: date,
    now: datetime,
    wanted: Wanted = None,
) -> Observed:
    """Return what this scene knows up to a date, as it was known at `now`: this scene's data, no other's.

    Reads what the facts `wanted` follow from, and nothing else.
    """
    needs, known_by = needs_of(wanted), now.astimezone(SHANGHAI).date()
    signs = not needs.receipt_columns.isdisjoint(SIGN_COLUMNS)
    until = datetime.combine(known_by + timedelta(days=1), time(), tzinfo=SHANGHAI)
    found = receipts.under_consent(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        purpose=purpose,
        now=now,
        known_by=known_by,
        period=Period.last_days(HISTORY_DAYS, before=as_of_date),
        signs_since=as_of_date - timedelta(days=SCENE_DAYS) if signs else None,
        delivered_in=(until - timedelta(days=SCENE_DAYS), until) if needs.scene else None,
        days=bool(needs.receipt_columns),
    )
    return Observed(
        None if found.known is None else Takings(found.known, found.delivered),
        tuple(
            streams.stream_as_known(
                stream=code,
                enterprise_id=enterprise_id,
                scene_id=scene_id,
                period=Period.last_days(history_days(code), before=as_of_date),
                known_by=known_by,
                windows=party_windows(code, as_of_date=as_of_date, features=needs.features[code]),
            )
            for code, stream in STREAMS.items()
            if code in needs.features and stream.data_class in found.classes
        ),
    )
