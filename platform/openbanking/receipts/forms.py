"""Receipts in one form: a sender writes every line alike, so one expression reads a whole piece of lines.

The form (the order of the members and the space between them) is learnt from a line. The expression is
narrower than the rules of `rows.copy_line`: what it passes, they pass with the same result; what it does not
pass is read by them. Pure.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import count
from operator import itemgetter
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from kernel.periods import Period

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
KINDS: Final = {"sale": "1", "refund": "2"}  # the codes of `models.ReceiptKind`
CHANNELS: Final = {
    "merchant_code": "1",
    "personal_code": "2",
    "card": "3",
    "cash": "4",
}  # of `models.Channel`
COLUMNS: Final = (
    *("delivery_id", "feed_id", "line", "receipt_no", "kind", "paid_at", "day", "amount", "payer_ref"),
    "channel",
)
MOST_FORMS: Final = 4
_FIRST_DAY: Final = date(2000, 1, 3)  # the day before the first instant allowed may be it in another zone
_ORDER: Final = ("receipt_no", "kind", "day", "time", "yuan", "cents", "payer_ref", "channel")
_CLEAR: Final = r"(?!1[3-9][0-9]{9}\"|[0-9]{16})"  # narrower than `batches.rows` says: looked at once
_MEMBERS: Final = {
    "receipt_no": (("receipt_no",), r'"([0-9A-Za-z._:/#-]{1,64})"'),
    "kind": (("kind",), f'"({"|".join(KINDS)})"'),
    "paid_at": (
        ("day", "time"),
        r'"(20[0-9]{2}-[0-9]{2}-[0-9]{2})'
        r'(T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9]))"',
    ),
    "amount": (("yuan", "cents"), r'"(?!0+\.00")([0-9]{1,10})\.([0-9]{2})"'),
    "payer_ref": (("payer_ref",), rf'(?:null|"{_CLEAR}([0-9A-Za-z_=-]{{8,64}})")'),
    "channel": (("channel",), f'"({"|".join(CHANNELS)})"'),
}
_START: Final = re.compile(r'\{"[a-z_]+":( ?)"?').match
_IN_SHANGHAI: Final = '+08:00"'  # neither a number nor a payer may hold it: as many as lines, all are
_ABSENT: Final = "\\N"
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Intake:
    """One batch: what its lines of COPY begin with, what bounds its receipts, and the days they are of.

    `lead` is the delivery and the feed; `latest` the instant receipts lie before; `period`, if any, the days
    they must be of. `days` grows as lines are read: days in Asia/Shanghai as ISO dates.
    """

    lead: str
    latest: datetime
    period: Period | None = None
    days: set[str] = field(default_factory=set)

    def takes(self, days: Collection[str]) -> bool:
        """Return whether the days are of the period, and note them if all are."""
        new = set(days) - self.days
        if self.period is not None and not all(date.fromisoformat(day) in self.period for day in new):
            return False
        self.days.update(new)
        return True


@lru_cache(maxsize=8192)
def shanghai_day(instant: str) -> str:
    """Return the day in Asia/Shanghai of an instant in another zone."""
    return datetime.fromisoformat(instant).astimezone(SHANGHAI).date().isoformat()


class Form:
    """One way to write a receipt as a line of JSON."""

    def __init__(self, names: tuple[str, ...], colon: str, comma: str) -> None:
        parts, groups = [], list[str]()
        for at, name in enumerate(names):
            columns, value = _MEMBERS[name]
            member = f'{comma if at else ""}"{name}"{colon}{value}'
            parts.append(f"(?:{member})?" if name == "payer_ref" and at else member)
            groups += columns
        if "payer_ref" not in names:
            groups.append("payer_ref")
            parts.append("()")
        self.find_all = re.compile(r"^\{" + "".join(parts) + r"\}\r?\n", re.MULTILINE).findall
        self._in_order = None if tuple(groups) == _ORDER else itemgetter(*map(groups.index, _ORDER))

    def rows(self, text: str) -> Sequence[Row]:
        """Return the values of the lines that have this form, in the order of `_ORDER`."""
        found: list[Row] = self.find_all(text)
        return found if self._in_order is None else list(map(self._in_order, found))


@lru_cache(maxsize=256)
def form(names: tuple[str, ...], colon: str, comma: str) -> Form:
    """Return a form, made once."""
    return Form(names, colon, comma)


class Forms:
    """The forms met in one batch, and the days known to exist and to lie before the latest instant."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._last_day = intake.latest.date() - timedelta(days=2)  # certain in every zone
        self._days: set[str] = set()
        self._forms: list[Form] = []

    def copy_lines(self, text: str, *, first: int, lines: int) -> list[str] | None:
        """Return COPY text for each of the lines, numbered from `first`; None unless all have one form."""
        for known in (*self._forms, *self._learnt(text)):
            rows = known.rows(text)
            if len(rows) == lines and self._are_sound({row[2] for row in rows}):
                days = [row[2] for row in rows]
                if text.count(_IN_SHANGHAI) != lines:
                    days = [shanghai_day(f"{row[2]}{row[3][:6]}{row[3][9:]}") for row in rows]
                return self._written(rows, days, first) if self._intake.takes(days) else None
        return None

    def _written(self, rows: Sequence[Row], days: Sequence[str], first: int) -> list[str]:
        """Return the rows as lines of COPY, in the order of `COLUMNS`."""
        lead, kinds, channels = self._intake.lead, KINDS, CHANNELS
        return [
            f"{lead}\t{line}\t{no}\t{kinds[kind]}\t{there}{time}\t{day}\t{yuan}{cents}\t"
            f"{payer_ref or _ABSENT}\t{channels[channel]}\n"
            for line, day, (no, kind, there, time, yuan, cents, payer_ref, channel) in zip(
                count(first), days, rows, strict=False
            )
        ]

    def _learnt(self, text: str) -> Iterator[Form]:
        """Yield the form of the first line, if it is a new one."""
        line, _, _ = text.partition("\n")
        start = _START(line)
        if start is None or len(self._forms) >= MOST_FORMS:
            return
        try:
            names = tuple(orjson.loads(line))
        except (orjson.JSONDecodeError, TypeError):
            return
        if not _MEMBERS.keys() - {"payer_ref"} <= set(names) <= _MEMBERS.keys():
            return
        found = form(names, f":{start[1]}", ", " if ', "' in line else ",")
        if found not in self._forms and found.rows(line + "\n"):
            self._forms.append(found)
            yield found

    def _are_sound(self, days: set[str]) -> bool:
        for day in days - self._days:
            try:
                found = date.fromisoformat(day)
            except ValueError:
                return False
            if not _FIRST_DAY <= found <= self._last_day:
                return False
            self._days.add(day)
        return True
