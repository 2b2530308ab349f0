"""Reckoning the expected loss of a whole book: one statement, one row an exposure."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from kernel.ids import new_id
from plumbing.sql import hold_name, in_transaction
from risk.classification.loss import EclPolicy
from risk.classification.models import EclRun
from risk.classification.queries import EclRunView, ecl_policy_on, over, overlays_on, run_view

_FOR_EVER: Final = 2**31 - 1
_TOTALS: Final = """
SELECT stage, count(*), sum(drawn), sum(ecl), sum(commitment_ecl)
  FROM ecl_result WHERE run_id = %s GROUP BY stage
"""
# A stage-3 exposure keeps its allowance, and is looked at again where that share sets a tier (C-04).
_KEEP: Final = """
UPDATE classification_state s
   SET ecl = r.ecl, check_date = CASE WHEN r.ecl * 2 >= r.drawn THEN %(as_of_date)s ELSE s.check_date END
  FROM ecl_result r
 WHERE r.run_id = %(run_id)s AND r.exposure_id = s.exposure_id AND s.stage = 3
   AND s.ecl IS DISTINCT FROM r.ecl
"""


@in_transaction
def reckon_losses(*, exposures: str, as_of_date: date, now: datetime) -> EclRunView:
    """Reckon every exposure's expected loss as of the end of a day; a second call returns the run there is.

    `exposures` is a SELECT as for `classify_set`, with `segment text, undrawn bigint, is_cancellable boolean,
    annual_rate numeric` as well. Overlays are added by stage, apart from the model.
    Raises `EclPolicyMissing`.
    """
    hold_name("classification")
    known = EclRun.objects.filter(as_of_date=as_of_date).first()
    if known is not None:
        return run_view(known)
    version, policy = ecl_policy_on(as_of_date)
    run_id = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            over("reckon.sql", exposures),
            {
                "run_id": run_id,
                "as_of_date": as_of_date,
                "known": [name for name in policy.segments if name != "*"],
                "conversion": policy.conversion,
                "cancellable": policy.cancellable_conversion,
                **_factors(policy),
            },
        )
        cursor.execute(_TOTALS, [run_id])
        rows = cursor.fetchall()
        cursor.execute(_KEEP, {"run_id": run_id, "as_of_date": as_of_date})
    overlays = overlays_on(as_of_date)
    totals: dict[str, dict[str, int]] = {
        str(stage): {"count": 0, "ead": 0, "ecl": 0, "overlay": overlays[stage], "commitment": 0}
        for stage in (1, 2, 3)
    }
    for stage, count, ead, ecl, commitment in rows:
        totals[str(stage)] |= {
            "count": int(count),
            "ead": int(ead),
            "ecl": int(ecl),
            "commitment": int(commitment),
        }
    row = EclRun.objects.create(
        id=run_id,
        as_of_date=as_of_date,
        policy_version=version,
        exposure_count=sum(found["count"] for found in totals.values()),
        totals=totals,
        recorded_at=now,
    )
    return run_view(row)


def _factors(policy: EclPolicy) -> dict[str, list[Any]]:
    """Return the loss shares as columns: segment, stage, days from and to (half-open), share, years."""
    rows: list[tuple[str, int, int, int, Decimal, Decimal]] = []
    for name, segment in policy.segments.items():
        rows.append((name, 1, 0, _FOR_EVER, segment.stage_1, segment.years_1))
        rows.append((name, 2, 0, _FOR_EVER, segment.stage_2, segment.years_2))
        ends = [from_days for from_days, _ in segment.impaired[1:]] + [_FOR_EVER]
        rows += [
            (name, 3, from_days, to_days, share, Decimal(0))
            for (from_days, share), to_days in zip(segment.impaired, ends, strict=True)
        ]
    names = ("segments", "stages", "from_days", "to_days", "shares", "years")
    return {name: [row[index] for row in rows] for index, name in enumerate(names)}
