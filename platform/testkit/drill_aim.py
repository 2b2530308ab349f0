"""Where a drill kills: in the middle of a day-end's step, or between a draw's acceptance and its outcome.

It looks at the tables of the running stack a few hundred times a second, and says when something is under way
that no kill has hit yet.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

DAY_END: Final = "day-end"
DISBURSEMENT: Final = "disbursement"
LOOK_SECONDS: Final = 0.002
CONNECT_SECONDS: Final = 2

_UNDER_WAY: Final = """
SELECT {kind_day}, {schema}, s.name, s.id::text || '.' || s.begun_count || '.' || s.rows_done
  FROM {steps} s WHERE s.status = 'running'
UNION ALL
SELECT {kind_pay}, {schema}, d.status, d.id::text || '.' || d.status
  FROM {drawdowns} d WHERE d.status IN ('created', 'awaiting_funds', 'processing')
"""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that is under way: what, at which bank, what it is called; `token` tells two tries apart."""

    kind: str
    bank: str
    name: str
    token: str


class Lookout:
    """Looks into a running stack's tables; a server that is down shows nothing."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._statement: sql.Composed | None = None
        self._hit: set[str] = set()

    def under_way(self) -> list[Target]:
        """Return what is under way now and was not hit before."""
        try:
            if self._connection is None or self._connection.closed:
                self._connect()
            if self._connection is None or self._statement is None:
                return []
            rows = self._connection.execute(self._statement).fetchall()
        except psycopg.Error:
            self.close()
            return []
        found = [Target(*row) for row in rows]
        return [target for target in found if target.token not in self._hit]

    def see(self, kinds: Sequence[str]) -> Target | None:
        """Return a thing of these kinds that is under way, of the kind named first if it can; looks once."""
        found = [target for target in self.under_way() if target.kind in kinds]
        return min(found, key=lambda target: kinds.index(target.kind), default=None)

    def still(self, target: Target) -> bool:
        """Tell whether a thing is under way still, and remember it as hit."""
        alive = any(other.token == target.token for other in self.under_way())
        self._hit.add(target.token)
        return alive

    def close(self) -> None:
        """Forget the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _connect(self) -> None:
        self._connection = psycopg.connect(self.url, autocommit=True, connect_timeout=CONNECT_SECONDS)
        banks = self._connection.execute(
            "SELECT schema_name FROM public.banks_bank WHERE ready_at IS NOT NULL ORDER BY schema_name"
        ).fetchall()
        self._statement = sql.SQL(" UNION ALL ").join(
            sql.SQL(_UNDER_WAY).format(
                kind_day=sql.Literal(DAY_END),
                kind_pay=sql.Literal(DISBURSEMENT),
                schema=sql.Literal(bank),
                steps=sql.Identifier(bank, "day_end_dayendstep"),
                drawdowns=sql.Identifier(bank, "drawdowns_drawdown"),
            )
            for (bank,) in banks
        )


def pause() -> None:
    """Wait until it is worth looking again."""
    time.sleep(LOOK_SECONDS)
