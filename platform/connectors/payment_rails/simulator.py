"""A payment rail that behaves by the last four digits of the account, and forgets nothing it received.

| ends in | what happens |
|---|---|
| 0001, 0002 | refused at once: account_closed, name_mismatch |
| 0003 | accepted, settled when asked about |
| 0004 | settled, but on the day after (a late settlement date) |
| 0006 | never an answer: unknown until the rail's file says that it settled (J5, F timeout iii) |
| 0016 | never an answer: unknown until the rail's file says that it was refused |
| 0007 | no answer, refused when asked about |
| 0008 | the first sending never arrives: not found when asked about, settled when sent again |
| 0009 | no answer, found settled when asked about |
| 0051 | a collection is refused: insufficient_funds |
| 0052 | the first two collections from the account are refused: insufficient_funds; later ones settle |
| 0099 | a collection settles, and is returned two days later (`returns_due`) |
| anything else | settled at once |

Each call is one statement of its own outside any transaction, so what the rail did survives whatever happens
to its caller. The settlement date is the business date under which the message was sent. Its notices and its
file of a day come from the same memory: `notices_of` (each of them twice, the last one first: a rail repeats
itself and is not orderly) and `movements_on`.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from connectors.payment_rails.models import RailMessage
from connectors.payment_rails.port import Notice, Outcome, RailAnswer
from connectors.payment_rails.states import Direction
from kernel.money import Money

SETTLED, REFUSED, LOST = "settled", "refused", "lost"
SILENT, MUTE = "silent", "mute"  # no answer: in the file it settled, or was refused


@dataclass(frozen=True, slots=True)
class Script:
    """How the rail treats an account: its first answer, and the truth that an enquiry finds."""

    first: Outcome
    state: str
    failure_code: str = ""
    days_late: int = 0
    times: int = 0  # how often, for one account, before all goes well; 0: always
    returned_after: int = 0  # days after which what was collected is taken back


@dataclass(frozen=True, slots=True)
class Movement:
    """What the rail's file of a day has of one message."""

    message_id: str
    direction: str
    amount: Money
    settled_date: date
    is_settled: bool
    failure_code: str


_PLAIN: Final = Script(Outcome.SUCCEEDED, SETTLED)
_SCRIPTS: Final = {
    "0001": Script(Outcome.REFUSED, REFUSED, "account_closed"),
    "0002": Script(Outcome.REFUSED, REFUSED, "name_mismatch"),
    "0003": Script(Outcome.ACCEPTED, SETTLED),
    "0004": Script(Outcome.SUCCEEDED, SETTLED, days_late=1),
    "0006": Script(Outcome.UNKNOWN, SILENT),
    "0016": Script(Outcome.UNKNOWN, MUTE, "account_closed"),
    "0007": Script(Outcome.UNKNOWN, REFUSED, "account_closed"),
    "0008": Script(Outcome.UNKNOWN, LOST),
    "0009": Script(Outcome.UNKNOWN, SETTLED),
}
_NO_FUNDS: Final = Script(Outcome.REFUSED, REFUSED, "insufficient_funds")
_COLLECTING: Final = {
    "0051": _NO_FUNDS,
    "0052": replace(_NO_FUNDS, times=2),
    "0099": Script(Outcome.SUCCEEDED, SETTLED, returned_after=2),
}

_SEND: Final = """
INSERT INTO payment_rails_railmessage AS m (message_id, direction, amount, account_suffix, account_mark,
    business_date, settled_date, state, failure_code, send_count, enquiry_count)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 1, 0)
ON CONFLICT (message_id) DO UPDATE SET send_count = m.send_count + 1,
    state = CASE m.state WHEN 'lost' THEN 'settled' ELSE m.state END
RETURNING direction, amount, settled_date, state, failure_code, send_count
"""
_ENQUIRE: Final = """
UPDATE payment_rails_railmessage SET enquiry_count = enquiry_count + 1 WHERE message_id = %s
RETURNING settled_date, state, failure_code
"""


class SimulatedRail:
    """A `PaymentRail` for tests, the sandbox and the demo; where it is not `scripted`, all goes well."""

    def __init__(self, *, scripted: bool = True) -> None:
        self._scripted = scripted

    def send(
        self,
        *,
        message_id: str,
        direction: str,
        amount: Money,
        account_number: str,
        holder_name: str,
        business_date: date,
    ) -> RailAnswer:
        """Pay or collect; the same message again moves nothing and is answered with what became of it."""
        suffix = account_number[-4:] if self._scripted else ""
        mark = hashlib.sha256(account_number.encode()).hexdigest()[:16]
        script = _script(direction, suffix, mark)
        settles = business_date + timedelta(days=script.days_late)
        said = [script.state, script.failure_code]
        row = _row(_SEND, [message_id, direction, amount.minor, suffix, mark, business_date, settles, *said])
        first_direction, first_amount, settled_date, state, failure_code, send_count = row
        if (first_direction, first_amount) != (direction, amount.minor):
            return RailAnswer(Outcome.REFUSED, "message_id_reused")
        if send_count == 1 and script.first in (Outcome.ACCEPTED, Outcome.UNKNOWN):
            return RailAnswer(script.first)
        return _answer(message_id, state, failure_code, settled_date)

    def enquire(self, *, message_id: str) -> RailAnswer:
        """Tell what became of a message."""
        row = _row(_ENQUIRE, [message_id])
        if row is None:
            return RailAnswer(Outcome.NOT_FOUND)
        settled_date, state, failure_code = row
        return _answer(message_id, state, failure_code, settled_date)


def _script(direction: str, suffix: str, mark: str) -> Script:
    """Return how an account is treated now: what happens a few times has happened often enough, one day."""
    collecting = direction == Direction.COLLECT and suffix in _COLLECTING
    script = _COLLECTING[suffix] if collecting else _SCRIPTS.get(suffix, _PLAIN)
    if script.times:
        before = RailMessage.objects.filter(direction=direction, account_mark=mark, state=script.state)
        return script if before.count() < script.times else _PLAIN
    return script


def decide(*, message_id: str, failure_code: str, day: date) -> bool:
    """Have the rail settle a message on a day, or refuse it; False for one that it never got."""
    state = REFUSED if failure_code else SETTLED
    rows = RailMessage.objects.filter(message_id=message_id)
    return bool(rows.update(state=state, failure_code=failure_code, settled_date=day))


def returns_due(day: date) -> tuple[str, ...]:
    """Return the ids of the messages whose money the rail takes back on a day, oldest first."""
    found: list[str] = []
    for suffix, script in _COLLECTING.items():
        if script.returned_after:
            settled = day - timedelta(days=script.returned_after)
            rows = RailMessage.objects.filter(
                account_suffix=suffix, direction=Direction.COLLECT, settled_date=settled, state=SETTLED
            )
            found += rows.order_by("message_id").values_list("message_id", flat=True)
    return tuple(found)


def next_return(day: date) -> date | None:
    """Return the first day after `day` on which the rail takes money back, if there is one."""
    found = []
    for suffix, script in _COLLECTING.items():
        if script.returned_after:
            late = timedelta(days=script.returned_after)
            rows = RailMessage.objects.filter(
                account_suffix=suffix, direction=Direction.COLLECT, settled_date__gt=day - late, state=SETTLED
            )
            found += [settled + late for settled in rows.values_list("settled_date", flat=True)]
    return min(found, default=None)


def published() -> tuple[tuple[str, str, str], ...]:
    """Return what the last four digits of an account do to a payout and to a collection, in outcomes."""
    return tuple(
        (suffix, _course(_SCRIPTS.get(suffix, _PLAIN)), _course((_SCRIPTS | _COLLECTING).get(suffix, _PLAIN)))
        for suffix in ("0000", *sorted(_SCRIPTS | _COLLECTING))
    )


def _course(script: Script) -> str:
    """Return a script in words of the port: the first answer, then what an enquiry finds, then the reason."""
    truth = _answer("", script.state, script.failure_code, date.min).outcome.value
    late = f" (+{script.days_late} d)" if script.days_late else ""
    then = "" if truth == script.first.value else f" → {truth}"
    if script.times or script.returned_after:
        then = (
            f" ({script.times} x) → succeeded"
            if script.times
            else f" → returned (+{script.returned_after} d)"
        )
    return f"{script.first.value}{then}{late}" + (f": {script.failure_code}" if script.failure_code else "")


def notices_of(message_id: str) -> tuple[Notice, ...]:
    """Return what the rail calls back to say of a message: out of order, and each notice twice."""
    row = RailMessage.objects.get(message_id=message_id)
    last = _answer(message_id, row.state, row.failure_code, row.settled_date)
    once = (
        Notice(f"{message_id}-2", message_id, last),
        Notice(f"{message_id}-1", message_id, RailAnswer(Outcome.ACCEPTED)),
    )
    return once + once


def movements_on(day: date) -> tuple[Movement, ...]:
    """Return what the rail's file of a day says: every message of it that settled or was refused (T+1)."""
    rows = RailMessage.objects.filter(settled_date=day).exclude(state=LOST).order_by("message_id")
    return tuple(
        Movement(
            row.message_id,
            row.direction,
            Money(row.amount),
            row.settled_date,
            row.state in (SETTLED, SILENT),
            row.failure_code,
        )
        for row in rows
    )


def _row(statement: str, parameters: list[str | int | date]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()


def _answer(message_id: str, state: str, failure_code: str, settled_date: date) -> RailAnswer:
    if state == SETTLED:
        return RailAnswer(
            Outcome.SUCCEEDED, settled_date=settled_date, rail_reference=f"SIM-{message_id[-12:]}"
        )
    if state == REFUSED:
        return RailAnswer(Outcome.REFUSED, failure_code)
    return RailAnswer(Outcome.NOT_FOUND if state == LOST else Outcome.UNKNOWN)
