"""What the bank may see of a business for a purpose: only streams under a consent in force, one read each."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from kernel.periods import Period
from openbanking.consents import queries as consents
from openbanking.receipts import queries as receipts
from openbanking.receipts.queries import Delivered, KnownDays
from openbanking.streams import queries as streams
from openbanking.streams.catalogue import STREAMS
from openbanking.streams.queries import StreamView
from risk.features.evaluate import history_days, party_windows

HISTORY_DAYS: Final = 400
SCENE_DAYS: Final = 90
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Takings:
    """A scene's receipts of an enterprise by day, and how they were delivered."""

    known: KnownDays
    delivered: Delivered


@dataclass(frozen=True, slots=True)
class Observed:
    """What was known at the end of a day; takings None, and a stream left out: no consent to it."""

    takings: Takings | None
    streams: tuple[StreamView, ...] = ()


def observe(
    *, enterprise_id: UUID, scene_id: UUID, purpose: str, as_of_date: date, now: datetime
) -> Observed:
    """Return what this scene knows up to a date, as it was known at `now`: this scene's data, no other's."""
    classes = consents.classes_in_force(
        enterprise_id=enterprise_id, scene_id=scene_id, purpose=purpose, now=now
    )
    known_by = now.astimezone(SHANGHAI).date()
    takings = None
    if "receipts" in classes:
        takings = _takings(enterprise_id, scene_id, as_of_date, known_by)
    return Observed(
        takings,
        tuple(
            streams.stream_as_known(
                stream=code,
                enterprise_id=enterprise_id,
                scene_id=scene_id,
                period=Period.last_days(history_days(code), before=as_of_date),
                known_by=known_by,
                windows=party_windows(code, as_of_date=as_of_date),
            )
            for code, stream in STREAMS.items()
            if stream.data_class in classes
        ),
    )


def _takings(enterprise_id: UUID, scene_id: UUID, as_of_date: date, known_by: date) -> Takings:
    known = receipts.days_as_known(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        period=Period.last_days(HISTORY_DAYS, before=as_of_date),
        known_by=known_by,
        signs_since=as_of_date - timedelta(days=SCENE_DAYS),
    )
    until = datetime.combine(known_by + timedelta(days=1), time(), tzinfo=SHANGHAI)
    delivered = receipts.delivered(
        enterprise_id=enterprise_id, scene_id=scene_id, since=until - timedelta(days=SCENE_DAYS), until=until
    )
    return Takings(known, delivered)
