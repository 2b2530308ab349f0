"""Every line against its loans and drawdowns: what is drawn, what is held, and that no limit is exceeded.

That two sets of pairs (line, amount) add up to the same for every line is proven without sorting either: each
line gets a weight of 64 bits, drawn by lot for this proof, and the weighted sums of both sides are compared.
If a single line differs, they agree only if its weight is one of a few out of 2^64, which nobody knows
beforehand. It takes two parallel scans. Only where the sums differ, every line is compared by itself and the
wrong ones are counted.
"""

import secrets
from typing import Any, Final

from django.db import connection

from ledger.proofs.queries import Finding

# The weights of a line: one for what is drawn, one for what is held.
_WEIGHT: Final = "uuid_hash_extended({line}, %({name})s)::numeric"
_WEIGHED: Final = f"""
SELECT l.lines, l.over_limit, l.drawn IS DISTINCT FROM b.drawn OR l.held IS DISTINCT FROM d.held
  FROM (SELECT count(*) AS lines, count(*) FILTER (WHERE drawn + reserved > "limit") AS over_limit,
               coalesce(sum((drawn - repaid) * {_WEIGHT.format(line="id", name="drawn")}), 0) AS drawn,
               coalesce(sum(reserved * {_WEIGHT.format(line="id", name="held")}) FILTER (WHERE reserved <> 0),
                        0) AS held
          FROM credit_lines_creditline) l,
       (SELECT coalesce(sum(outstanding * {_WEIGHT.format(line="line_id", name="drawn")}), 0) AS drawn
          FROM loans_loan WHERE status = 'active') b,
       (SELECT coalesce(sum(amount * {_WEIGHT.format(line="line_id", name="held")}), 0) AS held
          FROM drawdowns_drawdown WHERE status IN ('created', 'awaiting_funds', 'processing')) d
"""
_ONE_BY_ONE: Final = """
SELECT count(*) FILTER (WHERE drawn <> 0), count(*) FILTER (WHERE held <> 0)
  FROM (SELECT id, sum(drawn) AS drawn, sum(held) AS held
          FROM (SELECT id, true AS is_line, drawn - repaid AS drawn, reserved AS held
                  FROM credit_lines_creditline
                UNION ALL
                SELECT line_id, false, -outstanding, 0 FROM loans_loan WHERE status = 'active'
                UNION ALL
                SELECT line_id, false, 0, -amount FROM drawdowns_drawdown
                 WHERE status IN ('created', 'awaiting_funds', 'processing')) moved
         GROUP BY id HAVING bool_or(is_line)) lines
"""


def check_lines() -> Finding:
    """Compare what every line says is drawn and held with its active loans and the drawdowns under way."""
    weights = {name: secrets.randbits(63) for name in ("drawn", "held")}
    line_count, over_limit, different = _row(_WEIGHED, weights)
    drawn, held = _row(_ONE_BY_ONE, {}) if different else (0, 0)
    return Finding(
        invariant="lines.drawn_and_held",
        ok=drawn + held + over_limit == 0,
        detail=f"{line_count} lines: {drawn} differ in what is drawn, {held} in what is held, "
        f"{over_limit} are over their limit",
        figures={"lines": line_count, "drawn": drawn, "held": held, "over_limit": over_limit},
    )


def _row(statement: str, parameters: dict[str, int]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return tuple(cursor.fetchone() or ())
