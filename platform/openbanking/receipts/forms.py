"""Receipts in one form: a sender writes every line alike, so one expression reads a whole piece of lines.

The form (the order of the members and the space between them) is learnt from a line. The expression is
narrower than the rules of `rows.copy_line`: what it passes, they pass with the same result; what it does not
pass is read by them. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Final

import orjson

KINDS: Final = ("sale", "refund")
CHANNELS: Final = ("merchant_code", "personal_code", "card", "cash")
MOST_FORMS: Final = 4
_FIRST_DAY: Final = date(2000, 1, 3)  # the day before the first instant allowed may be it in another zone
_ORDER: Final = ("receipt_no", "kind", "day", "time", "yuan", "cents", "payer_ref", "channel")
_CLEAR: Final = r"(?!(?:1[3-9][0-9]{9}|[0-9]{17}[0-9Xx]|[0-9]{16,19})\")"
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
_ABSENT: Final = "\\N"
Row = tuple[str, ...]


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

    def __init__(self, latest: datetime) -> None:
        self._last_day = latest.date() - timedelta(days=2)  # certain in every zone
        self._days: set[str] = set()
        self._forms: list[Form] = []

    def copy_lines(self, text: str, *, first: int, lines: int) -> list[str] | None:
        """Return COPY text for each of the lines, numbered from `first`; None unless all have one form."""
        for known in (*self._forms, *self._learnt(text)):
            rows = known.rows(text)
            if len(rows) == lines and self._are_sound({row[2] for row in rows}):
                return [
                    f"{line}\t{no}\t{kind}\t{day}{time}\t{yuan}{cents}\t{payer_ref or _ABSENT}\t{channel}\n"
                    for line, (no, kind, day, time, yuan, cents, payer_ref, channel) in enumerate(rows, first)
                ]
        return None

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
