"""What the bank may see of a business for a purpose: only streams under a consent in force, one read each."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from kernel.periods import Period
from kernel.values import made_often
from openbanking.receipts.queries import SIGN_COLUMNS, Delivered, KnownDays, Reading
from openbanking.streams import queries as streams
from openbanking.streams.catalogue import STREAMS
from openbanking.streams.queries import StreamView
from plumbing.trip import one_trip
from risk.decisions.queries import Asked, asked, last_wanted
from risk.features.evaluate import history_days, party_windows
from risk.features.wanted import Needs, Wanted, needs_of

HISTORY_DAYS: Final = 400
SCENE_DAYS: Final = 90
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


@made_often
@dataclass(frozen=True, slots=True)
class Takings:
    """A scene's receipts of an enterprise by day, and how they were delivered, if that was asked for."""

    known: KnownDays
    delivered: Delivered | None


@made_often
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
    needs = needs_of(wanted)
    reading = _reading(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        purpose=purpose,
        as_of_date=as_of_date,
        now=now,
        needs=needs,
    )
    return _observed(reading, one_trip(*reading.call()), as_of_date, needs)


def ask_and_observe(
    *,
    subject: str,
    borrower: str,
    enterprise_id: UUID,
    scene_id: UUID,
    purpose: str,
    as_of_date: date,
    now: datetime,
) -> tuple[Asked, Observed]:
    """Return what a decision asks for, and what of it this scene knows; as a rule in one trip.

    What the day's last decision wanted, this one wants too, unless somebody signed something in between: then
    it is read anew.
    """
    guess = last_wanted(on_date=as_of_date)
    if guess is None:
        asking = asked(subject=subject, borrower=borrower, on_date=as_of_date)
    else:
        reading = _reading(
            enterprise_id=enterprise_id,
            scene_id=scene_id,
            purpose=purpose,
            as_of_date=as_of_date,
            now=now,
            needs=needs_of(guess),
        )
        asking = asked(subject=subject, borrower=borrower, on_date=as_of_date, beside=(reading.call(),))
        if asking.wanted == guess:
            return asking, _observed(reading, asking.answers[0], as_of_date, needs_of(guess))
    return asking, observe(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        purpose=purpose,
        as_of_date=as_of_date,
        now=now,
        wanted=asking.wanted,
    )


def _reading(
    *, enterprise_id: UUID, scene_id: UUID, purpose: str, as_of_date: date, now: datetime, needs: Needs
) -> Reading:
    signs = not needs.receipt_columns.isdisjoint(SIGN_COLUMNS)
    known_by = now.astimezone(SHANGHAI).date()
    delivered_in = None
    if needs.scene:
        until = datetime.combine(known_by + timedelta(days=1), time(), tzinfo=SHANGHAI)
        delivered_in = (until - timedelta(days=SCENE_DAYS), until)
    return Reading(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        purpose=purpose,
        now=now,
        known_by=known_by,
        period=Period.last_days(HISTORY_DAYS, before=as_of_date),
        signs_since=as_of_date - timedelta(days=SCENE_DAYS) if signs else None,
        delivered_in=delivered_in,
        days=bool(needs.receipt_columns),
    )


def _observed(reading: Reading, answer: str | None, as_of_date: date, needs: Needs) -> Observed:
    found = reading.found(answer)
    takings = None if found.known is None else Takings(found.known, found.delivered)
    rest = [
        code
        for code, stream in STREAMS.items()
        if code in needs.features and stream.data_class in found.classes
    ]
    return Observed(
        takings,
        tuple(
            [
                streams.stream_as_known(
                    stream=code,
                    enterprise_id=reading.enterprise_id,
                    scene_id=reading.scene_id,
                    period=Period.last_days(history_days(code), before=as_of_date),
                    known_by=reading.known_by,
                    windows=party_windows(code, as_of_date=as_of_date, features=needs.features[code]),
                )
                for code in rest
            ]
        ),
    )
